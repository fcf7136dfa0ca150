// Package lab is the laboratory: the form, what it measures and has measured, and
// the runs that the host remembers.
package lab

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/form"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/shell"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Lab is the laboratory: the form, what it measures and has measured, and the
// runs of before.
type Lab struct {
	app.Compo
	page    *shell.Page
	session *measure.Session
	model   *form.Model // nil until the catalogue is there

	forecast *result.Forecast // of the form as it stands; nil while nobody has told
	guessing *client.Scope    // of the forecast
	cooking  *client.Scope    // of how many images a recipe is

	history        []result.RunView
	historyTrouble *client.Problem

	replay      *result.RunView // the last race, or the recorded one, while nothing else is shown; nil: there is none
	replayLines *measure.Timelines
	recorded    bool // it is the recorded one
	formAsked   bool // beside a result on a projector, where it is folded away otherwise

	other        *result.RunView // is set beside the result; nil: none is
	otherTrouble *client.Problem
	comparing    *client.Scope // of asking for it
}

func New(p *shell.Page) app.Composer   { return &Lab{page: p} }
func (l *Lab) OnMount(ctx app.Context) { l.begin(ctx) }

// OnNav opens the run that the page's address names.
func (l *Lab) OnNav(ctx app.Context) {
	l.begin(ctx)
	asked := ctx.Page().URL().Query()
	if id := asked.Get("run"); id != "" && !l.session.Knows(id) {
		l.cooking.End()
		l.session.Open(id)
	}
	l.setBeside(asked.Get("with"))
}

func (l *Lab) begin(ctx app.Context) {
	if !l.page.Open(ctx) {
		return
	}
	l.session = measure.New(l.page.Life, client.Server{}, l.page.Language, l.hear)
	l.page.Respell = func(lang i18n.Lang) {
		if l.model != nil {
			l.model.Respell(lang)
		}
	}
	l.session.Load()
	l.loadHistory()
}

func (l *Lab) OnDismount() { l.page.Close() }

func (l *Lab) hear(e measure.Event) {
	results.Speak(l.page, l.session, e)
	switch e.Kind {
	case measure.Loaded:
		l.model = form.NewModel(l, *l.session.Catalogue, l.session.Images)
		if l.answering() { // a run was opened, whose request the form takes
			l.takeOpened()
		} else {
			l.Cooked()
		}
	case measure.RunQueued:
		linkTo(e.RunID)
	case measure.RunSent, measure.BrowserBegan:
		l.cooking.End()
	case measure.RunTook:
		l.takeOpened()
		l.loadHistory()
		l.showAnswer()
	case measure.WentIdle:
		if l.session.Browser.Phase == measure.Finished && l.session.Browser.Trouble == nil {
			l.showAnswer()
		}
	}
}

// takeOpened fills the form with the request of a run that was opened by its
// address: what the form says, its curl line too, is what the result is of.
func (l *Lab) takeOpened() {
	if l.model != nil && l.session.Opened() {
		l.Restore()
	}
}

// Restore implements results.Around.
func (l *Lab) Restore() {
	if spec := l.session.Outcome.Spec(); spec != nil {
		l.model.Take(*spec)
	}
}

// Again implements results.Around.
func (l *Lab) Again() {
	l.session.Again()
	l.showAnswer()
}

// CompareWith implements results.Around.
func (l *Lab) CompareWith(id string) {
	pushAddress(results.RunLink(l.session.Outcome.RunID) + withParam(id))
	l.setBeside(id)
	l.showAnswer()
}

func withParam(id string) string {
	if id == "" {
		return ""
	}
	return "&with=" + url.QueryEscape(id)
}

// setBeside asks for the run that is to stand beside the shown one; an empty id is
// none.
func (l *Lab) setBeside(id string) {
	if l.other != nil && l.other.ID == id {
		return
	}
	l.comparing.End()
	l.other, l.otherTrouble = nil, nil
	if id == "" {
		return
	}
	l.comparing = l.page.Life.Within()
	lang := l.page.Lang
	var view result.RunView
	l.comparing.Ask(func() *client.Problem { return client.Get(client.Server{}, lang, measure.RunURL(id), &view) },
		func(trouble *client.Problem) {
			if trouble == nil && view.Result == nil {
				trouble = &client.Problem{Key: "compare.none"}
			}
			if l.otherTrouble = trouble; trouble == nil {
				l.other = &view
			}
		})
}

