package ui

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/analysis"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/result"
)

// Render shows the lesson.
func (g *Guide) Render() app.UI {
	if !g.ready() {
		return shell()
	}
	return g.page("/guide", "guide", g.renderContent()...)
}

func (g *Guide) renderContent() []app.UI {
	switch {
	case g.guide != nil:
		return []app.UI{g.renderSteps(), app.Div().Class("stack").Body(g.renderLost(), g.renderStep())}
	case g.failure != nil:
		return []app.UI{app.Div().Class("card").Body(
			problemView(g.lab.lang, g.failure),
			app.Button().Type("button").Class("plain").Text(g.lab.lang.T("error.again")).OnClick(func(app.Context, app.Event) { g.load() }),
		)}
	}
	return []app.UI{loadingView(g.lab.lang, "guide.loading")}
}

// renderLost says that the class is out of reach; who does not lead follows
// nothing that could be lost.
func (g *Guide) renderLost() app.UI {
	return when(g.token != "" && g.link.lang != nil, g.link.renderLink)
}

// loadingView stands where something is on its way.
func loadingView(l Lang, key string) app.UI {
	return app.Div().Class("card").Aria("busy", true).Body(app.P().Class("soft").Text(l.T(key)))
}

// renderSteps lists the steps, and holds the lesson's clock.
func (g *Guide) renderSteps() app.UI {
	l := g.lab.lang
	var items []app.UI
	for i, s := range g.guide.Steps {
		button := app.Button().Type("button").DataSet("testid", "step-"+s.ID).Body(
			app.Span().Class("number").Text(strconv.Itoa(i+1)),
			app.Span().Class("what").Text(l.In(s.Title)),
			app.Span().Class("soft").Text(l.T("guide.minutes", s.Minutes)),
		).OnClick(func(app.Context, app.Event) { g.show(i) }, i)
		if i == g.at.Step {
			button = button.Aria("current", "step")
		}
		items = append(items, app.Li().Body(button))
	}
	return app.Div().Class("plan").Body(
		app.H2().Class("lesson").Text(l.In(g.guide.Title)),
		g.renderClock(),
		app.Nav().Class("steps").Aria("label", l.T("guide.steps")).Body(app.Ol().Body(items...)),
		app.P().Class("hint keys").Text(l.T("guide.keys")),
	)
}

// renderClock shows the lesson's time beside the plan.
func (g *Guide) renderClock() app.UI {
	l, clock := g.lab.lang, g.at.Clock
	at := clock.At(time.Now())
	pace := PaceOf(g.step(), at)
	said, toggle := PaceText(l, pace), "guide.start"
	if clock == (Clock{}) { // nothing can be early or late yet
		said = l.T("guide.planned", g.step().Minutes)
	}
	if clock.Running() {
		toggle = "guide.pause"
	}
	return app.Section().Class("card clock").Aria("label", l.T("guide.clock")).Body(
		app.P().Class("now").Body(
			app.B().DataSet("testid", "clock").Role("timer").Text(ClockText(at)),
			app.Span().Class("unit").Text(l.T("guide.of", g.guide.Minutes)),
		),
		app.Progress().Aria("label", l.T("guide.budget")).Max(1).Value(pace.Spent),
		app.P().Class("soft").DataSet("testid", "pace").Text(said),
		app.Div().Class("line").Body(
			app.Button().Type("button").Class("chip").DataSet("testid", "clock-toggle").Text(l.T(toggle)).OnClick(g.toggleClock),
			app.Button().Type("button").Class("chip").Disabled(clock == Clock{} && len(g.outcomes) == 0 || g.occupied()).
				Text(l.T("guide.reset")).OnClick(g.reset),
			when(g.token != "", func() app.UI {
				return app.Button().Type("button").Class("chip").DataSet("testid", "follow").
					Aria("pressed", g.at.Follow).Text(l.T("guide.follow")).OnClick(g.toggleFollow)
			}),
		),
		g.renderAudience(),
		when(g.presenter.trouble != nil, func() app.UI { return problemView(l, g.presenter.trouble) }),
	)
}

