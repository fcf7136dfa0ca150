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
	moveStep                // the next step
	moveEnd                 // there is none
)

// said is the key of the text that says what a move will do.
func (m move) said() string {
	return [...]string{"move.wait", "move.ask", "move.measure", "move.reveal", "move.step", "move.end"}[m]
}

// nextMove is what leads on from where the step stands, and the command that it is
// about: each command is asked, measured and revealed, where there is a class to
// ask and something to predict, or else measured; then comes the next step.
func (g *Guide) nextMove() (move, int) {
	if g.occupied() || g.lead.Busy {
		return moveWait, 0
	}
	step := g.step()
	for i, c := range step.Commands {
		o, done := g.outcomes[classroom.CommandKey(step.ID, i)]
		done = done && o.trouble == nil
		r := g.roundOf(i)
		switch {
		case !Runs(c):
		case done && o.result != nil && r != nil && r.Reveal == nil:
			return moveReveal, i
		case done:
		case g.mayAsk(i, c):
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
	case moveMeasure:
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
	steps, lead := guideKey(key, typing, control)
	switch {
	case g.guide == nil:
	case lead:
		g.leadOn()
	case steps != 0:
		g.show(g.at.Step + steps)
	}
}

// guideKey is what a key does in the guide: move by so many steps, or lead on. A
// clicker sends PageDown and PageUp; the arrows up and down go on scrolling. typing
// and control say that the keyboard is in a field, or on something that Enter works
// on.
func guideKey(key string, typing, control bool) (steps int, lead bool) {
	switch {
	case typing:
		return 0, false
	case key == "ArrowRight":
		return 1, false
	case key == "PageUp" || key == "ArrowLeft":
		return -1, false
	case key == "PageDown", (key == " " || key == "Enter") && !control:
		return 0, true
	}
	return 0, false
}
