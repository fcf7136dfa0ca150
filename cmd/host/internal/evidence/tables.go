package evidence

import (
	"strconv"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/web/draw"
)

// table is a table of text: what a drawing shows, for those who want the figures
// or do not see it.
type table struct {
	Caption string
	Head    []string
	Rows    []row
	Words   bool // its cells are words rather than figures
}

type row struct {
	Head  string
	Cells []string
}

// figure is a section with a drawing, and the tables that say the same.
type figure struct {
	ID, Title, Note string
	Race            *race
	Bars            []barRow
	Charts          *charts
	Legend          []draw.Key
	Twins           []table
}

// environment is what the figures were measured on, and when.
func (l language) environment(view result.RunView, e result.Environment) table {
	t := table{Caption: l.T("environment.caption"), Words: true, Head: []string{l.T("environment.what"), l.T("environment.value")}}
	add := func(key, text string) {
		t.Rows = append(t.Rows, row{Head: l.T(key), Cells: []string{l.known(text != "", text)}})
	}
	add("environment.run", view.ID)
	add("environment.state", l.T("state."+string(view.State)))
	add("environment.created", date(view.Created))
	if view.Started != nil {
		add("environment.started", date(*view.Started))
	}
	if view.Finished != nil {
		add("environment.finished", date(*view.Finished))
	}
	add("environment.images", strings.Join(view.Spec.UsedImages(), ", "))
	// The topology's reason begins with the number.
	workers := l.in(view.Spec.WorkersReason)
	if n := strconv.Itoa(view.Spec.Workers); !strings.HasPrefix(workers, n) {
		workers = n + ": " + workers
	}
	add("environment.workers", workers)
	if view.Result == nil && view.Sweep == nil {
		return t
	}
	add("environment.version", e.Version)
	add("environment.go", e.GoVersion)
	add("environment.system", e.OS+"/"+e.Arch)
	add("environment.cpu", e.CPUModel)
	found := l.known(e.CoresFound > 0, strconv.Itoa(e.CoresFound))
	add("environment.cores", l.T("environment.cores.of", e.CoresUsed, found, e.CPUsAllowed))
	add("environment.quota", e.CPUQuota)
	add("environment.simd", e.SIMD)
	add("environment.features", strings.Join(e.CPUFeatures, " "))
	add("environment.engine", e.Engine)
	add("environment.gogc", e.GOGC)
	if e.WorkerMemoryLimit > 0 {
		add("environment.memory", l.bytes(e.WorkerMemoryLimit))
	}
	if c := e.Ceiling; c != nil {
		add("environment.ceiling", l.T("environment.ceiling.of", c.Lanes, l.ratio(c.Arithmetic), l.ratio(c.Spread.Arithmetic.Min), l.ratio(c.Spread.Arithmetic.Max), l.ratio(c.Memory)))
	}
	load := ""
	if e.LoadAverage != nil {
		load = l.number(*e.LoadAverage, 2)
	}
	add("environment.load", load)
	add("environment.others", strconv.Itoa(e.OtherRuns))
	if e.PoolReason != view.Spec.WorkersReason {
		add("environment.pool", l.in(e.PoolReason))
	}
	return t
}

// strip shows every sample of every method, as the samples are what all else
// follows from.
func (l language) strip(c *result.Comparison, names []string) figure {
	chart := draw.Chart{Title: l.T("strip.caption"), Unit: noBreak + "s"}
	twin := table{Caption: l.T("strip.caption"), Head: []string{l.T("col.round")}}
	for _, name := range names {
		line := draw.Line{Label: l.method(name), Method: request.MethodOf(name)}
		for i, s := range c.Results[name].Samples {
			line.Values = append(line.Values, &s)
			if i == len(twin.Rows) {
				twin.Rows = append(twin.Rows, row{Head: strconv.Itoa(i + 1)})
				chart.X = append(chart.X, float64(i+1))
			}
		}
		twin.Head = append(twin.Head, line.Label)
		chart.Lines = append(chart.Lines, line)
	}
	for i := range chart.Lines {
		line := &chart.Lines[i]
		for j := range twin.Rows {
			cell := l.T("unknown")
			if j < len(line.Values) {
				cell = l.exact(*line.Values[j])
			} else {
				line.Values = append(line.Values, nil)
			}
			twin.Rows[j].Cells = append(twin.Rows[j].Cells, cell)
		}
	}
	return figure{
		ID: "samples", Title: l.T("strip.title"), Twins: []table{twin},
		Charts: chartsOf(draw.Charts{Lang: l.Tag(), Axis: l.T("col.round"), Charts: []draw.Chart{chart}}),
	}
}

