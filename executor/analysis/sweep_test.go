package analysis

import (
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

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
	s.Environment.OtherCores, s.Environment.CoresUsed = &other, 8
	s.Points[0].Verdicts = []result.Verdict{{A: request.Threading, B: request.Sequential, Rounds: 1}}
	Conclude(s)
	if want := "One round carries no verdict: it takes 3 at least. Meanwhile other programs kept 0.50 cores busy: the times are theirs too."; s.Caution.EN != want {
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
