package results

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// FilterPart is what one filter of the chain took of all workers together.
type FilterPart struct {
	Name    string
	Seconds float64
}

// FilterParts splits a method's filter stage by the filters of its chain, in
// order. It is nil where the accounts do not tell.
func FilterParts(r result.MethodResult) []FilterPart {
	parts := make([]FilterPart, len(r.FiltersUsed))
	known := false
	for _, w := range r.Overhead.Workers {
		if len(w.FilterSeconds) != len(parts) {
			continue
		}
		for i, s := range w.FilterSeconds {
			parts[i].Seconds += s
			known = true
		}
	}
	if !known {
		return nil
	}
	for i, name := range r.FiltersUsed {
		parts[i].Name = name
	}
	return parts
}

// Ideal is the speedup that a shape could have at most on so many cores: one
// lane a core, without anything shared. It is 0 where the cores are not known.
func Ideal(s request.Shape, cores int) float64 { return float64(min(s.Lanes(), cores)) }

// Travelled is how many bytes of images and outputs went between the server
// and the workers.
func Travelled(r result.MethodResult) (in, out int64) {
	for _, w := range r.Overhead.Workers {
		in, out = in+w.BytesIn, out+w.BytesOut
	}
	return in, out
}

// ExpectedText says whether what the guide expects was seen.
func ExpectedText(l i18n.Lang, e result.Expectation) string {
	switch e.Met {
	case result.MetYes:
		return l.T("expected.yes", i18n.LowerTitle(l, e.Winner))
	case result.MetNo:
		return l.T("expected.no", i18n.LowerTitle(l, e.Winner))
	}
	return l.T("expected.open", i18n.LowerTitle(l, e.Winner))
}

// StoppedText says why an automatic number of rounds ended; empty if the number
// was asked for.
func StoppedText(l i18n.Lang, info result.TestInfo) string {
	switch info.Stopped {
	case "precision", "budget", "limit":
		return l.T("stopped."+info.Stopped, info.Rounds)
	}
	return ""
}

// counted writes a kernel's count, or that the system does not tell.
func counted(l i18n.Lang, n *int64) string {
	if n == nil {
		return l.T("unknown")
	}
	return l.Number(float64(*n), 0)
}

// renderShares shows where the time of all workers went, a bar of one hundred
// percent a method.
func (v *View) renderShares(rows []Row) app.UI {
	var bars []app.UI
	for _, r := range rows {
		title := i18n.MethodTitle(v.Lang, r.Method)
		text := SharesText(v.Lang, r.Shares)
		bars = append(bars, app.Div().Class("share").Body(
			app.P().Class("strong").Text(title),
			app.Div().Class("bar").Role("img").Aria("label", title+": "+text).Body(segmentViews(r.Shares)...),
			app.P().Class("hint").Aria("hidden", true).Text(MainShares(v.Lang, r.Shares)),
			widget.When(len(r.Filters) > 1, func() app.UI {
				return app.P().Class("hint").DataSet("testid", "filters-"+r.Method).Text(FiltersText(v.Lang, r.Filters))
			}),
		))
	}
	return app.Section().Class("card").Body(
		app.H3().Text(v.Lang.T("shares.title")),
		app.Div().Body(bars...),
		v.renderSharesTable(rows),
	)
}

// renderSharesTable says it in seconds, the filters one by one.
func (v *View) renderSharesTable(rows []Row) app.UI {
	l := v.Lang
	heads := []string{l.T("stage")}
	for _, r := range rows {
		heads = append(heads, i18n.MethodTitle(l, r.Method))
	}
	body := []app.UI{widget.Head(heads...)}
	for _, stage := range StagesOf(rows) {
		var cells []string
		for _, r := range rows {
			part := SegmentOf(r.Shares, stage)
			cells = append(cells, l.T("shares.cell", l.Number(part.Seconds, 3), l.Percent(part.Share)))
		}
		body = append(body, widget.Row(i18n.StageTitle(l, stage), cells...))
		if stage == "filter" {
			body = append(body, v.filterRows(rows)...)
		}
	}
	return widget.Twin(l, l.T("shares.title"), "shares-table", body)
}

func (v *View) filterRows(rows []Row) []app.UI {
	most := []FilterPart(nil)
	for _, r := range rows {
		if len(r.Filters) > len(most) {
			most = r.Filters
		}
	}
	var list []app.UI
	for i, part := range most {
		cells := []app.UI{app.Th().Scope("row").Class("within").Text(part.Name)}
		for _, r := range rows {
			text := v.Lang.T("unknown")
			if i < len(r.Filters) {
				text = v.Lang.Seconds(r.Filters[i].Seconds)
			}
			cells = append(cells, app.Td().Text(text))
		}
		list = append(list, app.Tr().Body(cells...))
	}
	return list
}

