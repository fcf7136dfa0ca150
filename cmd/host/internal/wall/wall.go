// Package wall is what the audience of a lesson sees: the wall, one screen that
// nobody touches, and the phone in each hand, on which one predicts and measures.
// It lays both out, in HTML, from what the class is at: where it is joined, the
// step, the question, the race and, once it is revealed, the verdict.
//
// It decides nothing and measures nothing; it is a function of the class's state,
// the lesson and a run. It holds no token, no note of the teacher's, and nothing of
// an answer before the reveal: not the times of the run, nor what the guide expects.
//
// # Hard cases
//
// A clicker that is heard by the wall's window: it says so to the presenter's
// console in the same browser (wall.js), and leads nothing itself.
//
// Lanes that grow while the screen is told of another phone, a finger on a form: a
// screen is parts, and one is replaced only where it differs (screen.js).
//
// Thirty phones beside a clock: a phone is told only what it reads, once, and lanes
// only after the reveal. What is one reader's alone, as the own prediction, is not
// the server's to lay out for each: the parts hold every case as a template, and the
// phone shows its own (join.js).
package wall

import (
	"cmp"
	"embed"
	"html/template"
	"strings"
	"sync"

	"carriles/cmd/host/internal/evidence"
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/web/draw"
)

//go:embed *.tmpl
var files embed.FS

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(files, "*.tmpl"))
})

// Seen is what a screen is made from.
type Seen struct {
	Lang  string // "en", or any other for Spanish
	State class.State
	// Run is the one of State.Shown; nil without it.
	Run *result.RunView
	// Revealed is the one of State.Round's reveal; nil without it.
	Revealed *result.RunView
	// Asked is what the question of State.Round measures; nil without one.
	Asked *request.Spec
	// Runs are those of State.Runs, by command, as far as they are there.
	Runs map[int]*result.RunView
	// Values are what a browser measures of State.Turn, by value, once the server has
	// measured all; nil before.
	Values map[int]*request.Spec
	// Here is what a browser measures of State.Round once it is revealed; nil if it
	// is not.
	Here *request.Spec
	// Photos is how many bytes its photographs have, which a browser downloads once.
	Photos int64
	// Address is where the class is joined.
	Address string
	// Assets is the path that the page's files are below.
	Assets string
}

// The kinds of stage.
const (
	kindWelcome  = "welcome"  // where the class is joined
	kindStep     = "step"     // what the lesson is at
	kindQuestion = "question" // predictions are taken
	kindRace     = "race"     // a run waits or is measured
	kindMeasured = "measured" // it was, and is not revealed
	kindVerdict  = "verdict"
	kindTable    = "table" // the guide's, as far as it is measured
	kindTurn     = "turn"  // the class's values, and what was measured of them
	kindSweep    = "sweep" // a batch at several values
	kindWaits    = "waits" // requests that wait, as far as they are measured
)

// kind is what the screen shows.
func (s Seen) kind() string {
	r := s.State.Round
	switch {
	case r != nil && r.Phase == class.RoundOpen:
		return kindQuestion
	case s.State.Turn != nil && s.State.Turn.Step == s.State.Step:
		return kindTurn
	case s.Run != nil && !s.Run.State.Final():
		return kindRace
	case s.Run != nil && s.Run.Sweep != nil:
		return kindSweep
	case s.Run != nil && s.Run.Result == nil:
		return kindStep // it gave nothing: the console says why
	case s.Run != nil && r != nil && r.Phase == class.RoundClosed && s.isOf(r):
		return kindMeasured
	case s.Run != nil && s.present().Table != nil:
		return kindTable
	case s.Run != nil:
		return kindVerdict
	case s.State.Waiting != nil:
		return kindWaits
	case s.State.Step == "":
		return kindWelcome
	}
	return kindStep
}

// isOf reports whether the run that is shown is of a round's command.
func (s Seen) isOf(r *class.Round) bool {
	return s.State.Shown != nil && s.State.Shown.Step == r.Step && s.State.Shown.Command == r.Command
}

// Of lays the wall's screen out: a head, a stage, and beneath it what changes while
// the stage stays. Its error is a template's.
func Of(s Seen) (draw.Screen, error) {
	p, err := s.page()
	if err != nil {
		return draw.Screen{}, err
	}
	screen, err := screenOf(p, "", "head", "keys", "stage", "foot")
	if p.Kind == kindRace {
		race := draw.RaceOf(p.Tag, 1, s.Run.Spec.Images, nil)
		screen.Run, screen.Race = s.Run.ID, &race
	}
	return screen, err
}

