// Package classroom is the class: the view on the projector, the one on each
// student's device, and what leading it needs wherever it is led from. Who is
// here and what was predicted is the host's; this follows it over one stream,
// which comes back by itself.
package classroom

import (
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/shell"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Class is the class on the projector: how it is joined, who is here, the
// question, its reveal, and each browser beside the server. Who has the
// presenter's token leads it from here.
type Class struct {
	app.Compo
	page    *shell.Page
	session *measure.Session
	lead    Presenter

	guide     *lesson.Lesson
	addresses []string
	address   string // the one that is shown

	chosen string // the CommandKey of the question to ask
	latest int    // the number of the last round that was seen
}

// NewClass makes the view.
func NewClass(p *shell.Page) app.Composer { return &Class{page: p} }

// OnMount opens the class.
func (c *Class) OnMount(ctx app.Context) {
	c.page.Open(ctx)
	c.session = measure.New(c.page.Life, client.Server{}, c.page.Language, func(e measure.Event) {
		results.Speak(c.page, c.session, e)
		if e.Kind == measure.RunQueued {
			c.lead.KeepRun(e.RunID)
		}
	})
	c.lead.takeToken()
	// The presenter's address opened in a tab that shows the class loads nothing.
	ears := &dom.Listeners{On: app.Window()}
	ears.Add("hashchange", func(app.Value) { c.page.Life.Dispatch(c.lead.takeToken) })
	c.page.Life.AtEnd(ears.Drop)
	c.lead.Link = Link{Page: c.page, Enter: c.load, Heard: c.hear}
	c.lead.Link.Open()
}

// OnDismount leaves it.
func (c *Class) OnDismount() { c.page.Close() }

// load asks for what does not change: the lesson, and where the class is
// joined. It is not called on the UI's goroutine.
func (c *Class) load() *client.Problem {
	var guide lesson.Lesson
	var info class.Info
	lang := c.page.Lang
	trouble := client.Get(client.Server{}, lang, "/api/guide/", &guide)
	if trouble == nil {
		trouble = client.Get(client.Server{}, lang, "/api/class/", &info)
	}
	if trouble == nil && len(info.Addresses) == 0 {
		trouble = &client.Problem{Key: "error.answer"}
	}
	if trouble != nil {
		return trouble
	}
	c.page.Life.Dispatch(func() {
		c.guide, c.addresses = &guide, info.Addresses
		if c.address == "" {
			c.address = info.Addresses[0]
		}
		if c.chosen == "" {
			c.chosen = questions(guide)[0].key
		}
	})
	return nil
}

// ask opens the chosen question.
func (c *Class) ask(app.Context, app.Event) {
	for _, q := range questions(*c.guide) {
		if q.key == c.chosen {
			c.lead.Control(class.Control{Action: class.ActionAsk, Step: q.step.ID, Command: q.command}, nil)
		}
	}
}

// measureRound closes the predictions and has the server run the batch.
func (c *Class) measureRound(app.Context, app.Event) {
	r := c.lead.Link.Round()
	if r == nil || c.session.Busy() {
		return
	}
	begin := func() {
		c.session.Measure(measure.Asked{Request: r.Request})
	}
	if r.Phase == class.RoundOpen {
		c.lead.Control(class.Control{Action: class.ActionClose}, begin)
		return
	}
	begin()
}

// hear takes in a new state: after a question the next one is at hand, and a tab
// that was loaded again goes on watching the run of a round that is not
// revealed.
func (c *Class) hear() {
	if r := c.lead.Link.Round(); r != nil && r.Number != c.latest && c.guide != nil {
		c.latest, c.chosen = r.Number, questionAfter(*c.guide, CommandKey(r.Step, r.Command))
	}
	if c.lead.Unwatched(c.session) {
		c.session.Open(c.lead.Made())
	}
}

// measured reports whether the round's run is there to be revealed.
func (c *Class) measured(r *class.Round) bool {
	o := c.session.Outcome
	return r != nil && c.lead.made.Round == r.Number && o.Result != nil && o.RunID == c.lead.Made()
}

func (c *Class) reveal(app.Context, app.Event) {
	c.lead.Control(class.Control{Action: class.ActionReveal, RunID: c.lead.Made()}, nil)
}

func (c *Class) endRound(app.Context, app.Event) {
	c.lead.Control(class.Control{Action: class.ActionEnd}, nil)
}
