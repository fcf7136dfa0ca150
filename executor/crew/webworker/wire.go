package webworker

import (
	"encoding/json"
	"fmt"
	"time"

	"carriles/executor/codec"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

// ready is how a worker says that it can compute.
type ready struct {
	// OriginMS is where its clock has its zero: milliseconds since 1970 on the
	// clock that all workers of a browser share.
	OriginMS float64 `json:"origin_ms"`
	// CompileS and InstantiateS are the seconds that its program took, as
	// result.BrowserStart has them.
	CompileS     float64 `json:"compile_s"`
	InstantiateS float64 `json:"instantiate_s"`
	SIMD         string  `json:"simd"` // instruction set of its kernels
}

// since is a moment of the shared clock on the worker's own.
func (r ready) since(sharedMS float64) time.Duration {
	return time.Duration((sharedMS - r.OriginMS) * float64(time.Millisecond))
}

// outcome is a pipeline.Outcome on its way.
type outcome struct {
	Task    int          `json:"task"`
	Attempt int          `json:"attempt"`
	Error   *fault.Error `json:"error,omitempty"` // without its cause: there is no log
	Format  codec.Format `json:"format"`
	Size    int64        `json:"size"`
	Spans   []trace.Span `json:"spans"`
}

func encodeOutcome(o pipeline.Outcome) string {
	out := outcome{Task: o.Task.Index, Attempt: o.Task.Attempt, Format: o.Format, Size: o.Size, Spans: o.Spans}
	if o.Err != nil {
		out.Error = &fault.Error{Code: o.Err.Code, Text: o.Err.Text}
	}
	return encode(out)
}

// encode writes a type that has nothing that JSON could not hold.
func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// decodeOutcome reads the outcome of a task, of which output came along. One of
// another task, or without an output where one must be, is an error.
func decodeOutcome(text string, t pipeline.Task, output int) (pipeline.Outcome, error) {
	var o outcome
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return pipeline.Outcome{}, err
	}
	if o.Task != t.Index || o.Attempt != t.Attempt {
		return pipeline.Outcome{}, fmt.Errorf("the outcome of image %d, attempt %d, instead of %d, %d", o.Task, o.Attempt, t.Index, t.Attempt)
	}
	if o.Error == nil && (output == 0 || int64(output) != o.Size) {
		return pipeline.Outcome{}, fmt.Errorf("an output of %d bytes instead of %d", output, o.Size)
	}
	for i := range o.Spans {
		o.Spans[i].Task = t.Index
	}
	return pipeline.Outcome{Task: t, Err: o.Error, Format: o.Format, Size: o.Size, Spans: o.Spans}, nil
}

// travelled adds the task's ways to its spans: from its sending to its first
// stage, and from its last one until the output had arrived.
func travelled(o pipeline.Outcome, sent, arrived time.Duration) []trace.Span {
	n := len(o.Spans)
	if n == 0 {
		return nil
	}
	way := func(stage trace.Stage, from, to time.Duration) trace.Span {
		return trace.Span{Stage: stage, Task: o.Task.Index, Start: from, End: to, CPU: trace.UnknownCPU}
	}
	spans := append(make([]trace.Span, 0, n+2), way(trace.Receive, sent, o.Spans[0].Start))
	spans = append(spans, o.Spans...)
	return append(spans, way(trace.Send, o.Spans[n-1].End, arrived))
}
