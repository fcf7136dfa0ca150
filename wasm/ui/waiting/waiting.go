// Package waiting is the view in which many students press at once: simultaneous
// requests that wait, by each way that a server has of waiting, a row a way. It asks
// for one way after the other, so that each row is there when its way is over, and
// leaves when its reader does.
package waiting

import (
	"encoding/json"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/shell"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Waiting is the view.
type Waiting struct {
	app.Compo
	page *shell.Page

	asked   request.Waits // of the next press
	pressed request.Waits // of the rows
	rows    []result.Waited
	under   *client.Scope // of what is measured; ended where nothing is
	trouble *client.Problem
}

func New(p *shell.Page) app.Composer {
	return &Waiting{page: p, asked: request.Waits{Requests: 1000, Seconds: 1}}
}

// What may be chosen.
var (
	crowds = []int{10, 100, 1000, 10_000}
	spans  = []float64{0.2, 1, 3}
)

func (v *Waiting) OnMount(ctx app.Context) { v.page.Open(ctx) }
func (v *Waiting) OnDismount()             { v.page.Close() }

// busy reports whether something is measured.
func (v *Waiting) busy() bool { return v.under != nil }

func (v *Waiting) press() {
	if v.busy() {
		return
	}
	v.pressed, v.rows, v.trouble = v.asked, nil, nil
	v.under = v.page.Life.Within()
	v.next(v.under)
}

// cancel leaves: the host ends what it measures for who has left.
func (v *Waiting) cancel() {
	v.under.End()
	v.under = nil
}

// next asks for the next way, if there is one.
func (v *Waiting) next(under *client.Scope) {
	ways := request.WaitWays()
	if len(v.rows) == len(ways) {
		v.cancel()
		v.page.Say(v.page.Lang.In(analysis.WaitSummary(v.pressed, v.rows)))
		return
	}
	asked, lang := v.pressed, v.page.Lang
	asked.Ways = []string{ways[len(v.rows)].Name}
	abort := app.Window().Get("AbortController").New()
	under.AtEnd(func() { abort.Call("abort") })
	var answer result.Waiting
	under.Ask(func() *client.Problem {
		return client.Post(client.Server{}, client.Question{Lang: lang, URL: request.WaitsPath, Signal: abort.Get("signal")}, asked, &answer)
	}, func(trouble *client.Problem) {
		if trouble != nil || len(answer.Results) != 1 {
			if v.trouble = trouble; trouble == nil {
				v.trouble = &client.Problem{Key: "error.answer"}
			}
			v.cancel()
			return
		}
		v.rows = append(v.rows, answer.Results[0])
		v.next(under)
	})
}

func (v *Waiting) Render() app.UI { return v.page.Render("lab waits", v.renderContent) }

func (v *Waiting) renderContent() []app.UI {
	return []app.UI{
		app.Div().Class("ask").Body(v.renderForm()),
		app.Div().Class("answer").ID("answer").Body(v.renderAnswer()),
	}
}

func (v *Waiting) renderForm() app.UI {
	l := v.page.Lang
	var many, long []app.UI
	for _, n := range crowds {
		many = append(many, chip(l.Number(float64(n), 0), "crowd-"+i18n.EN.Value(float64(n)), n == v.asked.Requests, func() { v.asked.Requests = n }))
	}
	for _, s := range spans {
		long = append(long, chip(l.Value(s)+" s", "span-"+i18n.EN.Value(s), s == v.asked.Seconds, func() { v.asked.Seconds = s }))
	}
	return app.Section().Class("card form").Aria("label", l.T("waiting.title")).Body(
		app.Div().Body(
			app.H2().Text(l.T("waiting.title")),
			app.P().Class("hint").Text(l.T("waiting.about")),
		),
		app.Div().Body(app.H2().Text(l.T("waiting.many")), app.Div().Class("chips").Role("group").Aria("label", l.T("waiting.many")).Body(many...)),
		app.Div().Body(app.H2().Text(l.T("waiting.long")), app.Div().Class("chips").Role("group").Aria("label", l.T("waiting.long")).Body(long...)),
		app.Div().Body(
			app.Button().Type("button").Class("primary").DataSet("testid", "press").Disabled(v.busy()).
				Text(l.T("waiting.press", l.Number(float64(v.asked.Requests), 0))).
				OnClick(func(app.Context, app.Event) { v.press() }),
			widget.When(v.busy(), func() app.UI {
				return app.Button().Type("button").Class("plain").DataSet("testid", "cancel").Text(l.T("cancel")).
					OnClick(func(app.Context, app.Event) { v.cancel() })
			}),
		),
		&widget.CurlView{Lang: l, Command: v.command()},
	)
}

func chip(text, hook string, on bool, choose func()) app.UI {
	return app.Button().Type("button").Class("chip").DataSet("testid", hook).Aria("pressed", on).Text(text).
		OnClick(func(app.Context, app.Event) { choose() }, hook)
}

// command asks for the same with curl.
func (v *Waiting) command() string {
	body, err := json.Marshal(v.asked)
	if err != nil {
		return ""
	}
	return request.CurlLine("POST", app.Window().Get("location").Get("origin").String()+request.WaitsPath, string(body))
}

func (v *Waiting) renderAnswer() app.UI {
	l := v.page.Lang
	if v.trouble == nil && len(v.rows) == 0 && !v.busy() {
		return app.Section().Class("card empty").Body(
			app.H2().Class("verdict").Text(l.T("waiting.empty")),
			app.P().Text(l.T("waiting.empty.text")),
		)
	}
	return app.Div().Class("stack").Body(
		widget.When(v.trouble != nil, func() app.UI {
			return app.Section().Class("card").Body(widget.ProblemView(l, v.trouble))
		}),
		widget.When(len(v.rows) > 0 || v.busy(), func() app.UI { return v.renderRows() }),
	)
}

func (v *Waiting) renderRows() app.UI {
	l := v.page.Lang
	ways := request.WaitWays()
	var under []app.UI
	if v.busy() {
		way := ways[len(v.rows)]
		under = append(under, app.Li().Class("way").Aria("busy", true).Body(
			app.P().Class("strong").Text(l.In(way.Title)), app.Progress().Aria("label", l.In(way.Title)),
			app.P().Class("soft").Text(l.In(way.Help))))
	}
	over := []app.UI{app.P().Class("settings").Text(draw.WaitsText(string(l), v.pressed))}
	if !v.busy() {
		over = append(over, app.P().Class("headline").DataSet("testid", "summary").Text(l.In(analysis.WaitSummary(v.pressed, v.rows))))
	}
	return app.Section().Class("card ways").Aria("label", l.T("waiting.rows")).DataSet("testid", "ways").Body(
		append(over, Rows(l, v.rows, under...)...)...,
	)
}

// Rows shows what became of each way and which one is under way, with what the figures
// mean and a table of all.
func Rows(l i18n.Lang, rows []result.Waited, under ...app.UI) []app.UI {
	var list []app.UI
	for _, w := range draw.WaysOf(string(l), rows) {
		list = append(list, renderRow(w))
	}
	return []app.UI{
		app.Ul().Body(append(list, under...)...),
		app.P().Class("hint").Text(l.T("waiting.note")),
		widget.Twin(l, l.T("waiting.rows"), "waits-table", table(l, rows)),
	}
}

func renderRow(w draw.Way) app.UI {
	var facts []app.UI
	for _, f := range w.Facts {
		facts = append(facts, app.Div().Body(app.Dt().Text(f.Title), app.Dd().Text(f.Value)))
	}
	return app.Li().Class("way "+w.Class).DataSet("testid", "way-"+w.Name).Body(
		app.Div().Class("line").Body(
			app.P().Class("strong").Text(w.Title),
			app.P().Class("value").DataSet("testid", "time-"+w.Name).Text(w.Time),
		),
		widget.When(w.Time != "", func() app.UI {
			return app.Div().Class("track").Aria("hidden", true).Body(app.Div().Class("reach").Style("width", widget.Percent(w.Bar)))
		}),
		app.P().Class("soft").Text(w.Text),
		widget.When(len(facts) > 0, func() app.UI { return app.Dl().Class("costs").Body(facts...) }),
	)
}

// table says in figures what the rows show.
func table(l i18n.Lang, rows []result.Waited) []app.UI {
	list := []app.UI{widget.HeadRow(l, []string{"waiting.way", "class.time", "waiting.median", "waiting.p95", "waiting.threads", "waiting.memory", "waiting.cpu", "waiting.start"})}
	for _, r := range rows {
		if r.WaitFigures == nil {
			list = append(list, widget.Row(l.In(r.Title), l.In(r.Text)))
			continue
		}
		list = append(list, widget.Row(l.In(r.Title), i18n.Known(l, r.Forecast == 0, l.Seconds(r.Time)), l.Seconds(r.Latency.Median), l.Seconds(r.Latency.P95),
			l.Number(float64(r.Threads), 0), l.Bytes(r.PeakMemory), l.Seconds(r.CPU), l.Seconds(r.Start)))
	}
	return list
}