// renderStep shows the present step.
func (g *Guide) renderStep() app.UI {
	l, s := g.lab.lang, g.step()
	content := []app.UI{
		app.Div().Class("card say").Body(
			app.P().Class("soft").DataSet("testid", "step-label").Text(stepLabel(l, *g.guide, g.at.Step)),
			app.H2().Class("verdict").ID("step-title").DataSet("testid", "step-title").TabIndex(-1).Text(l.In(s.Title)),
			app.P().Class("words").Text(l.In(s.Say)),
			when(l.In(s.Ask) != "", func() app.UI {
				return app.P().Class("ask-class").Body(
					app.Span().Class("soft").Text(l.T("guide.ask")), app.Text(" "),
					app.Strong().Text(l.In(s.Ask)),
				)
			}),
		),
	}
	next, last := g.next(), g.lastRun()
	for i, c := range s.Commands {
		content = append(content, g.renderCommand(i, c, i == next, i == last))
	}
	content = append(content, g.renderMoves())
	return app.Article().Class("stack").ID("step").Aria("labelledby", "step-title").Body(content...)
}

// lastRun is the last command of the step with a result: its race is shown.
func (g *Guide) lastRun() int {
	last := -1
	for i := range g.step().Commands {
		if g.outcomes[commandKey(g.step().ID, i)].result != nil {
			last = i
		}
	}
	return last
}

func (g *Guide) renderMoves() app.UI {
	l := g.lab.lang
	return app.Div().Class("moves").Body(
		app.Button().Type("button").Class("plain").DataSet("testid", "previous").Disabled(g.at.Step == 0).
			Text(l.T("guide.previous")).OnClick(func(app.Context, app.Event) { g.show(g.at.Step - 1) }),
		app.Button().Type("button").Class("plain").DataSet("testid", "next").Disabled(g.at.Step == len(g.guide.Steps)-1).
			Text(l.T("guide.next")).OnClick(func(app.Context, app.Event) { g.show(g.at.Step + 1) }),
	)
}

// renderCommand shows a command, its button and what came of it.
func (g *Guide) renderCommand(i int, c lesson.Command, next, race bool) app.UI {
	l, key := g.lab.lang, commandKey(g.step().ID, i)
	line := CommandLine(app.Window().Get("location").Get("origin").String(), c)
	o := g.outcomes[key]
	class := "card command"
	if next {
		class += " upcoming"
	}
	note := ""
	if g.copied == key {
		note = l.T("curl.copied")
		if g.copyFail {
			note = l.T("curl.failed")
		}
	}
	return app.Section().Class(class).ID("card-"+key).Aria("label", l.T("guide.command", i+1)).DataSet("testid", "command-"+strconv.Itoa(i)).Body(
		app.Div().Class("curl").Body(
			app.Pre().TabIndex(0).Aria("label", l.T("guide.command", i+1)).Role("group").Body(
				app.Code().ID("command-"+key).Text(line),
			),
			app.Div().Class("line").Body(
				when(g.mayAsk(i, c), func() app.UI {
					return app.Button().Type("button").Class("chip").DataSet("testid", "ask").Disabled(g.occupied() || g.presenter.busy).
						Text(l.T("guide.predict")).OnClick(func(app.Context, app.Event) { g.ask(i, key) }, key)
				}),
				when(Runs(c), func() app.UI {
					return app.Button().Type("button").Class("primary small").DataSet("testid", "run-"+strconv.Itoa(i)).
						Disabled(g.occupied()).Text(l.T("guide.run")).OnClick(func(app.Context, app.Event) { g.run(i) }, key)
				}),
				app.Button().Type("button").Class("plain").DataSet("testid", "copy-"+strconv.Itoa(i)).
					Text(l.T("curl.copy")).OnClick(func(app.Context, app.Event) { g.copy(key, line) }, key, line),
				app.P().Class("hint").Role("status").Text(note),
			),
		),
		when(!Runs(c), func() app.UI { return app.P().Class("hint").Text(l.T("guide.shell")) }),
		when(g.roundOf(i) != nil && g.token != "", func() app.UI { return g.renderClass(i, o) }),
		when(g.running == key, g.renderRunning),
		when(o.trouble != nil, func() app.UI { return problemView(l, o.trouble) }),
		when(c.Expected != nil, func() app.UI { return g.renderExpected(i, *c.Expected, o.result) }),
		when(o.result != nil, func() app.UI { return g.renderResult(i, o, race) }),
		when(o.answer != "" && AnswerText(l, c.Path, o.answer) != "", func() app.UI {
			return app.P().Class("headline").Text(AnswerText(l, c.Path, o.answer))
		}),
		when(o.answer != "", func() app.UI {
			return app.Pre().Class("answer-text").TabIndex(0).Role("group").Aria("label", l.T("guide.answer")).
				DataSet("testid", "answer-"+strconv.Itoa(i)).Text(o.answer)
		}),
	)
}

