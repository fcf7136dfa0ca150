package results

import (
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// runSentence says where the host's run stands.
func runSentence(l i18n.Lang, ph measure.Phase, v result.RunView) string {
	switch {
	case ph == measure.Sending:
		return l.T("run.sending")
	case ph == measure.Fetching:
		return l.T("run.fetching")
	case ph == measure.Cancelled:
		return l.T("run.cancelled")
	case v.State == result.Queued && v.Position == 0:
		return l.T("run.next")
	case v.State == result.Queued && v.Position == 1:
		return l.T("run.queued.one")
	case v.State == result.Queued:
		return l.T("run.queued", v.Position)
	case v.Progress.Phase == result.PhaseCeiling:
		return l.T("run.ceiling")
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
	text := l.T(key, i18n.MethodTitle(l, p.Method), p.Round, p.Rounds)
	if p.Points > 0 {
		text = l.T("run.point", p.Point, p.Points, l.Value(p.Value), text)
	}
	return text
}

// spokenProgress is what a screen reader hears of a run: it changes with the
// method and the round, not with every image.
func spokenProgress(l i18n.Lang, v result.RunView) string {
	if v.ID == "" || v.State.Final() {
		return ""
	}
	return runSentence(l, measure.Watching, v)
}

// browserSentence says where the browser's run stands.
func browserSentence(l i18n.Lang, p result.Progress) string {
	switch p.Phase {
	case result.PhaseDownload:
		return l.T("browser.label") + ": " + l.T("browser.download")
	case "":
		return l.T("browser.label") + ": " + l.T("browser.started")
	}
	return runSentence(l, measure.Watching, result.RunView{Progress: p})
}

// RunProgress shows the host's run while it lasts.
type RunProgress struct {
	app.Compo
	Session *measure.Session
	Lang    i18n.Lang
	Status  measure.RunStatus
	Inside  bool // a card, where the verdict will stand
	// MayCancel is that the host would not refuse it.
	MayCancel bool
}

func (v *RunProgress) Render() app.UI {
	p := v.Status.View.Progress
	return app.Section().Class(progressClass(v.Inside)).Aria("label", v.Lang.T("run.label")).DataSet("testid", "progress").Body(
		app.Div().Class("line").Body(
			app.P().Class("strong").Text(v.sentence()),
			widget.When(v.Status.Phase != measure.Cancelled && v.MayCancel, func() app.UI {
				return app.Button().Type("button").Class("plain").DataSet("testid", "cancel").Text(v.Lang.T("cancel")).OnClick(v.cancel)
			}),
		),
		widget.When(v.Status.Phase != measure.Cancelled, func() app.UI {
			return progressBar(v.Lang.T("run.label"), p.Overall, p.OverallTotal)
		}),
		app.P().Class("soft").Text(v.counts()),
		widget.When(v.Status.Notice != "", func() app.UI { return app.P().Class("notice").Role("status").Text(v.Lang.T(v.Status.Notice)) }),
	)
}

// sentence says where the run stands. Large, it does not change for the short
// while in which pixels are checked between two rounds.
func (v *RunProgress) sentence() string {
	view := v.Status.View
	if p := &view.Progress; v.checking() {
		if p.Phase = result.PhaseTimed; p.Round <= view.Spec.Warmup {
			p.Phase = result.PhaseWarmup
		}
	}
	return runSentence(v.Lang, v.Status.Phase, view)
}

// checking reports whether it is only said beneath that pixels are checked.
func (v *RunProgress) checking() bool {
	return v.Inside && v.Status.Phase == measure.Watching && v.Status.View.Progress.Phase == result.PhaseVerify
}

func (v *RunProgress) counts() string {
	p := v.Status.View.Progress
	if v.Status.Phase == measure.Cancelled {
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
	if f := v.Status.View.Forecast; f != nil && v.Status.View.State == result.Running {
		text += " · " + v.Lang.T("run.left", v.Lang.About(f.LeftS))
	} else if f != nil {
		text += " · " + v.Lang.T("run.takes", v.Lang.About(f.TotalS))
	}
	return text
}

func (v *RunProgress) cancel(app.Context, app.Event) { v.Session.Cancel() }

// RunningView shows how far the host's run has come, its lanes, and who else
// waits.
func RunningView(l i18n.Lang, s *measure.Session) app.UI {
	return widget.When(s.Run.Visible(), func() app.UI {
		return app.Div().Class("stack").Body(
			&RunProgress{Session: s, MayCancel: s.MayCancel(), Lang: l, Status: s.Run.RunStatus},
			liveView(l, s),
			Waiting(l, s),
		)
	})
}

// liveView shows the lanes of the host's run alone.
func liveView(l i18n.Lang, s *measure.Session) app.UI {
	rows := LiveRows(s.Live, s.Run.View.Spec)
	return widget.When(s.Live != nil && len(rows) > 0, func() app.UI {
		return app.Section().Aria("label", l.T("race.lanes")).Body(
			&RaceView{Lang: l, Rows: rows, Live: s.Live, Heard: s.Live.Heard},
		)
	})
}

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

// BrowserProgress shows the browser's run while it lasts.
type BrowserProgress struct {
	app.Compo
	Session *measure.Session
	Lang    i18n.Lang
	Status  measure.BrowserStatus
	Inside  bool // a card
}

func (v *BrowserProgress) Render() app.UI {
	active := v.Status.Phase == measure.Watching
	sentence := browserSentence(v.Lang, v.Status.Progress)
	if v.Status.Phase == measure.Cancelled {
		sentence = v.Lang.T("browser.label") + ": " + v.Lang.T("browser.cancelled")
	}
	return app.Section().Class(progressClass(v.Inside)).Aria("label", v.Lang.T("browser.label")).DataSet("testid", "browser-progress").Body(
		widget.When(v.Status.Trouble != nil, func() app.UI { return widget.ProblemView(v.Lang, v.Status.Trouble) }),
		widget.When(v.Status.Trouble == nil, func() app.UI {
			return app.Div().Class("line").Body(
				app.P().Class("strong").Text(sentence),
				widget.When(active, func() app.UI {
					return app.Button().Type("button").Class("plain").DataSet("testid", "browser-cancel").Text(v.Lang.T("cancel")).OnClick(v.cancel)
				}),
			)
		}),
		widget.When(active, func() app.UI {
			return progressBar(v.Lang.T("browser.label"), v.Status.Progress.Overall, v.Status.Progress.OverallTotal)
		}),
		widget.When(active, func() app.UI { return app.P().Class("soft").Text(v.counts()) }),
	)
}

func (v *BrowserProgress) counts() string {
	text := v.Lang.T("seconds", v.Status.Seconds)
	if p := v.Status.Progress; p.OverallTotal > 0 {
		text = v.Lang.T("browser.counts", p.Overall, p.OverallTotal) + " · " + text
	}
	return text
}

func (v *BrowserProgress) cancel(app.Context, app.Event) { v.Session.CancelBrowser() }

// Speaker is who says something to screen readers, in a language.
type Speaker interface {
	Language() i18n.Lang
	Say(text string)
}

// Speak has an event of a session said, if it is news to who cannot see the page.
func Speak(to Speaker, s *measure.Session, e measure.Event) {
	if text, news := spoken(to.Language(), s, e); news {
		to.Say(text)
	}
}

// spoken is an event in words; news is false where there is nothing to say.
func spoken(l i18n.Lang, s *measure.Session, e measure.Event) (text string, news bool) {
	switch e.Kind {
	case measure.RunSent:
		return l.T("run.sending"), true
	case measure.RunMoved:
		said := spokenProgress(l, s.Run.View)
		return said, said != spokenProgress(l, e.Before)
	case measure.RunFailed:
		return s.Run.Trouble.Sentence(l), true
	case measure.RunCancelled:
		return l.T("run.cancelled"), true
	case measure.RunTook:
		if s.Outcome.Sweep != nil {
			return l.In(s.Outcome.Sweep.Summary), true
		}
		return Headline(l, s.Outcome.Result), true
	case measure.BrowserBegan, measure.BrowserMoved:
		return browserSentence(l, s.Browser.Progress), true
	case measure.BrowserFailed:
		return l.T("error.browser"), true
	case measure.BrowserCancelled:
		return l.T("browser.cancelled"), true
	case measure.BrowserTook:
		return contestSentence(l, s.Outcome), true
	}
	return "", false
}
