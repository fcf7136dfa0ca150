package analysis

import (
	"math"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
)

// batchOf is eight pictures through brightness (0.044 s each by the table) in warm
// pools, once.
func batchOf(methods ...string) request.Spec {
	return request.Spec{
		Steps:  []request.Step{{Filter: "brightness", Params: filters.Values{"factor": 1.2}}},
		Images: []string{"a.jpg"}, Count: 8, Workforce: request.Workforce{Workers: 2, Processes: 2, Threads: 2},
		Rounds: 1, Engine: filters.NativeName, Pool: request.Warm, Methods: methods,
	}
}

// By hand: 0.020 + 0.003 + 0.021 s a picture, 0.03 s for the look at the one output.
func TestReckon(t *testing.T) {
	with := func(change func(*request.Spec)) request.Spec {
		s := batchOf(request.Sequential)
		change(&s)
		return s
	}
	for _, tt := range []struct {
		name  string
		spec  request.Spec
		cores int
		want  float64
	}{
		{"sequential", batchOf(request.Sequential), 2, 8*0.044 + 0.03},
		{"threads on two cores", batchOf(request.Threading), 2, 4*0.044 + 0.03},
		{"threads on one core", batchOf(request.Threading), 1, 8*0.044 + 0.03},
		{"both", batchOf(request.Sequential, request.Threading), 2, 12*0.044 + 0.03},
		{"rounds", with(func(s *request.Spec) { s.Rounds, s.Warmup = 3, 1 }), 2, 4*8*0.044 + 0.03},
		{"cold", with(func(s *request.Spec) { s.Pool = request.Cold }), 2, 8*0.044 + 0.08 + 0.03},
		{"a slow server", with(func(s *request.Spec) { s.LatencyMS = 100 }), 2, 8*0.144 + 0.03},
		{"threads wait side by side", with(func(s *request.Spec) { s.Methods, s.LatencyMS = []string{request.Threading}, 100 }), 2, 4*0.144 + 0.03},
		{"a budget", with(func(s *request.Spec) { s.Rounds, s.Auto = 50, &request.Auto{BudgetS: 2} }), 2, 2 + 4*0.044},
		{"three rounds whatever the budget", with(func(s *request.Spec) { s.Rounds, s.Auto = 50, &request.Auto{BudgetS: 1} }), 2, 1 + 4*0.044},
		// 480 x 270 is a 64th: 0.020 + 0.025 + (0.003 + 0.021)/64.
		{"made small first", with(func(s *request.Spec) {
			s.Steps = append([]request.Step{{Filter: "resize", Params: filters.Values{"width": 480, "height": 270}}}, s.Steps...)
		}), 2, 8*(0.045+0.024/64) + 0.03},
		{"a sweep", with(func(s *request.Spec) {
			s.Methods, s.Sweep = []string{request.Threading}, &request.SweepPlan{Over: request.OverWorkers, Values: []float64{1, 2, 4}}
		}), 2, (8+4+4)*0.044 + 3*0.03},
	} {
		if got := Reckon(tt.spec, tt.cores); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: %g s, want %g", tt.name, got, tt.want)
		}
	}
}

// ran is a run that took so many times as long as reckoned on two cores.
func ran(s request.Spec, times float64, finished int64) result.RunView {
	end := time.Unix(finished, 0)
	start := end.Add(-time.Duration(times * Reckon(s, 2) * float64(time.Second)))
	return result.RunView{State: result.Done, Started: &start, Finished: &end, Spec: s}
}

func TestForecast(t *testing.T) {
	s := batchOf(request.Threading)
	s.Sweep = &request.SweepPlan{Over: request.OverWorkers, Values: []float64{1, 2, 4}}
	whole := Reckon(s, 2) // of which the first point is nearly half
	first := reckonPoints(s, 2)[0]
	failed := ran(batchOf(request.Sequential), 50, 90)
	failed.State = result.Failed
	runs := []result.RunView{ran(batchOf(request.Sequential), 2, 10), ran(batchOf(request.Sequential), 3, 20), ran(s, 2.5, 30), failed}
	for _, tt := range []struct {
		name    string
		runs    []result.RunView
		elapsed float64
		at      result.Progress
		from    string
		total   float64
	}{
		{"nothing is known", nil, 0, result.Progress{}, FromReckoning, whole},
		{"the machine is known", runs, 0, result.Progress{}, FromHistory, 2.5 * whole},
		{"it has only begun", runs, 0.01, result.Progress{Point: 1, Overall: 0, OverallTotal: 24}, FromHistory, 2.5 * whole},
		// The first of three points took ten times as long as reckoned, and it is nearly
		// half of the time.
		{"a third of its pictures", runs, 10 * first, result.Progress{Point: 1, Overall: 8, OverallTotal: 24}, FromRun, 10 * whole},
		{"the second point has begun", runs, 10 * first, result.Progress{Point: 2, Overall: 8, OverallTotal: 24}, FromRun, 10 * whole},
		{"it takes longer than thought", nil, 100, result.Progress{}, FromReckoning, 100},
	} {
		f := ForecastOf(s, 2, tt.runs, tt.elapsed, tt.at)
		if f.From != tt.from || math.Abs(f.TotalS-tt.total) > 1e-6*tt.total || math.Abs(f.LeftS-(f.TotalS-tt.elapsed)) > 1e-9 {
			t.Errorf("%s: %+v, want %s, %g", tt.name, f, tt.from, tt.total)
		}
	}
	// A quarter is told by what it did and by what was known.
	one := batchOf(request.Sequential)
	f := ForecastOf(one, 2, nil, 1, result.Progress{Overall: 2, OverallTotal: 8})
	if want := 0.75*4 + 0.25*Reckon(one, 2); math.Abs(f.TotalS-want) > 1e-9 {
		t.Errorf("%+v, want %g", f, want)
	}
}

// Every filter of every engine is in the table: a new one is not forgotten.
func TestEveryFilterIsReckoned(t *testing.T) {
	for _, e := range filters.Engines() {
		for _, f := range filters.All() {
			if _, lacks := e.Lacks[f.Name]; !lacks && reckonedFilter[e.Name][f.Name] == 0 {
				t.Errorf("%s of %s", f.Name, e.Name)
			}
		}
	}
}
