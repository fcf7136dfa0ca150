package ui

import (
	"strconv"
	"strings"

	"carriles/executor/batch"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Dot is a browser's place on the class's chart.
type Dot struct {
	batch.ClassBrowser
	At    float64 // percent of the axis
	Level int     // from 0: how many lie beneath it
}

// dotWidth is the share of the axis that a dot covers, in percent.
const dotWidth = 3.5

// Dots places browsers on an axis, those that would cover each other one above
// the other. They come sorted by their times.
func Dots(browsers []batch.ClassBrowser, axis Axis) []Dot {
	var dots []Dot
	var ends []float64 // where the last dot of each level ends
	for _, b := range browsers {
		d := Dot{ClassBrowser: b, At: axis.At(b.Seconds)}
		for d.Level < len(ends) && ends[d.Level] > d.At {
			d.Level++
		}
		if d.Level == len(ends) {
			ends = append(ends, 0)
		}
		ends[d.Level] = d.At + dotWidth
		dots = append(dots, d)
	}
	return dots
}

// classAxis is an axis for the server's methods and all browsers.
func classAxis(r batch.Reveal) Axis {
	var rows []Row
	for _, m := range r.Outcome.Methods {
		rows = append(rows, Row{Seconds: m.Seconds})
	}
	for _, b := range r.Browsers {
		rows = append(rows, Row{Seconds: b.Seconds})
	}
	return AxisOf(rows, nil)
}

// Median is the middle of sorted numbers; 0 of none.
func Median(sorted []float64) float64 {
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// deviceTitle names a kind of device.
func deviceTitle(l Lang, device string) string {
	switch device {
	case batch.DevicePhone, batch.DeviceLaptop:
		return l.T("device." + device)
	}
	return l.T("device.unknown")
}

// browserText says what is known of a browser.
func browserText(l Lang, b batch.ClassBrowser) string {
	text := deviceTitle(l, b.Device) + ": " + l.Duration(b.Seconds)
	if b.Cores > 0 {
		text += " · " + coresText(l, b.Cores)
	}
	return text
}

func coresText(l Lang, n int) string {
	if n == 1 {
		return l.T("cores.one")
	}
	return l.T("cores.many", n)
}

// chartView sets each browser of the class beside the server's methods, on one
// axis, with a table that says the same.
func chartView(l Lang, r batch.Reveal) app.UI {
	axis := classAxis(r)
	var rows []app.UI
	for _, m := range r.Outcome.Methods {
		rows = append(rows, app.Div().Class("times").Body(
			app.P().Class("strong").Text(MethodTitle(l, m.Method)),
			app.Div().Class("track").Aria("hidden", true).Body(
				app.Div().Class("reach").Style("width", percent(axis.At(m.Seconds))),
			),
			app.P().Class("value").Text(l.Duration(m.Seconds)),
		))
	}
	rows = append(rows, app.Div().Class("times").Body(
		app.P().Class("strong").Text(l.T("class.browsers", len(r.Browsers))),
		dotsView(l, Dots(r.Browsers, axis)),
		app.P().Class("value").Text(""),
	))
	return app.Section().Class("card chart").Aria("label", l.T("class.chart")).DataSet("testid", "chart").
		DataSet("browsers", len(r.Browsers)).Body(
		app.H3().Text(l.T("class.chart")),
		app.Div().Body(rows...),
		(&raceView{Lang: l}).renderAxis(axis, ScaleOf(axis.Max)),
		app.P().Class("hint").Text(l.T("class.shapes")),
		chartTable(l, r),
	)
}

func dotsView(l Lang, dots []Dot) app.UI {
	levels := 1
	var marks []app.UI
	for _, d := range dots {
		levels = max(levels, d.Level+1)
		marks = append(marks, app.Span().Class("dot "+d.Device).Title(browserText(l, d.ClassBrowser)).
			Style("left", percent(d.At)).Style("bottom", strconv.Itoa(d.Level)+"em"))
	}
	return app.Div().Class("track dots").Aria("hidden", true).Style("height", strconv.Itoa(levels)+"em").Body(marks...)
}

// chartTable is the chart in words.
func chartTable(l Lang, r batch.Reveal) app.UI {
	heads := []app.UI{}
	for _, key := range []string{"class.who", "class.time", "class.cores", "class.simd"} {
		heads = append(heads, app.Th().Scope("col").Text(l.T(key)))
	}
	rows := []app.UI{app.Tr().Body(heads...)}
	for _, m := range r.Outcome.Methods {
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Text(l.T("class.server", MethodTitle(l, m.Method))),
			app.Td().Text(l.Duration(m.Seconds)), app.Td().Text(l.T("unknown")), app.Td().Text(l.T("unknown")),
		))
	}
	for _, b := range r.Browsers {
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Text(deviceTitle(l, b.Device)),
			app.Td().Text(l.Duration(b.Seconds)),
			app.Td().Text(known(l, b.Cores > 0, strconv.Itoa(b.Cores))),
			app.Td().Text(known(l, b.SIMD != "", b.SIMD)),
		))
	}
	return app.Details().Class("more").Body(
		app.Summary().Text(l.T("table.show")),
		app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", l.T("class.chart")).Body(app.Table().Body(rows...)),
	)
}