func (v *View) renderCosts(rows []Row) app.UI {
	return app.Section().Class("card").Body(
		app.H3().Text(v.Lang.T("costs.title")),
		CostsTable(v.Lang, rows),
		v.renderIncidents(rows),
		v.renderKernel(),
	)
}

// CostsTable says what each method costs beside its time: processors, memory, the start,
// what travels.
func CostsTable(l i18n.Lang, rows []Row) app.UI {
	heads := []string{"costs.method", "costs.ideal", "costs.cpu", "costs.server", "costs.memory", "costs.start", "costs.failed", "costs.throughput", "costs.bound"}
	travels, locks := false, false
	for _, r := range rows {
		travels = travels || r.BytesIn > 0 || r.BytesOut > 0
		locks = locks || r.Shape.Lock
	}
	if locks {
		heads = append(heads, "costs.lock")
	}
	if travels {
		heads = append(heads, "costs.travelled")
	}
	body := []app.UI{widget.HeadRow(l, heads)}
	server := inOneUnit(l, rows, func(r Row) float64 { return r.ServerCPU })
	start := inOneUnit(l, rows, func(r Row) float64 { return r.Start })
	for _, r := range rows {
		cells := []app.UI{
			app.Th().Scope("row").Text(i18n.MethodTitle(l, r.Method)),
			app.Td().DataSet("testid", "ideal-"+r.Method).Text(i18n.Known(l, r.Speedup > 0 && r.Ideal > 0, idealText(l, r))),
			app.Td().Text(i18n.Known(l, r.CPUUser+r.CPUSystem > 0, l.T("costs.cpu.of", l.Number(r.CPUUser, 2), l.Number(r.CPUSystem, 2)))),
			app.Td().Text(i18n.Known(l, r.ServerCPU > 0, server(r.ServerCPU))),
			app.Td().Text(i18n.Known(l, r.Memory > 0, megabytes(l, r.Memory))),
			app.Td().Text(i18n.Known(l, r.Start > 0, startText(l, r, start(r.Start)))),
			app.Td().Class(failedClass(r)).DataSet("testid", "failed-"+r.Method).Text(strconv.Itoa(r.Failed)),
			app.Td().Text(i18n.Known(l, r.Throughput > 0, l.Number(r.Throughput, 2))),
			app.Td().Text(BoundText(l, r.Bound)),
		}
		if locks {
			cells = append(cells, app.Td().DataSet("testid", "lock-"+r.Method).Text(i18n.Known(l, r.Shape.Lock, l.T("shares.cell", l.Number(r.Locked, 2), l.Percent(r.LockShare)))))
		}
		if travels {
			cells = append(cells, app.Td().Text(l.T("costs.travelled.of", megabytes(l, r.BytesIn), megabytes(l, r.BytesOut))))
		}
		body = append(body, app.Tr().Body(cells...))
	}
	return widget.Scroll(l.T("costs.title"), "costs", body)
}

// idealText sets a speedup beside the most that its lanes allow on the cores.
func idealText(l i18n.Lang, r Row) string {
	return l.T("costs.ideal.of", l.Ratio(r.Speedup), l.Number(r.Ideal, 0), l.Percent(r.Speedup/r.Ideal))
}

// renderIncidents says that workers died, which the figures alone would hide,
// and what deliberate failures cost.
func (v *View) renderIncidents(rows []Row) app.UI {
	var lines []app.UI
	if v.Result != nil {
		for _, name := range slices.Sorted(maps.Keys(v.Result.Unavailable)) {
			lines = append(lines, app.P().Class("notice").DataSet("testid", "unavailable-"+name).
				Text(v.Lang.T("unavailable.line", i18n.MethodTitle(v.Lang, name), v.Lang.In(v.Result.Unavailable[name]))))
		}
		for _, name := range draw.MethodOrder(v.Result.Results) {
			if d := v.Result.Results[name].Levels; d != nil {
				lines = append(lines, app.P().Class("hint").DataSet("testid", "levels-"+name).
					Text(v.Lang.T("levels.line", i18n.MethodTitle(v.Lang, name), v.Lang.Number(d.Mean, 2), v.Lang.Number(float64(d.Max), 0))))
			}
		}
	}
	for _, r := range rows {
		title := i18n.MethodTitle(v.Lang, r.Method)
		if r.Deaths > 0 {
			lines = append(lines, app.P().Class("notice").Text(v.Lang.T("deaths", title, r.Deaths)))
		}
		for _, c := range r.Chaos {
			lines = append(lines, app.P().Class("hint").DataSet("testid", "chaos-"+r.Method).
				Text(v.Lang.T("chaos.line", title, c.Round, v.Lang.In(c.Text))))
		}
	}
	return app.Div().Body(lines...)
}

