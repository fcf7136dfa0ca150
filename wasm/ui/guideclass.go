package ui

import (
	"carriles/executor/batch"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// follows reports whether the class is shown what is shown here.
func (g *Guide) follows() bool { return g.token != "" && g.at.Follow }

// lead shows the class the present step, if it follows.
func (g *Guide) lead() {
	if g.follows() {
		g.command(batch.ClassControl{Action: batch.ClassShow, Step: g.step().ID}, nil)
	}
}

// toggleFollow has the class follow, or no longer.
func (g *Guide) toggleFollow(app.Context, app.Event) {
	g.at.Follow = !g.at.Follow
	g.remember()
	if g.at.Follow {
		g.lead()
		return
	}
	g.command(batch.ClassControl{Action: batch.ClassShow}, nil)
}

// command controls the class and takes in how it stands then.
func (g *Guide) command(what batch.ClassControl, then func()) {
	g.control(&g.frame, what, func(s *batch.ClassState) {
		g.link.state = s
		if then != nil {
			then()
		}
	})
}

// ask asks the class about a command. What came of it before is put away: it
// is to be predicted.
func (g *Guide) ask(i int, key string) {
	g.command(batch.ClassControl{Action: batch.ClassAsk, Step: g.step().ID, Command: i}, func() {
		delete(g.outcomes, key)
	})
}

// roundOf is the class's round, if it is about a command of the present step.
func (g *Guide) roundOf(i int) *batch.ClassRound {
	if r := g.link.round(); r != nil && r.Step == g.step().ID && r.Command == i {
		return r
	}
	return nil
}

// renderClass lets the presenter ask the class about a command before it is
// run, and reveal what was predicted after.
func (g *Guide) renderClass(i int, o commandOutcome) app.UI {
	l, r := g.lab.lang, g.roundOf(i)
	key := commandKey(g.step().ID, i)
	switch {
	case r == nil:
		return app.Div().Class("line").Body(
			app.Button().Type("button").Class("chip").DataSet("testid", "ask").Disabled(g.occupied() || g.presenter.busy).
				Text(l.T("guide.predict")).OnClick(func(app.Context, app.Event) {
				g.ask(i, key)
			}, key),
		)
	case r.Reveal != nil:
		return votesView(l, *r.Reveal)
	}
	return app.Div().Class("line").Body(
		when(o.runID != "", func() app.UI {
			return app.Button().Type("button").Class("primary small").DataSet("testid", "reveal").Disabled(g.presenter.busy).
				Text(l.T("class.reveal")).OnClick(func(app.Context, app.Event) {
				g.command(batch.ClassControl{Action: batch.ClassReveal, RunID: o.runID}, nil)
			}, key, o.runID)
		}),
		app.P().DataSet("testid", "predictions").Text(l.T("guide.predictions", r.Predictions)),
	)
}
