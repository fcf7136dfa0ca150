package draw

import (
	"slices"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

func waited(time, left float64) result.Waited {
	return result.Waited{WaitFigures: &result.WaitFigures{Time: time, LeftAfter: left}}
}

func TestBars(t *testing.T) {
	figures := waited
	for _, tt := range []struct {
		rows []result.Waited
		want []float64
	}{
		{nil, nil},
		{[]result.Waited{{}}, []float64{0}},
		{[]result.Waited{figures(1, 4), figures(2, 0), {}, figures(1, 0)}, []float64{100, 50, 0, 25}},
	} {
		if got := waitBars(tt.rows); !slices.Equal(got, tt.want) {
			t.Errorf("%v, want %v", got, tt.want)
		}
	}
}

// A row says what became of its way: all were answered, it was stopped, or it was not
// tried.
func TestWaysOf(t *testing.T) {
	all, stopped := waited(1.05, 0), waited(3, 3)
	all.Way, all.Title, all.Threads, all.PeakMemory, all.CPU = "goroutines", text.Text{ES: "Una goroutine", EN: "A goroutine"}, 6, 18_000_000, 0.25
	stopped.Forecast = 1000
	none := result.Waited{Text: text.Text{EN: "too many threads"}}
	got := WaysOf("en", []result.Waited{all, stopped, none})
	if w := got[0]; w.Name != "goroutines" || w.Title != "A goroutine" || w.Class != "" || w.Time != "1.05\u00a0s" || len(w.Facts) != 4 || w.Facts[0] != (WayFact{"threads", "System threads", "6"}) {
		t.Errorf("all were answered: %+v", w)
	}
	if w := got[1]; w.Class != "stopped" || w.Bar != 100 || w.Time != "≈ 17\u00a0min" {
		t.Errorf("it was stopped: %+v", w)
	}
	if w := got[2]; w.Class != "missing" || w.Time != "" || w.Facts != nil || w.Text != "too many threads" {
		t.Errorf("it was not tried: %+v", w)
	}
	if got := WaitsText("es", request.Waits{Requests: 1000, Seconds: 0.2}); got != "1000 peticiones a la vez · cada una espera 0,2 s · conexiones de verdad en esta máquina" {
		t.Error(got)
	}
}
