package ui

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// lanesScript draws the lanes.
const lanesScript = "/web/lanes.js"

// raceView shows a row a method on a common time axis, a lane a worker. What
// happened when is drawn by lanes.js; a method whose timeline is not known has
// a plain bar of its time.
type raceView struct {
	app.Compo
	Lang  Lang
	Rows  []Row
	Lines *timelines // nil while they are not there

	broken string // why the script did not come; empty if it did
}

// OnMount draws the lanes.
func (v *raceView) OnMount(ctx app.Context) { v.draw(ctx) }

// OnUpdate draws them again, in other words or with another method.
func (v *raceView) OnUpdate(ctx app.Context) { v.draw(ctx) }

func (v *raceView) draw(ctx app.Context) {
	if v.Lines == nil {
		return
	}
	data, err := Drawing(v.Lang, *v.Lines, v.axis().Max)
	if err != nil {
		v.broken = err.Error()
		return
	}
	withScripts(ctx, []string{lanesScript}, func(err error) {
		if v.broken = ""; err != nil {
			v.broken = err.Error()
			return
		}
		app.Window().Get("carrilesLanes").Call("show", v.JSValue(), data)
	})
}

func (v *raceView) axis() Axis { return AxisOf(v.Rows, v.Lines) }

func (v *raceView) Render() app.UI {
	axis := v.axis()
	var times []float64
	for _, r := range v.Rows {
		times = append(times, r.Seconds)
	}
	scale := ScaleOf(times...)
	var lines []app.UI
	for _, r := range v.Rows {
		lines = append(lines, v.renderRow(r, axis, scale))
	}
	return app.Div().Class("race").DataSet("testid", "race").Body(
		app.Div().Body(lines...),
		v.renderAxis(axis, scale),
		app.P().Class("tip").DataSet("lanes", "tip").DataSet("testid", "tip").Aria("hidden", true).Hidden(true),
		v.renderPlayer(),
		v.renderLegend(),
		app.P().Class("hint").Text(v.Lang.T("race.note")),
		when(v.broken != "", func() app.UI {
			return app.P().Class("notice").Text(v.Lang.T("error.script", v.broken))
		}),
		v.renderTable(),
	)
}

