package measure

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"carriles/executor/batch/result"
)

// lanesEvent is an event with so many spans, as it comes from the server.
func lanesEvent(t *testing.T, head result.LanesHead, spans int) string {
	t.Helper()
	lane := result.TimelineLane{ProcessID: 7}
	for i := range spans {
		lane.Spans = append(lane.Spans, result.TimelineSpan{Stage: "decode", Task: i, StartS: float64(i), EndS: float64(i) + 0.5})
	}
	data, err := json.Marshal(result.LanesEvent{LanesHead: head, Lanes: []result.TimelineLane{lane}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// heardSince reads what the race has for lanes.js after an event.
func heardSince(t *testing.T, r *Live, number int) (seqs []int, last int) {
	t.Helper()
	text, last := r.Since(number)
	var events []result.LanesEvent
	if err := json.Unmarshal([]byte(text), &events); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, e := range events {
		seqs = append(seqs, e.Seq)
	}
	return seqs, last
}

func TestLiveRace(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	after := func(seconds float64) time.Time { return at.Add(time.Duration(seconds * float64(time.Second))) }
	r := &Live{}
	take := func(when float64, head result.LanesHead) {
		t.Helper()
		if err := r.Take(lanesEvent(t, head, 2), after(when)); err != nil {
			t.Fatal(err)
		}
	}
	seconds := func(method string) float64 { return r.Seconds(*r.Of(method)) }

	take(0, result.LanesHead{Seq: 1, Method: "sequential", Round: 1, First: true, Workers: 1, NowS: 0.2})
	if r.Max != LeastAxis || !near(seconds("sequential"), 0.2) || r.Of("threading") != nil {
		t.Errorf("at first the axis ends at %v, the round at %v", r.Max, seconds("sequential"))
	}
	// The clock goes on between two events, and the axis with it, in steps.
	r.look(after(0.7))
	if !near(seconds("sequential"), 0.9) || !near(r.Max, 1.5) {
		t.Errorf("0.7 s later it is at %v of %v", seconds("sequential"), r.Max)
	}
	take(1, result.LanesHead{Seq: 2, Method: "sequential", Round: 1, Workers: 1, NowS: 1.1, Over: true})
	r.look(after(9))
	if !near(seconds("sequential"), 1.1) || !near(r.Max, 1.5) {
		t.Errorf("over, it goes on to %v of %v", seconds("sequential"), r.Max)
	}
	take(9, result.LanesHead{Seq: 3, Method: "threading", Round: 1, First: true, Workers: 2, NowS: 0.1})
	if seqs, last := heardSince(t, r, 0); !slices.Equal(seqs, []int{1, 2, 3}) || last != 3 {
		t.Errorf("for who knows nothing: %v, the last %d", seqs, last)
	}
	if seqs, last := heardSince(t, r, 3); len(seqs) != 0 || last != 3 {
		t.Errorf("for who knows all: %v, the last %d", seqs, last)
	}
	// After a lost connection the server says once more what it has said.
	heard := r.Heard
	take(9.1, result.LanesHead{Seq: 2, Method: "sequential", Round: 1, Workers: 1, NowS: 1.1, Over: true})
	take(9.1, result.LanesHead{Seq: 3, Method: "threading", Round: 1, First: true, Workers: 2, NowS: 0.1})
	if seqs, _ := heardSince(t, r, 0); r.Heard != heard || len(seqs) != 3 {
		t.Errorf("heard twice: %v", seqs)
	}
	// A lost connection holds the clock, and the next event lets it go on.
	r.look(after(9.4))
	r.hold()
	r.look(after(20))
	if !near(seconds("threading"), 0.5) || r.Growths()[1].Moving || r.Heard == heard {
		t.Errorf("without a connection: %+v", r.Growths())
	}
	take(20, result.LanesHead{Seq: 4, Method: "threading", Round: 1, Workers: 2, NowS: 0.6})
	if g := r.Growths(); !g[1].Moving || g[0].Moving || !near(g[1].Now, 0.6) {
		t.Errorf("with it again: %+v", g)
	}
	// A new round takes the place of the one before.
	take(21, result.LanesHead{Seq: 5, Method: "sequential", Round: 2, First: true, Workers: 1, NowS: 0.3})
	if seqs, _ := heardSince(t, r, 0); !slices.Equal(seqs, []int{3, 4, 5}) || r.Of("sequential").Round != 2 || len(r.rounds) != 2 {
		t.Errorf("in the second round: %v", seqs)
	}
	// What has its result is no longer of the race, nor of its axis.
	r.forget([]string{"sequential"})
	if r.Of("sequential") != nil || len(r.rounds) != 1 || !near(r.Max, 3) { // 0.6 s at 20 s, seen at 21 s: 1.6 and half of it
		t.Errorf("without the first: %+v up to %v", r.rounds, r.Max)
	}
	if err := r.Take("{", at); err == nil {
		t.Error("half an event is taken in")
	}
}

func TestNoLiveRace(t *testing.T) {
	var r *Live
	r.look(time.Now())
	r.hold()
	r.forget([]string{"x"})
	if r.Of("x") != nil {
		t.Error("a round of nothing")
	}
}

func TestAxisEnd(t *testing.T) {
	for seconds, want := range map[float64]float64{0.0004: 0.001, 0.5: 0.5, 0.51: 0.75, 0.9: 1, 1: 1, 1.2: 1.5, 1.6: 2, 2.1: 3, 4: 5, 7: 7.5, 7.6: 10, 99: 100, 101: 150} {
		if got := axisEnd(seconds); !near(got, want) {
			t.Errorf("for %v s the axis ends at %v, want %v", seconds, got, want)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
