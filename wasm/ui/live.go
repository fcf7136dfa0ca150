package ui

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// liveRace is what is known of the lanes of what is being measured: of each
// method those of its latest round. It is pure: events and the time go in.
type liveRace struct {
	rounds []liveRound // by method
	heard  int         // events
	seen   time.Time   // up to when it is told
	max    float64     // seconds at the end of the axis
	held   bool        // nothing is heard any more
	images []string    // of the batch, cycled over its tasks
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

// leastAxis is the shortest axis, in seconds.
const leastAxis = 0.5

// of finds a method's round; nil if nothing is known of it.
func (r *liveRace) of(method string) *liveRound {
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

// take takes an event in, a result.LanesEvent as JSON. One that was heard
// before, as after a lost connection, changes nothing.
func (r *liveRace) take(data string, at time.Time) error {
	var head result.LanesHead
	if err := json.Unmarshal([]byte(data), &head); err != nil {
		return err
	}
	round := r.of(head.Method)
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
	r.heard++
	r.held = false
	round.LanesHead, round.at = head, at
	round.events = append(round.events, liveEvent{r.heard, data})
	r.look(at)
	return nil
}

// look brings the race to a time. The axis grows in steps, with room for half
// as much again.
func (r *liveRace) look(at time.Time) {
	if r == nil || r.held {
		return
	}
	r.seen = at
	longest := 0.0
	for _, round := range r.rounds {
		longest = max(longest, r.seconds(round))
	}
	if longest > r.max {
		r.max = max(leastAxis, axisEnd(1.5*longest))
	}
}

// hold says that nothing is heard any more: what was under way stands still.
func (r *liveRace) hold() {
	if r != nil && !r.held {
		r.held = true
		r.heard++ // which is news too
	}
}

// forget drops what is known by now in full.
func (r *liveRace) forget(methods []string) {
	if r == nil {
		return
	}
	r.rounds = slices.DeleteFunc(r.rounds, func(round liveRound) bool { return slices.Contains(methods, round.Method) })
	r.max = 0
	r.look(r.seen)
}

// seconds is a round's time as far as it is seen: its clock goes on between two
// events.
func (r *liveRace) seconds(round liveRound) float64 {
	if round.Over {
		return round.NowS
	}
	return round.NowS + max(0, r.seen.Sub(round.at).Seconds())
}

// since lists the events after one, as a JSON array, and gives the number of
// the last.
func (r *liveRace) since(number int) (events string, last int) {
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

// growth is what lanes.js is told of rounds beside their events.
type growth struct {
	Method string  `json:"method"`
	Now    float64 `json:"now"`    // seconds
	Moving bool    `json:"moving"` // the clock goes on
}

// growths lists the rounds.
func (r *liveRace) growths() []growth {
	list := []growth{}
	for _, round := range r.rounds {
		list = append(list, growth{round.Method, r.seconds(round), !round.Over && !r.held})
	}
	return list
}

// axisEnd is the step of the axis's length at or above a time: four a decade,
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

// LiveRows lays out what is being measured: the host's methods in the order
// of their result.
func LiveRows(r *liveRace, spec request.Spec) []Row {
	var rows []Row
	for _, m := range request.Methods() {
		if slices.Contains(spec.Methods, m.Name) {
			rows = append(rows, r.row(Row{Method: m.Name, Shape: m.Shape(spec.Workforce), Rounds: spec.Rounds}))
		}
	}
	return rows
}

// LiveBrowserRows are those of the browser's methods.
func LiveBrowserRows(r *liveRace, methods []string, workers int) []Row {
	var rows []Row
	for _, m := range methods {
		row := Row{Method: m, Workers: 1}
		if m == request.BrowserWorkers {
			row.Workers = workers
		}
		rows = append(rows, r.row(row))
	}
	return rows
}

// row is a row that has no result yet.
func (r *liveRace) row(row Row) Row {
	row.Pending = true
	if round := r.of(row.Method); round != nil {
		row.Seconds, row.Round, row.Warmup = r.seconds(*round), round.Round, round.Phase == result.PhaseWarmup
	}
	return row
}
