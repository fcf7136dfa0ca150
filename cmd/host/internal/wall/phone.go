package wall

import (
	"cmp"
	"encoding/json"
	"html/template"
	"net/url"
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

// PhonePage is the document that join.js fills, with the screen as it is now.
func PhonePage(s Seen) (string, error) { return document("phone", s, "phone.title", Phone) }

// Phone lays out what a member of the class sees on its own device. Its error is a
// template's.
func Phone(s Seen) (draw.Screen, error) {
	p, err := s.phone()
	if err != nil {
		return draw.Screen{}, err
	}
	screen, err := screenOf(p, "phone-", "top", "now", "task", "reveal", "own", "chart", "votes", "foot")
	screen.LeftS = p.leftS
	return screen, err
}

// phone is a phone's screen in words. say gives one of words to the templates.
type phone struct {
	lang  string
	leftS float64

	Tag, Kind  string
	Step, Ask  string
	Round      int // 0: none
	Open       bool
	Closed     bool // predictions are, and nothing is revealed yet
	Status     string
	Settings   string
	Waits      bool // there is a time left to be told
	Who        string
	Options    []option
	Baseline   string // its name; what is predicted is a factor against it
	FactorText string
	// What is revealed.
	About    string // the step that it was of, where the lesson has gone on
	Verdict  string
	Sentence string
	Link     string // to the run in the reader's laboratory
	Race     template.HTML
	Legend   []draw.Key
	Mine     []mine
	OwnRace  draw.Race
	Job      string // a result.BrowserJob as JSON; empty where there is none to measure
	// Turn is the number of the class's turn, 0 for none; each phone has one of its
	// Values, and once the server has measured them a job, by value.
	Turn      int
	Values    []int
	Jobs      map[string]string
	Images    int
	Download  string // how large the photographs are
	Paused    bool
	Axis      []tick
	Servers   []bar
	Browsers  int
	Dots      []draw.Dot
	DotLevels int
	Range     string
	Votes     []vote
	Factor    string
	// Beneath all.
	Members, Queue string
	Runs           int
}

type option struct {
	Name, Title string
	Factor      bool // it is a question by how much it wins
}

// mine is what is told to who predicted a winner; empty for who did not.
type mine struct{ Winner, Text, Verdict string }

type tick struct {
	At   float64 // percent
	Text string
}

type bar struct {
	Title, Time string
	At          float64 // percent
}

// Say gives a template one of the words.
func (p phone) Say(key string, args ...any) string {
	return word(p.lang, key, args...)
}

// Class gives one of those that the presenter's view has too.
func (p phone) Class(key string, args ...any) string { return draw.ClassText(p.lang, key, args...) }

// Seconds writes a time.
func (p phone) Seconds(x float64) string { return text.Duration(p.lang, x) }

// Device writes what a browser is.
func (p phone) Device(b class.Browser) string { return draw.DeviceTitle(p.lang, b.Device) }

func (s Seen) phone() (phone, error) {
	p := phone{
		lang: s.Lang, Tag: tag(s.Lang), Kind: s.kind(), Paused: s.State.Paused, Download: text.Bytes(s.Lang, s.Photos),
		Members: draw.MembersText(s.Lang, s.State.Members), Queue: draw.QueueText(s.Lang, s.State.Queue), Runs: len(s.State.Queue),
	}
	if last := len(s.State.Queue) - 1; last > 0 {
		p.Queue += " · " + p.Say("phone.last", text.Number(s.Lang, s.State.Queue[last].EstimateS, 0))
	}
	step, known := s.step(s.State.Step)
	if known {
		p.Step, p.Ask = step.Title.In(s.Lang), step.Ask.In(s.Lang)
	}
	r := s.State.Round
	if r != nil {
		p.Round, p.Open, p.Closed = r.Number, r.Phase == class.RoundOpen, r.Phase == class.RoundClosed
		s.predictions(&p, r)
	}
	switch p.Kind {
	case kindQuestion:
		if s.Asked != nil {
			p.Settings = evidence.Settings(*s.Asked, s.Lang)
		}
	case kindRace:
		p.Settings, p.Status = s.settings(s.Run), p.Say("measuring")
		if s.Run.State == result.Queued {
			p.Status = p.Say("waiting")
		}
		for _, q := range s.State.Queue {
			if q.ID == s.Run.ID && q.EstimateS > 0 {
				p.leftS, p.Waits = q.EstimateS, true
			}
		}
	case kindTurn:
		s.share(&p)
	case kindMeasured:
		p.Settings, p.Status = s.settings(s.Run), p.Say("phone.measured")
	default:
		if p.Closed {
			p.Status = p.Say("phone.soon")
		}
	}
	return p, s.reveals(&p)
}

func (s Seen) step(id string) (lesson.Step, bool) {
	steps := lesson.Guide().Steps
	if i := slices.IndexFunc(steps, func(step lesson.Step) bool { return step.ID == id }); i >= 0 {
		return steps[i], true
	}
	return lesson.Step{}, false
}

// share lays the turn out: its values, and what is to be measured of each.
func (s Seen) share(p *phone) {
	t := s.State.Turn
	p.Turn, p.Jobs = t.Number, map[string]string{}
	for _, g := range t.Groups {
		p.Values = append(p.Values, g.Value)
		spec := s.Values[g.Value]
		if spec == nil || g.Images == 0 {
			continue
		}
		p.Images = g.Images
		p.Jobs[strconv.Itoa(g.Value)] = p.job(*spec)
	}
	p.Verdict = draw.AxisTitle(p.Tag, t.Over)
}

// job is a batch as a browser's Web Worker is told of it; its lanes are to grow in
// OwnRace.
func (p *phone) job(spec request.Spec) string {
	data, err := json.Marshal(result.BrowserJob{Spec: spec})
	if err != nil {
		panic(err) // there is nothing in it that JSON could not hold
	}
	p.OwnRace = draw.RaceOf(p.Tag, 1, spec.Images, nil)
	return string(data)
}

// predictions lays out what may be predicted, and what is said to who did.
func (s Seen) predictions(p *phone, r *class.Round) {
	methods := r.Request.Methods
	if len(methods) > 0 {
		p.Baseline = methods[0]
		p.FactorText = p.Say("phone.factor", text.Lower(draw.MethodTitle(s.Lang, methods[0])))
	}
	p.Who = p.Say("phone.who", strings.Join(r.Request.Filters, " → "))
	p.Mine = []mine{{Text: p.Say("phone.mine.none")}}
	for _, name := range append(slices.Clone(methods), result.WinnerNone) {
		title := result.WinnerTitle(name).In(s.Lang)
		p.Options = append(p.Options, option{Name: name, Title: title, Factor: draw.HasFactor(name, methods)})
		m := mine{Winner: name, Text: p.Say("phone.mine", title)}
		if r.Reveal != nil {
			switch o := r.Reveal.Outcome; {
			case name == o.Winner:
				m.Verdict = p.Say("phone.right")
			case slices.Contains(o.Leaders, name):
				m.Verdict = p.Say("phone.half")
			default:
				m.Verdict = p.Say("phone.wrong")
			}
		}
		p.Mine = append(p.Mine, m)
	}
}

// reveals lays out the round's reveal, or else a run that is shown without a
// question.
func (s Seen) reveals(p *phone) (err error) {
	r, run := s.State.Round, s.Run
	if w := s.State.Waiting; p.Kind == kindWaits {
		p.Verdict, p.Settings = cmp.Or(w.Summary.In(s.Lang), p.Say("waits.measuring")), draw.WaitsText(p.Tag, w.Waits)
		p.Mine = nil // of a question before
		return nil
	}
	if r != nil && r.Reveal != nil {
		run = s.Revealed
		s.revealed(p, r)
	} else if run == nil || run.Result == nil || p.Kind != kindVerdict && p.Kind != kindTable {
		return nil
	} else {
		p.Verdict = evidence.Headline(run.Result, s.Lang)
	}
	if run == nil || run.Result == nil {
		return nil // it is forgotten: the class has kept what it came to
	}
	p.Settings, p.Link = s.settings(run), "/?run="+url.QueryEscape(run.ID)
	p.Race, p.Legend, err = evidence.Race(run.Result, draw.MethodOrder(run.Result.Results), s.Lang)
	return err
}

// revealed lays out what the class predicted, and what its browsers have measured.
func (s Seen) revealed(p *phone, r *class.Round) {
	o := r.Reveal.Outcome
	if r.Step != s.State.Step { // the lesson has gone on
		step, _ := s.step(r.Step)
		p.About = step.Title.In(s.Lang)
	}
	p.Verdict, p.Sentence, p.Factor = draw.OutcomeSentence(s.Lang, o), o.Sentence.In(s.Lang), draw.FactorSentence(s.Lang, *r.Reveal)
	p.Images = o.Images
	if s.Here != nil {
		p.Job = p.job(*s.Here)
	}
	axis := draw.ClassAxis(*r.Reveal)
	for _, at := range axis.Ticks {
		p.Axis = append(p.Axis, tick{axis.At(at), text.Number(s.Lang, at, text.Decimals(axis.Step))})
	}
	p.Axis[len(p.Axis)-1].Text += text.NoBreak + "s"
	for _, m := range o.Methods {
		p.Servers = append(p.Servers, bar{draw.MethodTitle(s.Lang, m.Method), p.Seconds(m.Seconds), axis.At(m.Seconds)})
	}
	p.Dots = draw.Dots(r.Reveal.Browsers, axis)
	p.Browsers, p.DotLevels = len(p.Dots), 1
	for _, d := range p.Dots {
		p.DotLevels = max(p.DotLevels, d.Level+1)
	}
	p.Range = s.browsers(*r.Reveal)
	p.Votes = votesOf(*r.Reveal, func(name string) string { return result.WinnerTitle(name).In(s.Lang) })
}

// browsers says in a sentence what the class's browsers took; empty unless there are
// several.
func (s Seen) browsers(r class.Reveal) string {
	n := len(r.Browsers)
	if n < 2 {
		return ""
	}
	return word(s.Lang, "browsers", n, text.Duration(s.Lang, r.Browsers[0].Seconds), text.Duration(s.Lang, r.Browsers[n-1].Seconds))
}

// votesOf counts who was predicted to win, by the winners' titles; nil if nobody
// predicted.
func votesOf(r class.Reveal, title func(string) string) []vote {
	all := 0
	for _, v := range r.Votes {
		all += v.Count
	}
	if all == 0 {
		return nil
	}
	var votes []vote
	for _, v := range r.Votes {
		votes = append(votes, vote{Name: v.Winner, Title: title(v.Winner), Count: v.Count, Share: 100 * v.Count / all, Won: v.Winner == r.Outcome.Winner})
	}
	return votes
}
