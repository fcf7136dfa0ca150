// Package classroom is the class: the view on the projector, and what leading it
// needs wherever it is led from. What students have on their own devices the host
// lays out (cmd/host/internal/wall). Who is here and what was predicted is the host's; this follows it over one stream,
// which comes back by itself.
package classroom

import (
	"net/url"
	"strconv"
	"strings"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/shell"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

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
	addresses []class.Address
	address   string // the one that is shown

	chosen string // the CommandKey of the question to ask
	latest int    // the number of the last round that was seen
}

func NewClass(p *shell.Page) app.Composer { return &Class{page: p} }

func (c *Class) OnMount(ctx app.Context) {
	c.page.Open(ctx)
	c.session = measure.New(c.page.Life, client.Server{}, c.page.Language, func(e measure.Event) {
		results.Speak(c.page, c.session, e)
		if r := c.lead.Link.Round(); e.Kind == measure.RunQueued && r != nil {
			c.lead.Measured(r.Step, r.Command, 0, e.RunID)
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
			c.address = info.Addresses[0].URL
		}
		if c.chosen == "" {
			c.chosen = questions(guide)[0].key
		}
	})
	return nil
}

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

func (c *Class) Render() app.UI { return c.page.Render("class", c.renderContent) }

func (c *Class) renderContent() []app.UI {
	l := c.page.Lang
	if c.lead.Link.State == nil || c.guide == nil {
		return []app.UI{c.lead.Link.Render(l), widget.When(!c.lead.Link.lost, func() app.UI { return widget.LoadingView(l, "class.loading") })}
	}
	return []app.UI{
		app.Div().Class("stack").Body(c.renderDoor(), c.renderHere()),
		app.Div().Class("stack").Body(c.lead.Link.Render(l), c.renderLead(), c.renderQuestion()),
	}
}

func (c *Class) renderDoor() app.UI {
	l := c.page.Lang
	var options []app.UI
	for _, a := range c.addresses {
		shown := short(a.URL)
		if a.Arrived > 0 {
			shown = l.T("class.arrived", shown, a.Arrived)
		}
		options = append(options, app.Option().Value(a.URL).Selected(a.URL == c.address).Text(shown))
	}
	return app.Section().Class("card door").Aria("label", l.T("class.join")).Body(
		app.H3().Text(l.T("class.join")),
		app.Img().Class("qr").DataSet("testid", "qr").Src("/api/class/qr/?address="+url.QueryEscape(c.address)).
			Alt(l.T("class.qr", c.address)).Width(300).Height(300),
		app.P().Class("address").DataSet("testid", "address").Text(short(c.address)),
		widget.When(c.lead.Leads(), func() app.UI {
			return app.P().Class("soft").DataSet("testid", "arrived").Text(l.T("class.came", c.lead.Link.State.Arrived))
		}),
		widget.When(strings.Contains(c.address, "//localhost"), func() app.UI { return app.P().Class("notice").Text(l.T("class.local")) }),
		widget.When(len(options) > 1, func() app.UI {
			return app.Div().Class("field").Body(
				app.Label().For("address").Text(l.T("class.other")),
				app.Select().ID("address").DataSet("testid", "addresses").Body(options...).OnChange(func(ctx app.Context, _ app.Event) {
					c.address = ctx.JSSrc().Get("value").String()
					if c.lead.Leads() { // it stays over a reload, and on the wall
						c.lead.Control(class.Control{Action: class.ActionAddress, Address: c.address}, nil)
					}
				}),
			)
		}),
	)
}

// short is an address as it is typed: without what a browser adds.
func short(address string) string { return strings.TrimPrefix(address, "http://") }

// renderHere counts who is here, and shows the queue.
func (c *Class) renderHere() app.UI {
	l, s := c.page.Lang, c.lead.Link.State
	return app.Section().Class("card here").Aria("label", l.T("class.here")).Body(
		app.H3().Text(l.T("class.here")),
		app.P().Class("figure").Body(app.B().DataSet("testid", "members").Text(strconv.Itoa(s.Members.All))),
		app.P().Class("soft").Text(draw.DevicesText(string(l), s.Members)),
		results.QueueView(l, s.Queue),
	)
}