// renderKernel folds away what bounds each stage and what the kernel counted
// of every process.
func (v *View) renderKernel() app.UI {
	if v.Result == nil {
		return nil
	}
	l := v.Lang
	heads := []string{l.T("costs.method")}
	for _, stage := range result.PipelineStages() {
		heads = append(heads, i18n.StageTitle(l, stage))
	}
	bounds := []app.UI{widget.Head(heads...)}
	processes := []app.UI{widget.HeadRow(l, []string{
		"costs.method", "process.id", "process.user", "process.system", "process.queued", "process.voluntary", "process.involuntary",
		"process.minor", "process.major", "costs.memory", "costs.start", "process.ended",
	})}
	for _, name := range draw.MethodOrder(v.Result.Results) {
		r := v.Result.Results[name]
		if r.StageBound != nil {
			var cells []string
			for _, bound := range r.StageBound.List() {
				cells = append(cells, BoundText(l, bound))
			}
			bounds = append(bounds, widget.Row(i18n.MethodTitle(l, name), cells...).DataSet("testid", "bounds-"+name))
		}
		for _, p := range r.Overhead.Processes {
			processes = append(processes, renderProcess(l, name, p))
		}
	}
	return app.Details().Class("more").Body(
		app.Summary().DataSet("testid", "kernel-show").Text(l.T("kernel.title")),
		widget.When(len(bounds) > 1, func() app.UI {
			return app.Div().Body(app.H4().Text(l.T("kernel.bounds")), widget.Scroll(l.T("kernel.bounds"), "bounds", bounds))
		}),
		app.H4().Text(l.T("kernel.processes")),
		widget.Scroll(l.T("kernel.processes"), "processes-table", processes),
	)
}

func renderProcess(l i18n.Lang, method string, p result.ProcessAccount) app.UI {
	queued := l.T("unknown")
	if p.QueuedS != nil {
		queued = l.Seconds(*p.QueuedS)
	}
	return widget.Row(i18n.MethodTitle(l, method),
		strconv.Itoa(p.ProcessID), l.Seconds(p.UserS), l.Seconds(p.SystemS), queued,
		counted(l, p.VoluntarySwitches), counted(l, p.InvoluntarySwitches), counted(l, p.MinorFaults), counted(l, p.MajorFaults),
		i18n.Known(l, p.PeakMemoryBytes > 0, megabytes(l, p.PeakMemoryBytes)),
		i18n.Known(l, p.StartupSeconds > 0, l.Seconds(p.StartupSeconds)),
		i18n.Known(l, p.Ended != "", p.Ended),
	).DataSet("testid", "process-"+method)
}

// FiltersText is the filter stage in words: "filtra: resize 0,31 s, sharpen
// 0,12 s".
func FiltersText(l i18n.Lang, parts []FilterPart) string {
	var words []string
	for _, p := range parts {
		words = append(words, p.Name+" "+l.Duration(p.Seconds))
	}
	return i18n.StageTitle(l, "filter") + ": " + strings.Join(words, ", ")
}

func failedClass(r Row) string {
	if r.Failed > 0 {
		return "bad"
	}
	return "soft"
}

func startText(l i18n.Lang, r Row, start string) string {
	if r.StartInRun {
		return start
	}
	return l.T("costs.before", start)
}

// inOneUnit gives what writes the times of a column, all in one unit so that they can
// be compared.
func inOneUnit(l i18n.Lang, rows []Row, of func(Row) float64) func(seconds float64) string {
	var all []float64
	for _, r := range rows {
		all = append(all, of(r))
	}
	scale := i18n.ScaleOf(all...)
	return func(seconds float64) string { return scale.Write(l, seconds) + i18n.NoBreak + scale.Unit }
}

// megabytes is the one unit of a column of bytes.
func megabytes(l i18n.Lang, n int64) string { return l.Number(float64(n)/1e6, 1) + i18n.NoBreak + "MB" }
