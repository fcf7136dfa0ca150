package ui

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// MethodTitle is a method's name for the reader.
func MethodTitle(l Lang, name string) string {
	if isBrowser(name) {
		return l.T("method." + name)
	}
	if m, ok := request.LookupMethod(name); ok {
		return l.In(m.Title)
	}
	return name
}

// isBrowser reports whether a method is one of this browser's.
func isBrowser(method string) bool { return slices.Contains(request.BrowserMethods(), method) }

// runSentence says where the host's run stands.
func runSentence(l Lang, ph phase, v result.RunView) string {
	switch {
	case ph == sending:
		return l.T("run.sending")
	case ph == fetching:
		return l.T("run.fetching")
	case ph == cancelled:
		return l.T("run.cancelled")
	case v.State == result.Queued && v.Position == 0:
		return l.T("run.next")
	case v.State == result.Queued && v.Position == 1:
		return l.T("run.queued.one")
	case v.State == result.Queued:
		return l.T("run.queued", v.Position)
	case v.Progress.Phase == result.PhaseVerify:
		return l.T("run.verify")
	case v.Progress.Method == "":
		return l.T("run.starting")
	}
	p := v.Progress
	key := "run.timed"
	if p.Phase == result.PhaseWarmup {
		key = "run.warmup"
	}
	text := l.T(key, MethodTitle(l, p.Method), p.Round, p.Rounds)
	if p.Points > 0 {
		text = l.T("run.point", p.Point, p.Points, l.Value(p.Value), text)
	}
	return text
}

// spokenProgress is what a screen reader hears of a run: it changes with the
// method and the round, not with every image.
func spokenProgress(l Lang, v result.RunView) string {
	if v.ID == "" || v.State.Final() {
		return ""
	}
	return runSentence(l, watching, v)
}

// browserPhase says where the browser's run stands.
func browserPhase(l Lang, e result.BrowserEvent) string {
	switch e.Phase {
	case result.PhaseDownload:
		return l.T("browser.download")
	case result.PhaseWarmup:
		return l.T("browser.warmup")
	case result.PhaseTimed:
		return l.T("browser.timed")
	case result.PhaseVerify:
		return l.T("browser.verify")
	}
	return l.T("browser.started")
}

// runProgress shows the host's run while it lasts.
type runProgress struct {
	app.Compo
	Lab    *Lab
	Lang   Lang
	Status runStatus
	Inside bool // a card, where the verdict will stand
}

func (v *runProgress) Render() app.UI {
	p := v.Status.View.Progress
	return app.Section().Class(progressClass(v.Inside)).Aria("label", v.Lang.T("run.label")).DataSet("testid", "progress").Body(
		app.Div().Class("line").Body(
			app.P().Class("strong").Text(v.sentence()),
			when(v.Status.Phase != cancelled, func() app.UI {
				return app.Button().Type("button").Class("plain").DataSet("testid", "cancel").Text(v.Lang.T("cancel")).OnClick(v.cancel)
			}),
		),
		when(v.Status.Phase != cancelled, func() app.UI {
			return progressBar(v.Lang.T("run.label"), p.Overall, p.OverallTotal)
		}),
		app.P().Class("soft").Text(v.counts()),
		when(v.Status.Notice != "", func() app.UI { return app.P().Class("notice").Role("status").Text(v.Lang.T(v.Status.Notice)) }),
	)
}

// sentence says where the run stands. Large, it does not change for the short
// while in which pixels are checked between two rounds.
func (v *runProgress) sentence() string {
	view := v.Status.View
	if p := &view.Progress; v.checking() {
		if p.Phase = result.PhaseTimed; p.Round <= view.Spec.Warmup {
			p.Phase = result.PhaseWarmup
		}
	}
	return runSentence(v.Lang, v.Status.Phase, view)
}

// checking reports whether it is only said beneath that pixels are checked.
func (v *runProgress) checking() bool {
	return v.Inside && v.Status.Phase == watching && v.Status.View.Progress.Phase == result.PhaseVerify
}

func (v *runProgress) counts() string {
	p := v.Status.View.Progress
	if v.Status.Phase == cancelled {
		return v.Lang.T("run.cancelled.more")
	}
	text := v.Lang.T("seconds", v.Status.Seconds)
	if v.checking() {
		text = v.Lang.T("run.verify") + " · " + text
	} else if p.Total > 0 {
		text = v.Lang.T("run.counts", p.Done, p.Total, p.Overall, p.OverallTotal) + " · " + text
	}
	if p.Failed > 0 {
		text += " · " + v.Lang.T("run.failed", p.Failed)
	}
	return text
}

func (v *runProgress) cancel(app.Context, app.Event) { v.Lab.cancelRun() }

// progressClass is that of a card, or of a part of one.
func progressClass(inside bool) string {
	if inside {
		return "progress"
	}
	return "card progress"
}

// progressBar is a real one; without a total it only says that something goes
// on.
func progressBar(label string, done, total int) app.UI {
	bar := app.Progress().Aria("label", label)
	if total > 0 {
		return bar.Max(total).Value(done)
	}
	return bar
}

// browserProgress shows the browser's run while it lasts.
type browserProgress struct {
	app.Compo
	Lab    *Lab
	Lang   Lang
	Status browserStatus
	Inside bool // a card
}

func (v *browserProgress) Render() app.UI {
	active := v.Status.Phase == watching
	sentence := browserPhase(v.Lang, v.Status.Event)
	if v.Status.Phase == cancelled {
		sentence = v.Lang.T("browser.cancelled")
	}
	return app.Section().Class(progressClass(v.Inside)).Aria("label", v.Lang.T("browser.label")).DataSet("testid", "browser-progress").Body(
		when(v.Status.Trouble != nil, func() app.UI { return problemView(v.Lang, v.Status.Trouble) }),
		when(v.Status.Trouble == nil, func() app.UI {
			return app.Div().Class("line").Body(
				app.P().Class("strong").Body(
					app.Text(MethodTitle(v.Lang, v.title())+": "), app.Text(sentence),
				),
				when(active, func() app.UI {
					return app.Button().Type("button").Class("plain").DataSet("testid", "browser-cancel").Text(v.Lang.T("cancel")).OnClick(v.cancel)
				}),
			)
		}),
		when(active, func() app.UI {
			return progressBar(v.Lang.T("browser.label"), v.Status.Event.Done, v.Status.Event.Total)
		}),
		when(active, func() app.UI { return app.P().Class("soft").Text(v.counts()) }),
	)
}

// title is the method's, or of a run that did not get that far the browser's.
func (v *browserProgress) title() string {
	if v.Status.Method == "" {
		return request.Browser
	}
	return v.Status.Method
}

func (v *browserProgress) counts() string {
	text := v.Lang.T("seconds", v.Status.Seconds)
	if v.Status.Event.Total > 0 {
		text = v.Lang.T("browser.counts", v.Status.Event.Done, v.Status.Event.Total) + " · " + text
	}
	return text
}

func (v *browserProgress) cancel(app.Context, app.Event) { v.Lab.cancelBrowser() }