func (v *raceView) renderRow(r Row, axis Axis, scale Scale) app.UI {
	title := MethodTitle(v.Lang, r.Method)
	time := scale.Write(v.Lang, r.Seconds)
	label := v.Lang.T("race.row", title, time, scale.Unit, SharesText(v.Lang, r.Shares))
	return app.Section().Class("row").ID("method-"+r.Method).DataSet("testid", "method-"+r.Method).Body(
		app.Div().Class("who").Body(
			app.H3().Text(title),
			app.P().Class("soft").DataSet("testid", "shape-"+r.Method).Text(shapeText(v.Lang, r)),
		),
		app.Div().Class("lanes").Body(v.renderLanes(r, axis, label), whisker(r, axis)),
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

// shapeText says what a method's workers are.
func shapeText(l Lang, r Row) string {
	if r.Workers > 0 {
		return BrowserShape(l, r.Workers, r.SIMD)
	}
	return l.Shape(r.Shape)
}

// renderLanes is the canvas of a method's lanes: to the keyboard a slider along
// what happened.
func (v *raceView) renderLanes(r Row, axis Axis, label string) app.UI {
	line := v.Lines.of(r.Method)
	if line == nil {
		return app.Div().Class("bar plainbar").Role("img").Aria("label", label).
			Style("width", percent(axis.At(r.Seconds))).
			Style("height", pixels(laneHeight(1)))
	}
	return app.Canvas().DataSet("method", r.Method).DataSet("testid", "lanes-"+r.Method).
		TabIndex(0).Role("slider").Aria("label", label).Aria("roledescription", v.Lang.T("race.lanes")).
		Aria("valuemin", 1).
		Style("height", pixels(tracksHeight(len(line.Lanes))))
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

func pixels(n int) string { return strconv.Itoa(n) + "px" }

func (v *raceView) renderAxis(axis Axis, scale Scale) app.UI {
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

// slower lists the speeds of the player: so many times slower than it was.
func slower() []int { return []int{1, 4, 10} }

// renderPlayer is what runs the race again. lanes.js listens to it.
func (v *raceView) renderPlayer() app.UI {
	var speeds []app.UI
	for i, n := range slower() {
		speeds = append(speeds, app.Button().Type("button").Class("chip").DataSet("slower", n).
			Aria("pressed", i == 0).Text(v.Lang.T("player.speed."+strconv.Itoa(n))))
	}
	return app.Div().Class("player").Hidden(v.Lines == nil).Body(
		app.Button().Type("button").Class("chip").DataSet("lanes", "play").DataSet("testid", "play").Body(
			app.Span().Class("go-on").Text("▶ "+v.Lang.T("player.play")),
			app.Span().Class("give-up").Text("■ "+v.Lang.T("player.stop")),
		),
		app.Div().Class("switches").Role("group").Aria("label", v.Lang.T("player.speed")).Body(speeds...),
		app.Span().Class("soft").DataSet("lanes", "clock").Aria("hidden", true),
	)
}

func (v *raceView) renderLegend() app.UI {
	var items []app.UI
	item := func(class, text string) {
		items = append(items, app.Li().Body(app.I().Class("key "+class), app.Text(text)))
	}
	for _, stage := range StagesOf(v.Rows) {
		item("stage-"+stage, StageTitle(v.Lang, stage))
	}
	if v.Lines != nil {
		item("waited", v.Lang.T("race.waited"))
	}
	return app.Ul().Class("legend").Aria("label", v.Lang.T("race.legend")).Body(items...)
}

// laneTitle names a lane: a Web Worker has no process of its own.
func laneTitle(l Lang, s LaneSum) string {
	if s.ProcessID == 0 {
		return l.T("lane.web.of", s.Worker+1)
	}
	return l.T("lane.worker.of", s.Worker+1, s.ProcessID)
}

// renderTable says in figures what the lanes show.
func (v *raceView) renderTable() app.UI {
	if v.Lines == nil {
		return nil
	}
	l, stages := v.Lang, StagesOf(v.Rows)
	laneScale := Scale{Unit: "ms", Factor: 1000, Decimals: 1}
	heads := []app.UI{app.Th().Scope("col").Text(l.T("costs.method")), app.Th().Scope("col").Text(l.T("lane.title"))}
	for _, stage := range stages {
		heads = append(heads, app.Th().Scope("col").Text(StageTitle(l, stage)))
	}
	heads = append(heads, app.Th().Scope("col").Text(l.T("lane.total")))
	body := []app.UI{app.Tr().Body(heads...)}
	for _, r := range v.Rows {
		line := v.Lines.of(r.Method)
		if line == nil {
			continue
		}
		for _, sum := range LaneSums(*line) {
			cells := []app.UI{
				app.Th().Scope("row").Text(MethodTitle(l, r.Method)),
				app.Td().Text(laneTitle(l, sum)),
			}
			for i, stage := range stageOrder {
				if slices.Contains(stages, stage) {
					cells = append(cells, app.Td().Text(laneScale.Write(l, sum.Seconds[i])))
				}
			}
			body = append(body, app.Tr().DataSet("testid", "lane-sum-"+r.Method).Body(
				append(cells, app.Td().Text(laneScale.Write(l, sum.Total)))...))
		}
	}
	return renderTwin(l, l.T("lane.table"), "lanes-table", body)
}

// renderTwin folds a table away that says in figures what a picture shows.
func renderTwin(l Lang, title, hook string, rows []app.UI) app.UI {
	return app.Details().Class("more").Body(
		app.Summary().DataSet("testid", hook+"-show").Text(l.T("table.show")),
		app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", title).DataSet("testid", hook).Body(
			app.Table().Body(rows...),
		),
	)
}
