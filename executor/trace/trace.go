// Package trace records what a worker was doing and when: spans of the stages
// of its tasks, on one monotonic clock per process.
//
// A recorder belongs to one worker and is never shared, so that it needs no
// lock; the recorders are merged after the run's clock has stopped. Nothing
// here writes, logs or sends.
package trace

import (
	"cmp"
	"slices"
	"time"
)

// Stage is one step of a task, or what a worker did between two tasks.
type Stage uint8

// The stages, in the order in which a task goes through them. The numbers are
// part of the wire protocol of executor/crew/process: append only.
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
	Lost  // the work of an attempt that ended with the death of the worker
	Fetch // an image comes over the network
	stageCount
)

var stageNames = [stageCount]string{
	"spawn", "receive", "read", "decode", "filter", "encode", "write", "send", "idle", "lost", "fetch",
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
	Step int
	// Task is the index of the task in its batch.
	Task       int
	Start, End time.Duration
	// CPU is the processor time that the worker's thread used meanwhile, or
	// UnknownCPU. Ways is how the rest was spent, and what of CPU went where.
	CPU  time.Duration
	Ways Ways
}

// UnknownCPU is the processor time of a span where the system does not tell.
const UnknownCPU time.Duration = -1

func (s Span) Duration() time.Duration { return s.End - s.Start }

// Clock tells the time since the process started to measure.
type Clock struct{ base time.Time }

func NewClock() Clock { return Clock{base: time.Now()} }

// Now is the monotonic time since the clock started.
func (c Clock) Now() time.Duration { return time.Since(c.base) }

// Base is the wall-clock time at which the clock started; it places the spans
// of several processes of one machine on a common axis.
func (c Clock) Base() time.Time { return c.base }

// Recorder collects the spans of one worker. A nil Recorder records nothing.
type Recorder struct {
	clock Clock
	meter Meter
	task  int
	last  time.Duration // the end of the last span
	lock  time.Duration // waited for since then
	spans []Span
	// Fetches says that what the worker reads comes from a network.
	Fetches bool
}

// alone tells whether a stage has to do with nothing but this machine's memory and
// what of its files is read.
func (r *Recorder) alone(s Stage) bool {
	return s == Decode || s == Filter || s == Encode || s == Read && !r.Fetches
}

// NewRecorder returns a recorder on a clock. The meter tells what the calling
// thread has used so far; the worker must then keep to one thread. It may be nil,
// where nobody can tell.
func NewRecorder(c Clock, meter Meter) *Recorder {
	return &Recorder{clock: c, meter: meter, spans: make([]Span, 0, 16)}
}

// Mark is a moment on the clock and the meter of a recorder: where a span starts.
type Mark struct {
	at   time.Duration
	used Used
}

// Mark is the present moment; zero for a nil Recorder.
func (r *Recorder) Mark() Mark {
	if r == nil {
		return Mark{}
	}
	m := Mark{at: r.clock.Now()}
	if r.meter != nil {
		m.used = r.meter()
	}
	return m
}

// Begin says which task the spans from now on belong to.
func (r *Recorder) Begin(task int) {
	if r != nil {
		r.task = task
	}
}

// Add records that a stage ran from a mark until now.
func (r *Recorder) Add(stage Stage, step int, from Mark) {
	if r == nil {
		return
	}
	s := Span{Stage: stage, Step: step, Task: r.task, Start: from.at, End: r.clock.Now(), CPU: UnknownCPU}
	if r.meter != nil {
		s.CPU, s.Ways = r.meter().since(from.used, s.Duration(), r.lock, r.alone(stage))
	}
	s.Ways.Set(Locked, r.lock)
	r.lock = 0
	r.spans = append(r.spans, s)
	r.last = s.End
}

// Waited notes that the worker waited for a lock, within the span that will be
// added next.
func (r *Recorder) Waited(d time.Duration) {
	if r != nil {
		r.lock += d
	}
}

// Put records a span that was measured elsewhere on the same clock. What of it
// lies before the end of the last span is cut off: a worker does one thing at
// a time.
func (r *Recorder) Put(s Span) {
	if r == nil {
		return
	}
	if s.Start = max(s.Start, r.last); s.Start < s.End {
		r.spans = append(r.spans, s)
		r.last = s.End
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

// within is the part of a span from a time until another, with its share of how the
// whole was spent.
func (s Span) within(from, until time.Duration) Span {
	whole := s.Duration()
	s.Start, s.End = max(s.Start, from), min(s.End, until)
	if left := s.Duration(); left < whole && left > 0 {
		share := func(d time.Duration) time.Duration { return time.Duration(float64(d) * float64(left) / float64(whole)) }
		if s.CPU != UnknownCPU {
			s.CPU = share(s.CPU)
		}
		for way, d := range s.Ways.All() {
			s.Ways.Set(way, share(d))
		}
	}
	return s
}

// NoTask is the task of a span that belongs to none.
const NoTask = -1

// Whole puts a worker's spans in order and makes them cover 0 to wall once: where
// two overlap the earlier one keeps the time, and what nobody claims is idle. It
// tells how much it cut off.
//
// What of a last send lies after the clock is not counted as that: who is sent
// to has it before the worker, if it has lost its core meanwhile, comes to look
// at its own clock. For the same reason the storing of an output may seem to
// begin before the worker's send ends.
func Whole(spans []Span, wall time.Duration) (out []Span, clipped time.Duration) {
	spans = slices.SortedStableFunc(slices.Values(spans), func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	at := time.Duration(0)
	idle := func(until time.Duration) {
		if until > at {
			out = append(out, Span{Stage: Idle, Task: NoTask, Start: at, End: until, CPU: UnknownCPU})
			at = until
		}
	}
	for _, s := range spans {
		if s.Stage == Send {
			s = s.within(s.Start, wall)
		}
		recorded := max(0, s.Duration())
		s = s.within(at, wall)
		clipped += recorded - max(0, s.Duration())
		if s.Start >= s.End {
			continue
		}
		idle(s.Start)
		out = append(out, s)
		at = s.End
	}
	idle(wall)
	return out, clipped
}

// Spent is how long spans were in a stage.
func Spent(spans []Span, stage Stage) (sum time.Duration) {
	for _, s := range spans {
		if s.Stage == stage {
			sum += s.Duration()
		}
	}
	return sum
}
