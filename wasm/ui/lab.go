package ui

import (
	"encoding/json"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// What the page remembers in the browser.
const (
	keyLang    = "carriles.lang"
	keyTheme   = "carriles.theme"
	keyUploads = "carriles.uploads"
	// boot.js reads the colours and the size too, before there is a page.
	keyProjector = "carriles.projector"
)

// Lab is the laboratory view. It owns all state; the views beneath it get what
// they show as fields and change it through it.
type Lab struct {
	app.Compo

	// ctx is the view's own: what is dispatched with the context of an element
	// inside it is dropped once that element is gone.
	ctx       app.Context
	lang      Lang
	dark      bool
	projector bool
	said      string // for screen readers: what just happened

	cat     *request.Catalogue
	loading bool
	trouble *Problem // of loading
	machine Machine

	form    Form
	formRev int // counts the form's changes, because views share it by pointer
	upload  upload

	seq     int // of the last press of the button; older answers are dropped
	asked   Checked
	askedOf []Photo // the photographs as they were then
	run     run
	browser browserRun
	live    *liveRace // of what is being measured; nil where nothing is
	outcome outcome
	queue   []result.QueuedRun // as the last event of the run's stream told it
	// started is told of a run that the host has queued; without it, the page's
	// address becomes the run's.
	started func(id string)

	history        []pastRun
	historyTrouble *Problem
}

// outcome is what the last runs gave.
type outcome struct {
	key      string // what was computed
	result   *result.Comparison
	sweep    *result.Sweep // in place of result
	runID    string
	browsers []browserResult // in the order of batch.BrowserMethods

	lines        *timelines // of the result; nil until they are there
	linesTrouble *Problem
}

// OnMount starts the page in the browser.
func (l *Lab) OnMount(ctx app.Context) {
	l.ctx = ctx
	lang := stored(keyLang)
	if lang == "" {
		lang = app.Window().Get("navigator").Get("language").String()
	}
	l.setLang(ParseLang(lang))
	theme := stored(keyTheme)
	l.dark = theme == themeName(true) || theme == "" && media("(prefers-color-scheme: dark)")
	l.setProjector(stored(keyProjector) == "true")
	l.load()
	l.loadHistory()
}

// OnDismount lets go of the worker and the event stream.
func (l *Lab) OnDismount() {
	l.run.stop()
	l.browser.stop()
}

func (l *Lab) setLang(lang Lang) {
	l.lang = lang
	l.form.Respell(lang)
	l.formRev++
	document().Get("documentElement").Set("lang", string(lang))
	document().Set("title", lang.T("title"))
}

func themeName(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}

func (l *Lab) setDark(dark bool) {
	l.dark = dark
	document().Get("documentElement").Get("dataset").Set("theme", themeName(dark))
}

// setProjector makes everything larger on a wide screen, or no longer.
func (l *Lab) setProjector(on bool) {
	l.projector = on
	document().Get("documentElement").Get("dataset").Set("projector", on)
}

// edit changes the form.
func (l *Lab) edit(change func(*Form)) {
	change(&l.form)
	l.formRev++
	l.run.trouble = nil // the host's faults were of the form as it was
}

// say tells screen readers what just happened.
func (l *Lab) say(text string) { l.said = text }

// load asks for everything that the form is built from.
func (l *Lab) load() {
	l.loading, l.trouble = true, nil
	lang := l.lang
	l.ctx.Async(func() {
		var cat request.Catalogue
		var images result.ImagesInfo
		trouble := getJSON(lang, "/api/filters/", &cat)
		if trouble == nil {
			trouble = getJSON(lang, "/api/image/info/", &images)
		}
		topology, _ := send(lang, "GET", "/api/topology/", "")
		health, _ := send(lang, "GET", "/api/health/", "")
		l.ctx.Dispatch(func(app.Context) {
			l.loading, l.trouble = false, trouble
			l.machine = ParseMachine(topology.Body, health.Body)
			if trouble == nil {
				l.cat = &cat
				l.form = NewForm(cat, l.lang)
				l.form.SetCores(browserCores())
				l.form.SetPhotos(images.Images, rememberedUploads())
				l.formRev++
			}
		})
	})
}

// getJSON reads an answer of the host into v.
func getJSON(lang Lang, url string, v any) *Problem {
	r, err := send(lang, "GET", url, "")
	switch {
	case err != nil:
		return &Problem{Key: "error.network", Detail: err.Error()}
	case !r.ok():
		return problemOf(r)
	}
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		return &Problem{Key: "error.answer", Detail: err.Error()}
	}
	return nil
}

func rememberedUploads() []result.ImageInfo {
	var own []result.ImageInfo
	if json.Unmarshal([]byte(stored(keyUploads)), &own) != nil {
		return nil
	}
	return own
}

func (l *Lab) rememberUploads() {
	if b, err := json.Marshal(l.form.Own()); err == nil {
		store(keyUploads, string(b))
	}
}

// busy reports whether something is being measured.
func (l *Lab) busy() bool { return l.run.active() || l.browser.active() }

