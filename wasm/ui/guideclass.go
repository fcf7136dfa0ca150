package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
)

// follows reports whether the class is shown what is shown here.
func (g *Guide) follows() bool { return g.token != "" && g.at.Follow }

// lead shows the class the present step, if it follows.
func (g *Guide) lead() {
	if g.follows() {
		g.command(class.Control{Action: class.ActionShow, Step: g.step().ID}, nil)
	}
}

// heard takes in a new state of the class. A server that was started again has
// forgotten what the class is shown.
func (g *Guide) heard() {
	if g.link.back && g.guide != nil && g.link.state.Step == "" {
		g.lead()
	}
	g.takeUp()
}

// toggleFollow has the class follow, or no longer.
func (g *Guide) toggleFollow(app.Context, app.Event) {
	g.at.Follow = !g.at.Follow
	g.remember()
	if g.at.Follow {
		g.lead()
		return
	}
	g.command(class.Control{Action: class.ActionShow}, nil)
}

// command controls the class and takes in how it stands then.
func (g *Guide) command(what class.Control, then func()) {
	g.control(&g.frame, what, func(s *class.State) {
		g.link.state = s
		if then != nil {
			then()
		}
	})
}

// started keeps the run of the command that the class was asked about.
func (g *Guide) started(id string) {
	if r := g.link.round(); r != nil && commandKey(r.Step, r.Command) == g.running {
		g.keepRun(r, id)
	}
}

// takeUp goes on watching that run when the tab was loaded again.
func (g *Guide) takeUp() {
	r := g.link.round()
	if g.guide == nil || g.occupied() || !g.unwatched(g.lab, r) {
		return
	}
	key := commandKey(r.Step, r.Command)
	if _, done := g.outcomes[key]; done {
		return
	}
	g.running = key
	g.lab.open(g.made.Run)
	g.whenIdle(func() { g.settle(key) })
}

// ask asks the class about a command. What came of it before is put away: it
// is to be predicted.
func (g *Guide) ask(i int, key string) {
	g.command(class.Control{Action: class.ActionAsk, Step: g.step().ID, Command: i}, func() {
		delete(g.outcomes, key)
		delete(g.at.Runs, key)
		g.remember()
	})
}

// roundOf is the class's round, if it is about a command of the present step.
func (g *Guide) roundOf(i int) *class.Round {
	if r := g.link.round(); r != nil && r.Step == g.step().ID && r.Command == i {
		return r
	}
	return nil
}

// mayAsk reports whether the class can be asked about a command.
func (g *Guide) mayAsk(i int, c lesson.Command) bool {
	return g.token != "" && comparesMethods(c) && g.roundOf(i) == nil
}

// renderAudience leads to where the class is joined, and says how many have; who
// does not lead is told how to.
func (g *Guide) renderAudience() app.UI {
	l := g.lab.lang
	switch {
	case g.token == "":
		return app.P().Class("hint").DataSet("testid", "alone").Text(l.T("guide.alone"))
	case g.link.state == nil:
		return nil
	}
	return app.P().Class("hint").Body(
		app.A().Href("/class").DataSet("testid", "audience").Text(l.T("guide.audience", g.link.state.Members.All)),
	)
}

// present is how many may have predicted: those who are here, and those who
// have left since.
func present(s *class.State) int {
	if s.Round == nil {
		return s.Members.All
	}
	return max(s.Members.All, s.Round.Predictions)
}

// renderClass lets the presenter reveal what was predicted of a command, once it
// has been run.
func (g *Guide) renderClass(i int, o commandOutcome) app.UI {
	l, r := g.lab.lang, g.roundOf(i)
	key := commandKey(g.step().ID, i)
	if r.Reveal != nil {
		return votesView(l, *r.Reveal)
	}
	state := "guide.predictions"
	if r.Phase == class.RoundClosed {
		state = "guide.closed"
	}
	return app.Div().Class("line").Body(
		when(o.runID != "", func() app.UI {
			return app.Button().Type("button").Class("primary small").DataSet("testid", "reveal").Disabled(g.presenter.busy).
				Text(l.T("class.reveal")).OnClick(func(app.Context, app.Event) {
				g.command(class.Control{Action: class.ActionReveal, RunID: o.runID}, nil)
			}, key, o.runID)
		}),
		app.P().DataSet("testid", "predictions").Text(l.T(state, r.Predictions, present(g.link.state))),
	)
}
