package guide

import (
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// follows reports whether the class is shown what is shown here.
func (g *Guide) follows() bool { return g.lead.Leads() && g.at.Follow }

// showClass shows the class the present step, if it follows.
func (g *Guide) showClass() {
	if g.follows() {
		g.lead.Control(class.Control{Action: class.ActionShow, Step: g.step().ID}, nil)
	}
}

// heard takes in a new state of the class. A server that was started again has
// forgotten what the class is shown.
func (g *Guide) heard() {
	if g.lead.Link.Back && g.guide != nil && g.lead.Link.State.Step == "" {
		g.showClass()
	}
	g.takeUp()
}

// toggleFollow has the class follow, or no longer.
func (g *Guide) toggleFollow(app.Context, app.Event) {
	g.at.Follow = !g.at.Follow
	g.remember()
	if g.at.Follow {
		g.showClass()
		return
	}
	g.lead.Control(class.Control{Action: class.ActionShow}, nil)
}

// queued keeps the run of the command that the class was asked about.
func (g *Guide) queued(id string) {
	if r := g.lead.Link.Round(); r != nil && classroom.CommandKey(r.Step, r.Command) == g.running {
		g.lead.KeepRun(id)
	}
}

// takeUp goes on watching that run when the tab was loaded again.
func (g *Guide) takeUp() {
	r := g.lead.Link.Round()
	if g.guide == nil || g.occupied() || !g.lead.Unwatched(g.session) {
		return
	}
	key := classroom.CommandKey(r.Step, r.Command)
	if _, done := g.outcomes[key]; done {
		return
	}
	g.running = key
	g.keepLines()
	g.session.Open(g.lead.Made())
}

// ask asks the class about a command. What came of it before is put away: it
// is to be predicted.
func (g *Guide) ask(i int, key string) {
	g.lead.Control(class.Control{Action: class.ActionAsk, Step: g.step().ID, Command: i}, func() {
		delete(g.outcomes, key)
		delete(g.at.Runs, key)
		g.remember()
	})
}

// roundOf is the class's round, if it is about a command of the present step.
func (g *Guide) roundOf(i int) *class.Round {
	if r := g.lead.Link.Round(); r != nil && r.Step == g.step().ID && r.Command == i {
		return r
	}
	return nil
}

// mayAsk reports whether the class can be asked about a command.
func (g *Guide) mayAsk(i int, c lesson.Command) bool {
	return g.lead.Leads() && classroom.ComparesMethods(c) && g.roundOf(i) == nil
}

// renderAudience leads to where the class is joined, and says how many have; who
// does not lead is told how to.
func (g *Guide) renderAudience() app.UI {
	l := g.page.Lang
	switch {
	case !g.lead.Leads():
		return app.P().Class("hint").DataSet("testid", "alone").Text(l.T("guide.alone"))
	case g.lead.Link.State == nil:
		return nil
	}
	return app.P().Class("hint").Body(
		app.A().Href("/class").DataSet("testid", "audience").Text(l.T("guide.audience", g.lead.Link.State.Members.All)),
	)
}

// renderClass lets the presenter reveal what was predicted of a command, once it
// has been run.
func (g *Guide) renderClass(i int, o commandOutcome) app.UI {
	l, r := g.page.Lang, g.roundOf(i)
	key := classroom.CommandKey(g.step().ID, i)
	if r.Reveal != nil {
		return classroom.VotesView(l, *r.Reveal)
	}
	state := "guide.predictions"
	if r.Phase == class.RoundClosed {
		state = "guide.closed"
	}
	return app.Div().Class("line").Body(
		widget.When(o.runID != "", func() app.UI {
			return app.Button().Type("button").Class("primary small").DataSet("testid", "reveal").Disabled(g.lead.Busy).
				Text(l.T("class.reveal")).OnClick(func(app.Context, app.Event) {
				g.lead.Control(class.Control{Action: class.ActionReveal, RunID: o.runID}, nil)
			}, key, o.runID)
		}),
		app.P().DataSet("testid", "predictions").Text(l.T(state, r.Predictions, classroom.Present(g.lead.Link.State))),
	)
}