// screenOf makes the parts of a screen, each by the template of its name behind prefix.
func screenOf(p any, prefix string, parts ...string) (draw.Screen, error) {
	screen := draw.Screen{Parts: map[string]template.HTML{}}
	for _, name := range parts {
		var err error
		if screen.Parts[name], err = fragment(prefix+name, p); err != nil {
			return screen, err
		}
	}
	return screen, nil
}

// Page is the document that wall.js fills, with the screen as it is now, so that it
// can be read before any script runs.
func Page(s Seen) (string, error) { return document("page", s, "title", Of) }

// document is a page with the screen as it is now.
func document(name string, s Seen, title string, of func(Seen) (draw.Screen, error)) (string, error) {
	screen, err := of(s)
	if err != nil {
		return "", err
	}
	html, err := fragment(name, struct {
		draw.Screen
		Tag, Title, Assets, Lost string
	}{screen, tag(s.Lang), words[title].In(s.Lang), s.Assets, words["lost"].In(s.Lang)})
	return string(html), err
}

func fragment(name string, data any) (template.HTML, error) {
	var out strings.Builder
	err := templates().ExecuteTemplate(&out, name, data)
	return template.HTML(strings.TrimSpace(out.String())), err
}

func tag(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "es"
}

// page is a screen in words.
type page struct {
	Tag, Kind string
	// The head: where the lesson is, and who is here.
	Title, Here, Queue string
	Address, QR        string
	JoinHere           string
	// The stage.
	Step, Ask, Settings, Status string
	More                        []string // settings of the step's other commands
	Options                     []string
	Predicted                   string
	Rows                        []row
	Verdict                     string
	Details                     []string
	Race                        template.HTML
	Legend                      []draw.Key
	Votes                       []vote
	VotesTitle                  string
	Expected, Measured, Met     string
	GuideSays, MeasuredIs       string
	Browsers                    string
	// What the keys do.
	KeysTitle, KeysNote string
	Keys                []draw.KeyHelp
	// The guide's table.
	Heads  []string
	Table  []line
	Source string
	// The turn.
	Groups []group
	// The ways of waiting, and what is measured next of them.
	Ways []draw.Way
	Next string
	// The room's devices, and how many more there are.
	RoomTitle string
	Devices   []string
	MoreHere  string
}

// line is one of the guide's table.
type line struct{ Filters, Settings, Guide, Python, Here, Verdict, Met string }

// group is who has a value of the turn.
type group struct {
	Value string
	Here  string
	Now   bool // it is being measured
}

type row struct{ Method, Title string }

type vote struct {
	Name  string // of the winner
	Title string
	Count int
	Share int  // percent of all votes
	Won   bool // it is what was measured
}

func (s Seen) page() (page, error) {
	say := func(key string, args ...any) string { return word(s.Lang, key, args...) }
	in := func(t text.Text) string { return t.In(s.Lang) }
	p := page{
		Tag: tag(s.Lang), Kind: s.kind(), Title: in(lesson.Guide().Title), Here: say("here", s.State.Members.All),
		Address: strings.TrimPrefix(s.Address, "http://"), QR: "/api/class/qr/?address=" + s.Address, JoinHere: say("join"),
	}
	p.KeysTitle, p.KeysNote, p.Keys = draw.Keys(p.Tag)
	if s.State.Paused {
		p.Queue = say("paused")
	}
	if step, ok := s.step(s.State.Step); ok {
		p.Step, p.Ask = in(step.Title), in(step.Ask)
	}
	if s.Run != nil {
		p.Settings = s.settings(s.Run)
	}
	s.room(&p, say)
	switch p.Kind {
	case kindQuestion:
		s.question(&p, say)
	case kindRace:
		lock := false
		for _, name := range s.Run.Spec.Methods {
			p.Rows = append(p.Rows, row{name, draw.MethodTitle(s.Lang, name)})
			lock = lock || s.Run.Spec.Shape(name).Lock
		}
		p.Legend = draw.Legend(p.Tag, func(string) bool { return true }, true, lock)
		if p.Status = say("measuring"); s.Run.State == result.Queued {
			p.Status = say("waiting")
		}
	case kindMeasured:
		p.Status = say("measured")
	case kindVerdict:
		return p, s.verdict(&p, say)
	case kindTable:
		s.table(&p, *s.present().Table, say)
	case kindTurn:
		return p, s.turn(&p, say)
	case kindSweep:
		return p, s.sweep(&p)
	case kindWaits:
		s.waits(&p, say)
	}
	return p, nil
}