// costs is the table of the methods' figures, a column a method.
func (l language) costs(c *result.Comparison, names []string) table {
	t := table{Caption: l.T("costs.caption"), Head: []string{l.T("costs.what")}}
	for _, name := range names {
		t.Head = append(t.Head, l.method(name))
	}
	add := func(key string, text func(r *result.MethodResult) string) {
		line := row{Head: l.T(key)}
		for _, name := range names {
			line.Cells = append(line.Cells, text(c.Results[name]))
		}
		t.Rows = append(t.Rows, line)
	}
	add("costs.time", func(r *result.MethodResult) string { return l.inSeconds(r.Time) })
	add("costs.quartiles", func(r *result.MethodResult) string {
		return l.T("range", l.exact(r.Spread.Q1), l.inSeconds(r.Spread.Q3))
	})
	add("costs.speedup", func(r *result.MethodResult) string { return l.known(r.Speedup > 0, l.ratio(r.Speedup)) })
	add("costs.workers", func(r *result.MethodResult) string { return strconv.Itoa(r.Workers) })
	add("costs.efficiency", func(r *result.MethodResult) string {
		return l.known(r.Speedup > 0 && r.Workers > 0, l.percent(r.Speedup/float64(max(1, r.Workers))))
	})
	add("costs.throughput", func(r *result.MethodResult) string { return l.number(r.Throughput, 2) })
	add("costs.p50", func(r *result.MethodResult) string { return l.inSeconds(r.Latency.P50) })
	add("costs.p95", func(r *result.MethodResult) string { return l.inSeconds(r.Latency.P95) })
	add("costs.p99", func(r *result.MethodResult) string {
		return l.known(r.AllImages >= result.LeastForP99, l.inSeconds(r.Latency.P99))
	})
	add("costs.user", func(r *result.MethodResult) string { return l.known(r.CPUUser > 0, l.inSeconds(r.CPUUser)) })
	add("costs.system", func(r *result.MethodResult) string { return l.known(r.CPUUser > 0, l.inSeconds(r.CPUSystem)) })
	add("costs.cpu", func(r *result.MethodResult) string { return l.known(r.CPUTime > 0, l.inSeconds(r.CPUTime)) })
	add("costs.server", func(r *result.MethodResult) string { return l.known(r.ServerCPUTime > 0, l.inSeconds(r.ServerCPUTime)) })
	add("costs.memory", func(r *result.MethodResult) string {
		return l.known(r.PeakMemoryBytes > 0, l.bytes(r.PeakMemoryBytes))
	})
	add("costs.bound", func(r *result.MethodResult) string { return l.bound(r.Bound) })
	add("costs.images", func(r *result.MethodResult) string { return l.T("of", r.AllImages-r.AllFailed, r.AllImages) })
	add("costs.digest", func(r *result.MethodResult) string { return l.digest(r.OutputDigest) })
	return t
}

// bounds says of each stage how long it took, how much of that it had a
// processor, and what it was bound by, where the system tells.
func (l language) bounds(c *result.Comparison, names []string) (table, bool) {
	t := table{Caption: l.T("bounds.caption"), Head: []string{l.T("col.stage")}}
	for _, stage := range result.PipelineStages() {
		t.Rows = append(t.Rows, row{Head: l.in(result.StageTitle(stage))})
	}
	for _, name := range names {
		r := c.Results[name]
		if r.StageCPU == nil || r.StageBound == nil {
			continue
		}
		t.Head = append(t.Head, l.method(name))
		wall, cpu, bound := r.Stages.List(), r.StageCPU.List(), r.StageBound.List()
		for i := range t.Rows {
			text := l.T("bounds.cell", l.seconds(wall[i]), l.seconds(cpu[i]), l.bound(bound[i]))
			t.Rows[i].Cells = append(t.Rows[i].Cells, text)
		}
	}
	return t, len(t.Head) > 1
}

// processes is what the kernel accounted each worker process.
func (l language) processes(c *result.Comparison, names []string) (table, bool) {
	t := table{Caption: l.T("processes.caption"), Head: []string{
		l.T("col.process"), l.T("costs.user"), l.T("costs.system"), l.T("costs.memory"), l.T("processes.startup"),
		l.T("processes.queued"), l.T("processes.voluntary"), l.T("processes.involuntary"), l.T("processes.minor"), l.T("processes.major"), l.T("processes.ended"),
	}}
	count := func(n *int64) string {
		if n == nil {
			return l.T("unknown")
		}
		return l.number(float64(*n), 0)
	}
	waited := func(s *float64) string {
		if s == nil {
			return l.T("unknown")
		}
		return l.inSeconds(*s)
	}
	for _, name := range names {
		for _, p := range c.Results[name].Overhead.Processes {
			t.Rows = append(t.Rows, row{
				Head: l.T("processes.name", l.method(name), p.ProcessID),
				Cells: []string{l.inSeconds(p.UserS), l.inSeconds(p.SystemS), l.known(p.PeakMemoryBytes > 0, l.bytes(p.PeakMemoryBytes)),
					l.inSeconds(p.StartupSeconds), waited(p.QueuedS), count(p.VoluntarySwitches), count(p.InvoluntarySwitches),
					count(p.MinorFaults), count(p.MajorFaults), l.known(p.Ended != "", p.Ended)},
			})
		}
	}
	return t, len(t.Rows) > 0
}
