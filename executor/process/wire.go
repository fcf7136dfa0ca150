// Package process runs the shapes of a batch in child processes of the same
// binary: it starts them, hands them tasks, notices when they die or freeze,
// tries their tasks again and adds up where their time went.
//
// # The protocol between parent and worker
//
// The parent starts its own executable with the hidden subcommand "worker" and
// speaks to it over the child's standard input and output. Standard error is
// free text; the parent keeps its tail to explain a death.
//
// Both directions carry frames: one byte of kind, four bytes of payload length
// (big endian, at most maxFrame), the payload. A longer or unknown frame ends
// the conversation.
//
//  1. The parent's first frame is setup (JSON): version, cookie and the whole
//     spec. The worker compares the version with its own and the cookie with
//     the one in its environment; if either differs it exits with a sentence
//     on standard error and runs nothing. So nobody runs a worker by hand, and
//     a binary replaced under a running server is noticed.
//  2. The worker answers hello (JSON: version, pid, clock) when its lanes are
//     ready.
//  3. The parent sends one task frame (binary, fixed size: index and attempt)
//     for each free lane, and the next one when a done frame (binary) comes
//     back. So a dying worker takes at most one task per lane with it.
//  4. A done frame carries the task, its lane, its spans in nanoseconds and
//     either the size and format of the output or an error (JSON). The output
//     itself is in a temporary file named after task and attempt, and becomes
//     visible only when the parent links it to its final name: a file is
//     never half there, and an attempt given up can never appear later.
//  5. After the clock the parent may ask for an account frame (JSON): CPU time,
//     peak memory and the spans that no done frame has carried yet.
//  6. An inspect frame (JSON) asks for the digest and preview of an encoded
//     image, answered by inspected (JSON). It is never sent within the clock.
//  7. End of input ends the worker, in the middle of a task too: a worker whose
//     server is gone has nobody to work for.
package process

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"carriles/executor/batch"
	"carriles/executor/codec"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/filters"
)

type kind byte

// The kinds of frames, the parent's first.
const (
	kindSetup     kind = 'S'
	kindTask      kind = 'T'
	kindAsk       kind = 'A'
	kindInspect   kind = 'I'
	kindHello     kind = 'H'
	kindDone      kind = 'D'
	kindAccount   kind = 'U'
	kindInspected kind = 'R'
)

// maxFrame bounds a payload: a setup with 200 image names is some 20 KB.
const maxFrame = 1 << 20

// CookieEnv is the environment variable that holds a worker's cookie.
const CookieEnv = "CARRILES_WORKER_COOKIE"

type setup struct {
	Version   string      `json:"version"`
	Cookie    string      `json:"cookie"`
	Static    string      `json:"static"`   // the folder that holds images/
	TempDir   string      `json:"temp_dir"` // for outputs, below Static
	Shape     batch.Shape `json:"shape"`
	GCPercent int         `json:"gc_percent"`
	// Spec is absent for a worker that only inspects.
	Spec *batch.Spec `json:"spec,omitempty"`
}

type hello struct {
	Version string `json:"version"`
	PID     int    `json:"pid"`
	// Clock is the wall time, in nanoseconds since 1970, at which the worker's
	// clock stood at 0: it places its spans on the parent's time.
	Clock int64 `json:"clock_ns"`
}

type account struct {
	Usage Usage `json:"usage"`
	// Spans are those since each lane's last done frame.
	Spans [][]trace.Span `json:"spans"`
}

type inspect struct {
	Path    string `json:"path"`    // below Static
	Preview string `json:"preview"` // where the preview goes, below Static
}

type inspected struct {
	Format codec.Format  `json:"format"`
	Width  int           `json:"width"`
	Height int           `json:"height"`
	Digest []byte        `json:"digest"`
	Error  *filters.Text `json:"error,omitempty"`
	Cause  string        `json:"cause,omitempty"`
}

// wireError is how a *batch.Error crosses: without its type, with its cause as
// text for the log.
type wireError struct {
	Code  string       `json:"code"`
	Text  filters.Text `json:"text"`
	Cause string       `json:"cause,omitempty"`
}

// writeFrame writes one frame with a single Write, so that frames written
// under a lock never interleave.
func writeFrame(w io.Writer, k kind, payload []byte) error {
	if len(payload) > maxFrame {
		return fmt.Errorf("frame %c of %d bytes is over %d", k, len(payload), maxFrame)
	}
	b := make([]byte, 0, 5+len(payload))
	b = append(b, byte(k))
	b = binary.BigEndian.AppendUint32(b, uint32(len(payload)))
	_, err := w.Write(append(b, payload...))
	return err
}

