package ui

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/request"
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
func heardSince(t *testing.T, r *liveRace, number int) (seqs []int, last int) {
	t.Helper()
	text, last := r.since(number)
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
	r := &liveRace{}
	take := func(when float64, head result.LanesHead) {
		t.Helper()
		if err := r.take(lanesEvent(t, head, 2), after(when)); err != nil {
			t.Fatal(err)
		}
	}
	seconds := func(method string) float64 { return r.seconds(*r.of(method)) }

	take(0, result.LanesHead{Seq: 1, Method: "sequential", Round: 1, First: true, Workers: 1, NowS: 0.2})
	if r.max != leastAxis || !near(seconds("sequential"), 0.2) || r.of("threading") != nil {
		t.Errorf("at first the axis ends at %v, the round at %v", r.max, seconds("sequential"))
	}
	// The clock goes on between two events, and the axis with it, in steps.
	r.look(after(0.7))
	if !near(seconds("sequential"), 0.9) || !near(r.max, 1.5) {
		t.Errorf("0.7 s later it is at %v of %v", seconds("sequential"), r.max)
	}
	take(1, result.LanesHead{Seq: 2, Method: "sequential", Round: 1, Workers: 1, NowS: 1.1, Over: true})
	r.look(after(9))
	if !near(seconds("sequential"), 1.1) || !near(r.max, 1.5) {
		t.Errorf("over, it goes on to %v of %v", seconds("sequential"), r.max)
	}
	take(9, result.LanesHead{Seq: 3, Method: "threading", Round: 1, First: true, Workers: 2, NowS: 0.1})
	if seqs, last := heardSince(t, r, 0); !slices.Equal(seqs, []int{1, 2, 3}) || last != 3 {
		t.Errorf("for who knows nothing: %v, the last %d", seqs, last)
	}
	if seqs, last := heardSince(t, r, 3); len(seqs) != 0 || last != 3 {
		t.Errorf("for who knows all: %v, the last %d", seqs, last)
	}
	// After a lost connection the server says once more what it has said.
	heard := r.heard
	take(9.1, result.LanesHead{Seq: 2, Method: "sequential", Round: 1, Workers: 1, NowS: 1.1, Over: true})
	take(9.1, result.LanesHead{Seq: 3, Method: "threading", Round: 1, First: true, Workers: 2, NowS: 0.1})
	if seqs, _ := heardSince(t, r, 0); r.heard != heard || len(seqs) != 3 {
		t.Errorf("heard twice: %v", seqs)
	}
	// A lost connection holds the clock, and the next event lets it go on.
	r.look(after(9.4))
	r.hold()
	r.look(after(20))
	if !near(seconds("threading"), 0.5) || r.growths()[1].Moving || r.heard == heard {
		t.Errorf("without a connection: %+v", r.growths())
	}
	take(20, result.LanesHead{Seq: 4, Method: "threading", Round: 1, Workers: 2, NowS: 0.6})
	if g := r.growths(); !g[1].Moving || g[0].Moving || !near(g[1].Now, 0.6) {
		t.Errorf("with it again: %+v", g)
	}
	// A new round takes the place of the one before.
	take(21, result.LanesHead{Seq: 5, Method: "sequential", Round: 2, First: true, Workers: 1, NowS: 0.3})
	if seqs, _ := heardSince(t, r, 0); !slices.Equal(seqs, []int{3, 4, 5}) || r.of("sequential").Round != 2 || len(r.rounds) != 2 {
		t.Errorf("in the second round: %v", seqs)
	}
	// What has its result is no longer of the race, nor of its axis.
	r.forget([]string{"sequential"})
	if r.of("sequential") != nil || len(r.rounds) != 1 || !near(r.max, 3) { // 0.6 s at 20 s, seen at 21 s: 1.6 and half of it
		t.Errorf("without the first: %+v up to %v", r.rounds, r.max)
	}
	if err := r.take("{", at); err == nil {
		t.Error("half an event is taken in")
	}
}

