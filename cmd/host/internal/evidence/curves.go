package evidence

import (
	"slices"
	"strconv"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/web/draw"
)

// series shows the processor and the memory over the rounds of a stress test,
// one round after the other.
func (l language) series(name string, r *result.MethodResult) (figure, bool) {
	if len(r.Series) == 0 {
		return figure{}, false
	}
	var x, marks []float64
	var cores, memory []*float64
	begins, before := map[int]float64{}, 0.0
	for i, s := range r.Series {
		if i > 0 && s.Round != r.Series[i-1].Round {
			before += r.Series[i-1].AtS
			x, cores, memory = append(x, before), append(cores, nil), append(memory, nil)
		}
		begins[s.Round] = before
		megabytes := float64(s.Memory) / 1e6
		x, cores, memory = append(x, before+s.AtS), append(cores, &s.CoresBusy), append(memory, &megabytes)
	}
	for _, k := range r.Chaos {
		if begin, ok := begins[k.Round]; ok {
			marks = append(marks, begin+k.KilledAtS)
		}
	}
	chart := func(key, unit string, values []*float64) draw.Chart {
		return draw.Chart{Title: l.T(key), Unit: unit, X: x, Marks: marks, Lines: []draw.Line{{Label: l.T(key), Method: name, Values: values}}}
	}
	f := figure{
		ID: "series-" + name, Title: l.T("series.title", l.method(name)), Note: l.T("series.note"), Twins: []table{l.seriesTable(r.Series)},
		Charts: chartsOf(draw.Charts{Lang: l.Tag(), Axis: l.T("series.axis"), Charts: []draw.Chart{chart("series.cores", "", cores), chart("series.memory", noBreak+"MB", memory)}}),
	}
	if len(marks) > 0 {
		f.Legend = []draw.Key{{Name: "line-key marked", Text: l.T("series.kill")}}
	}
	return f, true
}

// seriesTable sums a series up by its rounds.
func (l language) seriesTable(series []result.Sampled) table {
	t := table{Caption: l.T("series.caption"), Head: []string{
		l.T("col.round"), l.T("series.samples"), l.T("series.end"), l.T("series.mean"), l.T("series.peak"), l.T("series.most"), l.T("series.done"),
	}}
	for i := 0; i < len(series); {
		first := i
		cores, memory, processes := 0.0, int64(0), 0
		for ; i < len(series) && series[i].Round == series[first].Round; i++ {
			cores += series[i].CoresBusy
			memory, processes = max(memory, series[i].Memory), max(processes, series[i].Processes)
		}
		last := series[i-1]
		t.Rows = append(t.Rows, row{Head: strconv.Itoa(last.Round), Cells: []string{
			strconv.Itoa(i - first), l.seconds(last.AtS), l.number(cores/float64(i-first), 2), l.bytes(memory),
			strconv.Itoa(processes), strconv.Itoa(last.Done),
		}})
	}
	return t
}

// chaos tells what the deliberate failures cost.
func (l language) chaos(c *result.Comparison, names []string) (table, bool) {
	t := table{Caption: l.T("chaos.caption"), Head: []string{
		l.T("chaos.round"), l.T("chaos.killed"), l.T("chaos.flight"), l.T("chaos.lost"), l.T("chaos.without"), l.T("chaos.images"),
	}}
	for _, name := range names {
		for _, k := range c.Results[name].Chaos {
			t.Rows = append(t.Rows, row{Head: l.T("chaos.name", l.method(name), k.Round), Cells: []string{
				l.seconds(k.KilledAtS), strconv.Itoa(k.TasksInFlight), l.seconds(k.LostS), l.seconds(k.WithoutS), strconv.Itoa(k.ImagesLost)}})
		}
	}
	return t, len(t.Rows) > 0
}

// sweep lays out a sweep: the times over what was varied, and over workers the
// speedups with the laws that were fitted to them.
func (p *page) sweep(s *result.Sweep) {
	l := p.language
	p.Verdict, p.Caution = l.in(s.Summary), l.in(s.Caution)
	for _, c := range s.Crossovers {
		p.Details = append(p.Details, l.in(c.Text))
	}
	if s.PixelsEqual {
		p.Details = append(p.Details, l.T("sweep.pixels"))
	} else {
		p.Details = append(p.Details, l.T("sweep.pixels.not"))
	}
	for _, point := range s.Points {
		for _, name := range draw.MethodOrder(point.Results) {
			if n := point.Results[name].FailedCount; n > 0 {
				p.Problems = append(p.Problems, problem{
					Title: l.T("sweep.failed", l.method(name), l.value(point.Value), n),
				})
			}
		}
	}
	if len(s.Points) == 0 {
		return
	}
	p.Figures = append(p.Figures, l.sweepCurves(s))
	p.Tables = append(p.Tables, l.sweepCosts(s))
}