// linkTo makes the page's address that of a run, without opening it: it is on
// the page already.
func linkTo(id string) { pushAddress(results.RunLink(id)) }

func pushAddress(address string) { app.Window().Get("history").Call("pushState", nil, "", address) }

// Language implements Around.
func (l *Lab) Language() i18n.Lang { return l.page.Lang }

// Say implements Around.
func (l *Lab) Say(text string) { l.page.Say(text) }

// Life implements Around.
func (l *Lab) Life() *client.Scope { return l.page.Life }

// Edited implements Around: the host's faults and its forecast were of the form as
// it was.
func (l *Lab) Edited() {
	l.session.Forgive()
	l.forecast = nil
	l.guessing.End()
	l.guessing = l.page.Life.Within()
	l.guessing.After(forecastAfter, l.askForecast)
}

// cookedSeconds is what the batch of a recipe takes from beginning to end: the
// answer is there while somebody looks.
const cookedSeconds = 2

// Cooked implements Around: it asks the host how many images take that long on its
// machine. Who changes the form before the answer, or measures, has the number that
// stands there.
func (l *Lab) Cooked() {
	checked, lang, rev := l.model.Check(), l.page.Lang, l.model.Rev
	if len(checked.Faults) > 0 {
		return
	}
	var answer result.Forecast
	url := fmt.Sprintf("/api/forecast/?within_s=%d", cookedSeconds)
	l.cooking.End()
	l.cooking = l.page.Life.Within()
	l.cooking.Ask(func() *client.Problem {
		return client.Post(client.Server{}, client.Question{Lang: lang, URL: url}, checked.Request, &answer)
	}, func(trouble *client.Problem) {
		if trouble == nil {
			l.model.SetCount(answer.Count, rev)
		}
	})
}

// forecastAfter is how long a form rests before the host is asked about it.
const forecastAfter = 500 * time.Millisecond

// askForecast asks how long a sweep will take. Who cannot be told is not bothered
// with it: what is wrong stands in the form, or comes with the measuring.
func (l *Lab) askForecast() {
	checked, lang := l.model.Check(), l.page.Lang
	if len(checked.Faults) > 0 || checked.Request.Over == "" {
		return
	}
	var answer result.Forecast
	l.guessing.Ask(func() *client.Problem {
		return client.Post(client.Server{}, client.Question{Lang: lang, URL: "/api/forecast/"}, checked.Request, &answer)
	}, func(trouble *client.Problem) {
		if trouble == nil {
			l.forecast = &answer
		}
	})
}

// Submitted implements Around: it starts what the form says.
func (l *Lab) Submitted() {
	if l.session.Busy() {
		return
	}
	checked := l.model.Check()
	if len(checked.Faults) > 0 {
		l.Say(l.page.Lang.In(checked.Faults[0].Text))
		dom.FocusOn("[aria-invalid=true]")
		return
	}
	l.session.Measure(checked.Asked)
	l.showAnswer()
}

// showAnswer brings the progress, and later the verdict, into view where it is
// not: on a phone it stands beneath the form, on a desk it may be above what
// the form was scrolled to.
func (l *Lab) showAnswer() {
	l.page.Defer(func() {
		if !dom.InView("answer") {
			dom.ScrollTo("answer")
		}
	})
}

func (l *Lab) loadHistory() {
	lang := l.page.Lang
	var answer struct {
		Runs []result.RunView `json:"runs"`
	}
	l.page.Life.Ask(func() *client.Problem { return client.Get(client.Server{}, lang, "/api/runs/", &answer) },
		func(trouble *client.Problem) {
			l.history, l.historyTrouble = answer.Runs, trouble
			if trouble == nil {
				l.loadReplay()
			}
		})
}

// loadReplay asks for the last race of the host, or before its first for the recorded
// one, where there is room for it beside the form and nothing else to be seen.
func (l *Lab) loadReplay() {
	if l.replay != nil || l.session.Busy() || l.session.Outcome.Spec() != nil || !dom.Media("(min-width: 900px)") {
		return
	}
	i, lang := slices.IndexFunc(l.history, func(r result.RunView) bool { return len(r.Times) > 1 }), l.page.Lang
	var id string
	if i >= 0 {
		id = l.history[i].ID
	}
	var view result.RunView
	var lines *measure.Timelines
	l.page.Life.Ask(func() (trouble *client.Problem) {
		if id == "" {
			view, lines, trouble = measure.Recorded(client.Server{}, lang)
			return trouble
		}
		if trouble = client.Get(client.Server{}, lang, measure.RunURL(id), &view); trouble == nil && view.Result != nil {
			lines, trouble = measure.TimelinesOf(client.Server{}, lang, view)
		}
		return trouble
	}, func(trouble *client.Problem) { // without it the page says what it is for
		if trouble == nil && lines != nil {
			l.replay, l.replayLines, l.recorded = &view, lines, id == ""
		}
	})
}

