package ui

import (
	"encoding/json"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/result"
)

// keyGuide is where a tab remembers how far the lesson has come.
const keyGuide = "carriles.guide"

// Guide is the lesson as a page: its steps with their minutes, what to say, the
// question, and each command with a button that runs it. It is led by the
// keyboard or a clicker.
type Guide struct {
	app.Compo
	frame
	presenter
	link classLink // of a presenter's tab

	guide   *lesson.Lesson
	loading bool
	failure *Problem // of loading

	at       lessonPlace
	outcomes map[string]commandOutcome // by commandKey
	running  string                    // the commandKey of what is run
	copied   string                    // the commandKey of what was copied
	copyFail bool
	ears     *listeners
	ticking  bool
}

// lessonPlace is what a tab remembers of the lesson.
type lessonPlace struct {
	Step  int   `json:"step"`
	Clock Clock `json:"clock"`
	// Follow is whether the class is shown the step; only a presenter's tab can.
	Follow bool `json:"follow"`
	// Runs are what the commands were run as, by commandKey.
	Runs map[string]string `json:"runs,omitempty"`
	// Answers are what the commands that are no batch were answered.
	Answers map[string]string `json:"answers,omitempty"`
}

// commandOutcome is what became of a command.
type commandOutcome struct {
	result  *result.Comparison // of a batch
	lines   *timelines         // of the result, once another one has been run
	runID   string
	answer  string // of any other request
	trouble *Problem
}

// OnMount starts the guide in the browser.
func (g *Guide) OnMount(ctx app.Context) {
	g.begin(ctx, "guide.title")
	g.recall()
	g.lab.started = g.started
	g.outcomes = map[string]commandOutcome{}
	_ = json.Unmarshal([]byte(storedIn(forTab, keyGuide)), &g.at) // nothing is remembered at first
	g.ears = &listeners{on: app.Window()}
	g.ears.add("keydown", g.pressed)
	if g.token != "" {
		g.link = classLink{ctx: ctx, lang: func() Lang { return g.lab.lang }, heard: g.heard}
		g.link.open()
	}
	g.load()
	g.tick()
}

// OnDismount lets go of the keyboard and of what is running.
func (g *Guide) OnDismount() {
	if g.ears != nil {
		g.ears.drop()
	}
	g.link.close()
	g.end()
}

// load asks for the lesson.
func (g *Guide) load() {
	g.loading, g.failure = true, nil
	lang := g.lab.lang
	g.ctx.Async(func() {
		var guide lesson.Lesson
		trouble := getJSON(lang, "/api/guide/", &guide)
		if trouble == nil && len(guide.Steps) == 0 {
			trouble = &Problem{Key: "error.answer"}
		}
		g.ctx.Dispatch(func(app.Context) {
			g.loading, g.failure = false, trouble
			if trouble == nil {
				g.guide = &guide
				g.at.Step = min(max(0, g.at.Step), len(guide.Steps)-1)
				g.restore()
				g.takeUp()
			}
		})
	})
}

func (g *Guide) remember() {
	if b, err := json.Marshal(g.at); err == nil {
		storeIn(forTab, keyGuide, string(b))
	}
}

// pressed takes a key of the page. It runs in the browser's callback, which
// alone can keep the browser from scrolling.
func (g *Guide) pressed(e app.Value) {
	for _, modifier := range []string{"ctrlKey", "altKey", "metaKey", "shiftKey"} {
		if e.Get(modifier).Bool() {
			return
		}
	}
	typing, control := keyTarget(e)
	move, run := guideKey(e.Get("key").String(), typing, control)
	if move == 0 && !run {
		return
	}
	e.Call("preventDefault")
	held := e.Get("repeat").Bool()
	g.ctx.Dispatch(func(app.Context) {
		switch {
		case g.guide == nil || held:
		case run:
			g.runNext()
		default:
			g.show(g.at.Step + move)
		}
	})
}

// show moves to a step, and the keyboard with it.
func (g *Guide) show(step int) {
	if step < 0 || step >= len(g.guide.Steps) {
		return
	}
	g.at.Step = step
	g.remember()
	g.restore()
	g.lead()
	g.lab.say(stepLabel(g.lab.lang, *g.guide, step))
	g.ctx.Defer(func(app.Context) {
		focus("step-title")
		if !inView("step-title") {
			scrollTo("step")
		}
	})
}

func (g *Guide) step() lesson.Step { return g.guide.Steps[g.at.Step] }

// next is the first command of the step that has not been run, or in vain; -1 if
// all were.
func (g *Guide) next() int {
	for i, c := range g.step().Commands {
		if o, done := g.outcomes[commandKey(g.step().ID, i)]; Runs(c) && (!done || o.trouble != nil) {
			return i
		}
	}
	return -1
}

