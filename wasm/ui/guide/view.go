package guide

import (
	"strconv"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func (g *Guide) Render() app.UI { return g.page.Render("guide", g.renderContent) }

func (g *Guide) renderContent() []app.UI {
	switch {
	case g.guide != nil:
		return []app.UI{g.renderSteps(), app.Div().Class("stack").Body(g.renderLost(), g.renderStep())}
	case g.failure != nil:
		return []app.UI{widget.FailedView(g.page.Lang, g.failure, g.load)}
	}
	return []app.UI{widget.LoadingView(g.page.Lang, "guide.loading")}
}

// renderLost says that the class is out of reach; who does not lead follows
// nothing that could be lost.
func (g *Guide) renderLost() app.UI {
	return widget.When(g.lead.Leads(), func() app.UI { return g.lead.Link.Render(g.page.Lang) })
}

// renderSteps lists the steps, and holds the lesson's clock.
func (g *Guide) renderSteps() app.UI {
	l := g.page.Lang
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
		g.renderMove(),
		app.P().Class("hint keys").Text(l.T("guide.keys")),
		g.renderKeys(),
	)
}

// renderClock shows the lesson's time beside the plan.
func (g *Guide) renderClock() app.UI {
	l, clock := g.page.Lang, g.at.Clock
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
			widget.When(g.lead.Leads(), func() app.UI {
				return app.Button().Type("button").Class("chip").DataSet("testid", "follow").
					Aria("pressed", g.at.Follow).Text(l.T("guide.follow")).OnClick(g.toggleFollow)
			}),
			g.lead.PauseView(l),
		),
		g.renderAudience(),
		widget.When(g.lead.Trouble != nil, func() app.UI { return widget.ProblemView(l, g.lead.Trouble) }),
	)
}

func (g *Guide) renderStep() app.UI {
	l, s := g.page.Lang, g.step()
	content := []app.UI{
		app.Div().Class("card say").Body(
			app.P().Class("soft").DataSet("testid", "step-label").Text(stepLabel(l, *g.guide, g.at.Step)),
			app.H2().Class("verdict").ID("step-title").DataSet("testid", "step-title").TabIndex(-1).Text(l.In(s.Title)),
			app.Details().Class("notes").DataSet("testid", "notes").Open(g.lead.Leads()).Body(
				app.Summary().Text(l.T("guide.notes")),
				app.P().Class("words").Text(l.In(s.Say)),
				widget.When(len(s.Outcomes) > 0, func() app.UI { return outcomesView(l, s.Outcomes) }),
			),
			widget.When(l.In(s.Ask) != "", func() app.UI {
				return app.P().Class("ask-class").Body(
					app.Span().Class("soft").Text(l.T("guide.ask")), app.Text(" "),
					app.Strong().Text(l.In(s.Ask)),
				)
			}),
		),
	}
	next := g.next()
	if len(s.Turns) > 0 {
		next = -1
		content = append(content, g.renderTurn())
	}
	for i := range s.Commands {
		if c := g.command(i); c.Needs == "" || g.python {
			content = append(content, g.renderCommand(i, c, i == next))
		}
	}
	if s.Table != nil {
		content = append(content, g.renderTable(*s.Table))
	}
	content = append(content, g.renderPicture(), g.renderMoves())
	return app.Article().Class("stack").ID("step").Aria("labelledby", "step-title").Body(content...)
}

// outcomesView tells the presenter what each outcome means.
func outcomesView(l i18n.Lang, all []lesson.Outcome) app.UI {
	var list []app.UI
	for _, o := range all {
		list = append(list, app.Div().Body(app.Dt().Text(l.In(o.If)), app.Dd().Text(l.In(o.Say))))
	}
	return app.Dl().Class("outcomes").DataSet("testid", "outcomes").Body(list...)
}

func (g *Guide) renderMoves() app.UI {
	l := g.page.Lang
	return app.Div().Class("moves").Body(
		app.Button().Type("button").Class("plain").DataSet("testid", "previous").Disabled(g.at.Step == 0).
			Text(l.T("guide.previous")).OnClick(func(app.Context, app.Event) { g.show(g.at.Step - 1) }),
		app.Button().Type("button").Class("plain").DataSet("testid", "next").Disabled(g.at.Step == len(g.guide.Steps)-1).
			Text(l.T("guide.next")).OnClick(func(app.Context, app.Event) { g.show(g.at.Step + 1) }),
	)
}