func (g *Guide) renderRunning() app.UI {
	if g.lab.run.visible() {
		return g.renderRun()
	}
	return app.P().Class("soft").Aria("busy", true).Text(g.lab.lang.T("run.sending"))
}

// renderExpected sets what the guide says beside what was measured.
func (g *Guide) renderExpected(i int, e result.Expectation, c *result.Comparison) app.UI {
	l := g.lab.lang
	measured, met := "", ""
	if c != nil {
		measured = c.Performance.Winner
		met = e.Against(measured).Met
	}
	return app.Div().Class("expected").Body(
		app.Dl().Body(
			app.Div().Body(
				app.Dt().Text(l.T("guide.expected")),
				app.Dd().DataSet("testid", "expected-"+strconv.Itoa(i)).Text(WinnerTitle(l, e.Winner)),
			),
			app.Div().Body(
				app.Dt().Text(l.T("guide.measured")),
				app.Dd().DataSet("testid", "measured-"+strconv.Itoa(i)).DataSet("met", met).Text(WinnerTitle(l, measured)),
			),
		),
		when(met != "", func() app.UI { return app.P().Class("strong").Text(MetText(l, met)) }),
		app.P().Class("soft").Text(l.In(e.Claim)),
		when(c != nil, func() app.UI { return app.P().Text(l.In(e.Note)) }),
	)
}

// renderResult shows the verdict of a command, and the race of the last one.
func (g *Guide) renderResult(i int, o commandOutcome, race bool) app.UI {
	l, c := g.lab.lang, o.result
	command := g.step().Commands[i]
	return app.Div().Class("outcome").Body(
		app.P().Class("headline").DataSet("testid", "verdict-"+strconv.Itoa(i)).Text(Headline(l, c)),
		when(l.In(c.Performance.Caution) != "", func() app.UI {
			return app.P().Class("soft").Text(l.In(c.Performance.Caution))
		}),
		when(command.IsStress(), func() app.UI { return stressView(l, i, analysis.StressOf(c)) }),
		when(len(c.Results) == 1 && !command.IsStress(), func() app.UI { return g.renderFacts(i, c) }),
		when(race, func() app.UI { return &raceView{Lang: l, Rows: Rows(c.Results), Lines: g.linesOf(o)} }),
		app.Ul().Class("evidence").Aria("label", l.T("evidence.title")).Body(
			opened(runLink(o.runID), "carriles-"+o.runID+".html", l.T("guide.open")),
			reportLink(l, o.runID),
		),
	)
}

// renderFacts shows the figures of a single method by the names that the API
// gives them, and whether its pixels are those of a command before.
func (g *Guide) renderFacts(i int, c *result.Comparison) app.UI {
	l, m := g.lab.lang, c.Results[MethodOrder(c.Results)[0]]
	var facts []app.UI
	for _, f := range Facts(l, m) {
		facts = append(facts, app.Div().Body(
			app.Dt().Body(app.Text(l.T(f.Key)), app.Text(" "), app.Code().Text(f.Field)),
			app.Dd().Body(app.Text(f.Value), app.Span().Class("unit").Text(f.Unit)),
		))
	}
	twin := g.samePixels(i, m)
	return app.Div().Class("facts").DataSet("testid", "facts-"+strconv.Itoa(i)).Body(
		app.Dl().Body(facts...),
		when(twin >= 0, func() app.UI { return app.P().Text(l.T("facts.same", twin+1)) }),
	)
}

// samePixels is the first command of the step before one that gave the same
// pixels; -1 if none did.
func (g *Guide) samePixels(i int, m *result.MethodResult) int {
	for j := range i {
		c := g.outcomes[commandKey(g.step().ID, j)].result
		if c == nil || len(c.Results) != 1 || m.OutputDigest == "" {
			continue
		}
		if c.Results[MethodOrder(c.Results)[0]].OutputDigest == m.OutputDigest {
			return j
		}
	}
	return -1
}

// linesOf are the lanes of a result, once they are there.
func (g *Guide) linesOf(o commandOutcome) *timelines {
	if g.lab.outcome.result == o.result {
		return g.lab.outcome.lines
	}
	return o.lines
}