// renderLead holds what the presenter does, or says that this tab does not
// lead.
func (c *Class) renderLead() app.UI {
	l, r := c.page.Lang, c.lead.Link.Round()
	if !c.lead.Leads() {
		return app.Div().Class("footnote").DataSet("testid", "no-token").Body(
			app.P().Text(l.T("class.watching")),
			app.P().Body(app.A().Href("/join").Target("_self").Text(l.T("class.join"))),
		)
	}
	busy := c.lead.Busy || c.session.Busy()
	button := func(name, key, cls string, enabled bool, do app.EventHandler) app.UI {
		return app.Button().Type("button").Class(cls).DataSet("testid", name).Disabled(busy || !enabled).Text(l.T(key)).OnClick(do)
	}
	var next app.UI
	help := ""
	switch {
	case r == nil || r.Phase == class.RoundRevealed:
		next, help = button("ask", "class.ask", "primary small", true, c.ask), "class.ask.help"
	case c.measured(r):
		next, help = button("reveal", "class.reveal", "primary small", true, c.reveal), "class.reveal.help"
	case r.Phase == class.RoundClosed:
		next, help = button("measure", "class.measure.closed", "primary small", true, c.measureRound), "class.measure.help"
	default:
		next, help = button("measure", "class.measure", "primary small", true, c.measureRound), "class.measure.help"
	}
	return app.Section().Class("card lead").Aria("label", l.T("class.lead")).Body(
		widget.When(r == nil || r.Phase == class.RoundRevealed, c.renderChoice),
		app.Div().Class("line").Body(
			next,
			widget.When(r != nil, func() app.UI { return button("end", "class.end", "plain", true, c.endRound) }),
			c.lead.PauseView(l),
		),
		app.P().Class("hint").Text(l.T(help)),
		results.RunningView(l, c.session),
		widget.When(c.session.Run.Trouble != nil, func() app.UI { return widget.ProblemView(l, c.session.Run.Trouble) }),
		widget.When(c.lead.Trouble != nil, func() app.UI { return widget.ProblemView(l, c.lead.Trouble) }),
	)
}

func (c *Class) renderChoice() app.UI {
	l := c.page.Lang
	var options []app.UI
	for _, q := range questions(*c.guide) {
		options = append(options, app.Option().Value(q.key).Selected(q.key == c.chosen).Text(questionText(l, q)))
	}
	return app.Div().Class("field").Body(
		app.Label().For("question").Text(l.T("class.choose")),
		app.Select().ID("question").DataSet("testid", "question").Body(options...).OnChange(func(ctx app.Context, _ app.Event) {
			c.chosen = ctx.JSSrc().Get("value").String()
		}),
	)
}

func chainText(r request.Request) string { return strings.Join(r.Filters, " → ") }

func questionText(l i18n.Lang, q question) string {
	return l.T("class.question", l.In(q.step.Title), chainText(q.request), i18n.MethodTitles(l, q.request.Methods))
}

// renderQuestion shows the round: the question, how many have answered, and
// what is revealed of it.
func (c *Class) renderQuestion() app.UI {
	l, r := c.page.Lang, c.lead.Link.Round()
	if r == nil {
		return app.Section().Class("card empty").Body(
			app.H2().Class("verdict").Text(l.T("class.empty")),
			app.P().Text(l.T("class.empty.more")),
		)
	}
	step, _ := stepOf(c.guide, r.Step)
	title, state := l.T("class.asked", chainText(r.Request)), "class.open"
	switch r.Phase {
	case class.RoundClosed:
		state = "class.closed"
	case class.RoundRevealed:
		title, state = draw.OutcomeSentence(string(l), r.Reveal.Outcome), "class.revealed"
	}
	settings := ""
	if o := c.session.Outcome; r.Reveal != nil && o.Result != nil && o.RunID == r.Reveal.Outcome.RunID {
		settings = results.SettingsOf(l, o.Result)
	}
	content := []app.UI{app.Section().Class("card").DataSet("testid", "round").DataSet("phase", r.Phase).Body(
		app.P().Class("soft").Text(l.In(step.Title)),
		results.SettingsLine(l, settings),
		app.H2().Class("verdict").DataSet("testid", "question-title").Text(title),
		app.P().Class("answers").Body(
			app.B().DataSet("testid", "predictions").Text(strconv.Itoa(r.Predictions)),
			app.Span().Class("unit").Text(i18n.NoBreak+l.T("class.predictions", Present(c.lead.Link.State))),
		),
		app.P().Class("soft").Text(l.T(state)),
	)}
	if r.Reveal != nil {
		content = append(content, VotesView(l, *r.Reveal), chartView(l, *r.Reveal))
	}
	return app.Div().Class("stack").Body(content...)
}
