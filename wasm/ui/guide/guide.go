// Package guide is the lesson as a page: its steps with their minutes, what to
// say, the question, and each command with a button that runs it. The lesson's
// text comes from the host.
//
// The hard case is a reload in the middle of a lesson. The presenter's tab keeps
// the token, the lesson's place, the runs of its commands and the run of the
// round. What it finds of them on the server goes on; what the server has
// forgotten is dropped, and what the class was shown is shown again.
package guide

import (
	"strconv"
	"time"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/shell"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// keyGuide is where a tab remembers how far the lesson has come.
const keyGuide = "carriles.guide"

// Guide is the lesson as a page: its steps with their minutes, what to say, the
// question, and each command with a button that runs it. It is led by the
// keyboard or a clicker.
type Guide struct {
	app.Compo
	page    *shell.Page
	session *measure.Session
	lead    classroom.Presenter // whose link only a presenter's tab opens

	guide   *lesson.Lesson
	failure *client.Problem // of loading

	python bool // its methods can be measured here

	at       lessonPlace
	outcomes map[string]commandOutcome // by key
	running  string                    // the key of what is run, which is doing
	doing    doing
	copied   string // the CommandKey of what was copied
	copyFail bool
	ticking  bool
	keys     bool // the keys are shown
	drawn    struct {
		key   string
		lines *measure.Timelines
	}
}

// doing is what is run: a command of a step, or a value of what its turn is over.
type doing struct {
	step    string
	command int
	over    string
	value   int // 0: the command as it stands
}

// key names it among the outcomes.
func (d doing) key() string {
	key := classroom.CommandKey(d.step, d.command)
	if d.value != 0 {
		key += " " + d.over + "=" + strconv.Itoa(d.value)
	}
	return key
}

// lessonPlace is what a tab remembers of the lesson.
type lessonPlace struct {
	Step  int   `json:"step"`
	Clock Clock `json:"clock"`
	// Follow is whether the class is shown the step; only a presenter's tab can.
	Follow bool `json:"follow"`
	// Runs are what the commands were run as, by key, and Changes what was turned in
	// them, by CommandKey.
	Runs    map[string]string         `json:"runs,omitempty"`
	Changes map[string]request.Change `json:"changes,omitempty"`
	// Over is what the turn is over; empty for the one that is proposed.
	Over string `json:"over,omitempty"`
	// Answers are what the commands that are no batch were answered.
	Answers map[string]string `json:"answers,omitempty"`
}

// commandOutcome is what became of a command.
type commandOutcome struct {
	result  *result.Comparison // of a batch
	lines   *measure.Timelines // of the result, once another one has been run
	runID   string
	answer  string // of any other request
	trouble *client.Problem
}

func New(p *shell.Page) app.Composer { return &Guide{page: p} }

func (g *Guide) OnMount(ctx app.Context) {
	g.page.Open(ctx)
	g.session = measure.New(g.page.Life, client.Server{}, g.page.Language, g.hear)
	g.outcomes = map[string]commandOutcome{}
	dom.KeptIn(dom.ForTab, keyGuide, &g.at)
	ears := &dom.Listeners{On: app.Window()}
	ears.Add("keydown", g.pressed)
	g.page.Life.AtEnd(ears.Drop)
	g.lead.Recall()
	if g.lead.Leads() {
		g.lead.Link = classroom.Link{Page: g.page, Heard: g.heard}
		g.lead.Link.Open()
		g.hearWall()
	}
	g.load()
	g.tick()
}

func (g *Guide) OnDismount() { g.page.Close() }

func (g *Guide) hear(e measure.Event) {
	results.Speak(g.page, g.session, e)
	switch e.Kind {
	case measure.RunQueued:
		g.queued(e.RunID)
	case measure.WentIdle:
		g.settle()
	}
}

func (g *Guide) load() {
	g.failure = nil
	lang := g.page.Lang
	var guide lesson.Lesson
	var machine struct {
		Python struct {
			Available bool `json:"available"`
		} `json:"python"`
	}
	g.page.Life.Ask(func() *client.Problem {
		if trouble := client.Get(client.Server{}, lang, "/api/guide/", &guide); trouble != nil {
			return trouble
		}
		return client.Get(client.Server{}, lang, "/api/topology/", &machine)
	}, func(trouble *client.Problem) {
		if trouble == nil && len(guide.Steps) == 0 {
			trouble = &client.Problem{Key: "error.answer"}
		}
		if g.failure = trouble; trouble == nil {
			g.guide, g.python = &guide, machine.Python.Available
			g.at.Step = min(max(0, g.at.Step), len(guide.Steps)-1)
			g.restore()
			g.takeUp()
		}
	})
}

func (g *Guide) remember() { dom.KeepIn(dom.ForTab, keyGuide, g.at) }

// pressed takes a key of the page. It runs in the browser's callback, which
// alone can keep the browser from scrolling.
func (g *Guide) pressed(e app.Value) {
	key := e.Get("key").String()
	for _, modifier := range []string{"ctrlKey", "altKey", "metaKey", "shiftKey"} {
		if e.Get(modifier).Bool() && !(key == keyHelp && modifier == "shiftKey") {
			return
		}
	}
	typing, control := keyTarget(e)
	if guideKey(key, typing, control) == (keyed{}) {
		return
	}
	e.Call("preventDefault")
	if !e.Get("repeat").Bool() {
		g.page.Life.Dispatch(func() { g.key(key, typing, control) })
	}
}

// show moves to a step, and the keyboard with it.
func (g *Guide) show(step int) {
	if step < 0 || step >= len(g.guide.Steps) {
		return
	}
	g.at.Step = step
	g.remember()
	g.restore()
	g.showClass()
	g.page.Say(stepLabel(g.page.Lang, *g.guide, step))
	g.page.Defer(func() {
		dom.Focus("step-title")
		if !dom.InView("step-title") {
			dom.ScrollTo("step")
		}
	})
}

func (g *Guide) step() lesson.Step { return g.guide.Steps[g.at.Step] }

// command is a command of the step as the presenter has turned it.
func (g *Guide) command(i int) lesson.Command {
	return g.step().Commands[i].With(g.at.Changes[classroom.CommandKey(g.step().ID, i)])
}

// led reports whether the key that leads the lesson runs a command: not what is for
// who has time, nor what comes with another or cannot be run here.
func led(c lesson.Command) bool { return Runs(c) && !c.Optional && c.Needs == "" }

// next is the first command of the step that the key leads to and has not been run,
// or in vain; -1 if all were.
func (g *Guide) next() int {
	for i, c := range g.step().Commands {
		if o, done := g.outcomes[classroom.CommandKey(g.step().ID, i)]; led(c) && (!done || o.trouble != nil) {
			return i
		}
	}
	return -1
}

func (g *Guide) occupied() bool { return g.running != "" }

// run runs a command of the step.
func (g *Guide) run(i int) { g.do(doing{step: g.step().ID, command: i}) }

// do runs a command of the present step, or a value of its turn.
func (g *Guide) do(d doing) {
	if g.occupied() {
		return
	}
	c, i := g.command(d.command), d.command
	if d.value != 0 {
		c = c.With(g.turn().Change(d.value))
	}
	g.running, g.doing = d.key(), d
	request, ok := c.Request()
	if !ok {
		g.fetch(c, g.running)
		return
	}
	if r := g.roundOf(i); r != nil && r.Phase == class.RoundOpen {
		// What is predicted while it is measured is no prediction.
		g.lead.Control(class.Control{Action: class.ActionClose}, nil)
	}
	g.keepLines()
	g.session.Measure(measure.Asked{Request: request})
}

// keepLines keeps the lanes of the last result, which the next one would take the
// place of.
func (g *Guide) keepLines() {
	last := g.session.Outcome
	for key, o := range g.outcomes {
		if o.result != nil && o.result == last.Result {
			o.lines = last.Lines
			g.outcomes[key] = o
		}
	}
}

// settle takes in what became of the run of the command that was run.
func (g *Guide) settle() {
	key, r, last := g.running, g.session.Run, g.session.Outcome
	if key == "" {
		return
	}
	g.running = ""
	if r.Phase == measure.Cancelled { // by somebody, or because the server stopped
		g.outcomes[key] = commandOutcome{trouble: measure.WhyEnded(g.page.Lang, r.View)}
		return
	}
	g.outcomes[key] = commandOutcome{result: last.Result, runID: last.RunID, trouble: r.Trouble}
	if last.Result != nil {
		g.at.Runs = with(g.at.Runs, key, last.RunID)
		g.remember()
		g.goOn()
	}
	card := "card-" + key
	g.page.Defer(func() {
		if !dom.InView(card) { // what came of it is beneath the command
			dom.ScrollTo(card)
		}
	})
}

// restore shows again what the step's commands gave before the tab was loaded
// again, or came back from another view.
func (g *Guide) restore() {
	lang := g.page.Lang
	for _, d := range g.all() {
		key := d.key()
		if _, there := g.outcomes[key]; there {
			continue
		}
		if answer := g.at.Answers[key]; answer != "" {
			g.outcomes[key] = commandOutcome{answer: answer}
		}
		id := g.at.Runs[key]
		if id == "" {
			continue
		}
		g.outcomes[key] = commandOutcome{runID: id}
		var view result.RunView
		var lines *measure.Timelines // without them it is a result all the same
		g.page.Life.Ask(func() (trouble *client.Problem) {
			if trouble = client.Get(client.Server{}, lang, measure.RunURL(id), &view); trouble == nil {
				lines, _ = measure.TimelinesOf(client.Server{}, lang, view)
			}
			return trouble
		}, func(trouble *client.Problem) {
			switch o := g.outcomes[key]; {
			case o.runID != id || o.result != nil: // it was run again meanwhile
			case trouble != nil || view.Result == nil: // the host has forgotten it
				delete(g.outcomes, key)
				delete(g.at.Runs, key)
			default:
				g.outcomes[key] = commandOutcome{result: view.Result, runID: id, lines: lines}
			}
		})
	}
}

// fetch runs a command that is no batch.
func (g *Guide) fetch(c lesson.Command, key string) {
	q := client.Question{Lang: g.page.Lang, Method: c.Method, URL: c.Path, Body: c.Body}
	answer := ""
	g.page.Life.Ask(func() *client.Problem {
		r, err := client.Server{}.Send(q)
		trouble := client.ProblemWith(r, err)
		if trouble == nil {
			answer = r.Body
		}
		return trouble
	}, func(trouble *client.Problem) {
		g.running, g.outcomes[key] = "", commandOutcome{answer: answer, trouble: trouble}
		g.at.Answers = with(g.at.Answers, key, answer)
		g.remember()
		g.page.Say(g.page.Lang.T("guide.answered"))
	})
}

// copy copies a command; without a clipboard it is left selected.
func (g *Guide) copy(key, line string) {
	g.copied = key
	g.copyFail = !dom.CopyText(app.Window().GetElementByID("command-"+key), line)
}

func (g *Guide) toggleClock(app.Context, app.Event) {
	g.at.Clock = g.at.Clock.Toggle(time.Now())
	g.remember()
	g.tick()
}

// reset begins the lesson anew: the clock, and what was measured.
func (g *Guide) reset(app.Context, app.Event) {
	g.at.Clock, g.at.Runs, g.at.Answers, g.at.Changes, g.outcomes = Clock{}, nil, nil, nil, map[string]commandOutcome{}
	g.remember()
}

// with sets an entry of a map that may not be there yet.
func with(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

// tick shows the clock anew every second while it runs.
func (g *Guide) tick() {
	if g.ticking || !g.at.Clock.Running() {
		return
	}
	g.ticking = true
	g.page.Life.After(time.Second, func() {
		g.ticking = false
		g.tick()
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
