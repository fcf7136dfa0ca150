package guide

import (
	"carriles/executor/batch/class"
	"carriles/wasm/ui/classroom"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// move is what the one key that leads the lesson does next.
type move int

const (
	moveWait    move = iota // something is under way
	moveAsk                 // the class is asked about a command
	moveMeasure             // a command is run
	moveReveal              // its result and what was predicted are shown
	moveShare               // the class takes the values of the turn
	moveStep                // the next step
	moveEnd                 // there is none
)

// said is the key of the text that says what a move will do.
func (m move) said() string {
	return [...]string{"move.wait", "move.ask", "move.measure", "move.reveal", "move.share", "move.step", "move.end"}[m]
}

// nextMove is what leads on from where the step stands, and the command that it is
// about: a command is asked, measured and revealed, where there is a class to ask and
// the lesson wants it to predict, or else measured; a turn is shared out and then
// measured; then comes the next step.
func (g *Guide) nextMove() (move, int) {
	if g.occupied() || g.lead.Busy {
		return moveWait, 0
	}
	step := g.step()
	if len(step.Turns) > 0 {
		_, more := g.nextValue()
		switch {
		case g.lead.Leads() && !g.shared():
			return moveShare, 0
		case more:
			return moveMeasure, 0
		}
	}
	for i, c := range step.Commands {
		o, done := g.outcomes[classroom.CommandKey(step.ID, i)]
		done = done && o.trouble == nil
		r := g.roundOf(i)
		switch {
		case len(step.Turns) > 0:
		case done && o.result != nil && r != nil && r.Reveal == nil:
			return moveReveal, i
		case done || !led(c):
		case r == nil && c.Predict && g.mayAsk(i, c):
			return moveAsk, i
		default:
			return moveMeasure, i
		}
	}
	if g.at.Step == len(g.guide.Steps)-1 {
		return moveEnd, 0
	}
	return moveStep, 0
}

// leadOn makes the next move.
func (g *Guide) leadOn() {
	m, i := g.nextMove()
	key := classroom.CommandKey(g.step().ID, i)
	switch m {
	case moveAsk:
		g.ask(i, key)
	case moveShare:
		g.share()
	case moveMeasure:
		if value, more := g.nextValue(); more {
			g.do(value)
			return
		}
		g.run(i)
	case moveReveal:
		g.lead.Control(class.Control{Action: class.ActionReveal, RunID: g.outcomes[key].runID}, nil)
	case moveStep:
		g.show(g.at.Step + 1)
	}
}

// wallChannel is where the wall of this browser tells of the keys that it hears: a
// clicker belongs to the window in front.
const wallChannel = "carriles.lead"

// hearWall takes the wall's keys for this page's own.
func (g *Guide) hearWall() {
	kind := app.Window().Get("BroadcastChannel")
	if !g.lead.Leads() || !kind.Truthy() {
		return
	}
	channel := kind.New(wallChannel)
	heard := app.FuncOf(func(_ app.Value, args []app.Value) any {
		key := args[0].Get("data").String()
		g.page.Life.Dispatch(func() { g.key(key, false, false) })
		return nil
	})
	channel.Set("onmessage", heard)
	g.page.Life.AtEnd(func() {
		channel.Call("close")
		heard.Release()
	})
}

// key does what a key stands for, if it is one of the guide's.
func (g *Guide) key(key string, typing, control bool) {
	does := guideKey(key, typing, control)
	switch {
	case g.guide == nil:
	case does.lead:
		g.leadOn()
	case does.help:
		g.keys = !g.keys
	case does.steps != 0:
		g.show(g.at.Step + does.steps)
	}
}

// keyHelp shows the keys.
const keyHelp = "?"

// keyed is what a key does in the guide: move by so many steps, lead on, or show the
// keys; or nothing.
type keyed struct {
	steps      int
	lead, help bool
}

// guideKey reads a key. A clicker sends PageDown and PageUp; the arrows up and down go
// on scrolling. typing and control say that the keyboard is in a field, or on something
// that Enter works on.
func guideKey(key string, typing, control bool) keyed {
	switch {
	case typing:
		return keyed{}
	case key == keyHelp:
		return keyed{help: true}
	case key == "ArrowRight":
		return keyed{steps: 1}
	case key == "PageUp" || key == "ArrowLeft":
		return keyed{steps: -1}
	case key == "PageDown", (key == " " || key == "Enter") && !control:
		return keyed{lead: true}
	}
	return keyed{}
}
