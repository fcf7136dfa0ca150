package guide

import (
	"slices"

	"carriles/executor/analysis"
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// turn is the one of the step's turns that is chosen; the step must have one.
func (g *Guide) turn() lesson.Turn {
	turns := g.step().Turns
	if i := slices.IndexFunc(turns, func(t lesson.Turn) bool { return t.Over == g.at.Over }); i >= 0 {
		return turns[i]
	}
	return turns[0]
}

// all are the commands of the step, and the values of its turn.
func (g *Guide) all() []doing {
	var list []doing
	for i := range g.step().Commands {
		list = append(list, doing{step: g.step().ID, command: i})
	}
	return append(list, g.values()...)
}

// values are those of the step's turn; none of a step without one.
func (g *Guide) values() []doing {
	var list []doing
	if len(g.step().Turns) > 0 {
		for _, v := range g.turn().Values {
			list = append(list, doing{step: g.step().ID, over: g.turn().Over, value: v})
		}
	}
	return list
}

// shared reports whether the class has the values of the turn.
func (g *Guide) shared() bool {
	s := g.lead.Link.State
	return s != nil && s.Turn != nil && s.Turn.Step == g.step().ID && s.Turn.Over == g.turn().Over
}

// nextValue is the first value of the turn that is not measured; false if none is
// left, or the step has no turn.
func (g *Guide) nextValue() (doing, bool) {
	for _, d := range g.values() {
		if g.outcomes[d.key()].result == nil {
			return d, true
		}
	}
	return doing{}, false
}

// share has the class take the values of the turn. What came of them before is put
// away.
func (g *Guide) share() {
	key := classroom.CommandKey(g.step().ID, 0)
	g.lead.Control(class.Control{Action: class.ActionTurn, Step: g.step().ID, Over: g.turn().Over, Change: g.at.Changes[key]}, g.forgetValues)
}

func (g *Guide) forgetValues() {
	for _, d := range g.values() {
		delete(g.outcomes, d.key())
		delete(g.at.Runs, d.key())
	}
	g.remember()
}

// goOn does what follows a run by itself: the next value of a turn, whose last one the
// class is told, and Python's side of a line of the table.
func (g *Guide) goOn() {
	d := g.doing
	if d.step != g.step().ID {
		return // the lesson has gone on
	}
	if d.value != 0 {
		if g.lead.Leads() {
			g.lead.Control(class.Control{Action: class.ActionReveal, Step: d.step, Value: d.value, RunID: g.outcomes[d.key()].runID}, nil)
		}
		if next, more := g.nextValue(); more {
			g.do(next)
		}
		return
	}
	if table := g.step().Table; table != nil && g.python {
		i := slices.IndexFunc(table.Rows, func(r lesson.Row) bool { return r.Command == d.command })
		if i >= 0 && g.outcomes[classroom.CommandKey(d.step, table.Rows[i].Python)].result == nil {
			g.run(table.Rows[i].Python)
		}
	}
}

// renderTurn shows the choice of what is shared out, who has which value, and the
// curves of what was measured so far.
func (g *Guide) renderTurn() app.UI {
	l, t := g.page.Lang, g.turn()
	var choices, groups []app.UI
	for _, other := range g.step().Turns {
		choices = append(choices, app.Button().Type("button").Class("chip").DataSet("testid", "over-"+other.Over).
			Aria("pressed", other.Over == t.Over).Disabled(g.occupied()).Text(l.T("turn."+other.Over, other.Values[0], other.Values[len(other.Values)-1])).
			OnClick(func(app.Context, app.Event) {
				g.at.Over = other.Over
				g.remember()
				g.restore()
			}, other.Over))
	}
	if s := g.lead.Link.State; g.shared() {
		for _, group := range s.Turn.Groups {
			groups = append(groups, app.Li().Text(l.T("turn.group", group.Value, group.Members, len(group.Browsers))))
		}
	}
	sweep, run := g.sweep()
	return app.Section().Class("card command").Aria("label", l.T("turn.title")).DataSet("testid", "turn").Body(
		app.H3().Text(l.T("turn.title")),
		app.Div().Class("line").Body(choices...),
		widget.When(len(groups) > 0, func() app.UI { return app.Ul().Class("groups").DataSet("testid", "groups").Body(groups...) }),
		widget.When(g.occupied() && g.doing.value != 0, func() app.UI {
			return app.Div().Body(app.P().Class("strong").Text(l.T("turn.measuring", g.doing.value)), g.renderRunning())
		}),
		widget.When(sweep != nil, func() app.UI { return &results.SweepView{Lang: l, Sweep: sweep, RunID: run} }),
	)
}

// sweep is the measured values as a sweep, with the run of the last one; nil under two.
func (g *Guide) sweep() (*result.Sweep, string) {
	s := &result.Sweep{Over: g.turn().Over, PixelsEqual: true}
	run := ""
	var values []float64
	for _, d := range g.values() {
		o := g.outcomes[d.key()]
		if o.result == nil {
			continue
		}
		run = o.runID
		values = append(values, float64(d.value))
		s.Points = append(s.Points, analysis.PointOf(float64(d.value), o.result))
		s.Spec, s.Environment, s.Methods = o.result.Spec, o.result.Environment, o.result.Spec.Methods
		s.PixelsEqual = s.PixelsEqual && o.result.Performance.PixelsEqual
	}
	if len(values) < 2 {
		return nil, ""
	}
	s.Spec.Sweep = &request.SweepPlan{Over: s.Over, Values: values}
	analysis.Conclude(s)
	return s, run
}
