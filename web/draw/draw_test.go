package draw

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// swept is a sweep over 1 and 2 workers: 4 s and 2.5 s of threads, 5 s and none
// of processes.
func swept() *result.Sweep {
	r := func(seconds float64) result.SweepResult {
		return result.SweepResult{Time: seconds, Speedup: 4 / seconds, Spread: result.Spread{Q1: seconds - 0.5, Q3: seconds + 0.5}}
	}
	return &result.Sweep{
		Over: request.OverWorkers, Methods: []string{"sequential", "threading", "multiprocessing"}, PixelsEqual: true,
		Points: []result.SweepPoint{
			{Value: 1, Results: map[string]result.SweepResult{"sequential": r(4), "threading": r(4), "multiprocessing": r(5)}},
			{Value: 2, Results: map[string]result.SweepResult{"sequential": r(4), "threading": r(2.5)}},
		},
		Fits: map[string]result.ScalingFits{
			"threading": {
				Amdahl: &result.ScalingFit{Serial: 0.25, Limit: 4, R2: 0.9, Fitted: []float64{1, 1.6}},
				USL:    &result.ScalingFit{Serial: 0.25, Coherency: 0.01, Peak: 8.7, R2: 0.95, Fitted: []float64{1, 1.55}},
			},
			"multiprocessing": {Why: text.Text{ES: "pocos puntos", EN: "too few points"}},
		},
		Crossovers: []result.Crossover{
			{Kind: "none", Text: text.Text{ES: "sin diferencia", EN: "no difference"}},
			{Kind: "from", Text: text.Text{ES: "desde 2", EN: "from 2 on"}},
		},
		Caution: text.Text{ES: "Una ronda sola", EN: "One round alone"},
	}
}

func TestCharts(t *testing.T) {
	c := ChartsOf("en", swept())
	if len(c.Charts) != 2 || c.Axis != "Workers" {
		t.Fatalf("%+v", c)
	}
	times := c.Charts[0]
	if len(times.Lines) != 3 || *times.Lines[1].Values[1] != 2.5 || *times.Lines[1].Low[1] != 2 || *times.Lines[1].High[1] != 3 {
		t.Errorf("times %+v", times)
	}
	if times.Lines[2].Values[1] != nil {
		t.Error("a point that was not measured has a value")
	}
	// Threads, its two laws, processes; sequential has nothing to scale.
	scaling := c.Charts[1]
	var labels []string
	for _, line := range scaling.Lines {
		labels = append(labels, line.Label)
	}
	if got := strings.Join(labels, "|"); got != "Threads|Amdahl's law: Threads|Universal Scalability Law: Threads|Processes" {
		t.Errorf("lines %s", got)
	}
	if *scaling.Lines[0].Values[1] != 1.6 || *scaling.Lines[2].Values[1] != 1.55 || *scaling.Lines[3].Values[0] != 1 {
		t.Errorf("speedups %+v", scaling)
	}
	if data, err := json.Marshal(c); err != nil || !strings.Contains(string(data), `"values":[5,null]`) {
		t.Errorf("%s, %v", data, err)
	}
}

// More workers than cores are drawn as such, and no law reaches there.
func TestChartsBeyondTheCores(t *testing.T) {
	s := swept()
	if c := ChartsOf("en", s); c.Charts[0].Beyond != 0 {
		t.Errorf("cores that nobody tells: %+v", c.Charts[0])
	}
	s.Environment.CoresUsed = 2
	if c := ChartsOf("en", s); c.Charts[0].Beyond != 0 {
		t.Errorf("two workers on two cores: %+v", c.Charts[0])
	}
	s.Points = append(s.Points, result.SweepPoint{Value: 4, Results: s.Points[1].Results})
	c := ChartsOf("en", s)
	if law := c.Charts[1].Lines[1]; c.Charts[0].Beyond != 2 || c.Charts[1].Beyond != 2 || len(law.Values) != 3 || *law.Values[1] != 1.6 || law.Values[2] != nil {
		t.Errorf("%+v", c)
	}
	s.Over = request.OverWidth
	if c := ChartsOf("en", s); c.Charts[0].Beyond != 0 {
		t.Errorf("another axis: %+v", c.Charts[0])
	}
}

