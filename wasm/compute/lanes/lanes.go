// Package lanes puts what a browser's workers did in a round onto one axis and
// adds it up, as the host does it for its processes. It computes no image and
// knows nothing of the browser.
package lanes

import (
	"cmp"
	"slices"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
)

// Lane is what one worker did in a round. Its times are since the round's clock
// started.
type Lane struct {
	Spans             []trace.Span
	Tasks             int
	BytesIn, BytesOut int64 // of images and outputs that travelled
	Start             result.BrowserStart
}

// Add records spans of a clock whose zero lies shift after the round's.
func (l *Lane) Add(shift time.Duration, spans ...trace.Span) {
	for _, s := range spans {
		s.Start += shift
		s.End += shift
		l.Spans = append(l.Spans, s)
	}
}

// Round is one round of a browser's batch.
type Round struct {
	Wall    time.Duration
	Lanes   []Lane
	Results []result.TaskResult
}

// Close stops the round's clock: each lane's spans then cover it once, in order.
func (r *Round) Close(wall time.Duration) {
	r.Wall = wall
	for i := range r.Lanes {
		r.Lanes[i].Spans, _ = trace.Whole(r.Lanes[i].Spans, wall)
	}
}

// Median is the round whose time is the median, the faster of the two in the
// middle of an even number. There must be one.
func Median(rounds []Round) Round {
	sorted := slices.SortedFunc(slices.Values(rounds), func(a, b Round) int { return cmp.Compare(a.Wall, b.Wall) })
	return sorted[(len(sorted)-1)/2]
}

// Accounts adds up where the time of a closed round's workers went; steps is
// the length of the chain.
func (r *Round) Accounts(steps int) []result.WorkerAccount {
	accounts := make([]result.WorkerAccount, len(r.Lanes))
	for i, l := range r.Lanes {
		a := result.AccountOf(l.Spans, r.Wall, steps)
		a.Worker, a.Tasks, a.BytesIn, a.BytesOut, a.StartupSeconds = i, l.Tasks, l.BytesIn, l.BytesOut, l.Start.TotalS
		accounts[i] = a
	}
	return accounts
}

// Timeline is a closed round as the page draws it. A worker of a browser has no
// process of its own that could be named.
func (r *Round) Timeline(method string, chain []string) result.Timeline {
	t := result.Timeline{Method: method, WallS: r.Wall.Seconds(), Lanes: make([]result.TimelineLane, len(r.Lanes))}
	for i, l := range r.Lanes {
		t.Lanes[i] = result.TimelineLane{Worker: i, Spans: make([]result.TimelineSpan, len(l.Spans))}
		for n, s := range l.Spans {
			span := result.TimelineSpanOf(s, chain)
			if s.Task >= 0 {
				span.Attempt = 1 // a browser does not try again
			}
			t.Lanes[i].Spans[n] = span
		}
	}
	return t
}

// Pack makes spans travel between workers.
func Pack(spans []trace.Span) []result.BrowserSpan {
	out := make([]result.BrowserSpan, len(spans))
	for i, s := range spans {
		out[i] = result.BrowserSpan{Stage: uint8(s.Stage), Step: s.Step, StartNS: int64(s.Start), EndNS: int64(s.End)}
	}
	return out
}

// Unpack is the reverse of Pack, for the spans of a task.
func Unpack(spans []result.BrowserSpan, task int) []trace.Span {
	out := make([]trace.Span, len(spans))
	for i, s := range spans {
		out[i] = trace.Span{
			Stage: trace.Stage(s.Stage), Step: s.Step, Task: task,
			Start: time.Duration(s.StartNS), End: time.Duration(s.EndNS), CPU: trace.UnknownCPU,
		}
	}
	return out
}
