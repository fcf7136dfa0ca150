package classroom

import (
	"strconv"
	"strings"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// keyRoundRun is where the presenter's tab keeps the run of a round.
const keyRoundRun = "carriles.round"

// Presenter is the tab of who leads the class, or might.
type Presenter struct {
	Link    Link
	Trouble *client.Problem // of the last Control
	Busy    bool            // with one

	Token string // empty: this tab does not lead
	made  roundRun
}

func (p *Presenter) Leads() bool { return p.Token != "" }

// Made is the run that was made for the last round.
func (p *Presenter) Made() string { return p.made.Run }

// roundRun is the run that was made for a round. It is kept, so that a tab that
// is loaded again does not have to measure again.
type roundRun struct {
	Round int    `json:"round"`
	Run   string `json:"run"`
}

// KeepRun keeps the run that the host has queued for the present round, if there
// is one.
func (p *Presenter) KeepRun(id string) {
	r := p.Link.Round()
	if r == nil {
		return
	}
	p.made = roundRun{Round: r.Number, Run: id}
	dom.KeepIn(dom.ForTab, keyRoundRun, p.made)
}

// Measured has the host show everybody a run that it has queued, of a command of
// the lesson or of a value of the turn, and keeps it if it is that of the present
// round.
func (p *Presenter) Measured(step string, command, value int, id string) {
	if r := p.Link.Round(); r != nil && r.Step == step && r.Command == command && value == 0 {
		p.KeepRun(id)
	}
	p.Control(class.Control{Action: class.ActionMeasure, Step: step, Command: command, Value: value, RunID: id}, nil)
}

// Recall takes up what the tab keeps.
func (p *Presenter) Recall() {
	p.Token = client.Token()
	dom.KeptIn(dom.ForTab, keyRoundRun, &p.made)
}

// Unwatched reports whether the round waits for a run that this tab has asked
// for but does not watch.
func (p *Presenter) Unwatched(s *measure.Session) bool {
	r := p.Link.Round()
	return p.Leads() && r != nil && r.Phase == class.RoundClosed && p.made.Round == r.Number && !s.Busy() && !s.Knows(p.made.Run)
}

// takeToken reads the token from the address's fragment, once: it should not be
// seen on a projector, nor be in the tab's history.
func (p *Presenter) takeToken() {
	location := app.Window().Get("location")
	if token := strings.TrimPrefix(location.Get("hash").String(), "#"); token != "" {
		dom.StoreIn(dom.ForTab, client.KeyToken, token)
		app.Window().Get("history").Call("replaceState", nil, "", location.Get("pathname").String())
	}
	p.Recall()
}

// Control asks the class for something, and calls then, if it is not nil, once it
// was done.
func (p *Presenter) Control(c class.Control, then func()) {
	p.Busy, p.Trouble = true, nil
	p.Link.post("control", c, func(trouble *client.Problem) {
		p.Busy, p.Trouble = false, trouble
		if trouble == nil && then != nil {
			then()
		}
	})
}

// CommandKey names a command of a step.
func CommandKey(step string, command int) string { return step + "/" + strconv.Itoa(command) }

// Present is how many may have predicted: those who are here, and those who
// have left since.
func Present(s *class.State) int {
	if s.Round == nil {
		return s.Members.All
	}
	return max(s.Members.All, s.Round.Predictions)
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
			if r, _ := command.Request(); command.ComparesMethods() {
				list = append(list, question{key: CommandKey(s.ID, i), step: s, command: i, request: r})
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

func stepOf(g *lesson.Lesson, id string) (lesson.Step, bool) {
	if g != nil {
		for _, s := range g.Steps {
			if s.ID == id {
				return s, true
			}
		}
	}
	return lesson.Step{}, false
}

// PauseView is the switch between "phones wait" and "phones may measure".
func (p *Presenter) PauseView(l i18n.Lang) app.UI {
	return widget.When(p.Leads() && p.Link.State != nil, func() app.UI {
		paused := p.Link.State.Paused
		return app.Button().Type("button").Class("chip").DataSet("testid", "pause").Aria("pressed", paused).
			Text(l.T("class.pause")).OnClick(func(app.Context, app.Event) {
			action := class.ActionPause
			if paused {
				action = class.ActionResume
			}
			p.Control(class.Control{Action: action}, nil)
		}, paused)
	})
}
