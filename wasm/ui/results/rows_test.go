package results

import (
	"math"
	"slices"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// processes is a method with two workers of 2 s: 0.5 + 1 + 0.5 and 0.5 + 0.5 +
// 1 seconds of spawning, filtering and waiting.
func processes() result.MethodResult {
	return result.MethodResult{
		Method: "multiprocessing", Time: 2, Speedup: 1.8, Samples: []float64{2, 2.1, 1.9},
		Spread:         result.Spread{Q1: 1.95, Q3: 2.05},
		Shape:          request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1},
		ProcessedCount: 5, SuccessCount: 4, WorkerDeaths: []string{"killed"},
		Overhead: result.Overhead{Workers: []result.WorkerAccount{
			{Worker: 0, WallS: 2, SpawnS: 0.5, StageTimes: result.StageTimes{Filter: 1}, IdleS: 0.5, StartupSeconds: 9},
			{Worker: 1, WallS: 2, SpawnS: 0.25, StageTimes: result.StageTimes{Filter: 0.75}, IdleS: 1},
		}},
	}
}

func TestRowOfWorkers(t *testing.T) {
	row := RowOf("multiprocessing", processes())
	if row.Failed != 1 || row.Deaths != 1 || row.Rounds != 3 {
		t.Fatalf("%+v", row)
	}
	// Together: 0.75 spawn, 1.75 filter, 1.5 idle of 4 s.
	shares := map[string]float64{"spawn": 0.1875, "filter": 0.4375, "idle": 0.375, "decode": 0}
	for stage, want := range shares {
		if got := SegmentOf(row.Shares, stage).Share; !near(got, want) {
			t.Errorf("share of %s = %v, want %v", stage, got, want)
		}
	}
	if row.Start != 0.5 || !row.StartInRun {
		t.Errorf("start %v, inside %v; want the slowest worker's 0.5 inside", row.Start, row.StartInRun)
	}
}

func TestRowOfAWarmPool(t *testing.T) {
	row := RowOf("threading", result.MethodResult{Time: 1, Overhead: result.Overhead{Workers: []result.WorkerAccount{
		{WallS: 1, StageTimes: result.StageTimes{Filter: 1}, StartupSeconds: 0.03},
		{WallS: 1, StageTimes: result.StageTimes{Filter: 1}, StartupSeconds: 0.04},
	}}})
	if row.Start != 0.04 || row.StartInRun {
		t.Errorf("start %v, inside %v; want 0.04 before the clock", row.Start, row.StartInRun)
	}
}

func TestRowWithoutAccounts(t *testing.T) {
	row := RowOf(request.Browser, result.MethodResult{Time: 4, Stages: result.StageTimes{Decode: 1, Filter: 2}})
	want := []Segment{{Stage: "decode", Seconds: 1, Share: 0.25}, {Stage: "filter", Seconds: 2, Share: 0.5}, {Stage: "idle", Seconds: 1, Share: 0.25}}
	if !slices.Equal(row.Shares, want) {
		t.Errorf("shares %v, want %v", row.Shares, want)
	}
}

func TestRowsKeepTheOrderOfTheCatalogue(t *testing.T) {
	rows := Rows(map[string]*result.MethodResult{
		"zebra": {}, "multiprocessing": {}, "hybrid": {}, "sequential": {}, "threading": nil,
	})
	var names []string
	for _, r := range rows {
		names = append(names, r.Method)
	}
	if want := []string{"sequential", "multiprocessing", "hybrid", "zebra"}; !slices.Equal(names, want) {
		t.Errorf("order %v, want %v", names, want)
	}
	if rows[0].Speedup != 1 || rows[1].Speedup != 0 {
		t.Errorf("speedups %v and %v: sequential is the measure, another is unknown", rows[0].Speedup, rows[1].Speedup)
	}
}

func TestAxis(t *testing.T) {
	rows := []Row{{Method: "sequential", Seconds: 1.02, Spread: result.Spread{Q3: 1.1}}, {Method: "threading", Seconds: 0.5}}
	if late := AxisOf(rows, raced()); late.Max != 1.25 { // the end of the last span
		t.Errorf("with lanes: %+v", late)
	}
	a := AxisOf(rows, nil)
	if a.Max != 1.1 || len(a.Ticks) != 3 || a.Ticks[2] != 1 { // 0, 0.5, 1
		t.Errorf("%+v", a)
	}
	if !near(a.At(0.55), 50) {
		t.Errorf("At = %v, want 50", a.At(0.55))
	}
	if empty := AxisOf(nil, nil); empty.Max != 1 || empty.At(0) != 0 {
		t.Errorf("empty: %+v", empty)
	}
	for longest, step := range map[float64]float64{0.04: 0.01, 3.9: 1, 4.1: 2, 20: 5, 21: 10} {
		if got := text.NiceStep(longest / 4); !near(got, step) {
			t.Errorf("step for %v = %v, want %v", longest, got, step)
		}
	}
}

func TestStagesOf(t *testing.T) {
	rows := []Row{{Shares: []Segment{{Stage: "idle", Seconds: 1, Share: 1}}}, {Shares: []Segment{{Stage: "decode", Seconds: 1, Share: 0.5}, {Stage: "filter", Seconds: 1, Share: 0.5}}}}
	if got := StagesOf(rows); !slices.Equal(got, []string{"decode", "filter", "idle"}) {
		t.Errorf("%v", got)
	}
}
