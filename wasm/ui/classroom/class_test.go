package classroom

import (
	"reflect"
	"strings"
	"testing"

	"carriles/executor/analysis"
	"carriles/executor/batch/class"
	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/shell"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func revealed() class.Reveal {
	return class.Reveal{
		Outcome: class.Outcome{
			RunID: "r", Winner: request.Threading, Factor: 1.9, Images: 5,
			Methods: []class.Time{{Method: request.Sequential, Seconds: 3.8}, {Method: request.Threading, Seconds: 2}},
		},
		Votes:    []class.Vote{{Winner: request.Sequential}, {Winner: request.Threading, Count: 3}, {Winner: result.WinnerNone, Count: 1}},
		Factors:  []float64{1, 2, 2, 4},
		Browsers: []class.Browser{{Seconds: 9, Device: class.DevicePhone, Cores: 8, SIMD: "wasm"}, {Seconds: 10, Device: class.DeviceUnknown}},
	}
}

func TestDots(t *testing.T) {
	axis := draw.Axis{Max: 100} // a second is a percent of it
	var in []class.Browser
	for _, s := range []float64{10, 11, 12, 13.5, 60} {
		in = append(in, class.Browser{Seconds: s})
	}
	type place struct {
		at    float64
		level int
	}
	var got []place
	for _, d := range Dots(in, axis, nil) {
		got = append(got, place{d.At, d.Level})
	}
	// A dot covers 3.5 %: the fourth is free of the first, and no other.
	want := []place{{10, 0}, {11, 1}, {12, 2}, {13.5, 0}, {60, 0}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// One's own leaves its place to the others and stands above them: without the
	// second, two levels hold the rest.
	all := Dots(in, axis, &class.Browser{Seconds: 11})
	if last := all[len(all)-1]; len(all) != 5 || !last.Mine || last.At != 11 || last.Level != 2 || all[1].Mine || all[1].Level != 1 {
		t.Errorf("with one's own: %+v", all)
	}
	for _, d := range Dots(in, axis, &class.Browser{Seconds: 11, Cores: 4}) {
		if d.Mine {
			t.Errorf("another's is taken for one's own: %+v", d)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		sorted []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{1, 2}, 1.5}, {[]float64{1, 2, 9}, 2}} {
		if got := analysis.Quantile(tt.sorted, 0.5); got != tt.want {
			t.Errorf("the median of %v is %v, want %v", tt.sorted, got, tt.want)
		}
	}
}

func TestChartAndItsTable(t *testing.T) {
	html := app.HTMLString(chartView(i18n.EN, revealed(), nil))
	if n := strings.Count(html, `class="dot `); n != 2 {
		t.Errorf("%d dots for two browsers", n)
	}
	_, table, ok := strings.Cut(html, "<table")
	for _, want := range []string{"Server: Threads", "2.00", "Phone", "9.00", "wasm", "Other", "10.00"} {
		if !ok || !strings.Contains(table, want) {
			t.Errorf("%q is not in the table: %s", want, table)
		}
	}
	if axis := classAxis(revealed()); axis.Max != 10 {
		t.Errorf("the axis ends at %v, want the slowest browser's 10", axis.Max)
	}
}

func TestVotes(t *testing.T) {
	html := app.HTMLString(VotesView(i18n.EN, revealed()))
	for _, want := range []string{"Threads ✓", "width:100.000%", "width:33.333%", "width:0.000%", "predicted 2.00× (median); measured, 1.90×"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown: %s", want, html)
		}
	}
	r := revealed()
	r.Factors = nil
	if got := FactorSentence(i18n.ES, r); got != "Respecto al método secuencial, medido: 1,90×." {
		t.Errorf("nobody predicted: %q", got)
	}
	if OutcomeSentence(i18n.EN, r.Outcome) != "The fastest: Threads" || OutcomeSentence(i18n.EN, class.Outcome{Winner: "none"}) != i18n.EN.T("class.tie") {
		t.Errorf("%q", OutcomeSentence(i18n.EN, r.Outcome))
	}
}

