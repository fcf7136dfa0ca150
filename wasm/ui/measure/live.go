package measure

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"carriles/executor/batch/result"
	"carriles/web/draw"
)

// Live is what is known of the lanes of what is being measured: of each
// method those of its latest round. It is pure: events and the time go in.
type Live struct {
	rounds []liveRound // by method
	Heard  int         // events
	Seen   time.Time   // up to when it is told
	Max    float64     // seconds at the end of the axis
	held   bool        // nothing is heard any more
	Images []string    // of the batch, cycled over its tasks
}

// liveRound is a method's latest round.
type liveRound struct {
	result.LanesHead // of its last event
	at               time.Time
	events           []liveEvent
}

// liveEvent is an event as it came, for lanes.js.
type liveEvent struct {
	number int // over all methods, from 1
	data   string
}

// LeastAxis is the shortest axis, in seconds.
const LeastAxis = 0.5

// Of finds a method's round; nil if nothing is known of it.
func (r *Live) Of(method string) *liveRound {
	if r == nil {
		return nil
	}
	for i := range r.rounds {
		if r.rounds[i].Method == method {
			return &r.rounds[i]
		}
	}
	return nil
}

// Take takes an event in, a result.LanesEvent as JSON. One that was heard
// before, as after a lost connection, changes nothing.
func (r *Live) Take(data string, at time.Time) error {
	var head result.LanesHead
	if err := json.Unmarshal([]byte(data), &head); err != nil {
		return err
	}
	round := r.Of(head.Method)
	if round != nil && head.Seq <= round.Seq {
		return nil
	}
	if round == nil {
		r.rounds = append(r.rounds, liveRound{})
		round = &r.rounds[len(r.rounds)-1]
	}
	if head.First {
		round.events = nil
	}
	r.Heard++
	r.held = false
	round.LanesHead, round.at = head, at
	round.events = append(round.events, liveEvent{r.Heard, data})
	r.look(at)
	return nil
}

// look brings the race to a time. The axis grows in steps, with room for half
// as much again.
func (r *Live) look(at time.Time) {
	if r == nil || r.held {
		return
	}
	r.Seen = at
	longest := 0.0
	for _, round := range r.rounds {
		longest = max(longest, r.Seconds(round))
	}
	if longest > r.Max {
		r.Max = max(LeastAxis, axisEnd(1.5*longest))
	}
}

// hold says that nothing is heard any more: what was under way stands still.
func (r *Live) hold() {
	if r != nil && !r.held {
		r.held = true
		r.Heard++ // which is news too
	}
}

// forget drops what is known by now in full.
func (r *Live) forget(methods []string) {
	if r == nil {
		return
	}
	r.rounds = slices.DeleteFunc(r.rounds, func(round liveRound) bool { return slices.Contains(methods, round.Method) })
	r.Max = 0
	r.look(r.Seen)
}

// Seconds is a round's time as far as it is seen: its clock goes on between two
// events.
func (r *Live) Seconds(round liveRound) float64 {
	if round.Over {
		return round.NowS
	}
	return round.NowS + max(0, r.Seen.Sub(round.at).Seconds())
}

// Since lists the events after one, as a JSON array, and gives the number of
// the last.
func (r *Live) Since(number int) (events string, last int) {
	var fresh []liveEvent
	for _, round := range r.rounds {
		for _, e := range round.events {
			if e.number > number {
				fresh = append(fresh, e)
			}
		}
	}
	slices.SortFunc(fresh, func(a, b liveEvent) int { return a.number - b.number })
	list := make([]string, len(fresh))
	for i, e := range fresh {
		list[i], number = e.data, e.number
	}
	return "[" + strings.Join(list, ",") + "]", number
}

// Growths lists the rounds.
func (r *Live) Growths() []draw.Growth {
	list := []draw.Growth{}
	for _, round := range r.rounds {
		list = append(list, draw.Growth{Method: round.Method, Now: r.Seconds(round), Moving: !round.Over && !r.held})
	}
	return list
}

// axisEnd is the step of the axis's length at or above a time: six a decade,
// so that it seldom changes.
func axisEnd(seconds float64) float64 {
	decade := 1e-3
	for decade*10 < seconds {
		decade *= 10
	}
	for _, step := range []float64{1, 1.5, 2, 3, 5, 7.5} {
		if decade*step >= seconds {
			return decade * step
		}
	}
	return decade * 10
}
