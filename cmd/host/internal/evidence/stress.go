package evidence

import (
	"strconv"

	"carriles/executor/batch/result"
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
		f.Legend = []key{{Class: "line-key marked", Text: l.T("series.kill")}}
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
