package results

import (
	"encoding/json"
	"slices"
	"strconv"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// What draws the curves: a library that is loaded only where there are any.
const (
	plotScript  = "/web/vendor/uplot/uPlot.iife.min.js"
	plotStyle   = "/web/vendor/uplot/uPlot.min.css"
	sweepScript = "/web/sweep.js"
)

// SweepView shows a sweep: what it says, its curves, and the figures.
type SweepView struct {
	app.Compo
	Lang  i18n.Lang
	Sweep *result.Sweep
	RunID string
	// Session, Around and Changed are as View has them.
	Session *measure.Session
	Around  Around
	Changed bool

	broken string // why the curves could not be drawn; empty if they could
}

func (v *SweepView) OnMount(ctx app.Context)  { v.draw(ctx) }
func (v *SweepView) OnUpdate(ctx app.Context) { v.draw(ctx) }

func (v *SweepView) draw(ctx app.Context) {
	data, err := json.Marshal(draw.ChartsOf(string(v.Lang), v.Sweep))
	if err != nil {
		v.broken = err.Error()
		return
	}
	scripts := []string{plotStyle, plotScript, shownScript, sweepScript}
	dom.WithScripts(ctx, scripts, func(err error) {
		if v.broken = ""; err != nil {
			v.broken = err.Error()
			return
		}
		app.Window().Get("carrilesSweep").Call("show", v.JSValue(), string(data))
	})
}

func (v *SweepView) Render() app.UI {
	l := v.Lang
	charts := draw.ChartsOf(string(l), v.Sweep)
	var figures, crossovers, fits []app.UI
	for i, c := range charts.Charts {
		figures = append(figures, v.renderChart(i, c, charts.Axis))
	}
	for i, c := range v.Sweep.Crossovers {
		if i != foremost(v.Sweep) {
			crossovers = append(crossovers, app.Li().Text(l.In(c.Text)))
		}
	}
	for _, text := range FitTexts(l, v.Sweep) {
		fits = append(fits, app.Li().Text(text))
	}
	return app.Div().Class("stack").DataSet("testid", "sweep-result").Body(
		app.Section().Class("card").Aria("labelledby", "verdict").Body(
			SettingsLine(l, settingsText(l, v.Sweep.Spec, 0)),
			widget.When(v.Changed && v.Around != nil, func() app.UI { return changedNote(l, v.Around) }),
			app.H2().Class("verdict").ID("verdict").DataSet("testid", "verdict").Text(sweepHeadline(l, v.Sweep)),
			app.Ul().Class("verdicts").DataSet("testid", "crossovers").Body(crossovers...),
			widget.Note("soft", "caution", l.In(v.Sweep.Caution)),
			app.P().DataSet("testid", "pixels").Text(sweepPixels(l, v.Sweep)),
			app.Div().Class("actions").Body(renderAgain(l, v.Around, v.Session)),
		),
		app.Section().Class("card").Body(
			app.Div().Class("charts").Body(figures...),
			widget.When(len(fits) > 0, func() app.UI { return app.Ul().Class("hint").DataSet("testid", "fits").Body(fits...) }),
			scriptNote(l, v.broken),
			widget.Twin(l, charts.Axis, "sweep-table", v.tableRows(charts.Axis)),
		),
		app.Div().Class("footnote").Body(
			app.P().Text(EnvironmentLine(l, v.Sweep.Environment)),
			Evidence(l, v.RunID),
		),
	)
}

func (v *SweepView) renderChart(i int, c draw.Chart, axis string) app.UI {
	var legend []app.UI
	for _, line := range c.Lines {
		key := "line-key m-" + line.Method
		if line.Law != "" {
			key += " law-" + line.Law
		}
		legend = append(legend, app.Li().Body(app.I().Class(key), app.Text(line.Label)))
	}
	if c.Beyond > 0 {
		legend = append(legend, app.Li().Body(app.I().Class("line-key beyond"), app.Text(draw.BeyondTitle(string(v.Lang)))))
	}
	return app.Figure().Body(
		app.H3().Text(c.Title),
		app.Div().Class("chart").DataSet("chart", i).DataSet("testid", "chart-"+strconv.Itoa(i)).
			Role("img").Aria("label", v.Lang.T("sweep.chart", c.Title, axis)),
		app.P().Class("hint axis-name").Text(axis),
		app.P().Class("hint readout").DataSet("readout", i).Aria("hidden", true),
		app.Ul().Class("legend").Body(legend...),
	)
}

func (v *SweepView) tableRows(axis string) []app.UI {
	l := v.Lang
	heads := []string{axis}
	for _, m := range v.Sweep.Methods {
		heads = append(heads, i18n.MethodTitle(l, m))
	}
	rows := []app.UI{widget.Head(heads...)}
	for _, p := range v.Sweep.Points {
		var cells []string
		for _, m := range v.Sweep.Methods {
			cells = append(cells, sweepCell(l, p, m))
		}
		rows = append(rows, widget.Row(l.Value(p.Value), cells...).DataSet("testid", "sweep-row"))
	}
	return rows
}

// sweepCell is one method at one value: its time, the middle half of its
// rounds, its speedup over sequential.
func sweepCell(l i18n.Lang, p result.SweepPoint, method string) string {
	r, ok := p.Results[method]
	if !ok {
		return l.T("unknown")
	}
	text := l.T("sweep.cell", l.Seconds(r.Time), l.Number(r.Spread.Q1, 3), l.Seconds(r.Spread.Q3))
	if r.Speedup > 0 {
		text += " · " + l.Ratio(r.Speedup)
	}
	if r.FailedCount > 0 {
		text += " · " + l.T("run.failed", r.FailedCount)
	}
	return text
}

// foremost finds the crossover that a sweep is told by: one where the order
// changes on the way, or else one with an order; -1 if there is none.
func foremost(s *result.Sweep) int {
	for _, kinds := range [][]string{{"from", "until"}, {"always", "never"}} {
		if i := slices.IndexFunc(s.Crossovers, func(c result.Crossover) bool { return slices.Contains(kinds, c.Kind) }); i >= 0 {
			return i
		}
	}
	return -1
}

// sweepHeadline is the one sentence of a sweep: what it looks for is where the
// order of the methods changes.
func sweepHeadline(l i18n.Lang, s *result.Sweep) string {
	if i := foremost(s); i >= 0 {
		return l.In(s.Crossovers[i].Text)
	}
	return l.T("sweep.headline", draw.AxisTitle(string(l), s.Over), len(s.Points))
}

func sweepPixels(l i18n.Lang, s *result.Sweep) string {
	if len(s.Methods) < 2 {
		return l.T("pixels.one")
	}
	if s.PixelsEqual {
		return l.T("sweep.pixels.equal")
	}
	return l.T("sweep.pixels.unequal")
}

// FitTexts says what the laws fitted to each method are, or why there are none.
func FitTexts(l i18n.Lang, s *result.Sweep) []string {
	var list []string
	for _, m := range s.Methods {
		fits, ok := s.Fits[m]
		if !ok {
			continue
		}
		for _, law := range draw.LawsOf(fits) {
			if law.Fit.R2 < 0 {
				list = append(list, l.T("fit.none", i18n.MethodTitle(l, m), l.In(law.Title), l.Number(law.Fit.R2, 2)))
				continue
			}
			list = append(list, fitText(l, s.Over, i18n.MethodTitle(l, m), law, fits))
		}
		if fits.Amdahl == nil && fits.USL == nil && fits.BestWorkers > 0 {
			list = append(list, l.T(ofAxis("fit.best", s.Over), i18n.MethodTitle(l, m), fits.BestWorkers, l.Ratio(fits.BestSpeedup)))
		}
		if why := l.In(fits.Why); why != "" {
			list = append(list, i18n.MethodTitle(l, m)+": "+why)
		}
	}
	return list
}

// ofAxis is the key of a text that speaks of workers, or of devices where a sweep goes
// over those.
func ofAxis(key, over string) string {
	if over == request.OverDevices {
		return key + "." + over
	}
	return key
}

// fitText says what a law is, and what follows for as many workers as it is
// believed for.
func fitText(l i18n.Lang, over, method string, law draw.Law, fits result.ScalingFits) string {
	f, serial := law.Fit, l.Percent(law.Fit.Serial)
	if f.Intervals != nil {
		serial = l.T("fit.interval", serial, l.Percent(f.Intervals.Serial.Low), l.Percent(f.Intervals.Serial.High))
	}
	text := l.T("fit."+law.Name, method, serial, l.Number(f.R2, 2))
	reach := float64(f.Reach)
	switch {
	case f.Limit > 0 && (f.Limit < reach || f.Reach == 0):
		text += " " + l.T(ofAxis("fit.limit", over), l.Ratio(f.Limit))
	case f.Limit == 0 && f.Peak > 0 && (f.Peak < reach || f.Reach == 0):
		text += " " + l.T(ofAxis("fit.peak", over), l.Number(f.Peak, 0))
	case f.Reach == fits.Cores:
		text += " " + l.T(ofAxis("fit.cores", over), f.Reach)
	default:
		text += " " + l.T("fit.reach", f.Reach)
	}
	return text
}