// sweepCurves draws the times and, over workers, the speedups with the laws that
// were fitted to them.
func (l language) sweepCurves(s *result.Sweep) figure {
	over := draw.AxisTitle(l.Tag(), s.Over)
	f := figure{
		ID: "sweep", Title: l.T("sweep.title", over), Note: l.T("sweep.note"), Twins: []table{l.sweepTimes(s, over)},
		Charts: chartsOf(draw.ChartsOf(l.Tag(), s)),
	}
	caption := "fits.caption"
	if s.Over == request.OverDevices {
		caption = "fits.caption.devices"
	}
	laws := table{Caption: l.T(caption), Head: []string{
		l.T("fits.law"), l.T("fits.serial"), l.T("fits.coherency"), l.T("fits.peak"), l.T("fits.limit"), "R²",
	}}
	for _, name := range s.Methods {
		fits := s.Fits[name]
		for _, law := range draw.LawsOf(fits) {
			laws.Rows = append(laws.Rows, row{Head: l.method(name) + ", " + l.in(law.Title), Cells: []string{
				l.fitted(law.Fit.Serial, 3, law.Fit.Intervals, func(i *result.FitIntervals) result.Range { return i.Serial }),
				l.fitted(law.Fit.Coherency, 4, law.Fit.Intervals, func(i *result.FitIntervals) result.Range { return i.Coherency }),
				l.known(law.Fit.Peak > 0, l.number(law.Fit.Peak, 0)), l.known(law.Fit.Limit > 0, l.ratio(law.Fit.Limit)), l.number(law.Fit.R2, 3)}})
		}
		if fits.Why != (text.Text{}) {
			f.Note += " " + l.method(name) + ": " + l.in(fits.Why)
		}
	}
	if f.Charts.Drawn.Charts[0].Beyond > 0 {
		f.Legend = []draw.Key{{Name: "line-key beyond", Text: draw.BeyondTitle(l.Tag())}}
	}
	for _, chart := range f.Charts.Drawn.Charts[1:] {
		f.Twins = append(f.Twins, l.speedups(chart, over))
	}
	if len(laws.Rows) > 0 {
		f.Twins = append(f.Twins, laws)
	}
	return f
}

// fitted is a figure of a fit with its interval, where it has one.
func (l language) fitted(x float64, decimals int, all *result.FitIntervals, of func(*result.FitIntervals) result.Range) string {
	if all == nil {
		return l.number(x, decimals)
	}
	return l.T("sweep.cell", l.number(x, decimals), l.number(of(all).Low, decimals), l.number(of(all).High, decimals))
}

// speedups are the figures of a chart, but for those of the laws.
func (l language) speedups(chart draw.Chart, over string) table {
	t := table{Caption: chart.Title, Head: []string{over}}
	for _, x := range chart.X {
		t.Rows = append(t.Rows, row{Head: l.value(x)})
	}
	for _, line := range chart.Lines {
		if line.Law != "" {
			continue
		}
		t.Head = append(t.Head, line.Label)
		for i, y := range line.Values {
			cell := l.T("unknown")
			if y != nil {
				cell = l.ratio(*y)
			}
			t.Rows[i].Cells = append(t.Rows[i].Cells, cell)
		}
	}
	return t
}

// sweepTimes is the table of the times, with who won at each point.
func (l language) sweepTimes(s *result.Sweep, over string) table {
	t := table{Caption: l.T("sweep.caption"), Head: []string{over}}
	for _, name := range s.Methods {
		t.Head = append(t.Head, l.method(name))
	}
	t.Head = append(t.Head, l.T("sweep.winner"))
	for _, p := range s.Points {
		line := row{Head: l.value(p.Value)}
		for _, name := range s.Methods {
			r := p.Results[name]
			line.Cells = append(line.Cells, l.T("sweep.cell", l.exact(r.Time), l.exact(r.Spread.Q1), l.exact(r.Spread.Q3)))
		}
		winner := l.T("expected.none")
		if slices.Contains(s.Methods, p.Winner) {
			winner = l.method(p.Winner)
		}
		t.Rows = append(t.Rows, row{Head: line.Head, Cells: append(line.Cells, winner)})
	}
	return t
}

// sweepCosts is what each point cost beside its time.
func (l language) sweepCosts(s *result.Sweep) table {
	t := table{Caption: l.T("sweep.costs"), Head: []string{
		l.T("sweep.point"), l.T("costs.workers"), l.T("costs.speedup"), l.T("costs.throughput"), l.T("costs.cpu"), l.T("costs.memory"), l.T("costs.bound"), l.T("costs.digest"),
	}}
	for _, p := range s.Points {
		for _, name := range s.Methods {
			r := p.Results[name]
			t.Rows = append(t.Rows, row{Head: l.T("sweep.row", l.value(p.Value), l.method(name)), Cells: []string{
				strconv.Itoa(r.Workers), l.known(r.Speedup > 0, l.ratio(r.Speedup)), l.number(r.Throughput, 2),
				l.known(r.CPUTime > 0, l.seconds(r.CPUTime)), l.known(r.PeakMemoryBytes > 0, l.bytes(r.PeakMemoryBytes)),
				l.bound(r.Bound), l.digest(r.OutputDigest)}})
		}
	}
	return t
}