func TestWhoIsHere(t *testing.T) {
	for _, tt := range []struct {
		members class.Members
		want    string
	}{
		{class.Members{}, "In class: 0"},
		{class.Members{All: 3, Phones: 2}, "In class: 3 · phones: 2 · other devices: 1"},
	} {
		if got := membersText(i18n.EN, tt.members); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestWhatAStudentSees goes through a round's phases.
func TestWhatAStudentSees(t *testing.T) {
	j := &Join{page: &shell.Page{Lang: i18n.EN}, session: &measure.Session{}, mine: class.Prediction{Factor: 2}}
	show := func() string {
		return app.HTMLString(app.Div().Body(j.renderContent()...))
	}
	if html := show(); !strings.Contains(html, i18n.EN.T("join.loading")) {
		t.Errorf("before the first state: %s", html)
	}
	j.link.lost = true
	if html := show(); !strings.Contains(html, i18n.EN.T("class.lost")) || strings.Contains(html, i18n.EN.T("join.loading")) {
		t.Errorf("lost: %s", html)
	}
	j.link.lost = false
	j.link.State = &class.State{}
	if html := show(); !strings.Contains(html, i18n.EN.T("join.waiting")) {
		t.Errorf("without a step: %s", html)
	}
	guide := lesson.Guide()
	j.guide = &guide
	req := request.Request{Filters: []string{"resize", "blur"}, Methods: []string{request.Sequential, request.Threading}}
	j.link.State = &class.State{Step: "waiting", Round: &class.Round{Number: 1, Phase: class.RoundOpen, Request: req}}
	if html := show(); !strings.Contains(html, "resize → blur: who wins?") || strings.Count(html, `type="radio"`) != 3 {
		t.Errorf("open: %s", html)
	}
	for winner, open := range map[string]bool{"": true, request.Threading: true, request.Sequential: false, result.WinnerNone: false} {
		j.mine.Winner = winner
		html := show()
		if strings.Contains(html, "2.00×") != open || strings.Contains(html, "1.00×") == open {
			t.Errorf("by how much %q wins: %s", winner, html)
		}
	}
	j.mine.Winner, j.sent = request.Threading, true
	j.link.State.Round.Phase = class.RoundClosed
	if html := show(); !strings.Contains(html, "You predicted: Threads, 2.00×") || strings.Contains(html, "radio") {
		t.Errorf("closed: %s", html)
	}
	r := revealed()
	j.link.State.Round.Phase, j.link.State.Round.Reveal = class.RoundRevealed, &r
	if html := show(); !strings.Contains(html, i18n.EN.T("join.right")) || !strings.Contains(html, i18n.EN.T("join.measure")) {
		t.Errorf("revealed: %s", html)
	}
	title := i18n.EN.In(guide.Steps[2].Title)
	if html := show(); strings.Count(html, title) != 1 {
		t.Errorf("revealed, at its step: %s", html)
	}
	j.link.State.Step, j.link.State.Round.Step = "gil", "waiting"
	if html := show(); strings.Count(html, title) != 1 || !strings.Contains(html, "GIL") {
		t.Errorf("revealed, and the lesson has gone on: %s", html)
	}
	j.mine.Winner = result.WinnerNone
	if html := show(); !strings.Contains(html, i18n.EN.T("join.wrong")) {
		t.Errorf("revealed, and wrong: %s", html)
	}
}

func TestQuestions(t *testing.T) {
	list := questions(lesson.Guide())
	if len(list) < 8 {
		t.Errorf("only %d questions", len(list))
	}
	for _, q := range list {
		if len(q.request.Methods) < 2 || q.step.Commands[q.command].Expected == nil {
			t.Errorf("%s: %+v", q.key, q.request)
		}
	}
	for key, want := range map[string]string{
		list[0].key: list[1].key, list[len(list)-1].key: list[len(list)-1].key, "nothing/0": list[0].key,
	} {
		if got := questionAfter(lesson.Guide(), key); got != want {
			t.Errorf("after %s comes %s, want %s", key, got, want)
		}
	}
	if got := questionText(i18n.EN, list[0]); !strings.HasSuffix(got, "resize · Sequential, Threads, Threads with a GIL, Processes") {
		t.Errorf("%q", got)
	}
}

// TestOwnDot looks at a chart on which the reader's own browser is: it has a
// shape and a word, in the chart and in its table.
func TestOwnDot(t *testing.T) {
	r := revealed()
	html := app.HTMLString(chartView(i18n.EN, r, &r.Browsers[0]))
	for _, want := range []string{"dot mine flipped", "you: 9.00", i18n.EN.T("class.shapes.mine"), "Phone (this browser)"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown: %s", want, html)
		}
	}
	if n := strings.Count(html, "dot mine"); n != 1 {
		t.Errorf("%d dots are one's own", n)
	}
	if html := app.HTMLString(chartView(i18n.EN, r, nil)); strings.Contains(html, "mine") || strings.Contains(html, i18n.EN.T("class.shapes.mine")) {
		t.Errorf("a reader without a browser there: %s", html)
	}
}
