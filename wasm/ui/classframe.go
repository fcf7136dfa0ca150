package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// frame is what the views beside the laboratory have in common. It holds a
// laboratory of its own, which is never shown: its language and colours, its
// catalogue, and the runs that it starts and watches.
type frame struct {
	ctx   app.Context
	lab   *Lab
	title string // a key of the text table
}

// begin starts a view in the browser.
func (f *frame) begin(ctx app.Context, title string) {
	f.ctx, f.title, f.lab = ctx, title, &Lab{started: func(string) {}}
	f.lab.OnMount(ctx)
	f.setLang(f.lab.lang)
	f.setDark(f.lab.dark)
}

// ready reports whether the view has begun: go-app renders before that.
func (f *frame) ready() bool { return f.lab != nil }

func (f *frame) setLang(lang Lang) {
	f.lab.setLang(lang)
	document().Set("title", lang.T(f.title)+" · "+lang.T("brand"))
}

func (f *frame) setDark(dark bool) { f.lab.setDark(dark) }

func (f *frame) setProjector(on bool) { f.lab.setProjector(on) }

// end lets go of what the laboratory holds.
func (f *frame) end() {
	if f.lab != nil {
		f.lab.OnDismount()
	}
}

// page is the frame around a view's content.
func (f *frame) page(here, class string, content ...app.UI) app.UI {
	if app.IsServer || !f.ready() {
		return shell()
	}
	return app.Div().Class("page").Body(
		&header{Page: f, Here: here, Lang: f.lab.lang, Dark: f.lab.dark, Projector: f.lab.projector, Chips: f.lab.machine.Chips(f.lab.lang)},
		app.Main().Class(class).Body(content...),
		app.P().Class("sr-only").Role("status").Text(f.lab.said),
	)
}

// settle is how often the end of a run is looked for.
const settle = 100 * time.Millisecond

// whenIdle calls then once nothing is measured any more.
func (f *frame) whenIdle(then func()) {
	seq := f.lab.seq
	f.ctx.After(settle, func(app.Context) {
		switch {
		case seq != f.lab.seq:
		case f.lab.busy():
			f.whenIdle(then)
		default:
			then()
		}
	})
}

// measure has the host run what is asked, and calls then at its end, however
// that is.
func (f *frame) measure(asked Checked, then func()) {
	f.lab.seq++
	f.lab.asked, f.lab.run, f.lab.outcome = asked, run{}, outcome{}
	f.lab.startRun()
	f.lab.tick(f.lab.seq)
	f.whenIdle(then)
}

// renderRun shows how far the host's run has come, and who else waits.
func (f *frame) renderRun() app.UI {
	r := f.lab.run
	return when(r.visible(), func() app.UI {
		return app.Div().Class("stack").Body(
			&runProgress{Lab: f.lab, Lang: f.lab.lang, Status: r.status()},
			f.lab.renderLive(),
			f.lab.renderQueue(),
		)
	})
}

// keyTarget says what a key pressed on the page would do without us.
func keyTarget(e app.Value) (typing, control bool) {
	switch target := e.Get("target"); target.Get("tagName").String() {
	case "INPUT", "SELECT", "TEXTAREA":
		return true, true
	case "BUTTON", "A", "SUMMARY":
		return false, true
	}
	return false, false
}
