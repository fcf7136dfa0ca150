package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
)

// Class is the class on the projector: how it is joined, who is here, the
// question, its reveal, and each browser beside the server. Who has the
// presenter's token leads it from here.
type Class struct {
	app.Compo
	frame
	presenter
	link classLink

	guide     *lesson.Lesson
	addresses []string
	address   string // the one that is shown

	ears *listeners

	chosen string // the commandKey of the question to ask
	latest int    // the number of the last round that was seen
}

// OnMount opens the class.
func (c *Class) OnMount(ctx app.Context) {
	c.begin(ctx, "class.title")
	c.takeToken()
	// The presenter's address opened in a tab that shows the class loads nothing.
	c.ears = &listeners{on: app.Window()}
	c.ears.add("hashchange", func(app.Value) {
		c.ctx.Dispatch(func(app.Context) { c.takeToken() })
	})
	c.lab.started = func(id string) { c.keepRun(c.link.round(), id) }
	c.link = classLink{ctx: ctx, lang: func() Lang { return c.lab.lang }, enter: c.load, heard: c.hear}
	c.link.open()
}

// OnDismount leaves it.
func (c *Class) OnDismount() {
	if c.ready() {
		c.ears.drop()
		c.link.close()
	}
	c.end()
}

// load asks for what does not change: the lesson, and where the class is
// joined. It is not called on the UI's goroutine.
func (c *Class) load() *Problem {
	var guide lesson.Lesson
	var info class.Info
	lang := c.lab.lang
	trouble := getJSON(lang, "/api/guide/", &guide)
	if trouble == nil {
		trouble = getJSON(lang, "/api/class/", &info)
	}
	if trouble == nil && len(info.Addresses) == 0 {
		trouble = &Problem{Key: "error.answer"}
	}
	if trouble != nil {
		return trouble
	}
	c.ctx.Dispatch(func(app.Context) {
		c.guide, c.addresses = &guide, info.Addresses
		if c.address == "" {
			c.address = info.Addresses[0]
		}
		if c.chosen == "" {
			c.chosen = questions(guide)[0].key
		}
	})
	return nil
}

// question is a command of the lesson that compares methods.
type question struct {
	key     string
	step    lesson.Step
	command int
	request request.Request
}

// questions are the commands whose winner can be predicted.
func questions(g lesson.Lesson) []question {
	var list []question
	for _, s := range g.Steps {
		for i, command := range s.Commands {
			if r, _ := command.Request(); comparesMethods(command) {
				list = append(list, question{key: commandKey(s.ID, i), step: s, command: i, request: r})
			}
		}
	}
	return list
}

// questionAfter is the key of the question that follows one, and of the last one
// its own.
func questionAfter(g lesson.Lesson, key string) string {
	list := questions(g)
	for i, q := range list {
		if q.key == key {
			return list[min(i+1, len(list)-1)].key
		}
	}
	return list[0].key
}

// comparesMethods reports whether there is a winner to predict.
func comparesMethods(c lesson.Command) bool {
	r, ok := c.Request()
	return ok && len(r.Methods) > 1
}

// do controls the class and takes in how it stands then.
func (c *Class) do(what class.Control, then func()) {
	c.control(&c.frame, what, func(s *class.State) {
		c.link.state = s
		if then != nil {
			then()
		}
	})
}

// ask opens the chosen question.
func (c *Class) ask(app.Context, app.Event) {
	for _, q := range questions(*c.guide) {
		if q.key == c.chosen {
			c.do(class.Control{Action: class.ActionAsk, Step: q.step.ID, Command: q.command}, nil)
		}
	}
}

// measureRound closes the predictions and has the server run the batch.
func (c *Class) measureRound(app.Context, app.Event) {
	r := c.link.round()
	if r == nil || c.lab.busy() {
		return
	}
	begin := func() {
		c.measure(Checked{Request: Body{Request: r.Request}, Methods: r.Request.Methods}, func() {})
	}
	if r.Phase == class.RoundOpen {
		c.do(class.Control{Action: class.ActionClose}, begin)
		return
	}
	begin()
}

// hear takes in a new state: after a question the next one is at hand, and a tab
// that was loaded again goes on watching the run of a round that is not
// revealed.
func (c *Class) hear() {
	if r := c.link.round(); r != nil && r.Number != c.latest && c.guide != nil {
		c.latest, c.chosen = r.Number, questionAfter(*c.guide, commandKey(r.Step, r.Command))
	}
	if c.unwatched(c.lab, c.link.round()) {
		c.lab.open(c.made.Run)
	}
}

// measured reports whether the round's run is there to be revealed.
func (c *Class) measured(r *class.Round) bool {
	return r != nil && c.made.Round == r.Number && c.lab.outcome.result != nil && c.lab.outcome.runID == c.made.Run
}

func (c *Class) reveal(app.Context, app.Event) {
	c.do(class.Control{Action: class.ActionReveal, RunID: c.made.Run}, nil)
}

func (c *Class) endRound(app.Context, app.Event) {
	c.do(class.Control{Action: class.ActionEnd}, nil)
}
