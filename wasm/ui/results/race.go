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

// shownScript is what the scripts that draw have in common.
const shownScript = "/web/shown.js"

// lanesScripts draw the lanes and answer for them.
func lanesScripts() []string { return []string{shownScript, "/web/tracks.js", "/web/lanes.js"} }

// RaceView shows a row a method on a common time axis, a lane a worker. What
// happened when is drawn by lanes.js, while it is measured too; a method of
// which only the time is known has a plain bar of it.
type RaceView struct {
	app.Compo
	Lang  i18n.Lang
	Rows  []Row
	Lines *measure.Timelines // nil while they are not there
	Live  *measure.Live      // as the session has it; nil where only a result is shown
	Heard int                // how much of Live, which is shared by pointer
	Plays bool               // the race runs by itself, once, so many times slower as it takes to be seen

	played bool
	broken string // why the script did not come; empty if it did
	shown  shown
	grown  *measure.Live // what lanes.js was told of, up to its last event
	last   int
}

// shown is what lanes.js was told of what does not change any more.
type shown struct {
	lang  i18n.Lang
	lines *measure.Timelines
	rows  string // which methods there are, and in which order
	max   float64
}

func (v *RaceView) OnMount(ctx app.Context) { v.draw(ctx) }

// OnUpdate draws them again, in other words or with another method.
func (v *RaceView) OnUpdate(ctx app.Context) { v.draw(ctx) }

func (v *RaceView) draw(ctx app.Context) {
	if v.Lines == nil && v.Live == nil {
		return
	}
	if app.Window().Get("carrilesLanes").Truthy() {
		v.tell(nil)
		return
	}
	dom.WithScripts(ctx, lanesScripts(), v.tell)
}

// axis has room for what was measured and for what is being measured.
func (v *RaceView) axis() draw.Axis {
	done := AxisOf(v.Rows, v.Lines)
	switch {
	case v.Live == nil || v.Live.Max <= done.Max && slices.ContainsFunc(v.Rows, measured):
		return done
	case v.Live.Max == 0:
		return draw.AxisTo(measure.LeastAxis)
	}
	return draw.AxisTo(v.Live.Max)
}

// scale is that of the times that stand, or else of the axis: a clock that runs
// does not change its unit.
func (v *RaceView) scale(axis draw.Axis) i18n.Scale {
	if !slices.ContainsFunc(v.Rows, measured) {
		return i18n.ScaleOf(axis.Max)
	}
	return timeScale(v.Rows)
}

// timeScale is that of the times that stand.
func timeScale(rows []Row) i18n.Scale {
	var times []float64
	for _, r := range rows {
		if !r.Pending {
			times = append(times, r.Seconds)
		}
	}
	return i18n.ScaleOf(times...)
}

func (v *RaceView) Render() app.UI {
	axis := v.axis()
	scale := v.scale(axis)
	var lines []app.UI
	for _, r := range v.Rows {
		lines = append(lines, v.renderRow(r, axis, scale))
	}
	return app.Div().Class("race").DataSet("testid", "race").Body(
		app.Div().Body(lines...),
		AxisView(v.Lang, axis, scale),
		app.P().Class("tip").DataSet("lanes", "tip").DataSet("testid", "tip").Aria("hidden", true).Hidden(true),
		v.renderPlayer(),
		v.renderLegend(),
		app.P().Class("hint").Text(v.note()),
		scriptNote(v.Lang, v.broken),
		v.renderTable(),
	)
}

func (v *RaceView) renderRow(r Row, axis draw.Axis, scale i18n.Scale) app.UI {
	title := i18n.MethodTitle(v.Lang, r.Method)
	time, label := scale.Write(v.Lang, r.Seconds), v.Lang.T("race.pending", title)
	if !r.Pending {
		label = v.Lang.T("race.row", title, time, scale.Unit, SharesText(v.Lang, r.Shares))
	}
	return app.Section().Class("row").ID("method-"+r.Method).DataSet("testid", "method-"+r.Method).Body(
		app.Div().Class("who").Body(
			app.H3().Text(title),
			app.P().Class("soft").DataSet("testid", "shape-"+r.Method).Text(shapeText(v.Lang, r)),
		),
		app.Div().Class("lanes").Body(v.renderLanes(r, axis, label), whisker(r, axis)),
		v.renderTime(r, time, scale),
	)
}

func (v *RaceView) renderTime(r Row, time string, scale i18n.Scale) app.UI {
	if r.Pending {
		return v.renderClock(r, time, scale)
	}
	return app.Div().Class("time").Body(
		app.P().Class("figure").DataSet("testid", "time-"+r.Method).Body(
			app.B().Text(time), app.Span().Class("unit").Text(i18n.NoBreak+scale.Unit),
		),
		widget.When(r.Speedup > 0, func() app.UI {
			return app.P().Class("speedup").DataSet("testid", "speedup-"+r.Method).Text(v.Lang.Ratio(r.Speedup))
		}),
		widget.When(r.Rounds > 1, func() app.UI {
			return app.P().Class("soft").Title(v.Lang.T("race.quartiles")).Body(
				app.Span().Class("sr-only").Text(v.Lang.T("race.quartiles")+" "),
				app.Text(spreadText(v.Lang, r.Spread, scale)),
			)
		}),
	)
}

