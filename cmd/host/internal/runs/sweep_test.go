package runs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
)

func sweepSpec(t *testing.T, body string) request.Spec {
	t.Helper()
	spec, err := request.Parse([]byte(body), request.Endpoint{Methods: []string{request.Sequential, request.Threading}, MethodsField: true, Sweep: true}, request.Lab{
		Limits: request.Limits{Count: 10, Workers: 4, Executions: 100, Pixels: 1e6}, Pool: 2,
		Images: []string{"a.jpg"}, Exists: func(string) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// A sweep runs its points in order, tells how far it is over all of them, and
// keeps no output.
func TestSweepGoesThroughItsPoints(t *testing.T) {
	s := &shelf{}
	spec := sweepSpec(t, `{"over":"intensity","values":[5,1,3],"filters":["sharpen"],"count":2,"rounds":2}`)
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

// A sweep over workers is fitted; the methods that it does not scale are not.
func TestSweepOverWorkersIsFitted(t *testing.T) {
	s := &result.Sweep{
		Over: request.OverWorkers, Methods: []string{request.Sequential, request.Threading, request.Hybrid},
		Spec: request.Spec{Sweep: &request.SweepPlan{Over: request.OverWorkers}},
	}
	for _, n := range []float64{1, 2, 4, 8} {
		// Amdahl's law with a serial part of one fifth: 1, 0.6, 0.4, 0.3 s.
		seconds := 0.2 + 0.8/n
		s.Points = append(s.Points, result.SweepPoint{Value: n, Results: map[string]result.SweepResult{
			request.Sequential: {Workers: 1, Samples: []float64{1}},
			request.Threading:  {Workers: int(n), Samples: []float64{seconds}},
			request.Hybrid:     {Workers: 4, Samples: []float64{seconds}},
		}})
	}
	other := 0.5
	s.Environment.OtherCores = &other
	s.Points[0].Verdicts = []result.Verdict{{A: request.Threading, B: request.Sequential, Rounds: 1, Basis: analysis.BasisMargin}}
	conclude(s)
	if want := "One round alone cannot tell differences under 15%. Meanwhile other programs kept 0.50 cores busy: the times are theirs too."; s.Caution.EN != want {
		t.Errorf("caution %q, want %q", s.Caution.EN, want)
	}
	if len(s.Fits) != 1 {
		t.Fatalf("fits %v, want those of threads only", s.Fits)
	}
	if a := s.Fits[request.Threading].Amdahl; a == nil || a.Serial < 0.199 || a.Serial > 0.201 {
		t.Errorf("Amdahl %+v, want a fifth", a)
	}
	if len(s.Crossovers) != 3 || s.Summary.ES == "" || s.Summary.EN == "" {
		t.Errorf("crossovers %+v, summary %+v", s.Crossovers, s.Summary)
	}
}

func TestEnoughRounds(t *testing.T) {
	rounds := func(seconds ...float64) (out []sample) {
		for _, s := range seconds {
			out = append(out, sample{Report: crew.Report{Wall: time.Duration(s * float64(time.Second))}})
		}
		return out
	}
	steady, shaky := rounds(1, 1.01, 0.99, 1, 1), rounds(1, 2, 0.5, 3, 1)
	auto := &request.Auto{PrecisionPercent: 5, BudgetS: 60}
	tests := []struct {
		name string
		auto *request.Auto
		a, b []sample
		ago  time.Duration
		want string
	}{
		{"a number that was asked for", nil, steady, steady, time.Hour, ""},
		{"precise", auto, steady, steady, 0, stoppedPrecise},
		{"precise, and out of time", auto, steady, steady, time.Hour, stoppedPrecise},
		{"not precise", auto, steady, shaky, 0, ""},
		{"not precise, out of time", auto, steady, shaky, time.Minute, stoppedBudget},
		{"too few rounds", auto, steady[:4], steady[:4], 0, ""},
		{"one round, out of time", auto, steady[:1], steady[:1], time.Minute, stoppedBudget},
	}
	for _, tt := range tests {
		e := &execution{
			spec:    request.Spec{Auto: tt.auto, Warmup: 1, Methods: []string{"a", "b"}},
			samples: map[string][]sample{"a": tt.a, "b": tt.b}, began: time.Now().Add(-tt.ago),
		}
		if got := e.enough(1 + len(tt.a)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if got := e.enough(1); got != "" { // nothing has been counted
			t.Errorf("%s: stops with %q before the first counted round", tt.name, got)
		}
	}
}

// An automatic number of rounds that never gets precise ends at its limit, and
// says so.
func TestRoundsEndAtTheLimit(t *testing.T) {
	spec := specFor(t, `{"count":10,"rounds":"auto","precision_percent":1,"budget_s":600}`)
	if spec.Rounds != 5 { // 10 images, 2 methods, 100 executions
		t.Fatalf("at most %d rounds", spec.Rounds)
	}
	o, err := noWorkers(&shelf{}).Execute(t.Context(), "id", spec, func(result.Progress) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if info := o.Comparison.TestInfo; info.Rounds != 5 || info.Stopped != stoppedLimit {
		t.Errorf("test_info %+v", info)
	}
}

func TestChaosInWords(t *testing.T) {
	for want, c := range map[string]result.ChaosReport{
		"nothing was lost": {},
		"with one image in hand: 0.25 s of work lost; it was done again":          {TasksInFlight: 1, LostS: 0.25},
		"with 3 images in hand: 1.50 s of work lost; all of them were done again": {TasksInFlight: 3, LostS: 1.5},
		"with 3 images in hand: 1.50 s of work lost; 2 were not done":             {TasksInFlight: 3, LostS: 1.5, ImagesLost: 2},
	} {
		got := chaosText(c)
		if !strings.Contains(got.EN, want) || !strings.Contains(got.ES, "Murió un proceso") {
			t.Errorf("%+v: %+v, want %q", c, got, want)
		}
	}
	if got := chaosText(result.ChaosReport{TasksInFlight: 1, LostS: 0.25}).ES; !strings.Contains(got, "0,25 s") {
		t.Errorf("Spanish %q", got)
	}
}
