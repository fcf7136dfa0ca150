package results

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/executor/trace"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/web/draw"
)

// stageOrder lists where a worker's time goes, in the order of a task.
var stageOrder = draw.Stages()

// Segment is one stage's part of a bar.
type Segment = draw.Segment

// Row is one method in the race.
type Row struct {
	Method     string
	Shape      request.Shape
	Workers    int    // Web Workers of a browser's method
	SIMD       string // of a browser's method
	Seconds    float64
	Speedup    float64 // over sequential; 0: not known
	Ideal      float64 // the most that Speedup could be; 0: not known
	Spread     result.Spread
	Rounds     int
	Shares     []Segment // of all workers together
	Filters    []FilterPart
	CPUUser    float64 // seconds; 0: not known
	CPUSystem  float64
	ServerCPU  float64
	Memory     int64   // bytes; 0: not known
	Start      float64 // seconds until the slowest worker was there; 0: none
	StartInRun bool    // Start lies inside the measured time
	Throughput float64
	Failed     int
	Deaths     int
	Chaos      []result.ChaosReport
	BytesIn    int64
	BytesOut   int64
	Bound      string
	Locked     float64 // seconds in which workers waited for a lock
	LockShare  float64 // of their time
	// Pending is a method without a result: Seconds is the time of its latest
	// round so far, which is its Round-th and maybe a warm-up; 0 before the
	// first. Rounds is how many there will be.
	Pending bool
	Round   int
	Warmup  bool
}

// Rows lays a comparison out as rows: the baseline first, then in the
// catalogue's order, each that was measured from nothing too with that behind it.
func Rows(results map[string]*result.MethodResult) []Row {
	var rows []Row
	results = result.Contestants(results)
	for _, name := range draw.MethodOrder(results) {
		if r := results[name]; r != nil {
			rows = append(rows, RowOf(name, *r))
		}
	}
	return rows
}

// RowOf lays out one method's result.
func RowOf(name string, r result.MethodResult) Row {
	row := Row{
		Method: name, Shape: r.Shape, Seconds: r.Time, Speedup: r.Speedup,
		Spread: r.Spread, Rounds: len(r.Samples),
		Filters: FilterParts(r), CPUUser: r.CPUUser, CPUSystem: r.CPUSystem, ServerCPU: r.ServerCPUTime,
		Memory: r.PeakMemoryBytes, Throughput: r.Throughput,
		Failed: r.ProcessedCount - r.SuccessCount, Deaths: len(r.WorkerDeaths), Chaos: r.Chaos,
		Bound: r.Bound,
	}
	row.BytesIn, row.BytesOut = Travelled(r)
	if i18n.IsBrowser(name) {
		row.Workers = max(1, r.Workers)
		if r.Environment != nil {
			row.SIMD = r.Environment.SIMD
		}
	}
	if request.MethodOf(name) == request.Sequential && row.Speedup == 0 {
		row.Speedup = 1
	}
	workers := r.Overhead.Workers
	if len(workers) == 0 {
		// Without accounts the stages are all that is known; the rest of the
		// time belongs to nobody.
		workers = []result.WorkerAccount{{
			WallS: r.Time, StageTimes: r.Stages, IdleS: max(0, r.Time-r.Stages.Total()),
		}}
	}
	row.Shares = draw.SegmentsOf(workers)
	wall := 0.0
	for _, w := range workers {
		row.Locked += w.In(trace.Locked)
		wall += w.WallS
	}
	if wall > 0 {
		row.LockShare = row.Locked / wall
	}
	for _, w := range workers {
		if w.SpawnS > 0 {
			row.Start, row.StartInRun = max(row.Start, w.SpawnS), true
		}
	}
	if !row.StartInRun {
		for _, w := range workers {
			row.Start = max(row.Start, w.StartupSeconds)
		}
	}
	return row
}

// StagesOf lists the stages that appear in any of the rows, in order: what the
// legend explains and the table has columns for.
func StagesOf(rows []Row) []string {
	var stages []string
	for _, name := range stageOrder {
		for _, r := range rows {
			if SegmentOf(r.Shares, name).Share > 0 {
				stages = append(stages, name)
				break
			}
		}
	}
	return stages
}

// SegmentOf finds a stage's part of a bar, which is nothing where it has none.
func SegmentOf(segments []Segment, stage string) Segment {
	for _, s := range segments {
		if s.Stage == stage {
			return s
		}
	}
	return Segment{Stage: stage}
}

// AxisOf makes an axis on which every row and its lanes fit, with ticks at
// round times.
func AxisOf(rows []Row, lines *measure.Timelines) draw.Axis {
	longest := 0.0
	for _, r := range rows {
		if r.Pending {
			continue
		}
		longest = max(longest, r.Seconds, r.Spread.Q3)
		if line := lines.Of(r.Method); line != nil {
			longest = max(longest, line.End())
		}
	}
	return draw.AxisTo(longest)
}

// tickText writes a tick, with as many decimals as the step between two has: three
// times 0.2 is 0.6000000000000001.
func tickText(l i18n.Lang, a draw.Axis, tick float64, s i18n.Scale) string {
	return l.Number(tick*s.Factor, text.Decimals(a.Step*s.Factor))
}

// LiveRows lays out what is being measured: the host's methods in the order
// of their result.
func LiveRows(r *measure.Live, spec request.Spec) []Row {
	taking := map[string]bool{}
	for _, name := range spec.Contestants() {
		taking[name] = true
	}
	var rows []Row
	for _, name := range draw.MethodOrder(taking) {
		rows = append(rows, liveRow(r, Row{Method: name, Shape: spec.Shape(name), Rounds: spec.Rounds}))
	}
	return rows
}

// LiveBrowserRows are those of the browser's methods.
func LiveBrowserRows(r *measure.Live, methods []string, workers int) []Row {
	var rows []Row
	for _, m := range methods {
		row := Row{Method: m, Workers: 1}
		if m == request.BrowserWorkers {
			row.Workers = workers
		}
		rows = append(rows, liveRow(r, row))
	}
	return rows
}

// liveRow is a row that has no result yet.
func liveRow(r *measure.Live, row Row) Row {
	row.Pending = true
	if round := r.Of(row.Method); round != nil {
		row.Seconds, row.Round, row.Warmup = r.Seconds(*round), round.Round, round.Phase == result.PhaseWarmup
	}
	return row
}