// spreadText writes the middle half of the rounds, with its unit.
func spreadText(l i18n.Lang, s result.Spread, scale i18n.Scale) string {
	return l.T("race.spread", scale.Write(l, s.Q1), scale.Write(l, s.Q3)+i18n.NoBreak+scale.Unit)
}

func pending(r Row) bool  { return r.Pending }
func measured(r Row) bool { return !r.Pending }

func (v *RaceView) note() string {
	if !slices.ContainsFunc(v.Rows, measured) {
		return v.Lang.T("race.growing")
	}
	return v.Lang.T("race.note")
}

func shapeText(l i18n.Lang, r Row) string {
	if r.Workers > 0 && r.Pending {
		return WorkersText(l, r.Workers)
	}
	if r.Workers > 0 {
		return BrowserShape(l, r.Workers, r.SIMD)
	}
	return l.Shape(r.Shape)
}

// renderLanes is the canvas of a method's lanes: to the keyboard a slider along
// what happened, of which lanes.js sets the value.
func (v *RaceView) renderLanes(r Row, axis draw.Axis, label string) app.UI {
	line := v.Lines.Of(r.Method)
	if line == nil && !r.Pending && v.Live.Of(r.Method) == nil {
		return app.Div().Class("bar plainbar").Role("img").Aria("label", label).
			Style("width", widget.Percent(axis.At(r.Seconds))).
			Style("height", widget.Pixels(draw.TracksHeight(1)))
	}
	class, hook, lanes := "growing", "growing-"+r.Method, v.tracks(r)
	if line != nil {
		class, hook, lanes = "", "lanes-"+r.Method, len(line.Lanes)
	}
	return app.Canvas().Class(class).DataSet("method", r.Method).DataSet("testid", hook).
		TabIndex(0).Role("slider").Aria("label", label).Aria("roledescription", v.Lang.T("race.lanes")).
		Aria("valuemin", 0).Aria("valuemax", 0).Aria("valuenow", 0).
		Style("height", "calc(var(--lane-scale, 1) * "+widget.Pixels(draw.TracksHeight(lanes))+")")
}

// tracks is how many lanes a method without a timeline has.
func (v *RaceView) tracks(r Row) int {
	lanes := max(r.Workers, r.Shape.Lanes())
	if round := v.Live.Of(r.Method); round != nil {
		lanes = max(lanes, round.Workers)
	}
	return lanes
}

// whisker marks the middle half of the rounds.
func whisker(r Row, axis draw.Axis) app.UI {
	if r.Rounds < 2 || r.Spread.Q3 <= r.Spread.Q1 {
		return nil
	}
	return app.Div().Class("whisker").
		Style("left", widget.Percent(axis.At(r.Spread.Q1))).
		Style("width", widget.Percent(axis.At(r.Spread.Q3-r.Spread.Q1)))
}

func segmentViews(segments []Segment) []app.UI {
	var list []app.UI
	for _, s := range segments {
		list = append(list, app.I().Class("stage stage-"+s.Stage).Style("width", widget.Percent(100*s.Share)))
	}
	return list
}

// AxisView writes the times beneath a chart.
func AxisView(l i18n.Lang, axis draw.Axis, scale i18n.Scale) app.UI {
	var ticks []app.UI
	for _, t := range ticksOf(l, axis, scale) {
		ticks = append(ticks, app.Span().Style("left", widget.Percent(axis.At(t.At))).Text(t.Text))
	}
	return app.Div().Class("axis").Aria("hidden", true).Body(
		app.Div().Class("ticks").Body(ticks...),
	)
}

// ticksOf are an axis' times in words; the last has the unit.
func ticksOf(l i18n.Lang, axis draw.Axis, scale i18n.Scale) []draw.Tick {
	var ticks []draw.Tick
	for _, t := range axis.Ticks {
		ticks = append(ticks, draw.Tick{At: t, Text: tickText(l, axis, t, scale)})
	}
	if n := len(ticks); n > 0 {
		ticks[n-1].Text += i18n.NoBreak + scale.Unit
	}
	return ticks
}

// scriptNote says why what draws did not come, if it did not.
func scriptNote(l i18n.Lang, broken string) app.UI {
	return widget.When(broken != "", func() app.UI { return widget.Note("notice", "", l.T("error.script", broken)) })
}

// playedSeconds is how long a race lasts that runs by itself.
const playedSeconds = 6

// slower lists the speeds of the player: so many times slower than it was.
func slower() []int { return []int{1, 4, 10} }

