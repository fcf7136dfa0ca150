package evidence

import (
	"slices"
	"strconv"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

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
		for _, name := range methodOrder(point.Results) {
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
	p.Figures = append(p.Figures, l.sweepTimes(s))
	if f, ok := l.sweepFits(s); ok {
		p.Figures = append(p.Figures, f)
	}
	p.Tables = append(p.Tables, l.sweepCosts(s))
}

const sweepGround = 240

// sweepAxis is the axis of what was varied: its ticks are the values.
func sweepAxis(s *result.Sweep) axis {
	a := axis{Min: s.Points[0].Value, Max: s.Points[len(s.Points)-1].Value}
	for _, p := range s.Points {
		a.Ticks = append(a.Ticks, p.Value)
	}
	return a
}

// inset leaves room beside the first value for the upright axis' labels, and
// beside the last for its mark.
func (a axis) inset(x float64) share {
	if a.Max <= a.Min {
		return 50
	}
	return shareOf(10+87*(x-a.Min)/(a.Max-a.Min), 100)
}

// sweepBase is a chart with both axes; the values' text stands beneath unless
// they are too close together.
func (l language) sweepBase(id, title, desc string, x, y axis, unit string) chart {
	c := chart{ID: id, Title: title, Desc: desc, Height: sweepGround + 22}
	c.left(l, y, sweepGround, unit)
	last := share(-100)
	for _, v := range x.Ticks {
		at := x.inset(v)
		c.Lines = append(c.Lines, line{X1: at, X2: at, Y1: sweepGround, Y2: sweepGround + 4, Class: "axis"})
		if at-last >= 5 {
			last = at
			c.Labels = append(c.Labels, label{X: at, Y: sweepGround + 18, Anchor: "middle", Class: "tick", Text: l.value(v)})
		}
	}
	c.Lines = append(c.Lines, line{X1: 0, X2: 100, Y1: sweepGround, Y2: sweepGround, Class: "axis"})
	return c
}

// overTitle names what was varied.
func (l language) overTitle(over string) string {
	for _, a := range request.SweepAxes(request.Limits{}, 1) {
		if a.Name == over {
			return l.in(a.Title)
		}
	}
	return over
}

func (l language) sweepTimes(s *result.Sweep) figure {
	longest := 0.0
	for _, p := range s.Points {
		for _, r := range p.Results {
			longest = max(longest, r.Spread.Q3, r.Time)
		}
	}
	over := l.overTitle(s.Over)
	x, y := sweepAxis(s), newAxis(0, 1.08*longest, 4)
	ch := l.sweepBase("sweep-times", l.T("sweep.title", over), l.T("sweep.desc", len(s.Points)), x, y, "s")
	f := figure{ID: "sweep", Title: l.T("sweep.title", over), Note: l.T("sweep.note")}
	twin := table{Caption: l.T("sweep.caption"), Head: []string{over}}
	for _, p := range s.Points {
		twin.Rows = append(twin.Rows, row{Head: l.value(p.Value)})
	}
	for i, name := range s.Methods {
		f.Legend = append(f.Legend, key{Class: methodClass(i), Shape: shapeOf(i), Text: l.method(name)})
		twin.Head = append(twin.Head, l.method(name))
		var ys []float64
		for j, p := range s.Points {
			r := p.Results[name]
			at := x.inset(p.Value)
			ys = append(ys, y.up(r.Time, sweepGround))
			ch.Lines = append(ch.Lines, line{X1: at, X2: at, Y1: y.up(r.Spread.Q1, sweepGround), Y2: y.up(r.Spread.Q3, sweepGround), Class: "whisker " + methodClass(i)})
			twin.Rows[j].Cells = append(twin.Rows[j].Cells, l.T("sweep.cell", l.exact(r.Time), l.exact(r.Spread.Q1), l.exact(r.Spread.Q3)))
		}
		ch.curve(x, ys, i, "curve")
	}
	twin.Head = append(twin.Head, l.T("sweep.winner"))
	for j, p := range s.Points {
		winner := l.T("expected.none")
		if slices.Contains(s.Methods, p.Winner) {
			winner = l.method(p.Winner)
		}
		twin.Rows[j].Cells = append(twin.Rows[j].Cells, winner)
	}
	f.Rows = []figureRow{{Chart: ch}}
	f.Twins = []table{twin}
	return f
}

// curve joins the heights over an axis' values, and marks each of them unless
// it is of a law.
func (c *chart) curve(x axis, ys []float64, method int, class string) {
	for i, v := range x.Ticks {
		if i > 0 {
			c.Lines = append(c.Lines, line{X1: x.inset(x.Ticks[i-1]), Y1: ys[i-1], X2: x.inset(v), Y2: ys[i], Class: class + " " + methodClass(method)})
		}
		if class == "curve" {
			c.Marks = append(c.Marks, mark{X: x.inset(v), Y: ys[i], Shape: shapeOf(method), Class: methodClass(method)})
		}
	}
}

// marks are how many shapes and colours of methods the page has.
const marks = 5

func shapeOf(method int) int        { return method%marks + 1 }
func methodClass(method int) string { return "m" + strconv.Itoa(shapeOf(method)) }

// sweepFits shows the speedup of each method over its own time with one worker,
// and the laws fitted to it.
func (l language) sweepFits(s *result.Sweep) (figure, bool) {
	if s.Over != request.OverWorkers || len(s.Fits) == 0 || s.Points[0].Value != 1 {
		return figure{}, false
	}
	x, highest := sweepAxis(s), 1.0
	speedup := func(name string, p result.SweepPoint) float64 {
		if t := p.Results[name].Time; t > 0 {
			return s.Points[0].Results[name].Time / t
		}
		return 0
	}
	f := figure{ID: "fits", Title: l.T("fits.title"), Note: l.T("fits.note")}
	measured := table{Caption: l.T("fits.measured"), Head: []string{l.overTitle(s.Over)}}
	laws := table{Caption: l.T("fits.caption"), Head: []string{
		l.T("fits.law"), l.T("fits.serial"), l.T("fits.coherency"), l.T("fits.peak"), l.T("fits.limit"), "R²",
	}}
	for _, p := range s.Points {
		measured.Rows = append(measured.Rows, row{Head: l.value(p.Value)})
		for _, name := range s.Methods {
			highest = max(highest, speedup(name, p))
		}
	}
	for _, fits := range s.Fits {
		for _, fit := range []*result.ScalingFit{fits.Amdahl, fits.USL} {
			if fit != nil {
				highest = max(highest, slices.Max(append(slices.Clone(fit.Fitted), 1)))
			}
		}
	}
	y := newAxis(0, 1.08*highest, 4)
	ch := l.sweepBase("fits-chart", l.T("fits.title"), l.T("fits.desc"), x, y, "×")
	for i, name := range s.Methods {
		f.Legend = append(f.Legend, key{Class: methodClass(i), Shape: shapeOf(i), Text: l.method(name)})
		measured.Head = append(measured.Head, l.method(name))
		for j, p := range s.Points {
			at := speedup(name, p)
			ch.Marks = append(ch.Marks, mark{X: x.inset(p.Value), Y: y.up(at, sweepGround), Shape: shapeOf(i), Class: methodClass(i)})
			measured.Rows[j].Cells = append(measured.Rows[j].Cells, l.ratio(at))
		}
		fits, ok := s.Fits[name]
		if !ok {
			continue
		}
		for _, law := range []struct {
			name, class string
			fit         *result.ScalingFit
		}{{"Amdahl", "amdahl", fits.Amdahl}, {"USL", "usl", fits.USL}} {
			if law.fit == nil || len(law.fit.Fitted) != len(x.Ticks) {
				continue
			}
			var ys []float64
			for _, v := range law.fit.Fitted {
				ys = append(ys, y.up(v, sweepGround))
			}
			ch.curve(x, ys, i, law.class)
			laws.Rows = append(laws.Rows, row{Head: l.T("fits.name", l.method(name), law.name), Cells: []string{
				l.number(law.fit.Serial, 3), l.number(law.fit.Coherency, 4),
				l.known(law.fit.Peak > 0, l.number(law.fit.Peak, 1)), l.known(law.fit.Limit > 0, l.ratio(law.fit.Limit)), l.number(law.fit.R2, 3)}})
		}
		if fits.Why != (text.Text{}) {
			f.Note += " " + l.method(name) + ": " + l.in(fits.Why)
		}
	}
	f.Legend = append(f.Legend, key{Class: "law-amdahl", Line: true, Text: l.T("fits.amdahl")}, key{Class: "law-usl", Line: true, Text: l.T("fits.usl")})
	f.Rows = []figureRow{{Chart: ch}}
	f.Twins = []table{measured, laws}
	return f, true
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
				l.bound(r.Bound), l.known(r.OutputDigest != "", r.OutputDigest[:min(12, len(r.OutputDigest))])}})
		}
	}
	return t
}