func writeJSON(w io.Writer, k kind, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFrame(w, k, payload)
}

func unmarshal(payload []byte, v any) error {
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("frame's JSON: %w", err)
	}
	return nil
}

// readFrame reads one frame. The error is io.EOF only between two frames.
func readFrame(r io.Reader) (kind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("frame %q of %d bytes is over %d", head[0], n, maxFrame)
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(r, payload); err != nil {
		return 0, nil, fmt.Errorf("frame %q cut short: %w", head[0], err)
	}
	return kind(head[0]), payload, nil
}

const taskSize = 8

func encodeTask(t pipeline.Task) []byte {
	b := make([]byte, 0, taskSize)
	b = binary.BigEndian.AppendUint32(b, uint32(t.Index))
	return binary.BigEndian.AppendUint32(b, uint32(t.Attempt))
}

func decodeTask(b []byte) (pipeline.Task, error) {
	if len(b) != taskSize {
		return pipeline.Task{}, fmt.Errorf("task of %d bytes, want %d", len(b), taskSize)
	}
	return pipeline.Task{
		Index: int(binary.BigEndian.Uint32(b)), Attempt: int(binary.BigEndian.Uint32(b[4:])),
	}, nil
}

// formats are the output formats by their number on the wire: append only.
var formats = [...]codec.Format{codec.JPEG, codec.PNG, codec.GIF}

func formatNumber(f codec.Format) byte {
	for i, g := range formats {
		if f == g {
			return byte(i)
		}
	}
	return 0
}

const (
	doneHead = taskSize + 2 + 1 + 8 + 2 // task, lane, format, size, number of spans
	spanSize = 2 + 16
)

// encodeDone writes an outcome: the head, the spans, and the error's JSON if
// there is one.
func encodeDone(o pipeline.Outcome) ([]byte, error) {
	b := make([]byte, 0, doneHead+len(o.Spans)*spanSize)
	b = append(b, encodeTask(o.Task)...)
	b = binary.BigEndian.AppendUint16(b, uint16(o.Lane))
	b = append(b, formatNumber(o.Format))
	b = binary.BigEndian.AppendUint64(b, uint64(o.Size))
	b = binary.BigEndian.AppendUint16(b, uint16(len(o.Spans)))
	for _, s := range o.Spans {
		b = append(b, byte(s.Stage), byte(s.Step))
		b = binary.BigEndian.AppendUint64(b, uint64(s.Start))
		b = binary.BigEndian.AppendUint64(b, uint64(s.End))
	}
	if o.Err == nil {
		return b, nil
	}
	e := wireError{Code: o.Err.Code, Text: o.Err.Text}
	if o.Err.Cause != nil {
		e.Cause = o.Err.Cause.Error()
	}
	tail, err := json.Marshal(e)
	return append(b, tail...), err
}

func decodeDone(b []byte) (pipeline.Outcome, error) {
	if len(b) < doneHead {
		return pipeline.Outcome{}, fmt.Errorf("done frame of %d bytes", len(b))
	}
	task, err := decodeTask(b[:taskSize])
	if err != nil {
		return pipeline.Outcome{}, err
	}
	o := pipeline.Outcome{
		Task: task,
		Lane: int(binary.BigEndian.Uint16(b[taskSize:])),
		Size: int64(binary.BigEndian.Uint64(b[taskSize+3:])),
	}
	if f := int(b[taskSize+2]); f < len(formats) {
		o.Format = formats[f]
	} else {
		return pipeline.Outcome{}, fmt.Errorf("output format %d", f)
	}
	n := int(binary.BigEndian.Uint16(b[taskSize+11:]))
	if b = b[doneHead:]; len(b) < n*spanSize {
		return pipeline.Outcome{}, fmt.Errorf("done frame with %d bytes for %d spans", len(b), n)
	}
	for range n {
		o.Spans = append(o.Spans, trace.Span{
			Stage: trace.Stage(b[0]), Step: int(b[1]),
			Start: time.Duration(binary.BigEndian.Uint64(b[2:])),
			End:   time.Duration(binary.BigEndian.Uint64(b[10:])),
		})
		b = b[spanSize:]
	}
	if len(b) > 0 {
		var e wireError
		if err := json.Unmarshal(b, &e); err != nil {
			return pipeline.Outcome{}, fmt.Errorf("done frame's error: %w", err)
		}
		o.Err = &batch.Error{Code: e.Code, Text: e.Text}
		if e.Cause != "" {
			o.Err.Cause = fmt.Errorf("%s", e.Cause)
		}
	}
	return o, nil
}
