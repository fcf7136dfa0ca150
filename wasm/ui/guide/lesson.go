package guide

import (
	"fmt"
	"time"

	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/wasm/ui/i18n"
)

// Clock counts the time of a lesson. Its zero value stands at 0 and is paused.
type Clock struct {
	Counted time.Duration `json:"counted"` // up to Since
	Since   time.Time     `json:"since"`   // when it was started; zero while paused
}

// Running reports whether the clock counts.
func (c Clock) Running() bool { return !c.Since.IsZero() }

// At is what the clock shows at a time.
func (c Clock) At(now time.Time) time.Duration {
	if !c.Running() {
		return c.Counted
	}
	return c.Counted + max(0, now.Sub(c.Since))
}

// Toggle starts the clock, or pauses it.
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

// guideKey is what a key does in the guide: move by so many steps, or run the
// next command. A clicker sends PageDown and PageUp; the arrows up and down go
// on scrolling. typing and control say
// that the keyboard is in a field, or on something that Enter works on.
func guideKey(key string, typing, control bool) (move int, run bool) {
	switch {
	case typing:
		return 0, false
	case key == "PageDown" || key == "ArrowRight":
		return 1, false
	case key == "PageUp" || key == "ArrowLeft":
		return -1, false
	case (key == " " || key == "Enter") && !control:
		return 0, true
	}
	return 0, false
}
