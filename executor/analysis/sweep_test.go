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

// A sweep over devices is fitted to the room's methods by how many took part, whatever
// the cores of this machine.
func TestSweepOverDevicesIsFitted(t *testing.T) {
	s := &result.Sweep{
		Over: request.OverDevices, Methods: []string{request.Sequential, request.Distributed, request.Swarm},
		Spec: request.Spec{Sweep: &request.SweepPlan{Over: request.OverDevices}},
	}
	s.Environment.CoresUsed = 1
	for _, n := range []float64{1, 2, 3, 4} {
		s.Points = append(s.Points, result.SweepPoint{Value: n, Results: map[string]result.SweepResult{
			request.Sequential:  {Workers: 1, Samples: []float64{1}},
			request.Distributed: {Workers: int(2 * n), Samples: []float64{0.2 + 0.8/n}}, // of two lanes each
			request.Swarm:       {Workers: int(n), Samples: []float64{1}},
		}})
	}
	Conclude(s)
	f := s.Fits[request.Distributed]
	if f.Amdahl == nil || f.Amdahl.Serial < 0.199 || f.Amdahl.Serial > 0.201 || f.Amdahl.Reach != 4 || f.BestWorkers != 4 {
		t.Errorf("%+v", f)
	}
	if len(s.Fits) != 2 || s.Fits[request.Swarm].Why.EN != "With more devices the time does not change: there is no curve to fit." {
		t.Errorf("%+v", s.Fits)
	}
	s.Points = s.Points[:2]
	Conclude(s)
	if why := s.Fits[request.Distributed].Why.EN; why != "To fit Amdahl's law, 3 numbers of devices (up to 2) are needed; there are 2." {
		t.Error(why)
	}
}
