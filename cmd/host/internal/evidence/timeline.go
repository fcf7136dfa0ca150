package evidence

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
)

// lost is the stage of an attempt that ended with the death of its worker, and
// idle what a worker does without work.
const lost = "lost"

var idle = trace.Idle.String()

// stageOrder lists where a worker's time goes, in the order of a task.
func stageOrder() []string {
	var stages []string
	for s := trace.Spawn; s < trace.Idle; s++ {
		stages = append(stages, s.String())
	}
	return append(stages, lost, idle)
}

// stageSeconds gives a worker's account in the order of stageOrder.
func stageSeconds(w result.WorkerAccount) []float64 {
	return []float64{w.SpawnS, w.ReceiveS, w.Read, w.Decode, w.Filter, w.Encode, w.Write, w.SendS, w.LostS, w.IdleS}
}

// race shows each method's lanes in its median round, on one time axis, with
// its time at the end.
func (l language) race(c *result.Comparison, names []string) figure {
	longest := 0.0
	for _, name := range names {
		longest = max(longest, c.Results[name].Time, wallOf(c, name))
	}
	x := newAxis(0, longest, 5)
	f := figure{ID: "race", Title: l.T("race.title"), Note: l.T("race.note"), Large: true}
	seen := map[string]bool{}
	twin := table{
		Caption: l.T("race.caption"),
		Head:    []string{l.T("col.worker"), l.T("col.tasks"), l.T("col.first"), l.T("col.last"), l.T("col.busy"), l.T("col.cpu")},
	}
	waits := false
	for i, name := range names {
		r := c.Results[name]
		figureText, unit := l.secondsAnd(r.Time)
		row := figureRow{Name: l.method(name), Under: l.shape(r.Shape), Figure: figureText, Unit: unit}
		if r.Speedup > 0 {
			row.More = append(row.More, l.ratio(r.Speedup))
		}
		if len(r.Samples) > 1 {
			row.More = append(row.More, l.T("race.quartiles", l.like(r.Time, r.Spread.Q1), l.like(r.Time, r.Spread.Q3)+noBreak+unit))
		}
		row.Chart = chart{ID: "race-" + strconv.Itoa(i), Title: l.T("race.chart", l.method(name))}
		at := slices.IndexFunc(c.Timelines, func(t result.Timeline) bool { return t.Method == name })
		if at < 0 {
			row.Under += ". " + l.T("race.sums")
			row.Chart.Desc = l.T("race.sums")
			row.Chart.accounts(l, r.Overhead.Workers, x, seen)
		} else {
			t := c.Timelines[at]
			row.Chart.Desc = l.T("race.desc", len(t.Lanes), l.seconds(t.WallS))
			waits = row.Chart.lanes(t, x, seen) || waits
			for _, lane := range t.Lanes {
				twin.Rows = append(twin.Rows, l.laneRow(name, lane))
			}
		}
		f.Rows = append(f.Rows, row)
	}
	f.Axis = l.timeAxis(x)
	f.Legend = l.stageLegend(seen)
	if waits {
		f.Legend = append(f.Legend, key{Class: "waits", Text: l.T("race.waits")})
	}
	if len(twin.Rows) > 0 {
		f.Twins = []table{twin}
	}
	return f
}

// wallOf is how long the longest lane of a method's median round is.
func wallOf(c *result.Comparison, name string) float64 {
	wall := 0.0
	for _, w := range c.Results[name].Overhead.Workers {
		wall = max(wall, w.WallS)
	}
	for _, t := range c.Timelines {
		if t.Method == name {
			wall = max(wall, t.WallS)
			for _, lane := range t.Lanes {
				for _, s := range lane.Spans {
					wall = max(wall, s.EndS)
				}
			}
		}
	}
	return wall
}

// laneHeight is that of one of n lanes, and gap what lies between two.
func laneHeight(n int) float64 {
	switch {
	case n <= 2:
		return 18
	case n <= 8:
		return 12
	}
	return 6
}

const gap = 3

// waitsFrom is the part of a span without the processor that is worth showing:
// less is what taking the time itself costs.
const waitsFrom = 0.05

