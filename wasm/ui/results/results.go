// Package results shows what a session measures and has measured: verdict, race,
// lanes, accounts, pictures, sweeps, the queue. It reads a measure.Session and
// asks the host for nothing.
//
// rows.go and sentences.go know no go-app: rows and segments, what is equal and what
// is said of it can be reasoned about without a browser.
package results

import (
	"net/url"
	"slices"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// View shows what the last runs gave: the verdict, the race, where the
// time went, what it cost, and the pictures.
type View struct {
	app.Compo
	Lang     i18n.Lang
	Result   *result.Comparison // nil: only the browser has one
	RunID    string
	Browsers []measure.BrowserResult
	Contest  *result.Comparison // of the browser's methods, as measure.Outcome has it
	Turns    *measure.Turns     // the host's rounds between theirs, likewise
	Lines    *measure.Timelines // nil while they are not there
	// LinesTrouble says why they will not come.
	LinesTrouble *client.Problem
	Photos       []result.ImageInfo
	Session      *measure.Session // which measures
	Live         *measure.Live
	Under        underWay
	// Around may measure it again; nil where nothing but the result is shown.
	Around  Around
	Changed bool    // the form around stands for something else by now
	Others  []Other // runs that it may be set beside

	joined joinedLines
}

// joinedLines are the lanes of the host's methods and the browser's, and what they
// were joined from: as long as that is the same they are, and nothing that is
// drawn of them is drawn again.
type joinedLines struct {
	all      *measure.Timelines
	host     *measure.Timelines
	browsers []*result.Timeline
}

// Around is what a result needs of the page that it stands on.
type Around interface {
	Again()                // measure it once more
	Restore()              // fill the form with what was measured
	CompareWith(id string) // set another run beside it; an empty id: none
}

// Other is a run that a result may be set beside.
type Other struct{ ID, Text string }

type underWay struct {
	Run            measure.RunStatus // without a phase, nothing on the host
	MayCancel      bool              // that
	Browser        measure.BrowserStatus
	Browsers       []string // methods of the browser, measured already or not
	BrowserWorkers int
	Heard          int // how far the live race is, which is shared by pointer
	Seen           time.Time
}

// UnderWayOf says what a session is measuring.
func UnderWayOf(s *measure.Session) underWay {
	if !s.Busy() {
		return underWay{}
	}
	u := underWay{Browsers: s.Asked.Browsers, BrowserWorkers: s.Asked.BrowserWorkers}
	if s.Live != nil {
		u.Heard, u.Seen = s.Live.Heard, s.Live.Seen
	}
	if s.Run.Active() {
		u.Run, u.MayCancel = s.Run.RunStatus, s.MayCancel()
	}
	if s.Browser.Active() {
		u.Browser = s.Browser.BrowserStatus
	}
	return u
}

// Render shows what was measured, and what is being measured in the places that
// it will have.
func (v *View) Render() app.UI {
	rows, race := v.rows(), v.raceRows()
	if len(rows) == 0 {
		return app.Div().Class("stack").Body(
			app.Section().Class("card").Aria("label", v.Lang.T("results.label")).Body(v.renderTop(), v.renderRace(race)),
		)
	}
	return app.Div().Class("stack").Body(
		app.Section().Class("card").Aria("label", v.Lang.T("results.label")).Body(
			v.renderTop(),
			v.renderRace(race),
			widget.When(v.computing() && v.Result != nil, v.renderBrowser),
			widget.When(v.LinesTrouble != nil, func() app.UI {
				return app.P().Class("notice").Text(v.Lang.T("error.lines", v.LinesTrouble.Sentence(v.Lang)))
			}),
			v.renderBeside(),
			v.renderActions(),
		),
		&detailsView{Lang: v.Lang, Result: v.Result, RunID: v.RunID, Browsers: v.Browsers, Photos: v.Photos},
	)
}

// detailsView shows of what was measured all that stands beneath the race. It is
// a view of its own, so that it is not built again with every image of a method
// that is being measured.
type detailsView struct {
	app.Compo
	Lang     i18n.Lang
	Result   *result.Comparison
	RunID    string
	Browsers []measure.BrowserResult
	Photos   []result.ImageInfo

	due bool
}

// OnMount lets the race be seen first: all at once takes a phone long enough to
// be felt.
func (d *detailsView) OnMount(ctx app.Context) {
	ctx.After(time.Millisecond, func(app.Context) { d.due = true })
}

func (d *detailsView) Render() app.UI {
	if !d.due && !app.IsServer {
		return app.Div().Class("stack")
	}
	v := &View{Lang: d.Lang, Result: d.Result, RunID: d.RunID, Browsers: d.Browsers, Photos: d.Photos}
	rows := v.rows()
	return app.Div().Class("stack").Body(
		app.Div().Class("two").Body(
			v.renderShares(rows),
			v.renderCosts(rows),
		),
		&gallery{Lang: v.Lang, Sources: v.sources()},
		v.renderFootnotes(),
	)
}

func (v *View) computing() bool { return v.Under.Browser.Phase != measure.Idle }

// renderTop is the verdict, or how far it is.
func (v *View) renderTop() app.UI {
	switch {
	case v.Under.Run.Phase != measure.Idle:
		return app.Div().Class("headline waiting").Body(
			v.renderSettings(),
			&RunProgress{Session: v.Session, Lang: v.Lang, Status: v.Under.Run, MayCancel: v.Under.MayCancel, Inside: true},
		)
	case v.Result == nil && v.computing():
		return app.Div().Class("headline waiting").Body(v.renderBrowser())
	}
	return v.renderVerdict()
}

func (v *View) renderBrowser() app.UI {
	return &BrowserProgress{Session: v.Session, Lang: v.Lang, Status: v.Under.Browser, Inside: true}
}

func (v *View) renderRace(rows []Row) app.UI {
	return widget.When(len(rows) > 0, func() app.UI {
		return &RaceView{Lang: v.Lang, Rows: rows, Lines: v.lines(), Live: v.Live, Heard: v.Under.Heard}
	})
}

// raceRows are the rows of what was measured and of what is being measured, in
// the order in which they will stand.
func (v *View) raceRows() []Row {
	var host []Row
	switch {
	case v.Result != nil:
		host = v.hostRows()
	case v.Under.Run.Phase != measure.Idle:
		host = LiveRows(v.Live, v.Under.Run.View.Spec)
	}
	browsers := v.browserRows()
	for _, row := range LiveBrowserRows(v.Live, v.Under.Browsers, v.Under.BrowserWorkers) {
		if !slices.ContainsFunc(browsers, func(r Row) bool { return r.Method == row.Method }) {
			browsers = append(browsers, row)
		}
	}
	order := request.BrowserMethods()
	slices.SortStableFunc(browsers, func(a, b Row) int { return slices.Index(order, a.Method) - slices.Index(order, b.Method) })
	return append(host, browsers...)
}

// rows are the host's methods and, beneath them, this browser's.
func (v *View) rows() []Row { return append(v.hostRows(), v.browserRows()...) }

func (v *View) hostRows() []Row {
	if v.Result == nil {
		return nil
	}
	rows := Rows(v.Result.Results)
	for i, r := range rows {
		rows[i].Ideal = Ideal(r.Shape, v.Result.Environment.CoresUsed)
	}
	return rows
}

func (v *View) browserRows() []Row {
	var rows []Row
	for _, b := range v.Browsers {
		row := RowOf(b.Result.Method, b.Result)
		if base := measure.BaselineOf(v.Browsers); base != nil && len(v.Browsers) > 1 && row.Seconds > 0 {
			row.Speedup = base.Result.Time / row.Seconds
		}
		rows = append(rows, row)
	}
	return rows
}

// browserResults are the browser's alone, without their pictures.
func (v *View) browserResults() []result.MethodResult {
	var list []result.MethodResult
	for _, b := range v.Browsers {
		list = append(list, b.Result)
	}
	return list
}

// lines are the lanes of the host's methods and of the browser's.
func (v *View) lines() *measure.Timelines {
	var browsers []*result.Timeline
	for _, b := range v.Browsers {
		browsers = append(browsers, b.Line)
	}
	if j := v.joined; j.host != v.Lines || !slices.Equal(j.browsers, browsers) {
		v.joined = joinedLines{all: v.join(), host: v.Lines, browsers: browsers}
	}
	return v.joined.all
}

func (v *View) join() *measure.Timelines {
	t := &measure.Timelines{}
	if v.Lines != nil {
		*t = measure.Timelines{Lines: slices.Clone(v.Lines.Lines), Images: v.Lines.Images}
	}
	for _, b := range v.Browsers {
		if b.Line != nil {
			t.Lines = append(t.Lines, *b.Line)
		}
		if t.Images == nil {
			t.Images = b.Names
		}
	}
	if len(t.Lines) == 0 {
		return nil
	}
	return t
}

// mostCompared is of how many methods every pair is told at once. Of more, those
// against the baseline stand first, and the rest is folded away.
const mostCompared = 3

func (v *View) renderVerdict() app.UI {
	c := v.Result
	if c == nil && compared(v.Contest) {
		c = v.Contest
	}
	headline, caution, ceiling, stopped, starting := "", "", "", "", ""
	var first, rest []app.UI
	folded := "verdicts.rest"
	if c != nil {
		headline, caution, stopped = Headline(v.Lang, c), v.Lang.In(c.Performance.Caution), StoppedText(v.Lang, c.TestInfo)
		ceiling, starting = v.Lang.In(c.Performance.Ceiling), v.Lang.In(c.Performance.Starting)
		tie := tied(c.Performance.Verdicts)
		if tie {
			folded = "verdicts.tie"
		}
		for _, verdict := range c.Performance.Verdicts {
			line := app.Li().Text(v.Lang.In(verdict.Text))
			if tie || len(c.Results) > mostCompared && verdict.A != request.Sequential && verdict.B != request.Sequential {
				rest = append(rest, line)
			} else {
				first = append(first, line)
			}
		}
	} else {
		headline = BrowserHeadline(v.Lang, v.Browsers[0].Result)
	}
	return app.Div().Class("headline").Body(
		v.renderSettings(),
		app.H2().Class("verdict").ID("verdict").DataSet("testid", "verdict").Text(headline),
		widget.When(len(first) > 0, func() app.UI { return app.Ul().Class("verdicts").Body(first...) }),
		widget.When(len(rest) > 0, func() app.UI {
			return app.Details().Class("more").Body(
				app.Summary().Text(v.Lang.T(folded, len(rest))),
				app.Ul().Class("verdicts").Body(rest...),
			)
		}),
		widget.Note("soft", "bound-said", boundSentence(v.Lang, c)),
		widget.Note("soft", "caution", caution),
		widget.Note("soft", "ceiling", ceiling),
		widget.Note("soft", "starting", starting),
		widget.Note("soft", "here", HereText(v.Lang, c)),
		widget.Note("soft", "stopped", stopped),
		widget.When(v.Result != nil && v.Result.Performance.Expected != nil, func() app.UI {
			return renderExpected(v.Lang, *v.Result.Performance.Expected)
		}),
	)
}

// renderExpected sets what the guide says beside what was measured.
func renderExpected(l i18n.Lang, e result.Expectation) app.UI {
	return app.Div().Class("expected").DataSet("testid", "expected").DataSet("met", e.Met).Body(
		app.P().Text(l.In(e.Claim)),
		app.P().Class("strong").Text(ExpectedText(l, e)),
		app.P().Class("hint").Text(l.In(e.Note)),
	)
}

// renderBeside sets this browser beside the host.
func (v *View) renderBeside() app.UI {
	var server app.UI
	if v.Result != nil {
		server = app.P().DataSet("testid", "pixels").Text(PixelsSentence(v.Lang, v.Result))
	}
	if len(v.Browsers) == 0 {
		return app.Div().Class("beside").Body(server)
	}
	all := v.browserResults()
	return app.Div().Class("beside").Body(
		app.P().Class("strong").DataSet("testid", "ratio-browser").
			Text(BrowserSentence(v.Lang, v.Browsers[0].Result, v.Result, v.Turns)),
		widget.Note("soft", "without-browser", BrowserWithout(v.Lang, v.Browsers[0].Result, v.Result, v.Turns)),
		app.Div().Body(v.renderContest()...),
		server,
		app.P().DataSet("testid", "pixels-browser").DataSet("equal", BrowserPixels(all, v.Result) == Equal).
			Text(BrowserPixelsSentence(v.Lang, all, v.Result)),
	)
}

// renderContest sets the browser's methods beside each other: by the verdicts, if
// they were measured together. Without a result of the host those stand at the
// top.
func (v *View) renderContest() (lines []app.UI) {
	line := func(method, text string) {
		lines = append(lines, app.P().DataSet("testid", "ratio-"+method).Text(text))
	}
	base := measure.BaselineOf(v.Browsers)
	switch {
	case compared(v.Contest) && v.Result != nil:
		for _, verdict := range v.Contest.Performance.Verdicts {
			line(verdict.B, v.Lang.In(verdict.Text))
		}
	case !compared(v.Contest) && base != nil:
		for _, b := range v.Browsers {
			if b.Result.Method != request.Browser && b.Result.Time > 0 {
				line(b.Result.Method, BrowserSpeedup(v.Lang, b.Result, base.Result))
			}
		}
	}
	return lines
}

// sources lists whose pictures may be looked at.
func (v *View) sources() []source {
	var list []source
	if v.Result != nil {
		for _, name := range draw.MethodOrder(v.Result.Results) {
			list = append(list, source{Method: name, Digest: v.Result.Results[name].OutputDigest, Pairs: Pairs(v.Lang, *v.Result.Results[name], v.Photos)})
		}
	}
	for _, b := range v.Browsers {
		list = append(list, source{Method: b.Result.Method, Digest: b.Result.OutputDigest, Pairs: BlobPairs(b.Names, b.URLs, v.Photos)})
	}
	return list
}

// renderFootnotes says what the figures were measured on, and where all of
// them are.
func (v *View) renderFootnotes() app.UI {
	if v.Result == nil {
		return app.Div().Class("footnote").Body(v.renderStarts()...)
	}
	environment := EnvironmentLine(v.Lang, v.Result.Environment)
	return app.Div().Class("footnote").Body(
		app.P().DataSet("testid", "environment").Text(environment),
		app.Div().Body(v.renderStarts()...),
		widget.When(v.RunID != "", func() app.UI { return Evidence(v.Lang, v.RunID) }),
	)
}

// renderStarts says what the browser's methods did before they computed.
func (v *View) renderStarts() []app.UI {
	var lines []app.UI
	for _, b := range v.Browsers {
		lines = append(lines, app.P().DataSet("testid", "start-"+b.Result.Method).Text(StartsText(v.Lang, b)))
	}
	return lines
}

// RunLink is the page's address of a run.
func RunLink(id string) string { return "/?run=" + url.QueryEscape(id) }

// Evidence links to a run's figures in other forms.
func Evidence(l i18n.Lang, id string) app.UI {
	base := measure.RunURL(id)
	return app.Ul().Class("evidence").Aria("label", l.T("evidence.title")).Body(
		ReportLink(l, id),
		saved(base+"trace/", "carriles-"+id+"-trace.json", l.T("evidence.trace")),
		saved(base+"csv/", "carriles-"+id+".csv", l.T("evidence.csv")),
		Opened(base, "carriles-"+id+".json", l.T("raw")),
	)
}

// ReportLink opens a run's report in the page's language, to be read and printed.
func ReportLink(l i18n.Lang, id string) app.UI {
	return Opened(measure.RunURL(id)+"report/?lang="+string(l), "carriles-"+id+".html", l.T("evidence.report"))
}

// saved is a link to a file. go-app takes over the clicks on links without a
// download attribute.
func saved(url, name, text string) app.UI {
	return app.Li().Body(app.A().Href(url).Download(name).Text(text))
}

// Opened is a link to what is of more use read in a tab than saved, on a phone
// above all.
func Opened(url, name, text string) app.UI {
	return app.Li().Body(app.A().Href(url).Download(name).Text(text).
		OnClick(func(_ app.Context, e app.Event) {
			e.PreventDefault()
			app.Window().Call("open", url, "_blank", "noopener")
		}, url))
}