// renderCommand shows a command, its button and what came of it.
func (g *Guide) renderCommand(i int, c lesson.Command, next bool) app.UI {
	l, key := g.page.Lang, classroom.CommandKey(g.step().ID, i)
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
				widget.When(g.mayAsk(i, c), func() app.UI {
					return app.Button().Type("button").Class("chip").DataSet("testid", "ask").Disabled(g.occupied() || g.lead.Busy).
						Text(l.T("guide.predict")).OnClick(func(app.Context, app.Event) { g.ask(i, key) }, key)
				}),
				widget.When(Runs(c), func() app.UI {
					return app.Button().Type("button").Class("primary small").DataSet("testid", "run-"+strconv.Itoa(i)).
						Disabled(g.occupied()).Text(l.T("guide.run")).OnClick(func(app.Context, app.Event) { g.run(i) }, key)
				}),
				app.Button().Type("button").Class("plain").DataSet("testid", "copy-"+strconv.Itoa(i)).
					Text(l.T("curl.copy")).OnClick(func(app.Context, app.Event) { g.copy(key, line) }, key, line),
				app.P().Class("hint").Role("status").Text(note),
			),
		),
		g.renderChange(i, key),
		widget.When(c.Optional, func() app.UI { return app.P().Class("hint").Text(l.T("guide.optional")) }),
		widget.When(!Runs(c), func() app.UI { return app.P().Class("hint").Text(l.T("guide.shell")) }),
		widget.When(g.roundOf(i) != nil && g.lead.Leads(), func() app.UI { return g.renderClass(i, o) }),
		widget.When(g.running == key, g.renderRunning),
		widget.When(o.trouble != nil, func() app.UI { return widget.ProblemView(l, o.trouble) }),
		widget.When(c.Expected != nil && g.told(i, o), func() app.UI { return g.renderExpected(i, *c.Expected, o.result) }),
		widget.When(o.result != nil && g.told(i, o), func() app.UI { return g.renderResult(i, o) }),
		widget.Note("headline", "", AnswerText(l, c.Path, o.answer)),
		widget.When(o.answer != "" && c.Path == request.WaitsPath, func() app.UI { return waitsView(l, o.answer) }),
		widget.When(o.answer != "", func() app.UI {
			return app.Pre().Class("answer-text").TabIndex(0).Role("group").Aria("label", l.T("guide.answer")).
				DataSet("testid", "answer-"+strconv.Itoa(i)).Text(o.answer)
		}),
	)
}

// told reports whether what came of a command may be read: it was measured, and the
// class's question about it is answered.
func (g *Guide) told(i int, o commandOutcome) bool {
	r := g.roundOf(i)
	return o.result != nil && (r == nil || r.Reveal != nil)
}

// renderMove says what the one key does now, and does it for a pointer.
func (g *Guide) renderMove() app.UI {
	m, _ := g.nextMove()
	return app.Button().Type("button").Class("primary").DataSet("testid", "lead").DataSet("move", m.said()).Disabled(m == moveWait || m == moveEnd).
		Text(g.page.Lang.T(m.said())).OnClick(func(app.Context, app.Event) { g.leadOn() })
}

func (g *Guide) renderRunning() app.UI {
	if g.session.Run.Visible() {
		return results.RunningView(g.page.Lang, g.session)
	}
	return app.P().Class("soft").Aria("busy", true).Text(g.page.Lang.T("run.sending"))
}

// renderExpected sets what the guide says beside what was measured.
func (g *Guide) renderExpected(i int, e result.Expectation, c *result.Comparison) app.UI {
	l := g.page.Lang
	measured := ""
	if c != nil {
		measured = c.Performance.Winner
		e = e.Against(measured)
	}
	met := e.Met
	return app.Div().Class("expected").Body(
		app.Dl().Body(
			app.Div().Body(
				app.Dt().Text(l.T("guide.expected")),
				app.Dd().DataSet("testid", "expected-"+strconv.Itoa(i)).Text(i18n.WinnerTitle(l, e.Winner)),
			),
			app.Div().Body(
				app.Dt().Text(l.T("guide.measured")),
				app.Dd().DataSet("testid", "measured-"+strconv.Itoa(i)).DataSet("met", met).Text(i18n.WinnerTitle(l, measured)),
			),
		),
		widget.When(met != "", func() app.UI { return app.P().Class("strong").Text(l.T("met." + met)) }),
		app.P().Class("soft").Text(l.In(e.Claim)),
		widget.When(c != nil, func() app.UI { return app.P().Text(l.In(e.Note)) }),
	)
}

// renderResult shows the verdict of a command; its lanes are in the step's picture.
func (g *Guide) renderResult(i int, o commandOutcome) app.UI {
	l, c := g.page.Lang, o.result
	command := g.step().Commands[i]
	return app.Div().Class("outcome").Body(
		results.SettingsLine(l, results.SettingsOf(l, c)),
		app.P().Class("headline").DataSet("testid", "verdict-"+strconv.Itoa(i)).Text(results.Headline(l, c)),
		widget.Note("soft", "", l.In(c.Performance.Caution)),
		widget.Note("soft", "", l.In(c.Performance.Ceiling)),
		widget.When(command.IsStress(), func() app.UI { return stressView(l, i, analysis.StressOf(c)) }),
		widget.When(len(c.Results) == 1 && !command.IsStress(), func() app.UI { return g.renderFacts(i, c) }),
		app.Ul().Class("evidence").Aria("label", l.T("evidence.title")).Body(
			results.Opened(results.RunLink(o.runID), "carriles-"+o.runID+".html", l.T("guide.open")),
			results.ReportLink(l, o.runID),
		),
	)
}

// renderFacts shows the figures of a single method by the names that the API
// gives them, and whether its pixels are those of a command before.
func (g *Guide) renderFacts(i int, c *result.Comparison) app.UI {
	l, m := g.page.Lang, c.Results[draw.MethodOrder(c.Results)[0]]
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
		widget.When(twin >= 0, func() app.UI { return app.P().Text(l.T("facts.same", twin+1)) }),
	)
}

// samePixels is the first command of the step before one that gave the same
// pixels; -1 if none did.
func (g *Guide) samePixels(i int, m *result.MethodResult) int {
	for j := range i {
		c := g.outcomes[classroom.CommandKey(g.step().ID, j)].result
		if c == nil || len(c.Results) != 1 || m.OutputDigest == "" {
			continue
		}
		if c.Results[draw.MethodOrder(c.Results)[0]].OutputDigest == m.OutputDigest {
			return j
		}
	}
	return -1
}

// linesOf are the lanes of a result, once they are there.
func (g *Guide) linesOf(o commandOutcome) *measure.Timelines {
	if last := g.session.Outcome; last.Result == o.result {
		return last.Lines
	}
	return o.lines
}
