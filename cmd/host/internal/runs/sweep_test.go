package runs

import (
	"slices"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
)

// A sweep runs its points in order, tells how far it is over all of them, and
// keeps no output.
func TestSweepGoesThroughItsPoints(t *testing.T) {
	s := &shelf{}
	spec := specFor(t, toSweep, `{"over":"intensity","values":[5,1,3],"filters":["sharpen"],"count":2,"rounds":2}`)
	var last result.Progress
	var points []float64
	o, err := noWorkers(s).Execute(t.Context(), "id", spec, func(p result.Progress) {
		if p.Overall < last.Overall || p.Points != 3 || p.OverallTotal != 3*2*2*2 {
			t.Errorf("progress %+v after %+v", p, last)
		}
		if len(points) == 0 || points[len(points)-1] != p.Value {
			points = append(points, p.Value)
		}
		last = p
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.Comparison != nil || o.Sweep == nil {
		t.Fatalf("outcome %+v", o)
	}
	if last.Overall != last.OverallTotal || !slices.Equal(points, []float64{1, 3, 5}) {
		t.Errorf("points %v, the last progress %+v", points, last)
	}
	for i, p := range o.Sweep.Points {
		r := p.Results[request.Threading]
		if p.Value != points[i] || len(p.Results) != 2 || len(r.Samples) != 2 || r.FailedCount != 4 || p.Winner != "none" {
			t.Errorf("point %+v", p)
		}
	}
	if o.Sweep.PixelsEqual || len(o.Sweep.Crossovers) != 1 || o.Sweep.Fits != nil || o.Sweep.Over != request.OverIntensity || o.Sweep.APIInfo.RunID != "id" {
		t.Errorf("sweep %+v", o.Sweep)
	}
	if slices.Contains(s.asked, "commit") || !slices.Equal(s.asked[len(s.asked)-2:], []string{"remove temps", "prune"}) {
		t.Errorf("asked %q", s.asked)
	}
	noWorkers(s).Discard(o) // there is nothing to discard
}

// An automatic number of rounds that never gets precise ends at its limit, and
// says so.
func TestRoundsEndAtTheLimit(t *testing.T) {
	spec := specFor(t, toCompare, `{"count":10,"rounds":"auto","precision_percent":1,"budget_s":600}`)
	if spec.Rounds != 5 { // 10 images, 2 methods, 100 executions
		t.Fatalf("at most %d rounds", spec.Rounds)
	}
	o, err := noWorkers(&shelf{}).Execute(t.Context(), "id", spec, func(result.Progress) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if info := o.Comparison.TestInfo; info.Rounds != 5 || info.Stopped != contest.StoppedLimit {
		t.Errorf("test_info %+v", info)
	}
}
