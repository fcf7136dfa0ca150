package contest

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/trace"
)

// LiveSpans is how many spans of a method's latest round are kept for those who
// watch it, and so the most that one event carries. A batch whose tasks would
// need more has the shortest spans of each task joined to their neighbours; what
// does not fit in then (the work of workers that died) is only in the result.
const LiveSpans = 2000

// stagesBeside is how many spans a task has beside those of its filters.
const stagesBeside = 6

// Live is what is known of the lanes of a run under way: of each method those
// of its latest round. It is told within the clock, which costs a lock and a
// copy for each task; the events are written by whoever calls Spell, outside
// of that lock. A nil Live keeps nothing.
type Live struct {
	chain []string // the names of the filters

	spelling sync.Mutex // held by the one who writes events

	mu     sync.Mutex
	rounds []*liveRound // by method
	latest *liveRound   // of all methods; nil before the first
	seq    int          // of the last event
}

// liveRound is one method's latest round.
type liveRound struct {
	result.LanesHead // of its next event

	perTask int       // spans
	began   time.Time // zero before the clock runs
	wall    time.Duration
	kept    int
	waiting []liveSpan // are in no event yet
	spare   []liveSpan // room for the next
	stale   bool       // something is in no event yet
	events  []*liveEvent
}

type liveSpan struct {
	lane int
	who  crew.Identity
	span trace.Span
}

// liveEvent is an event's data.
type liveEvent struct {
	seq  int
	data []byte
}

// NewLive makes a Live for the rounds of a batch.
func NewLive(spec request.Spec) *Live { return &Live{chain: spec.FilterNames()} }

// Begin makes room for a round, whose clock does not run yet. What is known of
// the method's round before is forgotten. With Clock, Spans and Over it implements
// contest.Audience.
func (l *Live) Begin(method, phase string, round, lanes, tasks int) {
	if l == nil {
		return
	}
	perTask := max(1, (LiveSpans-lanes)/max(1, tasks)) // beside the start of each process
	room := min(LiveSpans, lanes+tasks*min(perTask, len(l.chain)+stagesBeside))
	r := &liveRound{
		LanesHead: result.LanesHead{Method: method, Phase: phase, Round: round, Workers: lanes, First: true},
		perTask:   perTask, waiting: make([]liveSpan, 0, room), spare: make([]liveSpan, 0, room),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rounds = append(slices.DeleteFunc(l.rounds, func(r *liveRound) bool { return r.Method == method }), r)
	l.latest = r
}

// Clock says when the clock of the round started.
func (l *Live) Clock(at time.Time) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latest.began, l.latest.stale = at, true
}

// Spans adds what a lane has done, on the round's clock.
func (l *Live) Spans(lane int, who crew.Identity, spans []trace.Span) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.latest
	spans = merged(spans, r.perTask)
	spans = spans[:min(len(spans), LiveSpans-r.kept)]
	for _, s := range spans {
		r.waiting = append(r.waiting, liveSpan{lane, who, s})
	}
	r.kept += len(spans)
	r.stale = true
}

// Over says that the round's clock has stopped.
func (l *Live) Over(wall time.Duration) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latest.wall, l.latest.Over, l.latest.stale = wall, true, true
}

// Spell writes an event of what is in none yet, for each method that has
// something new.
func (l *Live) Spell() error {
	if l == nil {
		return nil
	}
	l.spelling.Lock()
	defer l.spelling.Unlock()
	for {
		r, e, spans := l.next()
		if r == nil {
			return nil
		}
		e.Lanes = l.lanesOf(spans)
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		l.mu.Lock()
		r.events = append(r.events, &liveEvent{e.Seq, data})
		r.spare = spans[:0]
		l.mu.Unlock()
	}
}

// next takes the new spans of a round that has something new, and the event
// that they belong to; nil if there is none.
func (l *Live) next() (*liveRound, result.LanesEvent, []liveSpan) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.rounds {
		if !r.stale {
			continue
		}
		l.seq++
		e, spans := result.LanesEvent{LanesHead: r.LanesHead}, r.waiting
		at := r.wall
		if !r.Over {
			at = time.Since(r.began)
		}
		e.Seq, e.NowS = l.seq, at.Seconds()
		r.First, r.stale = false, false
		r.waiting, r.spare = r.spare, nil
		return r, e, spans
	}
	return nil, result.LanesEvent{}, nil
}

// lanesOf sorts spans by their lanes; within one they stay as they came.
func (l *Live) lanesOf(spans []liveSpan) []result.TimelineLane {
	lanes := []result.TimelineLane{}
	for _, s := range spans {
		lanes = result.AddSpans(lanes, result.TimelineLane{Worker: s.lane, ProcessID: s.who.ProcessID, Device: s.who.Device(0)}, l.chain, s.span)
	}
	return lanes
}

// Since lists the events after one, oldest first, and gives the number of the
// last of them. Those of rounds that are superseded are not among them.
func (l *Live) Since(after int) (events [][]byte, last int) {
	if l == nil {
		return nil, after
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []*liveEvent
	for _, r := range l.rounds {
		for _, e := range r.events {
			if e.seq > after {
				found = append(found, e)
			}
		}
	}
	slices.SortFunc(found, func(a, b *liveEvent) int { return cmp.Compare(a.seq, b.seq) })
	for _, e := range found {
		events, after = append(events, e.data), e.seq
	}
	return events, after
}

// merged makes at most so many spans of those of a task: again and again the
// shortest is joined to the longer of its neighbours, whose stage the two then
// have, with what lay between them.
func merged(spans []trace.Span, most int) []trace.Span {
	if len(spans) <= most {
		return spans
	}
	spans = slices.Clone(spans)
	for len(spans) > most {
		least := 0
		for i, s := range spans {
			if s.Duration() < spans[least].Duration() {
				least = i
			}
		}
		into := least - 1
		if into < 0 || least+1 < len(spans) && spans[least+1].Duration() > spans[into].Duration() {
			into = least + 1
		}
		a, b := spans[into], spans[least]
		a.Start, a.End = min(a.Start, b.Start), max(a.End, b.End)
		if a.CPU != trace.UnknownCPU && b.CPU != trace.UnknownCPU {
			a.CPU += b.CPU
		} else {
			a.CPU = trace.UnknownCPU
		}
		a.Ways = a.Ways.Plus(b.Ways)
		spans[into] = a
		spans = slices.Delete(spans, least, least+1)
	}
	return spans
}
