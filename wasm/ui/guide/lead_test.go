package guide

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/shell"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// presenters is a guide of a tab that leads a class, in which nothing comes of what
// is begun.
func presenters() *Guide {
	les := lesson.Guide()
	g := &Guide{page: &shell.Page{Lang: i18n.EN}, guide: &les, lead: classroom.Presenter{Token: "t"}, outcomes: map[string]commandOutcome{}}
	g.session = measure.New(client.Begin(still{}), nil, g.page.Language, func(measure.Event) {})
	g.lead.Link.State = &class.State{Members: class.Members{All: 9}}
	return g
}

func stepAt(g *Guide, id string) {
	g.at.Step = slices.IndexFunc(g.guide.Steps, func(s lesson.Step) bool { return s.ID == id })
}

// ran is a result of some methods, each of 1 s.
func ran(methods ...string) *result.Comparison {
	c := &result.Comparison{Spec: request.Spec{Methods: methods, Steps: []request.Step{{Filter: "sharpen"}}}, Results: map[string]*result.MethodResult{}}
	for _, name := range methods {
		c.Results[name] = &result.MethodResult{Method: name, Time: 1, ProcessedCount: 5, SuccessCount: 5}
	}
	c.Performance.Winner, c.Performance.PixelsEqual = result.WinnerNone, true
	return c
}

// TestOneKey leads through every step: whatever the key says it does next is done.
func TestOneKey(t *testing.T) {
	g := presenters()
	var moves []string
	for range 80 {
		m, i := g.nextMove()
		if m == moveEnd {
			break
		}
		moves = append(moves, fmt.Sprint(g.step().ID, "/", i, " ", m.said()))
		key := classroom.CommandKey(g.step().ID, i)
		state := g.lead.Link.State
		switch m {
		case moveAsk:
			state.Round = &class.Round{Phase: class.RoundOpen, Step: g.step().ID, Command: i}
		case moveReveal:
			state.Round.Reveal = &class.Reveal{}
		case moveShare:
			state.Turn = &class.Turn{Step: g.step().ID, Over: g.turn().Over}
		case moveMeasure:
			if r, ok := g.command(i).Request(); !ok {
				g.outcomes[key] = commandOutcome{answer: "{}"}
			} else if value, more := g.nextValue(); more {
				g.outcomes[value.key()] = commandOutcome{result: ran(r.Methods...), runID: "r"}
			} else {
				g.outcomes[key] = commandOutcome{result: ran(r.Methods...), runID: "r"}
			}
		case moveStep:
			g.at.Step++
		default:
			t.Fatalf("%v at %s", m, g.step().ID)
		}
	}
	want := `intro/0 move.measure, intro/0 move.step, words/0 move.measure, words/0 move.step,
		waiting/0 move.ask, waiting/0 move.measure, waiting/0 move.reveal, waiting/1 move.measure, waiting/0 move.step,
		gil/0 move.ask, gil/0 move.measure, gil/0 move.reveal, gil/0 move.step,
		computing/0 move.ask, computing/0 move.measure, computing/0 move.reveal, computing/1 move.measure, computing/0 move.step,
		table/0 move.measure, table/1 move.measure, table/2 move.measure, table/3 move.measure, table/0 move.step,
		turn/0 move.share, turn/0 move.measure, turn/0 move.measure, turn/0 move.measure, turn/0 move.measure, turn/0 move.measure, turn/0 move.step,
		costs/0 move.measure, costs/1 move.measure, costs/0 move.step, tomorrow/0 move.measure, tomorrow/1 move.measure`
	if got := strings.Join(moves, ", "); got != strings.Join(strings.Fields(want), " ") {
		t.Errorf("the key does\n%s", got)
	}
}

