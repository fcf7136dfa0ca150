// Package trace records what a worker was doing and when: spans of the stages
// of its tasks, on one monotonic clock per process.
//
// A recorder belongs to one worker and is never shared, so that it needs no
// lock; the recorders are merged after the run's clock has stopped. Nothing
// here writes, logs or sends.
package trace

import "time"

// Stage is one step of a task, or what a worker did between two tasks.
type Stage uint8

// The stages, in the order in which a task goes through them. The numbers are
// part of the wire protocol of executor/process: append only.
const (
	Spawn Stage = iota
	Receive
	Read
	Decode
	Filter
	Encode
	Write
	Send
	Idle
	stageCount
)

var stageNames = [stageCount]string{
	"spawn", "receive", "read", "decode", "filter", "encode", "write", "send", "idle",
}

// String returns the name of the stage as it stands in the JSON.
func (s Stage) String() string {
	if int(s) < len(stageNames) {
		return stageNames[s]
	}
	return "unknown"
}

// Span is one stage of one task on one worker. Start and End are on the clock
// of the recorder that made it.
type Span struct {
	Stage Stage
	// Step is the position in the filter chain for Filter spans, else 0.
	Step       int
	Start, End time.Duration
}

// Duration is the length of the span.
func (s Span) Duration() time.Duration { return s.End - s.Start }

// Clock tells the time since the process started to measure.
type Clock struct{ base time.Time }

// NewClock starts a clock.
func NewClock() Clock { return Clock{base: time.Now()} }

// Now is the monotonic time since the clock started.
func (c Clock) Now() time.Duration { return time.Since(c.base) }

// Base is the wall-clock time at which the clock started; it places the spans
// of several processes of one machine on a common axis.
func (c Clock) Base() time.Time { return c.base }

// Recorder collects the spans of one worker. A nil Recorder records nothing.
type Recorder struct {
	clock Clock
	spans []Span
}

// NewRecorder returns a recorder on a clock.
func NewRecorder(c Clock) *Recorder { return &Recorder{clock: c, spans: make([]Span, 0, 16)} }

// Now is the recorder's time; 0 for a nil Recorder.
func (r *Recorder) Now() time.Duration {
	if r == nil {
		return 0
	}
	return r.clock.Now()
}

// Add records that a stage ran from start until now.
func (r *Recorder) Add(stage Stage, step int, start time.Duration) {
	if r == nil {
		return
	}
	r.spans = append(r.spans, Span{Stage: stage, Step: step, Start: start, End: r.clock.Now()})
}

// Put records a span that was measured elsewhere on the same clock.
func (r *Recorder) Put(s Span) {
	if r != nil {
		r.spans = append(r.spans, s)
	}
}

// Take returns the spans recorded since the last Take. The slice is valid
// until the next Add.
func (r *Recorder) Take() []Span {
	if r == nil {
		return nil
	}
	s := r.spans
	r.spans = r.spans[:0]
	return s
}