func (g *Guide) runNext() {
	if i := g.next(); i >= 0 {
		g.run(i)
	}
}

// occupied reports whether a command is being run.
func (g *Guide) occupied() bool { return g.running != "" }

// run runs a command of the step.
func (g *Guide) run(i int) {
	if g.occupied() {
		return
	}
	c, key := g.step().Commands[i], commandKey(g.step().ID, i)
	g.running = key
	request, ok := c.Request()
	if !ok {
		g.fetch(c, key)
		return
	}
	if r := g.roundOf(i); r != nil && r.Phase == class.RoundOpen {
		// What is predicted while it is measured is no prediction.
		g.command(class.Control{Action: class.ActionClose}, nil)
	}
	g.keepLines()
	g.measure(Checked{Request: Body{Request: request}, Methods: request.Methods}, func() { g.settle(key) })
}

// keepLines keeps the lanes of the last result, which the next one would take the
// place of.
func (g *Guide) keepLines() {
	for key, o := range g.outcomes {
		if o.result != nil && o.result == g.lab.outcome.result {
			o.lines = g.lab.outcome.lines
			g.outcomes[key] = o
		}
	}
}

// settle takes in what became of the run of a command.
func (g *Guide) settle(key string) {
	g.running = ""
	r := g.lab.run
	if r.phase == cancelled { // by somebody, or because the server stopped
		g.outcomes[key] = commandOutcome{trouble: whyEnded(g.lab.lang, r.view)}
	}
	if r.phase != finished {
		return
	}
	g.outcomes[key] = commandOutcome{result: g.lab.outcome.result, runID: g.lab.outcome.runID, trouble: r.trouble}
	if g.lab.outcome.result != nil {
		g.at.Runs = with(g.at.Runs, key, g.lab.outcome.runID)
		g.remember()
	}
	card := "card-" + key
	g.ctx.Defer(func(app.Context) {
		if !inView(card) { // what came of it is beneath the command
			scrollTo(card)
		}
	})
}

// restore shows again what the step's commands gave before the tab was loaded
// again, or came back from another view.
func (g *Guide) restore() {
	lang := g.lab.lang
	for i := range g.step().Commands {
		key := commandKey(g.step().ID, i)
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
		g.ctx.Async(func() {
			view, lines, trouble := pastResult(lang, id)
			g.ctx.Dispatch(func(app.Context) {
				switch o := g.outcomes[key]; {
				case o.runID != id || o.result != nil: // it was run again meanwhile
				case trouble != nil || view.Result == nil: // the host has forgotten it
					delete(g.outcomes, key)
					delete(g.at.Runs, key)
				default:
					g.outcomes[key] = commandOutcome{result: view.Result, runID: id, lines: lines}
				}
			})
		})
	}
}

// pastResult asks for a run with its lanes; without lanes it is one all the same.
func pastResult(lang Lang, id string) (view result.RunView, lines *timelines, trouble *Problem) {
	if trouble = getJSON(lang, runURL(id), &view); trouble != nil {
		return view, nil, trouble
	}
	lines, _ = timelinesOf(lang, view)
	return view, lines, nil
}

// fetch runs a command that is no batch.
func (g *Guide) fetch(c lesson.Command, key string) {
	lang := g.lab.lang
	g.ctx.Async(func() {
		r, err := send(lang, c.Method, c.Path, c.Body)
		o := commandOutcome{answer: r.Body}
		switch {
		case err != nil:
			o = commandOutcome{trouble: &Problem{Key: "error.network", Detail: err.Error()}}
		case !r.ok():
			o = commandOutcome{trouble: problemOf(r)}
		}
		g.ctx.Dispatch(func(app.Context) {
			g.running, g.outcomes[key] = "", o
			g.at.Answers = with(g.at.Answers, key, o.answer)
			g.remember()
			g.lab.say(lang.T("guide.answered"))
		})
	})
}

// copy copies a command; without a clipboard it is left selected.
func (g *Guide) copy(key, line string) {
	g.copied = key
	g.copyFail = !copyText(app.Window().GetElementByID("command-"+key), line)
}

func (g *Guide) toggleClock(app.Context, app.Event) {
	g.at.Clock = g.at.Clock.Toggle(time.Now())
	g.remember()
	g.tick()
}

// reset begins the lesson anew: the clock, and what was measured.
func (g *Guide) reset(app.Context, app.Event) {
	g.at.Clock, g.at.Runs, g.at.Answers, g.outcomes = Clock{}, nil, nil, map[string]commandOutcome{}
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
	g.ctx.After(time.Second, func(app.Context) {
		g.ticking = false
		g.tick()
	})
}