// votesView shows what was predicted beside what was measured.
func votesView(l Lang, r batch.Reveal) app.UI {
	most := 1
	for _, v := range r.Votes {
		most = max(most, v.Count)
	}
	var rows []app.UI
	for _, v := range r.Votes {
		class, title := "times", WinnerTitle(l, v.Winner)
		if v.Winner == r.Outcome.Winner {
			class, title = "times won", l.T("class.won", title)
		}
		rows = append(rows, app.Li().Class(class).Body(
			app.P().Class("strong").Text(title),
			app.Div().Class("track").Aria("hidden", true).Body(
				app.Div().Class("reach").Style("width", percent(100*float64(v.Count)/float64(most))),
			),
			app.P().Class("value").DataSet("testid", "votes-"+v.Winner).Text(strconv.Itoa(v.Count)),
		))
	}
	return app.Section().Class("card votes").Aria("label", l.T("class.predicted")).DataSet("testid", "votes").Body(
		app.H3().Text(l.T("class.predicted")),
		app.Ul().Body(rows...),
		app.P().Text(FactorSentence(l, r)),
	)
}

// FactorSentence sets the predicted speedup beside the measured one.
func FactorSentence(l Lang, r batch.Reveal) string {
	if len(r.Factors) == 0 {
		return l.T("class.factor.alone", l.Ratio(r.Outcome.Factor))
	}
	return l.T("class.factor", l.Ratio(Median(r.Factors)), l.Ratio(r.Outcome.Factor))
}

// OutcomeSentence is what the server's run gave, in one sentence.
func OutcomeSentence(l Lang, o batch.ClassOutcome) string {
	if o.Winner == batch.WinnerNone || o.Winner == "" {
		return l.T("class.tie")
	}
	return l.T("class.winner", WinnerTitle(l, o.Winner))
}

// membersText counts who is here.
func membersText(l Lang, m batch.ClassMembers) string {
	text := l.T("class.members", m.All)
	if kinds := devicesText(l, m); kinds != "" {
		text += " · " + kinds
	}
	return text
}

// devicesText counts the kinds of device that are here.
func devicesText(l Lang, m batch.ClassMembers) string {
	var parts []string
	for _, kind := range []struct {
		key string
		n   int
	}{{"devices.phone", m.Phones}, {"devices.laptop", m.Laptops}, {"devices.unknown", m.All - m.Phones - m.Laptops}} {
		if kind.n > 0 {
			parts = append(parts, l.T(kind.key, kind.n))
		}
	}
	return strings.Join(parts, " · ")
}

// queueText says how the server's queue stands.
func queueText(l Lang, queue []batch.ClassRun) string {
	running, waiting := 0, 0
	for _, r := range queue {
		if r.State == batch.Running {
			running++
		} else {
			waiting++
		}
	}
	switch {
	case running+waiting == 0:
		return l.T("class.queue.none")
	case waiting == 0:
		return l.T("class.queue.one")
	}
	return l.T("class.queue", waiting)
}
