package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// mostLanes is how many workers get a lane of their own; beyond it the lanes
// would be too thin to read, and the method gets one bar.
const mostLanes = 8

// renderRace shows a row a method on a common time axis, a lane a worker.
func (v *resultsView) renderRace(rows []Row) app.UI {
	axis := AxisOf(rows)
	var times []float64
	for _, r := range rows {
		times = append(times, r.Seconds)
	}
	scale := ScaleOf(times...)
	var lines []app.UI
	for _, r := range rows {
		lines = append(lines, v.renderRow(r, axis, scale))
	}
	return app.Div().Class("race").Body(
		app.Div().Body(lines...),
		v.renderAxis(axis, scale),
		renderLegend(v.Lang, rows),
		app.P().Class("hint").Text(v.Lang.T("race.note")),
	)
}

func (v *resultsView) renderRow(r Row, axis Axis, scale Scale) app.UI {
	title := MethodTitle(v.Lang, r.Method)
	time := scale.Write(v.Lang, r.Seconds)
	label := v.Lang.T("race.row", title, time, scale.Unit, SharesText(v.Lang, r.Shares))
	return app.Section().Class("row").ID("method-"+r.Method).DataSet("testid", "method-"+r.Method).Body(
		app.Div().Class("who").Body(
			app.H3().Text(title),
			app.P().Class("soft").Text(v.Lang.Shape(r.Shape)),
		),
		app.Div().Class("lanes").Role("img").Aria("label", label).Body(
			append(lanes(r, axis), whisker(r, axis))...,
		),
		app.Div().Class("time").Body(
			app.P().Class("figure").DataSet("testid", "time-"+r.Method).Body(
				app.B().Text(time), app.Span().Class("unit").Text(noBreak+scale.Unit),
			),
			when(r.Speedup > 0, func() app.UI {
				return app.P().Class("speedup").DataSet("testid", "speedup-"+r.Method).Text(v.Lang.Ratio(r.Speedup))
			}),
			when(r.Rounds > 1, func() app.UI {
				return app.P().Class("soft").Title(v.Lang.T("race.quartiles")).Body(
					app.Span().Class("sr-only").Text(v.Lang.T("race.quartiles")+" "),
					app.Text(v.Lang.T("race.spread", scale.Write(v.Lang, r.Spread.Q1), scale.Write(v.Lang, r.Spread.Q3))),
				)
			}),
		),
	)
}

// lanes are the bars of a row's workers.
func lanes(r Row, axis Axis) []app.UI {
	if len(r.Lanes) > mostLanes {
		return []app.UI{lane(r.Seconds, r.Shares, axis)}
	}
	var list []app.UI
	for _, ln := range r.Lanes {
		list = append(list, lane(ln.Wall, ln.Segments, axis))
	}
	return list
}

func lane(seconds float64, segments []Segment, axis Axis) app.UI {
	return app.Div().Class("bar").Style("width", percent(axis.At(seconds))).Body(segmentViews(segments)...)
}

// whisker marks the middle half of the rounds.
func whisker(r Row, axis Axis) app.UI {
	if r.Rounds < 2 || r.Spread.Q3 <= r.Spread.Q1 {
		return nil
	}
	return app.Div().Class("whisker").
		Style("left", percent(axis.At(r.Spread.Q1))).
		Style("width", percent(axis.At(r.Spread.Q3-r.Spread.Q1)))
}

func segmentViews(segments []Segment) []app.UI {
	var list []app.UI
	for _, s := range segments {
		list = append(list, app.I().Class("stage stage-"+s.Stage).Style("width", percent(100*s.Share)))
	}
	return list
}

// percent is a length for a style, which wants a point in any language.
func percent(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) + "%" }

func (v *resultsView) renderAxis(axis Axis, scale Scale) app.UI {
	var ticks []app.UI
	for i, t := range axis.Ticks {
		text := v.Lang.Value(t * scale.Factor)
		if i == len(axis.Ticks)-1 {
			text += noBreak + scale.Unit
		}
		ticks = append(ticks, app.Span().Style("left", percent(axis.At(t))).Text(text))
	}
	return app.Div().Class("axis").Aria("hidden", true).Body(
		app.Div().Class("ticks").Body(ticks...),
	)
}

func renderLegend(l Lang, rows []Row) app.UI {
	var items []app.UI
	for _, stage := range StagesOf(rows) {
		items = append(items, app.Li().Body(
			app.I().Class("key stage-"+stage),
			app.Text(StageTitle(l, stage)),
		))
	}
	return app.Ul().Class("legend").Aria("label", l.T("race.legend")).Body(items...)
}
