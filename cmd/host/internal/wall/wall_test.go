package wall

import (
	"strings"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/web/draw"
)

// ran is a run of the question that has ended: threads were faster, and the guide
// expected processes.
func ran() *result.RunView {
	spec := request.Spec{Methods: []string{request.Sequential, request.Threading}, Count: 5, Steps: []request.Step{{Filter: "edges"}}, Pool: "cold", Engine: "native", Transport: request.TransportPath}
	c := result.Comparison{Spec: spec, Results: map[string]*result.MethodResult{}, Performance: result.Performance{
		Winner: request.Threading, Summary: text.Text{ES: "Ganan los hilos.", EN: "Threads win."},
		Verdicts: []result.Verdict{{A: request.Sequential, B: request.Threading, Outcome: request.Threading, Text: text.Text{ES: "1,9 veces", EN: "1.9 times"}}},
		Expected: &result.Expectation{Winner: request.Multiprocessing, Met: result.MetNo},
	}}
	for i, m := range spec.Methods {
		c.Results[m] = &result.MethodResult{Method: m, Time: 2 - float64(i), ProcessedCount: 5}
	}
	return &result.RunView{ID: "r7", State: result.Done, Spec: spec, Result: &c}
}

// TestScreens goes through a question: what each screen says, and what it does not
// say yet. The step is one whose notes and expectation the lesson has.
func TestScreens(t *testing.T) {
	const step = "computing"
	open := &class.Round{Number: 9, Phase: class.RoundOpen, Step: step, Predictions: 3, Request: request.Request{Methods: []string{request.Sequential, request.Threading}}}
	closed, revealed := *open, *open
	closed.Phase, revealed.Phase = class.RoundClosed, class.RoundRevealed
	revealed.Reveal = &class.Reveal{
		Outcome: class.Outcome{Winner: request.Threading},
		Votes:   []class.Vote{{Winner: request.Threading, Count: 3}, {Winner: result.WinnerNone, Count: 1}},
	}
	shown := &class.Shown{Step: step, Command: 0, RunID: "r7"}
	queued, running, failed := ran(), ran(), ran()
	queued.State, queued.Result = result.Queued, nil
	running.State, running.Result = result.Running, nil
	failed.State, failed.Result = result.Failed, nil
	other := *shown
	other.Command = 1

	answers := []string{"Threads win.", "1.9 times", "The guide expects", "What the class predicted"}
	tests := []struct {
		name  string
		state class.State
		run   *result.RunView
		kind  string
		says  []string
		not   []string
		grows bool
	}{
		{"nobody has begun", class.State{}, nil, kindWelcome, []string{"Join the class", "a:1/join", "In class: 0"}, answers, false},
		{"a step", class.State{Step: step, Members: class.Members{All: 4}}, nil, kindStep, []string{"In class: 4", "what advantage is left"}, answers, false},
		{"asked", class.State{Step: step, Round: open, Members: class.Members{All: 4}}, nil, kindQuestion, []string{"3 of 4 have predicted", "Threads"}, answers, false},
		{"asked about another run than is shown", class.State{Step: step, Round: open, Shown: &other}, ran(), kindQuestion, nil, answers, false},
		{"it waits", class.State{Step: step, Round: &closed, Shown: shown}, queued, kindRace, []string{"It is next", "edges", `data-method="threading"`}, answers, true},
		{"it is measured", class.State{Step: step, Round: &closed, Shown: shown}, running, kindRace, []string{"Measuring", "5 images"}, answers, true},
		{"not revealed", class.State{Step: step, Round: &closed, Shown: shown}, ran(), kindMeasured, []string{"Who has won?", "5 images"}, append(answers, "canvas"), false},
		{"revealed", class.State{Step: step, Round: &revealed, Shown: shown}, ran(), kindVerdict, append(answers, "5 images", "edges", "None stands out", "It does not hold", "Threads ✓"), nil, false},
		{"another command, without a question", class.State{Step: step, Round: &revealed, Shown: &other}, ran(), kindVerdict, answers[:3], answers[3:], false},
		{"it failed", class.State{Step: step, Shown: shown}, failed, kindStep, nil, answers, false},
		{"the others wait", class.State{Step: step, Paused: true}, nil, kindStep, []string{"Only the presenter measures"}, nil, false},
	}
	kinds, runs := map[string]string{}, map[string]string{}
	for _, tt := range tests {
		s := Seen{Lang: "en", State: tt.state, Run: tt.run, Address: "http://a:1/join"}
		screen, err := Of(s)
		if err != nil {
			t.Fatal(err)
		}
		html := string(screen.Parts["head"] + screen.Parts["stage"] + screen.Parts["foot"])
		if !strings.Contains(html, `data-testid="stage-`+tt.kind+`"`) {
			t.Errorf("%s: no %s in %s", tt.name, tt.kind, html)
		}
		for _, want := range tt.says {
			if !strings.Contains(html, want) {
				t.Errorf("%s: %q is not in %s", tt.name, want, html)
			}
		}
		for _, spoiler := range tt.not {
			if strings.Contains(html, spoiler) {
				t.Errorf("%s: it says %q", tt.name, spoiler)
			}
		}
		if grows := screen.Run == "r7" && screen.Race != nil; grows != tt.grows {
			t.Errorf("%s: lanes that grow: %v", tt.name, grows)
		}
		stage := string(screen.Parts["stage"]) // which is what tells it from another
		if was := kinds[stage]; was != "" && was != tt.kind {
			t.Errorf("%s: it is the stage of %s too: %s", tt.name, was, stage)
		}
		kinds[stage] = tt.kind
		if tt.kind == kindRace {
			runs[stage] = tt.name
		}
		page, err := Page(s)
		if err != nil || !strings.Contains(page, string(screen.Parts["stage"])) || !strings.HasPrefix(page, "<!DOCTYPE html>") {
			t.Errorf("%s: the page is not whole: %v, %s", tt.name, err, page)
		}
	}
	if len(runs) != 2 {
		t.Errorf("a run that begins is no other stage than one that waits: %v", runs)
	}
	var none *draw.Race
	if screen, _ := Of(Seen{Lang: "es"}); screen.Race != none || !strings.Contains(string(screen.Parts["stage"]), "Entre en la clase") {
		t.Errorf("in Spanish: %+v", screen)
	}
}
