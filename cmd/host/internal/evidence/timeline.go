package evidence

import (
	"math"
	"slices"
	"strconv"

	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/executor/trace"
	"carriles/web/draw"
)

// race shows each method's lanes in its median round, on one time axis, with
// its time at the end.
func (l language) race(c *result.Comparison, names []string) figure {
	longest, times := 0.0, []float64{}
	for _, name := range names {
		times = append(times, c.Results[name].Time)
		longest = max(longest, c.Results[name].Time, wallOf(c, name))
	}
	scale := text.ScaleOf(times...) // one unit for all
	x := draw.AxisTo(longest)
	drawn := &race{end: x.Max, Data: handed(draw.RaceOf(l.Tag(), x.Max, c.Spec.Images, nil))}
	f := figure{ID: "race", Title: l.T("race.title"), Note: l.T("race.note"), Race: drawn}
	seen := map[string]bool{}
	twin := table{
		Caption: l.T("race.caption"),
		Head:    []string{l.T("col.worker"), l.T("col.tasks"), l.T("col.first"), l.T("col.last"), l.T("col.busy"), l.T("col.cpu")},
	}
	for _, name := range names {
		r := c.Results[name]
		row := raceRow{Method: name, Name: l.method(name), Under: l.shape(r.Shape), Figure: scale.Write(l.Tag(), r.Time), Unit: scale.Unit, Share: percent(x.At(r.Time))}
		if r.Speedup > 0 && name != names[0] { // the baseline is as fast as itself
			row.Speedup = l.ratio(r.Speedup)
		}
		if len(r.Samples) > 1 {
			row.Spread = l.T("race.quartiles", scale.Write(l.Tag(), r.Spread.Q1), scale.Write(l.Tag(), r.Spread.Q3)+noBreak+scale.Unit)
		}
		at := slices.IndexFunc(c.Timelines, func(t result.Timeline) bool { return t.Method == name && len(t.Lanes) > 0 })
		if at < 0 {
			row.Under += ". " + l.T("race.sums")
		} else {
			t := c.Timelines[at]
			row.Label = l.T("race.chart", l.method(name), len(t.Lanes), l.seconds(t.WallS))
			row.Height = draw.TracksHeight(len(t.Lanes))
			for _, lane := range t.Lanes {
				twin.Rows = append(twin.Rows, l.laneRow(name, lane))
				for _, s := range lane.Spans {
					seen[s.Stage] = true
				}
			}
		}
		drawn.Rows = append(drawn.Rows, row)
	}
	for i, t := range x.Ticks {
		label := l.number(t, text.Decimals(x.Step))
		if i == len(x.Ticks)-1 {
			label += noBreak + "s"
		}
		drawn.Ticks = append(drawn.Ticks, tick{percent(x.At(t)), label})
	}
	if len(twin.Rows) > 0 {
		lock := slices.ContainsFunc(names, func(name string) bool { return c.Results[name].Shape.Lock })
		f.Legend = draw.Legend(l.Tag(), isIn(seen), true, lock)
		f.Twins = []table{twin}
	}
	return f
}

// isIn asks what of a set was seen.
func isIn(seen map[string]bool) func(string) bool {
	return func(name string) bool { return seen[name] }
}

// wallOf is how long the longest lane of a method's median round is.
func wallOf(c *result.Comparison, name string) float64 {
	wall := 0.0
	for _, w := range c.Results[name].Overhead.Workers {
		wall = max(wall, w.WallS)
	}
	for _, t := range c.Timelines {
		if t.Method == name {
			wall = max(wall, t.End())
		}
	}
	return wall
}

// laneRow says in figures what a lane shows.
func (l language) laneRow(method string, lane result.TimelineLane) row {
	tasks := map[int]bool{}
	first, last, busy, cpu := math.Inf(1), 0.0, 0.0, 0.0
	known := false
	for _, s := range lane.Spans {
		if s.Task >= 0 {
			tasks[s.Task] = true
		}
		if s.Stage == trace.Idle.String() {
			continue
		}
		first, last = min(first, s.StartS), max(last, s.EndS)
		busy += s.EndS - s.StartS
		if s.CPUS != nil {
			cpu, known = cpu+*s.CPUS, true
		}
	}
	if busy == 0 {
		first = 0
	}
	return row{
		Head: workerName(l, method, lane.Worker),
		Cells: []string{strconv.Itoa(len(tasks)), l.exact(first), l.exact(last), l.exact(busy),
			l.known(known, l.exact(cpu))},
	}
}

func workerName(l language, method string, worker int) string {
	return l.T("worker", l.method(method), worker)
}

// accounts shows how many seconds each worker spent on what.
func (l language) accounts(c *result.Comparison, names []string) figure {
	longest := 0.0
	for _, name := range names {
		longest = max(longest, wallOf(c, name))
	}
	f := figure{ID: "accounts", Title: l.T("accounts.title"), Note: l.T("accounts.note")}
	seen := map[string]bool{}
	for _, name := range names {
		workers := c.Results[name].Overhead.Workers
		row := barRow{Name: l.method(name), Under: l.T("accounts.workers", len(workers)) + " · " + draw.SharesText(l.Tag(), draw.MainSegments(draw.SegmentsOf(workers)))}
		for _, w := range workers {
			var bar []segment
			for i, s := range draw.StageSeconds(w) {
				if s > 0 {
					stage := draw.Stages()[i]
					seen[stage] = true
					bar = append(bar, segment{stage, percent(100 * s / longest)})
				}
			}
			row.Bars = append(row.Bars, bar)
		}
		f.Bars = append(f.Bars, row)
	}
	f.Legend = draw.Legend(l.Tag(), isIn(seen), false, false)

	var columns []int
	twin := table{Caption: l.T("accounts.caption"), Head: []string{l.T("col.worker"), l.T("col.tasks"), l.T("col.wall")}}
	for i, stage := range draw.Stages() {
		if seen[stage] {
			columns = append(columns, i)
			twin.Head = append(twin.Head, l.in(result.StageTitle(stage)))
		}
	}
	for _, name := range names {
		for _, w := range c.Results[name].Overhead.Workers {
			row := row{Head: workerName(l, name, w.Worker), Cells: []string{strconv.Itoa(w.Tasks), l.exact(w.WallS)}}
			seconds := draw.StageSeconds(w)
			for _, i := range columns {
				row.Cells = append(row.Cells, l.exact(seconds[i]))
			}
			twin.Rows = append(twin.Rows, row)
		}
	}
	f.Twins = []table{twin}
	return f
}
