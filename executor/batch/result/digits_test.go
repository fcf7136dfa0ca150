package result

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/filters"
)

func TestRounded(t *testing.T) {
	for _, tt := range []struct {
		x     float64
		ratio bool
		want  float64
	}{
		{0, true, 0}, {1.23456, true, 1.235}, {1.2344999, true, 1.234}, {12.3456, true, 12.35}, {123456, true, 123500}, {0.000123456, true, 0.0001235}, {-1.23456, true, -1.235},
		{9.9996, true, 10}, {1, true, 1}, {0.1 + 0.2, true, 0.3}, {1e-300, true, 1e-300}, {1.23456e300, true, 1.235e300},
		{1.23456789, false, 1.234568}, {0.0000004, false, 0}, {0.0000006, false, 0.000001}, {12345.6789012, false, 12345.678901}, {0, false, 0},
	} {
		if got := Rounded(tt.x, tt.ratio); got != tt.want {
			t.Errorf("%g, ratio %v: %g, want %g", tt.x, tt.ratio, got, tt.want)
		}
	}
}

// An answer's ratios have four significant digits, its seconds are microseconds, and
// its samples all that was measured; what was asked for stays.
func TestTidy(t *testing.T) {
	const x = 1.0 / 3
	other := x
	c := &Comparison{
		Results: map[string]*MethodResult{"threading": {
			Time: x, Speedup: x, Throughput: 1000 * x, Samples: []float64{x, 2 * x}, Spread: Spread{Median: x},
			Rounds:   []Round{{Seconds: x, CPUUser: x, StartedAt: time.Unix(1, 333333333), OtherCores: &other, Stages: StageTimes{Decode: x}}},
			Running:  &Figure{Time: x, Samples: []float64{x}, Speedup: x},
			Starting: &Starting{SpawnS: x},
			Overhead: Overhead{Workers: []WorkerAccount{{WallS: x, FilterSeconds: []float64{x}}}},
		}},
		Performance: Performance{Verdicts: []Verdict{{Ratio: x, Low: x, High: x}}},
		Environment: Environment{FaultCostS: x * 1e-6},
		Spec:        request.Spec{Steps: []request.Step{{Params: filters.Values{"radius": x}}}},
	}
	c.Environment.Ceiling = &Ceiling{Arithmetic: 5 * x}
	c.Environment.Ceiling.Spread.Memory.Min = 5 * x
	Tidy(c)
	r := c.Results["threading"]
	for name, f := range map[string]struct{ got, want float64 }{
		"time": {r.Time, 0.333333}, "speedup": {r.Speedup, 0.3333}, "throughput": {r.Throughput, 333.3}, "sample": {r.Samples[1], 2 * x}, "spread": {r.Spread.Median, 0.333333},
		"round": {r.Rounds[0].Seconds, x}, "round's CPU": {r.Rounds[0].CPUUser, 0.333333}, "round's others": {*r.Rounds[0].OtherCores, 0.3333}, "round's stage": {r.Rounds[0].Stages.Decode, 0.333333},
		"running": {r.Running.Time, 0.333333}, "running's speedup": {r.Running.Speedup, 0.3333}, "running's sample": {r.Running.Samples[0], x}, "starting": {r.Starting.SpawnS, 0.333333},
		"account": {r.Overhead.Workers[0].WallS, 0.333333}, "filter": {r.Overhead.Workers[0].FilterSeconds[0], 0.333333},
		"ratio": {c.Performance.Verdicts[0].Ratio, 0.3333}, "low": {c.Performance.Verdicts[0].Low, 0.3333}, "fault": {c.Environment.FaultCostS, x * 1e-6},
		"ceiling": {c.Environment.Ceiling.Arithmetic, 1.667}, "ceiling's spread": {c.Environment.Ceiling.Spread.Memory.Min, 1.667}, "asked": {c.Spec.Steps[0].Params["radius"], x},
	} {
		if f.got != f.want {
			t.Errorf("%s: %v, want %v", name, f.got, f.want)
		}
	}
	if !r.Rounds[0].StartedAt.Equal(time.Unix(1, 333333333)) {
		t.Errorf("the time is %v", r.Rounds[0].StartedAt)
	}
	once, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	Tidy(c)
	if again, _ := json.Marshal(c); string(once) != string(again) {
		t.Errorf("a second time it is\n%s, was\n%s", again, once)
	}
	s := &Sweep{Points: []SweepPoint{{Value: x, Results: map[string]SweepResult{"threading": {Speedup: x, Time: x, Samples: []float64{x}}}}}, Fits: map[string]ScalingFits{"threading": {BestSpeedup: x, Amdahl: &ScalingFit{Serial: x, Fitted: []float64{x}}}}}
	Tidy(s)
	want := SweepResult{Speedup: 0.3333, Time: 0.333333, Samples: []float64{x}}
	if got := s.Points[0].Results["threading"]; s.Points[0].Value != x || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", s.Points[0])
	}
	if f := s.Fits["threading"]; f.BestSpeedup != 0.3333 || f.Amdahl.Serial != 0.3333 || f.Amdahl.Fitted[0] != 0.3333 {
		t.Errorf("%+v", f.Amdahl)
	}
}