// Over devices only the room's methods scale, each over itself with one device.
func TestChartsOverDevices(t *testing.T) {
	s := swept()
	s.Over, s.Methods = request.OverDevices, []string{"sequential", "threading", "swarm"}
	for i, seconds := range []float64{4, 2.5} {
		s.Points[i].Results["swarm"] = result.SweepResult{Time: seconds}
	}
	s.Fits = map[string]result.ScalingFits{"swarm": s.Fits["threading"]}
	s.Environment.CoresUsed = 1
	c := ChartsOf("en", s)
	scaling := c.Charts[1]
	if c.Axis != "Devices" || scaling.Title != "Speedup of each method over itself with 1 device" || scaling.Beyond != 0 || len(scaling.Lines) != 3 || scaling.Lines[0].Method != "swarm" || *scaling.Lines[0].Values[1] != 1.6 {
		t.Errorf("%+v", c)
	}
}

func TestChartsOfAnotherAxis(t *testing.T) {
	s := swept()
	s.Over, s.Fits = request.OverLatency, nil
	c := ChartsOf("es", s)
	if c.Axis != "Latencia de la lectura (ms)" || len(c.Charts) != 2 || len(c.Charts[1].Lines) != 3 || *c.Charts[1].Lines[1].Values[1] != 1.6 {
		t.Errorf("%+v", c)
	}
	s.Methods = []string{"threading"}
	if got := len(ChartsOf("es", s).Charts); got != 1 {
		t.Errorf("%d charts: without sequential there is no speedup", got)
	}
}

func TestEveryStageOfAnAccountHasItsPlace(t *testing.T) {
	account := result.WorkerAccount{
		SpawnS: 1, ReceiveS: 2, FetchS: 3, SendS: 9, LostS: 10, IdleS: 11,
		StageTimes: result.StageTimes{Read: 4, Decode: 5, Filter: 6, Encode: 7, Write: 8},
	}
	seconds := StageSeconds(account)
	if len(seconds) != len(Stages()) {
		t.Fatalf("%d figures for %d stages", len(seconds), len(Stages()))
	}
	for i, want := range []string{"spawn", "receive", "fetch", "read", "decode", "filter", "encode", "write", "send", "lost", "idle"} {
		if Stages()[i] != want || seconds[i] != float64(i+1) {
			t.Errorf("place %d: %s %v, want %s %d", i, Stages()[i], seconds[i], want, i+1)
		}
	}
}

func TestRaceOf(t *testing.T) {
	lines := []result.Timeline{{Method: "threading", WallS: 1.2, Lanes: []result.TimelineLane{{Worker: 0, Spans: []result.TimelineSpan{{Stage: "idle", EndS: 1.2}}}}}}
	r := RaceOf("en", 1.25, []string{"uploads/a b.jpg", "c.jpg"}, lines)
	if !slices.Equal(r.Images, []string{"a b.jpg", "c.jpg"}) || r.Stages["decode"] != "decode" || r.Max != 1.25 || r.Lang != "en" || len(r.Methods) != 1 {
		t.Errorf("%+v", r)
	}
	for name, word := range r.Words {
		if word == "" {
			t.Errorf("no words for %s", name)
		}
	}
	none, err := json.Marshal(RaceOf("es", 1, nil, nil))
	if err != nil || !strings.Contains(string(none), `"images":[],"methods":[]`) {
		t.Errorf("%s, %v", none, err)
	}
}

func TestTracksHeight(t *testing.T) {
	for lanes, want := range map[int]int{1: 20, 2: 43, 4: 69, 8: 101, 9: 78} {
		if got := TracksHeight(lanes); got != want {
			t.Errorf("%d lanes are %d pixels high, want %d", lanes, got, want)
		}
	}
}

func TestAxisTo(t *testing.T) {
	for end, want := range map[float64][]float64{1: {0, 0.5, 1}, 3.3: {0, 1, 2, 3}, 0.0437: {0, 0.02, 0.04}, 960: {0, 500}, 0: {0, 0.5, 1}} {
		if a := AxisTo(end); !slices.Equal(a.Ticks, want) {
			t.Errorf("up to %v: ticks %v, want %v", end, a.Ticks, want)
		}
	}
}

// TestLegend explains what was drawn and nothing else, in the order of a task; the lock's
// hatching only where there is a lock.
func TestLegend(t *testing.T) {
	drawn := func(stage string) bool { return stage == "filter" || stage == "read" || stage == "idle" }
	for _, tt := range []struct {
		lanes, lock bool
		want        string
	}{
		{false, false, "stage-read stage-filter stage-idle"},
		{false, true, "stage-read stage-filter stage-idle"},
		{true, false, "stage-read stage-filter stage-idle waited"},
		{true, true, "stage-read stage-filter stage-idle waited locked"},
	} {
		var got []string
		for _, k := range Legend("es", drawn, tt.lanes, tt.lock) {
			if got = append(got, k.Class()); k.Text == "" {
				t.Errorf("%s says nothing", k.Name)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%+v: %s", tt, s)
		}
	}
}
