package wall

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// TestPhone goes through a question on a phone: what each screen says, and what it
// does not say yet.
func TestPhone(t *testing.T) {
	const step = "computing"
	run := ran()
	asked := request.Request{Filters: []string{"resize", "blur"}, Methods: run.Spec.Methods}
	round := func(phase string, outcome *class.Outcome) *class.Round {
		r := &class.Round{Number: 5, Phase: phase, Step: step, Request: asked, Predictions: 3}
		if outcome != nil {
			r.Reveal = &class.Reveal{
				Outcome: *outcome, Factors: []float64{2, 2, 3}, Browsers: []class.Browser{{Seconds: 9, Device: class.DevicePhone}, {Seconds: 11}},
				Votes: []class.Vote{{Winner: request.Threading, Count: 3}},
			}
		}
		return r
	}
	won := &class.Outcome{
		RunID: "r7", Winner: request.Threading, Leaders: []string{request.Threading}, Factor: 2, Images: 5,
		Sentence: text.Text{EN: "Threads win: 1.9 times (1.8 to 2.0)."},
		Methods:  []class.Time{{Method: request.Sequential, Seconds: 4}, {Method: request.Threading, Seconds: 2}},
	}
	tied := *won
	tied.Winner, tied.Leaders = result.WinnerNone, []string{request.Sequential, request.Threading}
	shown := &class.Shown{Step: step, RunID: "r7"}
	running := ran()
	running.State, running.Result = result.Running, nil
	queue := []result.QueuedRun{{ID: "r7", State: result.Running, EstimateS: 12}, {ID: "r8", State: result.Queued, EstimateS: 40}}
	here := &request.Spec{Methods: []string{request.Browser}, Count: 5}

	turn := &class.Turn{Number: 6, Phase: class.TurnOpen, Step: "turn", Over: request.OverIntensity, Groups: []class.Group{{Value: 1, Members: 2}, {Value: 2, Members: 3}}}
	measured := &class.Turn{Number: 6, Phase: class.TurnBrowsers, Step: "turn", Over: request.OverIntensity, Groups: []class.Group{{Value: 1, Images: 4}, {Value: 2, Images: 4}}}

	answers := []string{"Threads win", "1.9 times", "The fastest", `data-drawing="race"`, "You named the winner", "Measure here"}
	tests := []struct {
		name string
		seen Seen
		says []string
		not  []string
	}{
		{"nobody has begun", Seen{State: class.State{Members: class.Members{All: 2, Phones: 2}}}, []string{"You are in", "In class: 2 · phones: 2", "The server is free"}, answers},
		{"a step", Seen{State: class.State{Step: step}}, []string{"what advantage is left"}, answers},
		{"asked", Seen{State: class.State{Step: step, Round: round(class.RoundOpen, nil)}, Asked: &run.Spec},
			[]string{"resize → blur: who wins?", "How many times as fast as sequential?", `value="none"`, "5 images"}, answers},
		{"closed", Seen{State: class.State{Step: step, Round: round(class.RoundClosed, nil)}}, []string{"about to start", "You predicted: Threads", "You sent no prediction"}, answers},
		{"it is measured", Seen{State: class.State{Step: step, Round: round(class.RoundClosed, nil), Shown: shown, Queue: queue}, Run: running},
			[]string{"Measuring on the server", "About {n} s left", "5 images", "the last one ends in about 40"}, answers},
		{"it was", Seen{State: class.State{Step: step, Round: round(class.RoundClosed, nil), Shown: shown}, Run: run}, []string{"has yet to reveal", "5 images"}, append(answers, "about to start")},
		{"revealed", Seen{State: class.State{Step: step, Round: round(class.RoundRevealed, won), Shown: shown}, Run: run, Revealed: run, Here: here, Photos: 5_900_000},
			append(answers, "(5.9", "(1.8 to 2.0)", "/?run=r7", "predicted 2.00× (median); measured, 2.00×", `data-browsers="2"`, "The same batch in 2 browsers: from 9.00", "It was not that one"), []string{"½"}},
		{"a tie", Seen{State: class.State{Step: step, Round: round(class.RoundRevealed, &tied), Shown: shown}, Run: run, Revealed: run},
			[]string{"The samples do not tell who is fastest", "½", "You named the winner"}, []string{"median", "It was not that one", "Measure here"}},
		{"the lesson has gone on", Seen{State: class.State{Step: "gil", Round: round(class.RoundRevealed, won)}, Revealed: run}, []string{"GIL", `data-drawing="race"`, "The fastest"}, nil},
		{"the run is forgotten", Seen{State: class.State{Step: step, Round: round(class.RoundRevealed, won)}}, []string{"The fastest: Threads", "(1.8 to 2.0)"}, []string{`data-drawing="race"`, "/?run="}},
		{"a run without a question", Seen{State: class.State{Step: step, Shown: shown}, Run: run}, []string{"Threads win", `data-drawing="race"`, "/?run=r7"}, []string{"Measure here", "predicted"}},
		{"the values are taken", Seen{State: class.State{Step: "turn", Turn: turn}}, []string{`data-turn="6"`, "Your value: {value}", `data-value="2"`, "Intensity of sharpen"}, append(answers, "You are in")},
		{"the values are measured", Seen{State: class.State{Step: "turn", Turn: measured}, Values: map[int]*request.Spec{1: here, 2: here}}, []string{"Measure here", `data-round="6"`, `data-place="jobs"`, `"1":"{\"spec\"`}, answers[:5]},
		{"the table", Seen{State: class.State{Step: "table", Shown: shown}, Run: run}, []string{"Threads win", "/?run=r7"}, []string{"Measure here"}},
		{"a value is measured", Seen{State: class.State{Step: "turn", Turn: turn, Shown: shown}, Run: run}, []string{`data-turn="6"`}, answers},
		{"requests wait", Seen{State: class.State{Step: "tomorrow", Round: round(class.RoundRevealed, won), Waiting: waits()}, Revealed: run}, []string{"Goroutines: a second.", "1000 requests at once"}, []string{"Threads win", "You predicted", `data-drawing="race"`}},
		{"the others wait", Seen{State: class.State{Step: step, Paused: true, Round: round(class.RoundRevealed, won)}, Here: here}, []string{"asks the others to wait", "disabled"}, nil},
	}
	for _, tt := range tests {
		tt.seen.Lang, tt.seen.Assets = "en", "/v/1/web"
		screen, err := Phone(tt.seen)
		if err != nil {
			t.Fatal(err)
		}
		html := ""
		for _, name := range slices.Sorted(maps.Keys(screen.Parts)) {
			html += string(screen.Parts[name]) + "\n"
		}
		for _, want := range tt.says {
			if !strings.Contains(html, want) {
				t.Errorf("%s: %q is not in %s", tt.name, want, html)
			}
		}
		for _, spoiler := range tt.not {
			if strings.Contains(html, spoiler) {
				t.Errorf("%s: it says %q: %s", tt.name, spoiler, html)
			}
		}
		if left := screen.LeftS; (left == 12) != (tt.name == "it is measured") {
			t.Errorf("%s: %v s are left", tt.name, left)
		}
		page, err := PhonePage(tt.seen)
		if err != nil || !strings.Contains(page, string(screen.Parts["now"])) || !strings.Contains(page, string(screen.Parts["task"])) || !strings.Contains(page, `"/v/1/web/join.js"`) {
			t.Errorf("%s: the page is not whole: %v, %s", tt.name, err, page)
		}
	}
	// By how much a method wins is asked of those alone that may be faster than the
	// baseline.
	screen, _ := Phone(Seen{Lang: "es", State: class.State{Round: round(class.RoundOpen, nil)}})
	if form := string(screen.Parts["task"]); strings.Count(form, "radio") != 3 || strings.Count(form, "data-factor") != 1 || !strings.Contains(form, `data-testid="predict-threading" data-factor`) {
		t.Errorf("the form: %s", form)
	}
}

// TestWords holds each word in both languages.
func TestWords(t *testing.T) {
	for key, word := range words {
		if word.ES == "" || word.EN == "" {
			t.Errorf("%q lacks a language: %+v", key, word)
		}
	}
}
