package ui

import (
	"strconv"

	"carriles/executor/batch"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// resultsView shows what the last runs gave: the verdict, the race, where the
// time went, what it cost, and the pictures.
type resultsView struct {
	app.Compo
	Lang    Lang
	Result  *batch.Comparison // nil: only the browser has one
	RunID   string
	Browser *browserResult
	Photos  []Photo
}

func (v *resultsView) Render() app.UI {
	rows := v.rows()
	return app.Div().Class("stack").Body(
		app.Section().Class("card").Aria("labelledby", "verdict").Body(
			v.renderVerdict(),
			v.renderRace(rows),
			v.renderBeside(),
		),
		app.Div().Class("two").Body(
			v.renderShares(rows),
			v.renderCosts(rows),
		),
		&gallery{Lang: v.Lang, Sources: v.sources()},
		v.renderFootnotes(),
	)
}

// rows are the host's methods and, beneath them, this browser.
func (v *resultsView) rows() []Row {
	var rows []Row
	if v.Result != nil {
		rows = Rows(v.Result.Results)
	}
	if v.Browser != nil {
		row := RowOf(batch.Browser, v.Browser.Result)
		if v.Result != nil {
			if base := v.Result.Results[batch.Sequential]; base != nil && row.Seconds > 0 {
				row.Speedup = base.Time / row.Seconds
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (v *resultsView) renderVerdict() app.UI {
	headline, caution := "", ""
	var details []app.UI
	if v.Result != nil {
		headline, caution = Headline(v.Lang, v.Result), v.Lang.In(v.Result.Performance.Caution)
		for _, verdict := range v.Result.Performance.Verdicts {
			details = append(details, app.Li().Text(v.Lang.In(verdict.Text)))
		}
	} else {
		headline = BrowserHeadline(v.Lang, v.Browser.Result)
	}
	return app.Div().Class("headline").Body(
		app.H2().Class("verdict").ID("verdict").DataSet("testid", "verdict").Text(headline),
		when(len(details) > 0, func() app.UI { return app.Ul().Class("verdicts").Body(details...) }),
		when(caution != "", func() app.UI { return app.P().Class("soft").DataSet("testid", "caution").Text(caution) }),
	)
}

// renderBeside sets this browser beside the host.
func (v *resultsView) renderBeside() app.UI {
	var server app.UI
	if v.Result != nil {
		server = app.P().DataSet("testid", "pixels").Text(PixelsSentence(v.Lang, v.Result))
	}
	return app.Div().Class("beside").Body(
		when(v.Browser != nil, func() app.UI {
			return app.P().Class("strong").DataSet("testid", "ratio-browser").
				Text(BrowserSentence(v.Lang, v.Browser.Result, v.Result))
		}),
		server,
		when(v.Browser != nil, func() app.UI {
			equal := v.Result != nil && CompareBrowser(v.Browser.Result, v.Result.Results).Pixels == Equal
			return app.P().DataSet("testid", "pixels-browser").DataSet("equal", equal).
				Text(BrowserPixelsSentence(v.Lang, v.Browser.Result, v.Result))
		}),
	)
}

// renderShares shows where the time of all workers went, a bar of one hundred
// percent a method.
func (v *resultsView) renderShares(rows []Row) app.UI {
	var bars []app.UI
	for _, r := range rows {
		title := MethodTitle(v.Lang, r.Method)
		text := SharesText(v.Lang, r.Shares)
		bars = append(bars, app.Div().Class("share").Body(
			app.P().Class("strong").Text(title),
			app.Div().Class("bar").Role("img").Aria("label", title+": "+text).Body(segmentViews(r.Shares)...),
			app.P().Class("hint").Aria("hidden", true).Text(MainShares(v.Lang, r.Shares)),
		))
	}
	return app.Section().Class("card").Body(
		app.H3().Text(v.Lang.T("shares.title")),
		app.Div().Body(bars...),
		v.renderSharesTable(rows),
	)
}

func (v *resultsView) renderSharesTable(rows []Row) app.UI {
	heads := []app.UI{app.Th().Scope("col").Text(v.Lang.T("stage"))}
	for _, r := range rows {
		heads = append(heads, app.Th().Scope("col").Text(MethodTitle(v.Lang, r.Method)))
	}
	body := []app.UI{app.Tr().Body(heads...)}
	for _, stage := range StagesOf(rows) {
		cells := []app.UI{app.Th().Scope("row").Text(StageTitle(v.Lang, stage))}
		for _, r := range rows {
			cells = append(cells, app.Td().Text(v.Lang.Percent(ShareOf(r.Shares, stage))))
		}
		body = append(body, app.Tr().Body(cells...))
	}
	return app.Details().Class("more").Body(
		app.Summary().Text(v.Lang.T("table.show")),
		app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", v.Lang.T("shares.title")).Body(
			app.Table().Body(body...),
		),
	)
}

// renderCosts shows what each method cost beside its time.
func (v *resultsView) renderCosts(rows []Row) app.UI {
	l := v.Lang
	var heads []app.UI
	for _, key := range []string{"costs.method", "costs.cpu", "costs.memory", "costs.start", "costs.failed", "costs.shape", "costs.throughput", "costs.bound"} {
		heads = append(heads, app.Th().Scope("col").Text(l.T(key)))
	}
	body := []app.UI{app.Tr().Body(heads...)}
	for _, r := range rows {
		body = append(body, app.Tr().Body(
			app.Th().Scope("row").Text(MethodTitle(l, r.Method)),
			app.Td().Text(known(l, r.CPU > 0, l.Number(r.CPU, 2)+noBreak+"s")),
			app.Td().Text(known(l, r.Memory > 0, l.Bytes(r.Memory))),
			app.Td().Text(known(l, r.Start > 0, startText(l, r))),
			app.Td().Class(failedClass(r)).DataSet("testid", "failed-"+r.Method).Text(strconv.Itoa(r.Failed)),
			app.Td().Text(l.T("method.shape", r.Shape.Processes, r.Shape.Goroutines)),
			app.Td().Text(known(l, r.Throughput > 0, l.Number(r.Throughput, 2))),
			app.Td().Text(BoundText(l, r.Bound)),
		))
	}
	return app.Section().Class("card").Body(
		app.H3().Text(l.T("costs.title")),
		app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", l.T("costs.title")).Body(
			app.Table().Body(body...),
		),
		v.renderDeaths(rows),
	)
}

// renderDeaths says that workers died, which the figures alone would hide.
func (v *resultsView) renderDeaths(rows []Row) app.UI {
	var lines []app.UI
	for _, r := range rows {
		if r.Deaths > 0 {
			lines = append(lines, app.P().Class("notice").Text(v.Lang.T("deaths", MethodTitle(v.Lang, r.Method), r.Deaths)))
		}
	}
	return app.Div().Body(lines...)
}

func failedClass(r Row) string {
	if r.Failed > 0 {
		return "bad"
	}
	return "soft"
}

func startText(l Lang, r Row) string {
	if r.StartInRun {
		return l.Duration(r.Start)
	}
	return l.T("costs.before", l.Duration(r.Start))
}

// known writes a figure, or that nothing is known of it.
func known(l Lang, is bool, text string) string {
	if !is {
		return l.T("unknown")
	}
	return text
}

// sources lists whose pictures may be looked at.
func (v *resultsView) sources() []source {
	var list []source
	if v.Result != nil {
		for _, name := range MethodOrder(v.Result.Results) {
			list = append(list, source{Method: name, Pairs: Pairs(v.Lang, *v.Result.Results[name], v.Photos)})
		}
	}
	if v.Browser != nil {
		list = append(list, source{Method: batch.Browser, Pairs: BlobPairs(v.Browser.Names, v.Browser.URLs, v.Photos)})
	}
	return list
}

// renderFootnotes says what the figures were measured on, and where all of
// them are.
func (v *resultsView) renderFootnotes() app.UI {
	if v.Result == nil {
		return app.P().Class("footnote").Text(v.Lang.T("download.seconds", v.Lang.Duration(v.Browser.DownloadS)))
	}
	environment := EnvironmentLine(v.Lang, v.Result.Environment)
	return app.Div().Class("footnote").Body(
		app.P().DataSet("testid", "environment").Text(environment),
		when(v.Browser != nil, func() app.UI {
			return app.P().Text(v.Lang.T("download.seconds", v.Lang.Duration(v.Browser.DownloadS)))
		}),
		when(v.RunID != "", func() app.UI {
			// go-app takes over the clicks on links without a download attribute. To
			// read it in a tab is of more use than to save it, on a phone above all.
			return app.A().Href(runURL(v.RunID)).Download("carriles-" + v.RunID + ".json").Text(v.Lang.T("raw")).
				OnClick(func(_ app.Context, e app.Event) {
					e.PreventDefault()
					app.Window().Call("open", runURL(v.RunID), "_blank", "noopener")
				})
		}),
	)
}
