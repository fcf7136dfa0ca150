// Package wall is what the audience of a lesson sees: one screen that nobody
// touches. It lays out, in HTML, what the class is at: where it is joined, the
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
// Lanes that grow while the screen is told of another phone: the screen has a head,
// which changes often, and a stage, which is replaced only when its Key does.
package wall

import (
	_ "embed"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"carriles/cmd/host/internal/evidence"
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/web/draw"
)

//go:embed wall.html.tmpl
var source string

var templates = template.Must(template.New("wall").Parse(source))

// Seen is what a screen is made from.
type Seen struct {
	Lang  string // "en", or any other for Spanish
	State class.State
	// Run is the one of State.Shown; nil without it.
	Run *result.RunView
	// Runs are those of State.Runs, by command, as far as they are there.
	Runs map[int]*result.RunView
	// Asked is what the question of State.Round measures; nil without it.
	Asked *request.Spec
	// Address is where the class is joined.
	Address string
}

// Screen is what wall.js puts on the wall.
type Screen struct {
	Head  template.HTML `json:"head"`
	Stage template.HTML `json:"stage"`
	// Key tells one stage from another: with the same, lanes that grow are left alone.
	Key string `json:"key"`
	// Run is the run whose lanes grow; empty if none does.
	Run string `json:"run"`
	// Race is a draw.Race without lanes, for those that grow.
	Race *draw.Race `json:"race,omitempty"`
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
	case s.Run != nil && s.Run.Result == nil:
		return kindStep // it gave nothing: the console says why
	case s.Run != nil && r != nil && r.Phase == class.RoundClosed && s.isOf(r):
		return kindMeasured
	case s.Run != nil && s.step().Table != nil:
		return kindTable
	case s.Run != nil:
		return kindVerdict
	case s.State.Step == "":
		return kindWelcome
	}
	return kindStep
}

// isOf reports whether the run that is shown is of a round's command.
func (s Seen) isOf(r *class.Round) bool {
	return s.State.Shown != nil && s.State.Shown.Step == r.Step && s.State.Shown.Command == r.Command
}

// Of lays the screen out. Its error is a template's.
func Of(s Seen) (Screen, error) {
	p := s.page()
	screen := Screen{Key: strings.Join([]string{p.Kind, s.Lang, s.State.Step}, " ")}
	if r := s.State.Round; r != nil {
		screen.Key += " " + strconv.Itoa(r.Number) + " " + r.Phase
	}
	if s.Run != nil {
		screen.Key += " " + s.Run.ID + " " + string(s.Run.State)
	}
	switch p.Kind {
	case kindRace:
		race := draw.RaceOf(p.Tag, 1, s.Run.Spec.Images, nil)
		screen.Run, screen.Race = s.Run.ID, &race
	case kindVerdict:
		var err error
		if p.Race, err = s.picture(); err != nil {
			return Screen{}, err
		}
	case kindTurn:
		var err error
		if p.Race, err = s.curves(); err != nil {
			return Screen{}, err
		}
	}
	var err error
	if screen.Head, err = fragment("head", p); err == nil {
		screen.Stage, err = fragment("stage", p)
	}
	return screen, err
}

// Page is the document that wall.js fills, with the screen as it is now, so that it
// can be read before any script runs.
func Page(s Seen) (string, error) {
	screen, err := Of(s)
	if err != nil {
		return "", err
	}
	page := struct {
		Screen
		Tag, Title string
		Keys       [][2]string
		KeysTitle  string
	}{screen, tag(s.Lang), words["title"].In(s.Lang), keys(s.Lang), words["keys"].In(s.Lang)}
	html, err := fragment("page", page)
	return string(html), err
}

