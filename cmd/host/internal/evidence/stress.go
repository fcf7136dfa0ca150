package evidence

import (
	"strconv"

	"carriles/executor/batch/result"
)

// series shows the processor and the memory over the rounds of a stress test.
func (l language) series(name string, r *result.MethodResult) (figure, bool) {
	if len(r.Series) == 0 {
		return figure{}, false
	}
	end, cores, memory := 0.0, 1.0, 0.0
	for _, s := range r.Series {
		end, cores, memory = max(end, s.AtS), max(cores, s.CoresBusy), max(memory, float64(s.Memory)/1e6)
	}
	x := newAxis(0, end, 5)
	charts := []struct {
		title, unit string
		max         float64
		of          func(result.Sampled) float64
	}{
		{l.T("series.cores"), "", cores, func(s result.Sampled) float64 { return s.CoresBusy }},
		{l.T("series.memory"), "MB", memory, func(s result.Sampled) float64 { return float64(s.Memory) / 1e6 }},
	}
	f := figure{ID: "series-" + name, Title: l.T("series.title", l.method(name)), Note: l.T("series.note")}
	const ground = 110
	for i, def := range charts {
		y := newAxis(0, 1.08*def.max, 3)
		ch := chart{ID: "series-" + name + "-" + strconv.Itoa(i), Title: def.title, Desc: l.T("series.desc", len(r.Series)), Height: ground + 20}
		ch.left(l, y, ground, def.unit)
		ch.bottom(l, x, ground, ground+4, "s")
		for j := 1; j < len(r.Series); j++ {
			a, b := r.Series[j-1], r.Series[j]
			if a.Round == b.Round {
				ch.Lines = append(ch.Lines, line{
					X1: x.at(a.AtS), Y1: y.up(def.of(a), ground), X2: x.at(b.AtS), Y2: y.up(def.of(b), ground), Class: "series",
				})
			}
		}
		for _, k := range r.Chaos {
			ch.Lines = append(ch.Lines, line{X1: x.at(k.KilledAtS), X2: x.at(k.KilledAtS), Y1: 0, Y2: ground, Class: "kill"})
		}
		f.Rows = append(f.Rows, figureRow{Name: def.title, Chart: ch})
	}
	if len(r.Chaos) > 0 {
		f.Legend = []key{{Class: "kill", Line: true, Text: l.T("series.kill")}}
	}
	f.Twins = []table{l.seriesTable(r.Series)}
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
