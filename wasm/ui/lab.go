package ui

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Lab is the laboratory: the form, what it measures and has measured, and the
// runs of before.
type Lab struct {
	app.Compo
	page    *Page
	session *Session
	model   *Model // nil until the catalogue is there

	history        []pastRun
	historyTrouble *Problem
}

// NewLab makes the view.
func NewLab(p *Page) app.Composer { return &Lab{page: p} }

// OnMount starts the laboratory in the browser.
func (l *Lab) OnMount(ctx app.Context) { l.begin(ctx) }

// OnNav opens the run that the page's address names.
func (l *Lab) OnNav(ctx app.Context) {
	l.begin(ctx)
	if id := ctx.Page().URL().Query().Get("run"); id != "" && !l.session.Knows(id) {
		l.session.Open(id)
	}
}

func (l *Lab) begin(ctx app.Context) {
	if !l.page.Open(ctx) {
		return
	}
	l.session = NewSession(l.page.Life, Server{}, l.page.Language, l.hear)
	l.page.Respell = func(lang Lang) {
		if l.model != nil {
			l.model.Respell(lang)
		}
	}
	l.session.Load()
	l.loadHistory()
}

// OnDismount lets go of the worker and the event stream.
func (l *Lab) OnDismount() { l.page.Close() }

// hear takes in what happens in the session.
func (l *Lab) hear(e Event) {
	Speak(l.page, l.session, e)
	switch e.Kind {
	case Loaded:
		l.model = NewModel(l, *l.session.Catalogue, l.session.Images)
	case RunQueued:
		linkTo(e.RunID)
	case RunTook:
		l.loadHistory()
		l.showAnswer()
	case WentIdle:
		if l.session.Browser.Phase == Finished && l.session.Browser.Trouble == nil {
			l.showAnswer()
		}
	}
}

// linkTo makes the page's address that of a run, without opening it: it is on
// the page already.
func linkTo(id string) {
	app.Window().Get("history").Call("pushState", nil, "", RunLink(id))
}

// Language implements Around.
func (l *Lab) Language() Lang { return l.page.Lang }

// Say implements Around.
func (l *Lab) Say(text string) { l.page.Say(text) }

// Life implements Around.
func (l *Lab) Life() *Scope { return l.page.Life }

// Edited implements Around: the host's faults were of the form as it was.
func (l *Lab) Edited() { l.session.Forgive() }

// Submitted implements Around: it starts what the form says.
func (l *Lab) Submitted() {
	if l.session.Busy() {
		return
	}
	checked := l.model.Check()
	if len(checked.Faults) > 0 {
		l.Say(l.page.Lang.In(checked.Faults[0].Text))
		focusOn("[aria-invalid=true]")
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
		if !inView("answer") {
			scrollTo("answer")
		}
	})
}

// loadHistory asks for the runs that the host remembers.
func (l *Lab) loadHistory() {
	lang := l.page.Lang
	Fetch(l.page.Life, func() (runs []pastRun, trouble *Problem) {
		var answer struct {
			Runs []pastRun `json:"runs"`
		}
		trouble = Get(Server{}, lang, "/api/runs/", &answer)
		return answer.Runs, trouble
	}, func(runs []pastRun, trouble *Problem) { l.history, l.historyTrouble = runs, trouble })
}

// Render shows the laboratory.
func (l *Lab) Render() app.UI { return l.page.Render("lab", l.renderContent) }

func (l *Lab) renderContent() []app.UI {
	return []app.UI{
		app.Div().Class("ask").Body(l.renderForm()),
		app.Div().Class("answer").ID("answer").Body(l.renderAnswer()),
	}
}

func (l *Lab) renderForm() app.UI {
	lang, trouble := l.page.Lang, l.session.Trouble
	switch {
	case l.model != nil:
		return &formView{
			Model: l.model, Lang: lang, Rev: l.model.Rev, Busy: l.session.Busy(),
			Trouble: l.session.Run.Trouble, Upload: l.model.Upload,
		}
	case trouble != nil:
		return failedView(lang, trouble, l.session.Load)
	}
	return loadingView(lang, "loading")
}

func (l *Lab) renderAnswer() app.UI {
	lang, s := l.page.Lang, l.session
	shown := s.Outcome.Result != nil || len(s.Outcome.Browsers) > 0
	photos := s.Asked.Photos
	if photos == nil && l.model != nil { // a run of before
		photos = l.model.Form.Infos()
	}
	return app.Div().Class("stack").Body(
		when(s.Run.Phase == Cancelled, func() app.UI { return &runProgress{Session: s, Lang: lang, Status: s.Run.Status()} }),
		renderQueue(lang, s),
		when(s.Run.Trouble != nil, func() app.UI {
			return app.Section().Class("card").Body(problemView(lang, s.Run.Trouble))
		}),
		when(s.Browser.Visible() && !s.Browser.Active(), func() app.UI {
			return &browserProgress{Session: s, Lang: lang, Status: s.Browser.Status()}
		}),
		when(shown || s.Busy(), func() app.UI {
			return &resultsView{
				Lang: lang, Result: s.Outcome.Result, RunID: s.Outcome.RunID,
				Browsers: slices.Clone(s.Outcome.Browsers), Photos: photos,
				Lines: s.Outcome.Lines, LinesTrouble: s.Outcome.LinesTrouble,
				Session: s, Live: s.Live, Under: underWayOf(s),
			}
		}),
		when(s.Outcome.Sweep != nil, func() app.UI {
			return &sweepView{Lang: lang, Sweep: s.Outcome.Sweep, RunID: s.Outcome.RunID}
		}),
		when(!shown && s.Outcome.Sweep == nil && !s.Busy() && s.Run.Trouble == nil, func() app.UI { return emptyView(lang) }),
		&historyView{Lang: lang, Runs: l.history, Trouble: l.historyTrouble, Shown: s.Outcome.RunID},
	)
}

// emptyView stands where the results will be.
func emptyView(lang Lang) app.UI {
	return app.Section().Class("card empty").Body(
		app.H2().Class("verdict").Text(lang.T("empty.title")),
		app.P().Text(lang.T("empty.text")),
	)
}
