package guide

import (
	"math"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/shell"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestClock(t *testing.T) {
	begin := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var c Clock
	if c.Running() || c.At(begin) != 0 {
		t.Errorf("the zero clock shows %v", c.At(begin))
	}
	c = c.Toggle(begin)
	if !c.Running() || c.At(begin.Add(90*time.Second)) != 90*time.Second {
		t.Errorf("after 90 s it shows %v", c.At(begin.Add(90*time.Second)))
	}
	c = c.Toggle(begin.Add(2 * time.Minute))
	if c.Running() || c.At(begin.Add(time.Hour)) != 2*time.Minute {
		t.Errorf("paused it shows %v", c.At(begin.Add(time.Hour)))
	}
	c = c.Toggle(begin.Add(time.Hour))
	if got := c.At(begin.Add(time.Hour + time.Second)); got != 2*time.Minute+time.Second {
		t.Errorf("started again it shows %v", got)
	}
	if got := c.At(begin); got != 2*time.Minute {
		t.Errorf("a system's clock that is set back makes it %v", got)
	}
	for d, want := range map[time.Duration]string{0: "0:00", 59900 * time.Millisecond: "0:59", 725 * time.Second: "12:05", 90 * time.Minute: "90:00"} {
		if got := ClockText(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestPace(t *testing.T) {
	step := lesson.Step{FromMinute: 7, Minutes: 5} // from 7 to 12
	tests := []struct {
		at    time.Duration
		spent float64
		text  string
	}{
		{0, 0, "7 min ahead of the plan"},
		{6*time.Minute + time.Second, 0, "6 min left for this step"},
		{7 * time.Minute, 0, "5 min left for this step"},
		{9*time.Minute + 30*time.Second, 0.5, "3 min left for this step"},
		{12*time.Minute + 59*time.Second, 1, "0 min left for this step"},
		{14 * time.Minute, 1, "This step is 2 min late"},
	}
	for _, tt := range tests {
		p := PaceOf(step, tt.at)
		if math.Abs(p.Spent-tt.spent) > 1e-9 || PaceText(i18n.EN, p) != tt.text {
			t.Errorf("at %v: %v, %q; want %v, %q", tt.at, p.Spent, PaceText(i18n.EN, p), tt.spent, tt.text)
		}
	}
}

func TestCommandLine(t *testing.T) {
	tests := []struct {
		command lesson.Command
		want    string
	}{
		{lesson.Command{Shell: "ls -la static/processed/"}, "ls -la static/processed/"},
		{lesson.Command{Method: "GET", Path: "/api/health/"}, "curl http://a:1/api/health/"},
		{lesson.Command{Method: "POST", Path: "/api/x/", Body: `{"a": 1}`}, `curl -X POST http://a:1/api/x/ -H 'Content-Type: application/json' -d '{"a": 1}'`},
	}
	for _, tt := range tests {
		if got := CommandLine("http://a:1", tt.command); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestGuideKeys(t *testing.T) {
	tests := []struct {
		key             string
		typing, control bool
		move            int
		run             bool
	}{
		{"PageDown", false, false, 0, true},
		{"PageDown", false, true, 0, true},
		{"PageUp", false, true, -1, false},
		{"ArrowRight", false, false, 1, false},
		{"ArrowLeft", false, false, -1, false},
		{"ArrowLeft", true, true, 0, false},
		{"ArrowDown", false, false, 0, false},
		{" ", false, false, 0, true},
		{"Enter", false, false, 0, true},
		{"Enter", false, true, 0, false},
		{"a", false, false, 0, false},
	}
	for _, tt := range tests {
		if does := guideKey(tt.key, tt.typing, tt.control); does.steps != tt.move || does.lead != tt.run || does.help {
			t.Errorf("%+v: %+v", tt, does)
		}
	}
	if !guideKey("?", false, true).help || guideKey("?", true, true).help {
		t.Error("? shows the keys, but for who types it")
	}
}

func TestExpectedBesideMeasured(t *testing.T) {
	g := &Guide{page: &shell.Page{Lang: i18n.EN}}
	e := result.Expectation{Winner: request.Multiprocessing, Claim: text.Text{EN: "The guide says so."}, Notes: result.Notes{Yes: text.Text{EN: "But."}, No: text.Text{EN: "But."}, Open: text.Text{EN: "But."}}}
	before := app.HTMLString(g.renderExpected(0, e, nil))
	if strings.Contains(before, "But.") || !strings.Contains(before, "The guide says so.") || !strings.Contains(before, "Processes") {
		t.Errorf("before it was measured: %s", before)
	}
	tests := []struct{ winner, met, shown, sentence string }{
		{request.Multiprocessing, "yes", "Processes", i18n.EN.T("met.yes")},
		{request.Threading, "no", "Threads", i18n.EN.T("met.no")},
		{"none", "open", "None stands out", i18n.EN.T("met.open")},
	}
	for _, tt := range tests {
		c := &result.Comparison{Performance: result.Performance{Winner: tt.winner}}
		html := app.HTMLString(g.renderExpected(0, e, c))
		for _, want := range []string{`data-met="` + tt.met + `"`, tt.shown, tt.sentence, "But."} {
			if !strings.Contains(html, want) {
				t.Errorf("%s won: %q is not in %s", tt.winner, want, html)
			}
		}
	}
}

// TestThePresentersGuide goes through a round on a command: ask, count, reveal.
func TestThePresentersGuide(t *testing.T) {
	les := lesson.Guide()
	g := &Guide{page: &shell.Page{Lang: i18n.EN}, guide: &les, lead: classroom.Presenter{Token: "t"}}
	g.at.Step = 2 // with two commands that compare
	commands := les.Steps[2].Commands
	round := &class.Round{Phase: class.RoundOpen, Step: les.Steps[2].ID, Command: 1, Predictions: 7}
	g.lead.Link.State = &class.State{Members: class.Members{All: 9}, Round: round}
	show := func(i int, o commandOutcome) string { return app.HTMLString(app.Div().Body(g.renderClass(i, o))) }
	if !g.mayAsk(0, commands[0]) || g.mayAsk(1, commands[1]) || g.mayAsk(0, les.Steps[0].Commands[0]) {
		t.Error("what may be asked: another command, not the one of the round, and nothing without a winner")
	}
	if g.lead.Token = ""; g.mayAsk(0, commands[0]) {
		t.Error("who does not lead may ask")
	}
	g.lead.Token = "t"
	if html := show(1, commandOutcome{}); !strings.Contains(html, "7 of 9 have predicted. Running") || strings.Contains(html, i18n.EN.T("class.reveal")) {
		t.Errorf("open: %s", html)
	}
	round.Phase, round.Predictions = class.RoundClosed, 12 // three have left
	if html := show(1, commandOutcome{runID: "r"}); !strings.Contains(html, i18n.EN.T("class.reveal")) || !strings.Contains(html, "12 of 12 have predicted.<") {
		t.Errorf("measured: %s", html)
	}
	r := class.Reveal{
		Outcome: class.Outcome{RunID: "r", Winner: request.Threading, Factor: 1.9, Methods: []class.Time{{Method: request.Sequential, Seconds: 3.8}, {Method: request.Threading, Seconds: 2}}},
		Votes:   []class.Vote{{Winner: request.Threading, Count: 3}},
	}
	round.Reveal = &r
	if html := show(1, commandOutcome{runID: "r"}); !strings.Contains(html, "Threads ✓") {
		t.Errorf("revealed: %s", html)
	}
}

// still is a loop in which nothing comes of what is begun.
type still struct{}

func (still) Dispatch(func())             {}
func (still) Async(func())                {}
func (still) After(time.Duration, func()) {}

// TestTakingUpARunKeepsTheLanes goes on with a round's run while another result is
// shown: that one keeps its lanes.
func TestTakingUpARunKeepsTheLanes(t *testing.T) {
	les := lesson.Guide()
	g := &Guide{page: &shell.Page{Lang: i18n.EN}, guide: &les, lead: classroom.Presenter{Token: "t"}}
	g.session = measure.New(client.Begin(still{}), nil, g.page.Language, func(measure.Event) {})
	shown := measure.Outcome{Result: &result.Comparison{}, RunID: "before", Lines: &measure.Timelines{}}
	g.session.Outcome = shown
	g.outcomes = map[string]commandOutcome{"shown": {result: shown.Result, runID: "before"}}
	g.lead.Link.State = &class.State{Round: &class.Round{Number: 3, Phase: class.RoundClosed, Step: les.Steps[2].ID, Command: 1}}
	g.lead.KeepRun("r")
	g.takeUp()
	if want := classroom.CommandKey(les.Steps[2].ID, 1); g.running != want || !g.session.Knows("r") {
		t.Fatalf("%q is run, want %q", g.running, want)
	}
	if got := g.linesOf(g.outcomes["shown"]); got != shown.Lines {
		t.Errorf("the lanes of the result before are %v", got)
	}
}

// TestStressFigures shows what the API answers a stress test with; the slowest
// hundredth of 100 images on.
func TestStressFigures(t *testing.T) {
	if few := app.HTMLString(stressView(i18n.ES, 0, result.Stress{Results: result.StressResults{ImagesProcessed: 99}})); strings.Contains(few, "p99-0") || !strings.Contains(few, "p95-0") {
		t.Errorf("of 99 images: %s", few)
	}
	html := app.HTMLString(stressView(i18n.ES, 0, result.Stress{
		Results: result.StressResults{ImagesProcessed: 100, SuccessCount: 99, ErrorCount: 1},
		Analysis: result.StressAnalysis{
			Latency: result.Percentiles{P50: 0.25, P95: 0.5, P99: 1.25}, ImagesPerSecond: 4.875, CoresBusy: 1.5, Errors: []string{"/b: mala"},
		},
	}))
	for _, want := range []string{`p50-0">0,25`, `p95-0">0,50`, `p99-0">1,25`, `throughput-0">4,88`, `cores-0">1,50`, `errors-0">1<`, "de 100", "/b: mala"} {
		if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(html, "\n", "")), " "), want) {
			t.Errorf("%q is not shown: %s", want, html)
		}
	}
}