// TestTurnOfAGuide measures value after value, and draws their curves from two on.
func TestTurnOfAGuide(t *testing.T) {
	g := presenters()
	g.lead.Token = "" // who leads no class measures the values all the same
	stepAt(g, "turn")
	next := func() int {
		d, _ := g.nextValue()
		return d.value
	}
	if m, _ := g.nextMove(); m != moveMeasure || next() != 1 {
		t.Errorf("alone the key does %v, value %d", m, next())
	}
	for v := 1; v <= 2; v++ {
		if sweep, _ := g.sweep(); sweep != nil {
			t.Errorf("before the value %d there are curves", v)
		}
		d := doing{step: "turn", over: request.OverIntensity, value: v}
		g.outcomes[d.key()] = commandOutcome{result: ran(request.GuideMethods()...), runID: fmt.Sprint("r", v)}
	}
	sweep, run := g.sweep()
	if sweep == nil || run != "r2" || len(sweep.Points) != 2 || len(sweep.Crossovers) != 3 || !sweep.PixelsEqual || next() != 3 {
		t.Errorf("%+v of %s", sweep, run)
	}
	g.at.Over = request.OverWorkers
	if next() != 1 {
		t.Errorf("of workers %d is next, and none is measured", next())
	}
}

// TestTurnedInPlace shows a command as it is turned, in the line that is copied and
// in the batch that is asked for.
func TestTurnedInPlace(t *testing.T) {
	g := presenters()
	stepAt(g, "computing")
	key := classroom.CommandKey("computing", 0)
	g.at.Changes = map[string]request.Change{key: {Intensity: 4, Rounds: 7}}
	html := app.HTMLString(g.renderCommand(0, g.command(0), false))
	for _, want := range []string{`"intensity": 4`, `"rounds": 7`, `data-testid="intensity-0"`, `data-testid="workers-0"`} {
		if !strings.Contains(strings.ReplaceAll(html, "&#34;", `"`), want) {
			t.Errorf("%s is not in %s", want, html)
		}
	}
	if r, _ := g.command(0).Request(); r.FilterParams["sharpen"]["intensity"] != 4 || r.Rounds != 7 {
		t.Errorf("asked for %+v", r)
	}
	if html := app.HTMLString(app.Div().Body(g.renderChange(1, "x"))); strings.Contains(html, "workers-1") {
		t.Errorf("workers of variants may be turned: %s", html)
	}
}

// TestPictureOfTheStep sets the methods of a step's commands side by side, but those
// of a question that is not revealed, and keeps what was handed over.
func TestPictureOfTheStep(t *testing.T) {
	g := presenters()
	stepAt(g, "computing")
	line := func(method string) *measure.Timelines {
		return &measure.Timelines{Images: []string{"a.jpg"}, Lines: []result.Timeline{{Method: method, Lanes: make([]result.TimelineLane, 1)}}}
	}
	g.outcomes[classroom.CommandKey("computing", 0)] = commandOutcome{result: ran("threading"), lines: line("threading"), runID: "a"}
	other := ran("threading")
	other.Spec.Pool = "warm"
	g.outcomes[classroom.CommandKey("computing", 1)] = commandOutcome{result: other, lines: line("threading"), runID: "b"}
	rows, lines := g.picture()
	if len(rows) != 2 || rows[1].Method != "threading@pool=warm" || len(lines.Lines) != 2 || lines.Of("threading@pool=warm") == nil {
		t.Errorf("%+v, %+v", rows, lines)
	}
	if _, again := g.picture(); again != lines {
		t.Error("the same lanes are others")
	}
	g.lead.Link.State.Round = &class.Round{Phase: class.RoundClosed, Step: "computing", Command: 0}
	if rows, _ := g.picture(); len(rows) != 1 {
		t.Errorf("a question that is not revealed is in the picture: %+v", rows)
	}
}

// TestTableOfTheGuide fills the table as its lines are measured.
func TestTableOfTheGuide(t *testing.T) {
	g := presenters()
	stepAt(g, "table")
	show := func() string { return app.HTMLString(g.renderTable(*g.step().Table)) }
	if html := show(); strings.Contains(html, "Threads") || strings.Contains(html, "November") {
		t.Errorf("before it is measured: %s", html)
	}
	here := ran(request.GuideMethods()...)
	here.Performance.Expected = g.step().Commands[0].Expected
	g.outcomes[classroom.CommandKey("table", 0)] = commandOutcome{result: here}
	if html := show(); !strings.Contains(html, `data-met="open"`) || !strings.Contains(html, "November 2026") || !strings.Contains(html, "0.36–0.39") {
		t.Errorf("a line is measured: %s", html)
	}
}
