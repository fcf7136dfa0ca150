package results

import (
	"encoding/json"
	"slices"

	"carriles/executor/batch/request"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// tell hands lanes.js what it does not know yet, unless it did not come.
func (v *RaceView) tell(err error) {
	is := shown{lang: v.Lang, lines: v.Lines, max: v.axis().Max}
	for _, r := range v.Rows {
		is.rows += r.Method + " "
	}
	lanes := app.Window().Get("carrilesLanes")
	if err == nil && is != v.shown {
		err = v.tellLines(lanes, is.max)
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