func TestNoLiveRace(t *testing.T) {
	var r *liveRace
	r.look(time.Now())
	r.hold()
	r.forget([]string{"x"})
	if r.of("x") != nil {
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

func TestAxisTo(t *testing.T) {
	ms := Scale{Unit: "ms", Factor: 1000}
	for _, tt := range []struct {
		end   float64
		scale Scale
		want  []string
	}{
		{0.65, ScaleOf(0.65), []string{"0.0", "0.2", "0.4", "0.6"}},
		{0.34, ScaleOf(0.34), []string{"0.0", "0.1", "0.2", "0.3"}},
		{7, ScaleOf(7), []string{"0", "2", "4", "6"}},
		{0.07, ms, []string{"0", "20", "40", "60"}},
	} {
		axis := axisTo(tt.end)
		var got []string
		for _, tick := range axis.Ticks {
			got = append(got, axis.text(EN, tick, tt.scale))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("up to %v s: %q, want %q", tt.end, got, tt.want)
		}
	}
}

// While a run is measured its methods stand where their results will.
func TestRowsOfARunUnderWay(t *testing.T) {
	spec := request.Spec{Methods: []string{"multiprocessing", "sequential"}, Workforce: request.Workforce{Workers: 3}, Rounds: 5}
	r := &liveRace{}
	if err := r.take(lanesEvent(t, result.LanesHead{Seq: 1, Method: "sequential", Phase: result.PhaseWarmup, Round: 1, First: true, Workers: 1, NowS: 0.25}, 1), time.Now()); err != nil {
		t.Fatal(err)
	}
	v := &resultsView{
		Lang: EN, Live: r,
		Under: underWay{
			Run:      runStatus{Phase: watching, View: result.RunView{State: result.Running, Spec: spec}},
			Browsers: []string{request.Browser, request.BrowserWorkers}, BrowserWorkers: 4, Heard: 1,
		},
	}
	var got []string
	for _, row := range v.raceRows() {
		got = append(got, fmt.Sprintf("%s %v %v %d", row.Method, row.Pending, row.Seconds, row.Shape.Lanes()+row.Workers))
	}
	if want := []string{"sequential true 0.25 1", "multiprocessing true 0 3", "browser true 0 1", "browser-workers true 0 4"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	html := app.HTMLString(v)
	for _, want := range []string{`data-testid="progress"`, `data-testid="growing-sequential"`, `data-testid="clock-browser"`, "0.25", "warm-up", "under way", `role="slider"`, `aria-valuenow="0"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	for _, not := range []string{`data-testid="verdict"`, `data-testid="lanes-`, `data-testid="time-`, `role="img"`, "aria-live"} {
		if strings.Contains(html, not) {
			t.Errorf("%q is shown", not)
		}
	}
	// Between two rounds the large line stays what it was.
	checked := v.Under
	checked.Run.View.Progress = result.Progress{Phase: result.PhaseVerify, Method: "sequential", Round: 1, Rounds: 6}
	checked.Run.View.Spec.Warmup = 1
	html = app.HTMLString(&resultsView{Lang: EN, Live: r, Under: checked})
	if !strings.Contains(html, "round 1 of 6, a warm-up") || !strings.Contains(html, "Checking the pixels") {
		t.Error("between two rounds it does not say both which one it was and what goes on")
	}
	// With the host's result, and the browser under way, the rows are the same.
	under := v.Under
	under.Run, under.Browser = runStatus{}, browserStatus{Method: request.Browser, Phase: watching}
	v = &resultsView{Lang: EN, Live: r, Result: comparison(), Under: under}
	got = nil
	for _, row := range v.raceRows() {
		got = append(got, fmt.Sprintf("%s %v", row.Method, row.Pending))
	}
	if want := []string{"sequential false", "multiprocessing false", "browser true", "browser-workers true"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	html = app.HTMLString(v)
	if !strings.Contains(html, `data-testid="verdict"`) || !strings.Contains(html, `data-testid="browser-progress"`) {
		t.Error("the verdict and the browser's progress are not both shown")
	}
}
