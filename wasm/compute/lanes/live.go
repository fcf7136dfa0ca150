package lanes

import (
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
)

// liveEvery is how often at most a round under way is told of: writing JSON is
// work beside the clock, and five times a second are seen as live.
const liveEvery = 200 * time.Millisecond

// Live collects what becomes known of the lanes of a method's rounds, to be
// told while they are under way.
type Live struct {
	chain   []string // the names of the filters
	head    result.LanesHead
	waiting []result.TimelineLane
	told    time.Duration
}

// NewLive makes a Live for a method's rounds by so many workers.
func NewLive(method string, workers int, chain []string) *Live {
	return &Live{chain: chain, head: result.LanesHead{Method: method, Workers: workers}}
}

// Begin is the event of a round that is about to begin.
func (l *Live) Begin(phase string, round int) *result.LanesEvent {
	l.head.Phase, l.head.Round, l.head.First, l.head.Over = phase, round, true, false
	l.told = -liveEvery
	return l.Event(0)
}

// Add takes in what a lane has done, on the round's clock.
func (l *Live) Add(lane int, spans []trace.Span) {
	l.waiting = result.AddSpans(l.waiting, lane, 0, l.chain, spans...)
}

// Event is what is new at a time of the round's clock; nil if something was
// told a moment ago.
func (l *Live) Event(now time.Duration) *result.LanesEvent {
	if now-l.told < liveEvery && !l.head.Over {
		return nil
	}
	l.head.Seq++
	l.head.NowS, l.told = now.Seconds(), now
	e := &result.LanesEvent{LanesHead: l.head, Lanes: l.waiting}
	if e.Lanes == nil {
		e.Lanes = []result.TimelineLane{}
	}
	l.head.First, l.waiting = false, nil
	return e
}

// Over is the last event of a round that took so long.
func (l *Live) Over(wall time.Duration) *result.LanesEvent {
	l.head.Over = true
	return l.Event(wall)
}
