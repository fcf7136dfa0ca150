package webworker

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/codec"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
)

const ms = time.Millisecond

func span(stage trace.Stage, step int, from, to time.Duration) trace.Span {
	return trace.Span{Stage: stage, Step: step, Task: 4, Start: from * ms, End: to * ms, CPU: trace.UnknownCPU}
}

var task = pipeline.Task{Index: 4, Attempt: 2}

func TestOutcomeTravels(t *testing.T) {
	spans := []trace.Span{span(trace.Decode, 0, 1, 2), span(trace.Filter, 3, 2, 9)}
	says := text.Text{ES: "mal", EN: "bad"}
	for _, o := range []pipeline.Outcome{
		{Task: task, Format: codec.JPEG, Size: 70, Spans: spans},
		{Task: task, Err: &fault.Error{Code: fault.CodeBadImage, Text: says}, Spans: spans[:1]},
	} {
		got, err := decodeOutcome(encodeOutcome(o), task, int(o.Size))
		if err != nil || !reflect.DeepEqual(got, o) {
			t.Errorf("%+v, %v; want %+v", got, err, o)
		}
	}
}

// A cause is for a log, which a Web Worker has not, and JSON could not read it.
func TestCauseStaysBehind(t *testing.T) {
	o := pipeline.Outcome{Task: task, Err: (&fault.Error{Code: fault.CodeInternal}).Because(errors.New("secret"))}
	text := encodeOutcome(o)
	got, err := decodeOutcome(text, task, 0)
	if err != nil || got.Err == nil || got.Err.Cause != nil || strings.Contains(text, "secret") {
		t.Errorf("%s: %+v, %v", text, got, err)
	}
}

func TestOutcomeThatBreaksTheRules(t *testing.T) {
	good := pipeline.Outcome{Task: task, Size: 70}
	with := func(change func(*pipeline.Outcome)) string {
		o := good
		change(&o)
		return encodeOutcome(o)
	}
	for _, tt := range []struct {
		name, text string
		output     int
	}{
		{"no JSON", "{", 70},
		{"of another image", with(func(o *pipeline.Outcome) { o.Task.Index = 5 }), 70},
		{"of an attempt before", with(func(o *pipeline.Outcome) { o.Task.Attempt = 1 }), 70},
		{"without its output", encodeOutcome(good), 0},
		{"with half of it", encodeOutcome(good), 35},
	} {
		if got, err := decodeOutcome(tt.text, task, tt.output); err == nil {
			t.Errorf("%s: taken for %+v", tt.name, got)
		}
	}
	if _, err := decodeOutcome(encodeOutcome(good), task, 70); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func FuzzOutcome(f *testing.F) {
	f.Add(encodeOutcome(pipeline.Outcome{Task: task, Size: 70, Spans: []trace.Span{span(trace.Decode, 0, 1, 2)}}), 70)
	f.Fuzz(func(t *testing.T, said string, output int) {
		o, err := decodeOutcome(said, task, output)
		if err != nil {
			return
		}
		if o.Task != task || o.Err == nil && int64(output) != o.Size {
			t.Errorf("%q is taken for %+v", said, o)
		}
		for _, s := range travelled(o, 0, time.Second) {
			if s.Task != task.Index {
				t.Errorf("%q gives a span of task %d", said, s.Task)
			}
		}
	})
}

func TestTravelled(t *testing.T) {
	o := pipeline.Outcome{Task: task, Spans: []trace.Span{span(trace.Read, 0, 13, 14), span(trace.Encode, 0, 14, 50)}}
	want := []trace.Span{span(trace.Receive, 0, 10, 13), o.Spans[0], o.Spans[1], span(trace.Send, 0, 50, 55)}
	if got := travelled(o, 10*ms, 55*ms); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := travelled(pipeline.Outcome{Task: task}, 10*ms, 55*ms); got != nil {
		t.Errorf("of a task without stages: %v", got)
	}
}

func TestSharedClock(t *testing.T) {
	var r ready
	if err := json.Unmarshal([]byte(`{"origin_ms": 1760000000000.25}`), &r); err != nil {
		t.Fatal(err)
	}
	if got := r.since(1760000000010.5); got != 10250*time.Microsecond {
		t.Errorf("%v on the worker's clock, want 10.25ms", got)
	}
	if got := r.since(1760000000000); got != -250*time.Microsecond {
		t.Errorf("%v before it started, want -250µs", got)
	}
}