func (l *Lab) Render() app.UI { return l.page.Render("lab", l.renderContent) }

func (l *Lab) renderContent() []app.UI {
	return []app.UI{
		app.Div().Class("ask").DataSet("foldable", l.answering() && !l.formAsked).Body(l.renderForm()),
		app.Div().Class("answer").ID("answer").Body(l.renderFormShow(), l.renderAnswer()),
	}
}

// answering reports whether there is something else to be seen than the form.
func (l *Lab) answering() bool { return l.session.Busy() || l.session.Outcome.Spec() != nil }

// renderFormShow brings the form back on a projector, which shows a result without it.
func (l *Lab) renderFormShow() app.UI {
	return app.P().Class("on-projector").Hidden(!l.answering()).Body(
		app.Button().Type("button").Class("chip").DataSet("testid", "form-show").Aria("pressed", l.formAsked).
			Text(l.page.Lang.T("form.show")).OnClick(func(app.Context, app.Event) { l.formAsked = !l.formAsked }),
	)
}

func (l *Lab) renderForm() app.UI {
	lang, trouble := l.page.Lang, l.session.Trouble
	switch {
	case l.model != nil:
		return &form.View{
			Model: l.model, Lang: lang, Rev: l.model.Rev, Busy: l.session.Busy(),
			Trouble: l.session.Run.Trouble, Upload: l.model.Upload, Forecast: l.forecast,
		}
	case trouble != nil:
		return widget.FailedView(lang, trouble, l.session.Load)
	}
	return widget.LoadingView(lang, "loading")
}

func (l *Lab) renderAnswer() app.UI {
	lang, s := l.page.Lang, l.session
	shown := s.Outcome.Result != nil || len(s.Outcome.Browsers) > 0
	photos := s.Asked.Photos
	if photos == nil && l.model != nil { // a run of before
		photos = l.model.Form.Infos()
	}
	return app.Div().Class("stack").Body(
		widget.When(l.otherTrouble != nil, func() app.UI {
			return app.Section().Class("card").Body(widget.ProblemView(lang, l.otherTrouble))
		}),
		widget.When(l.other != nil && s.Outcome.Result != nil && !s.Busy(), func() app.UI {
			this := s.Outcome.Ran
			this.Result = s.Outcome.Result
			return &results.Compared{Lang: lang, This: this, Other: *l.other, Around: l}
		}),
		widget.When(s.Run.Phase == measure.Cancelled, func() app.UI {
			return &results.RunProgress{Session: s, MayCancel: s.MayCancel(), Lang: lang, Status: s.Run.RunStatus}
		}),
		results.Waiting(lang, s),
		widget.When(s.Run.Trouble != nil, func() app.UI {
			return app.Section().Class("card").Body(widget.ProblemView(lang, s.Run.Trouble))
		}),
		widget.When(s.Browser.Visible() && !s.Browser.Active(), func() app.UI {
			return &results.BrowserProgress{Session: s, Lang: lang, Status: s.Browser.BrowserStatus}
		}),
		widget.When(shown || s.Busy(), func() app.UI {
			return &results.View{
				Lang: lang, Result: s.Outcome.Result, RunID: s.Outcome.RunID,
				Around: l, Changed: l.changed(), Others: l.others(),
				Browsers: slices.Clone(s.Outcome.Browsers), Contest: s.Outcome.Contest, Turns: s.Outcome.Turns, Photos: photos,
				Lines: s.Outcome.Lines, LinesTrouble: s.Outcome.LinesTrouble,
				Session: s, Live: s.Live, Under: results.UnderWayOf(s),
			}
		}),
		widget.When(s.Outcome.Sweep != nil, func() app.UI {
			return &results.SweepView{Lang: lang, Sweep: s.Outcome.Sweep, RunID: s.Outcome.RunID, Session: s, Around: l, Changed: l.changed()}
		}),
		widget.When(!shown && s.Outcome.Sweep == nil && !s.Busy() && s.Run.Trouble == nil, func() app.UI {
			return app.Div().Class("stack").Body(emptyView(lang), widget.When(l.replay != nil, func() app.UI {
				return &results.Replay{Lang: lang, Run: *l.replay, Lines: l.replayLines, Recorded: l.recorded}
			}))
		}),
		&historyView{Lang: lang, Runs: l.history, Trouble: l.historyTrouble, Shown: s.Outcome.RunID},
	)
}