// lanes draws a timeline. Of a span whose processor time is known, the part
// that it had no processor is covered from above by hatching: when within the
// span it waited is not known. It tells whether there is such a span, and notes
// the stages that it saw.
func (c *chart) lanes(t result.Timeline, x axis, seen map[string]bool) (waits bool) {
	h := laneHeight(len(t.Lanes))
	for i, lane := range t.Lanes {
		y := float64(i) * (h + gap)
		c.Rects = append(c.Rects, rect{X: 0, W: x.width(t.WallS), Y: y, H: h, Class: "ground"})
		for _, s := range lane.Spans {
			seen[s.Stage] = true
			span := rect{X: x.at(s.StartS), W: x.width(s.EndS - s.StartS), Y: y, H: h, Class: "stage-" + s.Stage}
			c.Rects = append(c.Rects, span)
			if s.CPUS == nil || s.Stage == idle || s.EndS <= s.StartS {
				continue
			}
			if wait := 1 - *s.CPUS/(s.EndS-s.StartS); wait > waitsFrom {
				waits = true
				span.H, span.Class = math.Round(10*h*min(1, wait))/10, "waits"
				c.Rects = append(c.Rects, span)
			}
		}
	}
	c.Height = int(float64(max(1, len(t.Lanes)))*(h+gap)) - gap
	return waits
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
		if s.Stage == idle {
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
	x := newAxis(0, longest, 5)
	f := figure{ID: "accounts", Title: l.T("accounts.title"), Note: l.T("accounts.note")}
	seen := map[string]bool{}
	for i, name := range names {
		workers := c.Results[name].Overhead.Workers
		row := figureRow{Name: l.method(name), Under: l.T("accounts.workers", len(workers))}
		row.Chart = chart{ID: "accounts-" + strconv.Itoa(i), Title: l.T("accounts.chart", l.method(name))}
		row.Chart.Desc = l.sharesText(workers)
		row.Under += " · " + row.Chart.Desc
		row.Chart.accounts(l, workers, x, seen)
		f.Rows = append(f.Rows, row)
	}
	f.Axis = l.timeAxis(x)
	f.Legend = l.stageLegend(seen)

	var columns []int
	twin := table{Caption: l.T("accounts.caption"), Head: []string{l.T("col.worker"), l.T("col.tasks"), l.T("col.wall")}}
	for i, stage := range stageOrder() {
		if seen[stage] {
			columns = append(columns, i)
			twin.Head = append(twin.Head, l.in(result.StageTitle(stage)))
		}
	}
	for _, name := range names {
		for _, w := range c.Results[name].Overhead.Workers {
			row := row{Head: workerName(l, name, w.Worker), Cells: []string{strconv.Itoa(w.Tasks), l.exact(w.WallS)}}
			seconds := stageSeconds(w)
			for _, i := range columns {
				row.Cells = append(row.Cells, l.exact(seconds[i]))
			}
			twin.Rows = append(twin.Rows, row)
		}
	}
	f.Twins = []table{twin}
	return f
}

// widest is from which percentage of the chart on a segment carries its name.
const widest = 18

// accounts draws a bar a worker.
func (c *chart) accounts(l language, workers []result.WorkerAccount, x axis, seen map[string]bool) {
	h := laneHeight(len(workers))
	stages := stageOrder()
	for i, w := range workers {
		y, at := float64(i)*(h+gap), 0.0
		for j, s := range stageSeconds(w) {
			if s <= 0 {
				continue
			}
			seen[stages[j]] = true
			c.Rects = append(c.Rects, rect{X: x.at(at), W: x.width(s), Y: y, H: h, Class: "stage-" + stages[j]})
			if h > 12 && x.width(s) >= widest && stages[j] != idle {
				c.Labels = append(c.Labels, label{
					X: x.at(at + s/2), Y: y + h - 5, Anchor: "middle", Class: "on on-" + stages[j], Text: l.in(result.StageTitle(stages[j])),
				})
			}
			at += s
		}
	}
	c.Height = int(float64(max(1, len(workers)))*(h+gap)) - gap
}

// sharesText names the stages on which the workers spent a hundredth of their
// time or more, the largest first.
func (l language) sharesText(workers []result.WorkerAccount) string {
	type part struct {
		stage   string
		seconds float64
	}
	var parts []part
	for _, s := range stageOrder() {
		parts = append(parts, part{stage: s})
	}
	total := 0.0
	for _, w := range workers {
		for i, s := range stageSeconds(w) {
			parts[i].seconds += max(0, s)
			total += max(0, s)
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.seconds, a.seconds) })
	text := ""
	for _, p := range parts {
		if p.seconds <= 0 || p.seconds < total/100 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += l.in(result.StageTitle(p.stage)) + " " + l.percent(p.seconds/total)
	}
	return text
}

// stageLegend explains the stages that were drawn, in their order.
func (l language) stageLegend(seen map[string]bool) []key {
	var keys []key
	for _, s := range stageOrder() {
		if seen[s] {
			keys = append(keys, key{Class: "stage-" + s, Text: l.in(result.StageTitle(s))})
		}
	}
	return keys
}
