package classroom

import (
	"slices"
	"strconv"
	"strings"

	"carriles/executor/analysis"
	"carriles/executor/batch/class"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Dot is a browser's place on the class's chart.
type Dot struct {
	class.Browser
	At    float64 // percent of the axis
	Level int     // from 0: how many lie beneath it
	Mine  bool    // it is the reader's own
}

// dotWidth is the share of the axis that a dot covers, in percent.
const dotWidth = 3.5

// Dots places browsers on an axis, those that would cover each other one above
// the other. They come sorted by their times. The reader's own, nil if there is
// none, stands above all.
func Dots(browsers []class.Browser, axis draw.Axis, own *class.Browser) []Dot {
	var dots []Dot
	var ends []float64 // where the last dot of each level ends
	mine := ownIndex(browsers, own)
	for i, b := range browsers {
		d := Dot{Browser: b, At: axis.At(b.Seconds)}
		if i == mine {
			continue
		}
		for d.Level < len(ends) && ends[d.Level] > d.At {
			d.Level++
		}
		if d.Level == len(ends) {
			ends = append(ends, 0)
		}
		ends[d.Level] = d.At + dotWidth
		dots = append(dots, d)
	}
	if mine >= 0 {
		dots = append(dots, Dot{Browser: browsers[mine], At: axis.At(browsers[mine].Seconds), Level: len(ends), Mine: true})
	}
	return dots
}

// ownIndex finds the reader's own browser among those of the class, which have
// no names: its time, to the last digit, is told from others'. -1 if it is not
// there.
func ownIndex(browsers []class.Browser, own *class.Browser) int {
	if own == nil {
		return -1
	}
	return slices.Index(browsers, *own)
}

// classAxis is an axis for the server's methods and all browsers.
func classAxis(r class.Reveal) draw.Axis {
	var rows []results.Row
	for _, m := range r.Outcome.Methods {
		rows = append(rows, results.Row{Seconds: m.Seconds})
	}
	for _, b := range r.Browsers {
		rows = append(rows, results.Row{Seconds: b.Seconds})
	}
	return results.AxisOf(rows, nil)
}

func deviceTitle(l i18n.Lang, device string) string {
	switch device {
	case class.DevicePhone, class.DeviceLaptop:
		return l.T("device." + device)
	}
	return l.T("device.unknown")
}

func browserText(l i18n.Lang, b class.Browser) string {
	text := deviceTitle(l, b.Device) + ": " + l.Duration(b.Seconds)
	if b.Cores > 0 {
		text += " · " + l.Cores(b.Cores)
	}
	return text
}

// chartView sets each browser of the class beside the server's methods, on one
// axis, with a table that says the same. own is the reader's, nil if it is not
// among them.
func chartView(l i18n.Lang, r class.Reveal, own *class.Browser) app.UI {
	axis := classAxis(r)
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
		app.P().Class("strong").Text(l.T("class.browsers", len(r.Browsers))),
		dotsView(l, Dots(r.Browsers, axis, own)),
		app.P().Class("value").Text(""),
	))
	return app.Section().Class("card chart").Aria("label", l.T("class.chart")).DataSet("testid", "chart").
		DataSet("browsers", len(r.Browsers)).Body(
		app.H3().Text(l.T("class.chart")),
		app.Div().Body(rows...),
		results.AxisView(l, axis, i18n.ScaleOf(axis.Max)),
		app.P().Class("hint").Text(shapesText(l, ownIndex(r.Browsers, own) >= 0)),
		chartTable(l, r, own),
	)
}

// shapesText explains the dots, the reader's own only where it is.
func shapesText(l i18n.Lang, mine bool) string {
	text := l.T("class.shapes")
	if mine {
		text = l.T("class.shapes.mine") + " " + text
	}
	return text
}

// flipped is from where on the axis, in percent, there is no room for a word to
// the right of a dot.
const flipped = 60

func dotsView(l i18n.Lang, dots []Dot) app.UI {
	levels := 1
	var marks []app.UI
	for _, d := range dots {
		levels = max(levels, d.Level+1)
		class, text := "dot "+d.Device, ""
		if d.Mine {
			levels++ // it is larger
			class, text = "dot mine", l.T("class.mine", l.Duration(d.Seconds))
			if d.At > flipped {
				class += " flipped"
			}
		}
		marks = append(marks, app.Span().Class(class).Title(browserText(l, d.Browser)).
			Style("left", widget.Percent(d.At)).Style("bottom", strconv.Itoa(d.Level)+"em").Text(text))
	}
	return app.Div().Class("track dots").Aria("hidden", true).Style("height", strconv.Itoa(levels)+"em").Body(marks...)
}

// chartTable is the chart in words.
func chartTable(l i18n.Lang, r class.Reveal, own *class.Browser) app.UI {
	rows := []app.UI{widget.HeadRow(l, []string{"class.who", "class.time", "class.cores", "class.simd"})}
	for _, m := range r.Outcome.Methods {
		rows = append(rows, widget.Row(l.T("class.server", i18n.MethodTitle(l, m.Method)),
			l.Duration(m.Seconds), l.T("unknown"), l.T("unknown")))
	}
	mine := ownIndex(r.Browsers, own)
	for i, b := range r.Browsers {
		title := deviceTitle(l, b.Device)
		if i == mine {
			title = l.T("class.mine.row", title)
		}
		rows = append(rows, widget.Row(title, l.Duration(b.Seconds),
			i18n.Known(l, b.Cores > 0, strconv.Itoa(b.Cores)), i18n.Known(l, b.SIMD != "", b.SIMD)))
	}
	return widget.Twin(l, l.T("class.chart"), "chart-table", rows)
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
		app.P().Text(FactorSentence(l, r)),
	)
}

// FactorSentence sets the predicted speedup beside the measured one; it is empty
// where nothing beat the baseline: a method is no faster than itself.
func FactorSentence(l i18n.Lang, r class.Reveal) string {
	if won := r.Outcome.Winner; won == result.WinnerNone || len(r.Outcome.Methods) > 0 && won == r.Outcome.Methods[0].Method {
		return ""
	}
	baseline := ""
	if len(r.Outcome.Methods) > 0 {
		baseline = i18n.LowerTitle(l, r.Outcome.Methods[0].Method)
	}
	if len(r.Factors) == 0 {
		return l.T("class.factor.alone", baseline, l.Ratio(r.Outcome.Factor))
	}
	return l.T("class.factor", baseline, l.Ratio(analysis.Quantile(r.Factors, 0.5)), l.Ratio(r.Outcome.Factor))
}

// OutcomeSentence is what the server's run gave, in one sentence.
func OutcomeSentence(l i18n.Lang, o class.Outcome) string {
	if o.Winner == result.WinnerNone || o.Winner == "" {
		return l.T("class.tie")
	}
	return l.T("class.winner", i18n.WinnerTitle(l, o.Winner))
}

func membersText(l i18n.Lang, m class.Members) string {
	text := l.T("class.members", m.All)
	if kinds := devicesText(l, m); kinds != "" {
		text += " · " + kinds
	}
	return text
}

func devicesText(l i18n.Lang, m class.Members) string {
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