// Render shows the page, and on the host its shell.
func (l *Lab) Render() app.UI {
	if app.IsServer {
		return shell()
	}
	return app.Div().Class("page").Body(
		&header{Page: l, Lang: l.lang, Dark: l.dark, Projector: l.projector, Chips: l.machine.Chips(l.lang)},
		app.Main().Class("lab").Body(
			app.Div().Class("ask").Body(l.renderForm()),
			app.Div().Class("answer").ID("answer").Body(l.renderAnswer()),
		),
		app.P().Class("sr-only").Role("status").Text(l.said),
	)
}

func (l *Lab) renderForm() app.UI {
	switch {
	case l.cat != nil:
		return &formView{
			Lab: l, Lang: l.lang, Rev: l.formRev, Busy: l.busy(),
			Trouble: l.run.trouble, Upload: l.upload,
		}
	case l.trouble != nil:
		return app.Div().Class("card").Body(
			problemView(l.lang, l.trouble),
			app.Button().Type("button").Class("plain").Text(l.lang.T("error.again")).OnClick(func(app.Context, app.Event) {
				l.load()
			}),
		)
	}
	return app.Div().Class("card").Aria("busy", true).Body(
		app.P().Class("soft").Text(l.lang.T("loading")),
	)
}

func (l *Lab) renderAnswer() app.UI {
	shown := l.outcome.result != nil || len(l.outcome.browsers) > 0
	photos := l.askedOf
	if photos == nil { // a run of before
		photos = l.form.Photos
	}
	return app.Div().Class("stack").Body(
		when(l.run.phase == cancelled, func() app.UI { return &runProgress{Lab: l, Lang: l.lang, Status: l.run.status()} }),
		l.renderQueue(),
		when(l.run.trouble != nil, func() app.UI {
			return app.Section().Class("card").Body(problemView(l.lang, l.run.trouble))
		}),
		when(l.browser.visible() && !l.browser.active(), func() app.UI { return &browserProgress{Lab: l, Lang: l.lang, Status: l.browser.status()} }),
		when(shown || l.busy(), func() app.UI {
			return &resultsView{
				Lang: l.lang, Result: l.outcome.result, RunID: l.outcome.runID,
				Browsers: slices.Clone(l.outcome.browsers), Photos: photos,
				Lines: l.outcome.lines, LinesTrouble: l.outcome.linesTrouble,
				Lab: l, Live: l.live, Under: l.underWay(),
			}
		}),
		when(l.outcome.sweep != nil, func() app.UI {
			return &sweepView{Lang: l.lang, Sweep: l.outcome.sweep, RunID: l.outcome.runID}
		}),
		when(!shown && l.outcome.sweep == nil && !l.busy() && l.run.trouble == nil, func() app.UI { return emptyView(l.lang) }),
		&historyView{Lang: l.lang, Runs: l.history, Trouble: l.historyTrouble, Shown: l.outcome.runID},
	)
}

// renderLive shows the lanes of the host's run alone.
func (l *Lab) renderLive() app.UI {
	rows := LiveRows(l.live, l.run.view.Spec)
	return when(l.live != nil && len(rows) > 0, func() app.UI {
		return app.Section().Aria("label", l.lang.T("race.lanes")).Body(
			&raceView{Lang: l.lang, Rows: rows, Live: l.live, Heard: l.live.heard},
		)
	})
}

// underWay says what is being measured.
func (l *Lab) underWay() underWay {
	if !l.busy() {
		return underWay{}
	}
	u := underWay{Browsers: l.asked.Browsers, BrowserWorkers: l.asked.BrowserWorkers}
	if l.live != nil {
		u.Heard, u.Seen = l.live.heard, l.live.seen
	}
	if l.run.active() {
		u.Run = l.run.status()
	}
	if l.browser.active() {
		u.Browser = l.browser.status()
	}
	return u
}

// emptyView stands where the results will be.
func emptyView(lang Lang) app.UI {
	return app.Section().Class("card empty").Body(
		app.H2().Class("verdict").Text(lang.T("empty.title")),
		app.P().Text(lang.T("empty.text")),
	)
}

// measure starts what the form says.
func (l *Lab) measure() {
	if l.busy() || l.cat == nil {
		return
	}
	checked := l.form.Check(*l.cat)
	if len(checked.Faults) > 0 {
		l.say(l.lang.In(checked.Faults[0].Text))
		if bad := document().Call("querySelector", "[aria-invalid=true]"); bad.Truthy() {
			bad.Call("focus")
		}
		return
	}
	l.seq++
	l.asked, l.askedOf = checked, slices.Clone(l.form.Photos)
	key := WorkKey(checked.Request.Request, l.form.LabImages())
	if key != l.outcome.key || len(checked.Methods) > 0 {
		l.dropBrowserResults(request.BrowserMethods()...)
		l.outcome = outcome{}
	}
	l.outcome.key = key
	l.run, l.browser, l.live = run{}, browserRun{}, &liveRace{}
	if len(checked.Methods) > 0 {
		l.startRun()
	} else {
		l.startBrowser()
	}
	l.tick(l.seq)
	l.showAnswer()
}

// showAnswer brings the progress, and later the verdict, into view where it is
// not: on a phone it stands beneath the form, on a desk it may be above what
// the form was scrolled to.
func (l *Lab) showAnswer() {
	l.ctx.Defer(func(app.Context) {
		if !inView("answer") {
			scrollTo("answer")
		}
	})
}