func fragment(name string, data any) (template.HTML, error) {
	var out strings.Builder
	err := templates.ExecuteTemplate(&out, name, data)
	return template.HTML(out.String()), err
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
	Legend                      []stage
	Votes                       []vote
	VotesTitle                  string
	Expected, Measured, Met     string
	GuideSays, MeasuredIs       string
	Browsers                    string
	// The guide's table.
	Heads  []string
	Table  []line
	Source string
	// The turn.
	Groups []group
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

// stage is a stage's colour in the legend.
type stage struct{ Name, Title string }

type vote struct {
	Title string
	Count int
	Share int  // percent of all votes
	Won   bool // it is what was measured
}

func (s Seen) page() page {
	say := func(key string, args ...any) string {
		return text.Sprintf(words[key].ES, words[key].EN, args...).In(s.Lang)
	}
	in := func(t text.Text) string { return t.In(s.Lang) }
	guide := lesson.Guide()
	p := page{
		Tag: tag(s.Lang), Kind: s.kind(), Title: in(guide.Title), Here: say("here", s.State.Members.All),
		Address: strings.TrimPrefix(s.Address, "http://"), QR: "/api/class/qr/?address=" + s.Address, JoinHere: say("join"),
	}
	if s.State.Paused {
		p.Queue = say("paused")
	}
	step := s.step()
	p.Step, p.Ask = in(step.Title), in(step.Ask)
	if s.Run != nil {
		p.Settings = evidence.Settings(s.Run.Spec, s.Lang)
	}
	if p.Kind == kindRace || p.Kind == kindVerdict {
		for _, name := range draw.Stages() {
			p.Legend = append(p.Legend, stage{name, in(result.StageTitle(name))})
		}
	}
	switch p.Kind {
	case kindQuestion:
		s.question(&p, say)
	case kindRace:
		for _, name := range s.Run.Spec.Methods {
			p.Rows = append(p.Rows, row{name, draw.MethodTitle(s.Lang, name)})
		}
		if p.Status = say("measuring"); s.Run.State == result.Queued {
			p.Status = say("waiting")
		}
	case kindMeasured:
		p.Status = say("measured")
	case kindVerdict:
		s.verdict(&p, say)
	case kindTable:
		s.table(&p, *step.Table, say)
	case kindTurn:
		s.turn(&p, say)
	}
	return p
}

// step is the lesson's that is shown; its zero value if none is.
func (s Seen) step() lesson.Step {
	steps := lesson.Guide().Steps
	if i := slices.IndexFunc(steps, func(step lesson.Step) bool { return step.ID == s.State.Step }); i >= 0 {
		return steps[i]
	}
	return lesson.Step{}
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

func (s Seen) verdict(p *page, say func(string, ...any) string) {
	c := s.Run.Result
	p.Verdict = evidence.Headline(c, s.Lang)
	for _, m := range s.measured() {
		if m.Result != c {
			p.More = append(p.More, evidence.Settings(m.Result.Spec, s.Lang))
		}
	}
	for _, v := range c.Performance.Verdicts {
		if p.Details = append(p.Details, v.Text.In(s.Lang)); len(p.Details) == mostDetails {
			break
		}
	}
	winner := func(name string) string {
		if _, known := request.LookupMethod(name); !known {
			return say("none")
		}
		return draw.MethodTitle(s.Lang, name)
	}
	if e := c.Performance.Expected; e != nil {
		p.GuideSays, p.MeasuredIs = say("guide"), say("lab")
		p.Expected, p.Measured, p.Met = winner(e.Winner), winner(c.Performance.Winner), say("met."+met(e.Met))
	}
	r := s.State.Round
	if r == nil || r.Reveal == nil || !s.isOf(r) {
		return
	}
	all := 0
	for _, v := range r.Reveal.Votes {
		all += v.Count
	}
	if p.VotesTitle = say("votes", all); all == 0 {
		return
	}
	for _, v := range r.Reveal.Votes {
		p.Votes = append(p.Votes, vote{Title: winner(v.Winner), Count: v.Count, Share: 100 * v.Count / all, Won: v.Winner == r.Reveal.Outcome.Winner})
	}
	if n := len(r.Reveal.Browsers); n > 0 {
		fastest, slowest := r.Reveal.Browsers[0].Seconds, r.Reveal.Browsers[n-1].Seconds
		p.Browsers = say("browsers", n, text.Duration(s.Lang, fastest), text.Duration(s.Lang, slowest))
	}
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