// changed reports whether the form stands for something else than the shown result.
func (l *Lab) changed() bool {
	spec := l.session.Outcome.Spec()
	return spec != nil && l.model != nil && l.model.Check().Differs(*spec)
}

// mostOthers is of how many of the newest runs one may be chosen to be set beside.
const mostOthers = 20

// others are the runs that the shown one may be set beside: comparisons that are
// done.
func (l *Lab) others() []results.Other {
	var list []results.Other
	for _, r := range l.history {
		if r.Winner != "" && r.ID != l.session.Outcome.RunID && len(list) < mostOthers {
			list = append(list, results.Other{ID: r.ID, Text: i18n.LocalTime(r.Created) + " · " + draw.SettingsText(string(l.page.Lang), r.Spec, 0)})
		}
	}
	return list
}

// emptyView stands where the results will be.
func emptyView(lang i18n.Lang) app.UI {
	return app.Section().Class("card empty").Body(
		app.H2().Class("verdict").Text(lang.T("empty.title")),
		app.P().Text(lang.T("empty.text")),
	)
}

// historyView lists the runs that the host remembers, each a link to it.
type historyView struct {
	app.Compo
	Lang    i18n.Lang
	Runs    []result.RunView
	Trouble *client.Problem
	Shown   string // the run that the page shows
}

func (v *historyView) Render() app.UI {
	var rows []app.UI
	for _, r := range v.Runs {
		rows = append(rows, v.renderRun(r))
	}
	return app.Section().Class("card").Body(
		app.Details().DataSet("testid", "history").Body(
			app.Summary().Text(v.Lang.T("history.title", len(v.Runs))),
			widget.When(v.Trouble != nil, func() app.UI { return widget.ProblemView(v.Lang, v.Trouble) }),
			widget.When(v.Trouble == nil && len(rows) == 0, func() app.UI {
				return app.P().Class("hint").Text(v.Lang.T("history.none"))
			}),
			app.Ul().Class("history").Body(rows...),
		),
	)
}

func (v *historyView) renderRun(r result.RunView) app.UI {
	current := "false"
	if r.ID == v.Shown {
		current = "true"
	}
	return app.Li().Body(
		app.A().Href(results.RunLink(r.ID)).DataSet("testid", "run-"+r.ID).Aria("current", current).
			Text(i18n.LocalTime(r.Created)),
		app.Span().Body(
			app.Text(HistoryText(v.Lang, r)),
			widget.When(r.Winner != "", func() app.UI {
				return app.B().DataSet("testid", "winner-"+r.ID).Text(" " + WinnerText(v.Lang, r.Winner))
			}),
		),
		app.Span().Class("soft").Text(v.Lang.T("state."+string(r.State))),
	)
}

// HistoryText says in a line what a run was of and what it took.
func HistoryText(l i18n.Lang, r result.RunView) string {
	return draw.SettingsText(string(l), r.Spec, 0) + " · " + timesText(l, r)
}

// timesText names the methods of a run with their times, all in one unit, where these
// are known.
func timesText(l i18n.Lang, r result.RunView) string {
	if len(r.Times) == 0 {
		return i18n.MethodTitles(l, r.Spec.Methods)
	}
	scale := i18n.ScaleOf(slices.Collect(maps.Values(r.Times))...)
	var parts []string
	for _, name := range draw.MethodOrder(r.Times) {
		parts = append(parts, i18n.MethodTitle(l, name)+" "+scale.Write(l, r.Times[name])+i18n.NoBreak+scale.Unit)
	}
	return strings.Join(parts, ", ")
}

func WinnerText(l i18n.Lang, winner string) string {
	if winner == result.WinnerNone {
		return l.T("history.nobody")
	}
	return l.T("history.winner", i18n.LowerTitle(l, winner))
}