// waits lays out what requests that wait have given so far.
func (s Seen) waits(p *page, say func(string, ...any) string) {
	w := s.State.Waiting
	p.Settings, p.Ways = draw.WaitsText(p.Tag, w.Waits), draw.WaysOf(p.Tag, w.Results)
	p.Verdict = cmp.Or(w.Summary.In(s.Lang), say("waits.measuring"))
	if done := len(w.Results); done < len(w.Ways) {
		way, _ := request.LookupWaitWay(w.Ways[done])
		p.Next = way.Title.In(s.Lang)
	}
}

// room lays out which devices are in the room, as far as they fit.
func (s Seen) room(p *page, say func(string, ...any) string) {
	if s.State.AllDevices == 0 {
		return
	}
	p.RoomTitle = say("room", s.State.AllDevices)
	shown := s.State.Devices[:min(mostDevices, len(s.State.Devices))]
	for _, d := range shown {
		kind := say("room.browser")
		if d.Kind == request.KindMachine {
			kind = say("room.machine", d.Lanes)
		}
		p.Devices = append(p.Devices, d.Name+" · "+kind)
	}
	if more := s.State.AllDevices - len(shown); more > 0 {
		p.MoreHere = say("room.more", more)
	}
}

// mostDevices is how many of the room's devices fit under the stage.
const mostDevices = 10

// settings says what a run measures, or what it has.
func (s Seen) settings(run *result.RunView) string {
	if run.Result != nil {
		return evidence.SettingsOf(run.Result, s.Lang)
	}
	return evidence.Settings(run.Spec, s.Lang)
}

func (s Seen) question(p *page, say func(string, ...any) string) {
	r := s.State.Round
	p.Status = say("who")
	if s.Asked != nil {
		p.Settings = evidence.Settings(*s.Asked, s.Lang)
	}
	for _, name := range r.Request.Methods {
		p.Options = append(p.Options, draw.MethodTitle(s.Lang, name))
	}
	p.Predicted = say("predicted", r.Predictions, max(s.State.Members.All, r.Predictions))
}

func (s Seen) verdict(p *page, say func(string, ...any) string) (err error) {
	c := s.Run.Result
	if p.Race, p.Legend, err = s.picture(); err != nil {
		return err
	}
	p.Verdict = evidence.Headline(c, s.Lang)
	for _, m := range s.measured() {
		if m.Result != c {
			p.More = append(p.More, evidence.SettingsOf(m.Result, s.Lang))
		}
	}
	for _, v := range c.Performance.Verdicts {
		if p.Details = append(p.Details, v.Text.In(s.Lang)); len(p.Details) == mostDetails {
			break
		}
	}
	if len(c.Results) == 1 {
		s.alone(p, c, say)
	}
	winner := func(name string) string { return result.WinnerTitle(name).In(s.Lang) }
	if e := c.Performance.Expected; e != nil {
		p.GuideSays, p.MeasuredIs = say("guide"), say("lab")
		p.Expected, p.Measured, p.Met = winner(e.Winner), winner(c.Performance.Winner), say("met."+met(e.Met))
	}
	r := s.State.Round
	if r == nil || r.Reveal == nil || !s.isOf(r) {
		return nil
	}
	p.VotesTitle, p.Votes, p.Browsers = say("votes", r.Predictions), votesOf(*r.Reveal, winner), s.browsers(*r.Reveal)
	return nil
}

// alone says of one method, as in a stress test, what its images took.
func (s Seen) alone(p *page, c *result.Comparison, say func(string, ...any) string) {
	for _, m := range c.Results {
		if m.Latency.P50 <= 0 {
			return
		}
		p.Details = append(p.Details,
			say("images", text.Duration(s.Lang, m.Latency.P50), text.Duration(s.Lang, m.Latency.P95)),
			say("throughput", text.Number(s.Lang, m.Throughput, 1), m.AllFailed))
	}
}

// mostCharts is how many charts of a sweep fit beside one another.
const mostCharts = 2

// sweep lays out what a sweep gave: its curves, and where they cross.
func (s Seen) sweep(p *page) (err error) {
	v := s.Run.Sweep
	p.Verdict = v.Summary.In(s.Lang)
	if caution := v.Caution.In(s.Lang); caution != "" {
		p.Details = append(p.Details, caution)
	}
	if i := foremost(v.Crossovers); i >= 0 {
		p.Details = append(p.Details, v.Crossovers[i].Text.In(s.Lang))
	}
	charts := draw.ChartsOf(p.Tag, v)
	charts.Charts = charts.Charts[:min(mostCharts, len(charts.Charts))]
	p.Race, err = evidence.Curves(charts)
	return err
}

// mostDetails is how many sentences of pairs fit under a verdict: the rest is in
// the run.
const mostDetails = 2

func met(m string) string {
	if m == result.MetYes || m == result.MetNo {
		return m
	}
	return "open"
}
