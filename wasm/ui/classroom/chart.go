package classroom

import (
	"strconv"

	"carriles/executor/batch/class"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func browserText(l i18n.Lang, b class.Browser) string {
	text := draw.DeviceTitle(string(l), b.Device) + ": " + l.Duration(b.Seconds)
	if b.Cores > 0 {
		text += " · " + l.Cores(b.Cores)
	}
	return text
}

// chartView sets each browser of the class beside the server's methods, on one
// axis, with a table that says the same.
func chartView(l i18n.Lang, r class.Reveal) app.UI {
	axis, say := draw.ClassAxis(r), func(key string, args ...any) string { return draw.ClassText(string(l), key, args...) }
	var rows []app.UI
	for _, m := range r.Outcome.Methods {
		rows = append(rows, app.Div().Class("times").Body(
			app.P().Class("strong").Text(i18n.MethodTitle(l, m.Method)),
			app.Div().Class("track").Aria("hidden", true).Body(
				app.Div().Class("reach").Style("width", widget.Percent(axis.At(m.Seconds))),
			),
			app.P().Class("value").Text(l.Duration(m.Seconds)),
		))
	}
	rows = append(rows, app.Div().Class("times").Body(
		app.P().Class("strong").Text(say("browsers", len(r.Browsers))),
		dotsView(l, draw.Dots(r.Browsers, axis)),
		app.P().Class("value").Text(""),
	))
	return app.Section().Class("card chart").Aria("label", say("chart")).DataSet("testid", "chart").
		DataSet("browsers", len(r.Browsers)).Body(
		app.H3().Text(say("chart")),
		app.Div().Body(rows...),
		results.AxisView(l, axis, i18n.ScaleOf(axis.Max)),
		app.P().Class("hint").Text(say("shapes")),
		chartTable(l, r),
	)
}

func dotsView(l i18n.Lang, dots []draw.Dot) app.UI {
	levels := 1
	var marks []app.UI
	for _, d := range dots {
		levels = max(levels, d.Level+1)
		marks = append(marks, app.Span().Class("dot "+d.Device).Title(browserText(l, d.Browser)).
			Style("left", widget.Percent(d.At)).Style("bottom", strconv.Itoa(d.Level)+"em"))
	}
	return app.Div().Class("track dots").Aria("hidden", true).Style("height", strconv.Itoa(levels)+"em").Body(marks...)
}

// chartTable is the chart in words.
func chartTable(l i18n.Lang, r class.Reveal) app.UI {
	rows := []app.UI{widget.HeadRow(l, []string{"class.who", "class.time", "class.cores", "class.simd"})}
	for _, m := range r.Outcome.Methods {
		rows = append(rows, widget.Row(l.T("class.server", i18n.MethodTitle(l, m.Method)),
			l.Duration(m.Seconds), l.T("unknown"), l.T("unknown")))
	}
	for _, b := range r.Browsers {
		rows = append(rows, widget.Row(draw.DeviceTitle(string(l), b.Device), l.Duration(b.Seconds),
			i18n.Known(l, b.Cores > 0, strconv.Itoa(b.Cores)), i18n.Known(l, b.SIMD != "", b.SIMD)))
	}
	return widget.Twin(l, draw.ClassText(string(l), "chart"), "chart-table", rows)
}

// VotesView shows what was predicted beside what was measured.
func VotesView(l i18n.Lang, r class.Reveal) app.UI {
	most := 1
	for _, v := range r.Votes {
		most = max(most, v.Count)
	}
	var rows []app.UI
	for _, v := range r.Votes {
		cls, title := "times", i18n.WinnerTitle(l, v.Winner)
		if v.Winner == r.Outcome.Winner {
			cls, title = "times won", l.T("class.won", title)
		}
		rows = append(rows, app.Li().Class(cls).Body(
			app.P().Class("strong").Text(title),
			app.Div().Class("track").Aria("hidden", true).Body(
				app.Div().Class("reach").Style("width", widget.Percent(100*float64(v.Count)/float64(most))),
			),
			app.P().Class("value").DataSet("testid", "votes-"+v.Winner).Text(strconv.Itoa(v.Count)),
		))
	}
	return app.Section().Class("card votes").Aria("label", l.T("class.predicted")).DataSet("testid", "votes").Body(
		app.H3().Text(l.T("class.predicted")),
		app.Ul().Body(rows...),
		app.P().Text(draw.FactorSentence(string(l), r)),
	)
}