// renderPlayer is what runs the race again. lanes.js listens to it.
func (v *RaceView) renderPlayer() app.UI {
	var speeds []app.UI
	for i, n := range slower() {
		speeds = append(speeds, app.Button().Type("button").Class("chip").DataSet("slower", n).
			Aria("pressed", i == 0).Text(v.Lang.T("player.speed."+strconv.Itoa(n))))
	}
	// While lanes grow it only takes its room.
	return app.Div().Class("player").Hidden(v.Lines == nil && v.Live == nil).DataSet("off", v.Lines == nil).Body(
		app.Button().Type("button").Class("chip").DataSet("lanes", "play").DataSet("testid", "play").Body(
			app.Span().Class("go-on").Text("▶ "+v.Lang.T("player.play")),
			app.Span().Class("give-up").Text("■ "+v.Lang.T("player.stop")),
		),
		app.Div().Class("switches").Role("group").Aria("label", v.Lang.T("player.speed")).Body(speeds...),
		app.Span().Class("soft").DataSet("lanes", "clock").Aria("hidden", true),
	)
}

// legendOf explains the colours of rows, and of their lanes if these are there.
func legendOf(l i18n.Lang, rows []Row, lanes bool) []draw.Key {
	stages := StagesOf(rows)
	drawn := func(stage string) bool {
		if len(stages) == 0 { // nothing is measured yet: all that is usual
			return stage != "lost"
		}
		return slices.Contains(stages, stage)
	}
	return draw.Legend(string(l), drawn, lanes, slices.ContainsFunc(rows, func(r Row) bool { return r.Shape.Lock }))
}

func (v *RaceView) renderLegend() app.UI {
	keys := legendOf(v.Lang, v.Rows, v.Lines != nil || v.Live != nil)
	if slices.ContainsFunc(v.Rows, pending) {
		keys = append(keys, draw.Key{Name: "flying", Text: v.Lang.T("race.flying")})
	}
	var items []app.UI
	for _, key := range keys {
		items = append(items, app.Li().Body(app.I().Class("key "+key.Class()), app.Text(key.Text)))
	}
	return app.Ul().Class("legend").Aria("label", v.Lang.T("race.legend")).Body(items...)
}

// tell hands lanes.js what it does not know yet, unless it did not come.
func (v *RaceView) tell(err error) {
	is := shown{lang: v.Lang, lines: v.Lines, max: v.axis().Max}
	for _, r := range v.Rows {
		is.rows += r.Method + " "
	}
	lanes := app.Window().Get("carrilesLanes")
	if err == nil && is != v.shown {
		err = v.tellLines(lanes, is.max)
		if v.Plays && !v.played && v.Lines != nil && err == nil {
			v.played = true
			lanes.Call("play", v.JSValue(), max(1, playedSeconds/is.max))
		}
	}
	if err == nil {
		err = v.tellLive(lanes)
	}
	v.shown, v.broken = is, ""
	if err != nil {
		v.broken = err.Error()
	}
}

// tellLive hands over what has become known since the last time.
func (v *RaceView) tellLive(lanes app.Value) error {
	if v.Live != v.grown {
		v.grown, v.last = v.Live, 0
	}
	if v.Live == nil {
		return nil
	}
	growths, err := json.Marshal(v.Live.Growths())
	if err == nil {
		var events string
		events, v.last = v.Live.Since(v.last)
		lanes.Call("grow", v.JSValue(), string(growths), events)
	}
	return err
}

// tellLines hands over all that will not change any more, and the axis.
func (v *RaceView) tellLines(lanes app.Value, end float64) error {
	lines := measure.Timelines{}
	if v.Lines != nil {
		lines = *v.Lines
	}
	if lines.Images == nil && v.Live != nil {
		lines.Images = v.Live.Images
	}
	data, err := json.Marshal(draw.RaceOf(string(v.Lang), end, lines.Images, lines.Lines))
	if err == nil {
		lanes.Call("show", v.JSValue(), string(data))
	}
	return err
}

// renderClock is the time of a method that is being measured. It takes the room
// of what will stand there.
func (v *RaceView) renderClock(r Row, time string, scale i18n.Scale) app.UI {
	unit, round := i18n.NoBreak+scale.Unit, i18n.NoBreak
	if r.Seconds == 0 {
		time, unit = v.Lang.T("unknown"), ""
	}
	if r.Warmup {
		round = v.Lang.T("race.warmup")
	} else if r.Round > 0 {
		round = v.Lang.T("race.round", r.Round)
	}
	compared := slices.ContainsFunc(v.Rows, func(r Row) bool { return r.Method == request.Sequential })
	return app.Div().Class("time pending").Body(
		app.P().Class("figure").DataSet("testid", "clock-"+r.Method).Body(app.B().Text(time), app.Span().Class("unit").Text(unit)),
		widget.When(compared && !i18n.IsBrowser(r.Method), func() app.UI { return app.P().Class("speedup").Text(i18n.NoBreak) }),
		widget.When(r.Rounds > 1, func() app.UI { return app.P().Class("soft").Text(round) }),
	)
}
