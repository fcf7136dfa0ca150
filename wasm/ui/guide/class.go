package guide

import (
	"fmt"
	"time"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// follows reports whether the class is shown what is shown here.
func (g *Guide) follows() bool { return g.lead.Leads() && g.at.Follow }

// showClass shows the class the present step, if it follows.
func (g *Guide) showClass() {
	if g.follows() {
		g.lead.Control(class.Control{Action: class.ActionShow, Step: g.step().ID}, nil)
	}
}

// heard takes in a new state of the class. A server that was started again has
// forgotten what the class is shown.
func (g *Guide) heard() {
	if g.lead.Link.Back && g.guide != nil && g.lead.Link.State.Step == "" {
		g.showClass()
	}
	g.takeUp()
}

func (g *Guide) toggleFollow(app.Context, app.Event) {
	g.at.Follow = !g.at.Follow
	g.remember()
	if g.at.Follow {
		g.showClass()
		return
	}
	g.lead.Control(class.Control{Action: class.ActionShow}, nil)
}

// queued shows the class the run of a command, or of a value of the turn.
func (g *Guide) queued(id string) {
	if g.occupied() && g.lead.Leads() {
		g.lead.Measured(g.doing.step, g.doing.command, g.doing.value, id)
	}
}

// takeUp goes on watching that run when the tab was loaded again.
func (g *Guide) takeUp() {
	r := g.lead.Link.Round()
	if g.guide == nil || g.occupied() || !g.lead.Unwatched(g.session) {
		return
	}
	key := classroom.CommandKey(r.Step, r.Command)
	if _, done := g.outcomes[key]; done {
		return
	}
	g.running, g.doing = key, doing{step: r.Step, command: r.Command}
	g.keepLines()
	g.session.Open(g.lead.Made())
}

// ask asks the class about a command, as it is turned. What came of it before is put
// away: it is to be predicted.
func (g *Guide) ask(i int, key string) {
	g.lead.Control(class.Control{Action: class.ActionAsk, Step: g.step().ID, Command: i, Change: g.at.Changes[key]}, func() {
		delete(g.outcomes, key)
		delete(g.at.Runs, key)
		g.remember()
	})
}

// roundOf is the class's round, if it is about a command of the present step.
func (g *Guide) roundOf(i int) *class.Round {
	if r := g.lead.Link.Round(); r != nil && r.Step == g.step().ID && r.Command == i {
		return r
	}
	return nil
}

// mayAsk reports whether the class can be asked about a command.
func (g *Guide) mayAsk(i int, c lesson.Command) bool {
	return g.lead.Leads() && c.ComparesMethods() && len(g.step().Turns) == 0 && g.roundOf(i) == nil
}

// renderAudience leads to where the class is joined, and says how many have; who
// does not lead is told how to.
func (g *Guide) renderAudience() app.UI {
	l := g.page.Lang
	switch {
	case !g.lead.Leads():
		return app.P().Class("hint").DataSet("testid", "alone").Text(l.T("guide.alone"))
	case g.lead.Link.State == nil:
		return nil
	}
	return app.P().Class("hint").Body(
		app.A().Href("/class").DataSet("testid", "audience").Text(l.T("guide.audience", g.lead.Link.State.Members.All)),
		app.Text(" · "),
		// A document of the server's, beside this one.
		app.A().Href("/wall?lang="+string(l)).Target("carriles-wall").DataSet("testid", "wall").Text(l.T("guide.wall")),
	)
}

// renderClass lets the presenter reveal what was predicted of a command, once it
// has been run.
func (g *Guide) renderClass(i int, o commandOutcome) app.UI {
	l, r := g.page.Lang, g.roundOf(i)
	key := classroom.CommandKey(g.step().ID, i)
	if r.Reveal != nil {
		return classroom.VotesView(l, *r.Reveal)
	}
	state := "guide.predictions"
	if r.Phase == class.RoundClosed {
		state = "guide.closed"
	}
	return app.Div().Class("line").Body(
		widget.When(o.runID != "", func() app.UI {
			return app.Button().Type("button").Class("primary small").DataSet("testid", "reveal").Disabled(g.lead.Busy).
				Text(l.T("class.reveal")).OnClick(func(app.Context, app.Event) {
				g.lead.Control(class.Control{Action: class.ActionReveal, RunID: o.runID}, nil)
			}, key, o.runID)
		}),
		app.P().DataSet("testid", "predictions").Text(l.T(state, r.Predictions, classroom.Present(g.lead.Link.State))),
	)
}

// Clock counts the time of a lesson. Its zero value stands at 0 and is paused.
type Clock struct {
	Counted time.Duration `json:"counted"` // up to Since
	Since   time.Time     `json:"since"`   // when it was started; zero while paused
}

func (c Clock) Running() bool { return !c.Since.IsZero() }

// At is what the clock shows at a time.
func (c Clock) At(now time.Time) time.Duration {
	if !c.Running() {
		return c.Counted
	}
	return c.Counted + max(0, now.Sub(c.Since))
}

func (c Clock) Toggle(now time.Time) Clock {
	if c.Running() {
		return Clock{Counted: c.At(now)}
	}
	return Clock{Counted: c.Counted, Since: now}
}

// ClockText writes minutes and seconds: "7:05".
func ClockText(d time.Duration) string {
	s := int(d / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Pace is where a lesson stands in the minutes of a step.
type Pace struct {
	Spent float64       // share of the step's minutes, from 0 to 1
	Left  time.Duration // until the step should end; below 0 it is late
	Early time.Duration // until the step should begin; 0 if it should have
}

// PaceOf sets a clock beside the plan of a step.
func PaceOf(step lesson.Step, at time.Duration) Pace {
	from, long := time.Duration(step.FromMinute)*time.Minute, time.Duration(step.Minutes)*time.Minute
	p := Pace{Left: from + long - at, Early: max(0, from-at)}
	if long > 0 {
		p.Spent = min(1, max(0, float64(at-from)/float64(long)))
	}
	return p
}

// PaceText says the pace in words, in whole minutes: it must not tick.
func PaceText(l i18n.Lang, p Pace) string {
	switch late := -p.Left; {
	case late >= time.Minute:
		return l.T("guide.late", int(late/time.Minute))
	case p.Early >= time.Minute:
		return l.T("guide.early", int(p.Early/time.Minute))
	}
	return l.T("guide.left", int((max(0, p.Left)+time.Minute-1)/time.Minute))
}

// CommandLine is a command of the lesson for a POSIX shell.
func CommandLine(origin string, c lesson.Command) string {
	if c.Shell != "" {
		return c.Shell
	}
	return request.CurlLine(c.Method, origin+c.Path, c.Body)
}

// Runs reports whether the page can run a command: all but those of a shell.
func Runs(c lesson.Command) bool { return c.Shell == "" }

// stepLabel is a step's place: "Paso 3 de 11 · minutos 7 a 12".
func stepLabel(l i18n.Lang, g lesson.Lesson, i int) string {
	s := g.Steps[i]
	return l.T("guide.step", i+1, len(g.Steps), s.FromMinute, s.FromMinute+s.Minutes)
}
