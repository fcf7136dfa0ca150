package ui

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// runLink is the page's address of a run.
func runLink(id string) string { return "/?run=" + url.QueryEscape(id) }

// linkTo makes the page's address that of a run, without opening it: it is on
// the page already.
func linkTo(id string) {
	app.Window().Get("history").Call("pushState", nil, "", runLink(id))
}

// OnNav opens the run that the page's address names.
func (l *Lab) OnNav(ctx app.Context) {
	l.ctx = ctx
	if id := ctx.Page().URL().Query().Get("run"); id != "" && !l.knows(id) {
		l.open(id)
	}
}

// knows reports whether a run is the one that the page watches or shows.
func (l *Lab) knows(id string) bool { return id == l.run.view.ID || id == l.outcome.runID }

// whyEnded says why a run has no result, in the reader's language.
func whyEnded(lang Lang, view result.RunView) *Problem {
	why := view.Error
	if lang == EN && view.ErrorEN != nil {
		why = view.ErrorEN
	}
	if why == nil {
		return &Problem{Key: "error.failed"}
	}
	return problemFrom(*why)
}

// open shows a run of before, or goes on watching one that is still under way.
func (l *Lab) open(id string) {
	l.seq++
	l.run.stop()
	l.browser.stop()
	l.dropBrowserResults(request.BrowserMethods()...)
	l.asked, l.askedOf = Checked{}, nil
	l.run, l.browser, l.outcome, l.live = run{phase: fetching}, browserRun{}, outcome{}, &liveRace{}
	l.run.view.ID = id
	lang, seq := l.lang, l.seq
	l.ctx.Async(func() {
		var view result.RunView
		trouble := getJSON(lang, runURL(id), &view)
		l.ctx.Dispatch(func(app.Context) {
			switch {
			case seq != l.seq:
			case trouble != nil:
				l.failRun(trouble)
			case view.State == result.Done && (view.Result != nil || view.Sweep != nil):
				l.run.view = view
				l.took(view)
			default:
				l.run.phase = watching
				if !view.State.Final() {
					l.listen(id)
					l.tick(seq)
				}
				l.sawRun(view)
			}
		})
	})
}

// loadHistory asks for the runs that the host remembers.
func (l *Lab) loadHistory() {
	lang := l.lang
	l.ctx.Async(func() {
		var answer struct {
			Runs []pastRun `json:"runs"`
		}
		trouble := getJSON(lang, "/api/runs/", &answer)
		l.ctx.Dispatch(func(app.Context) { l.history, l.historyTrouble = answer.Runs, trouble })
	})
}
