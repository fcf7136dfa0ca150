package wall

import (
	"fmt"
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

// waits is what two ways of waiting gave, of which one was not tried.
func waits() *result.Waiting {
	w := &result.Waiting{Waits: request.Waits{Requests: 1000, Seconds: 1, Ways: []string{request.WaitGoroutines, request.WaitThreads}}, Summary: text.Text{EN: "Goroutines: a second."}}
	w.Results = []result.Waited{
		{Way: request.WaitGoroutines, Title: text.Text{EN: "A goroutine a request"}, WaitFigures: &result.WaitFigures{Time: 1.05, Threads: 6}},
		{Way: request.WaitThreads, Title: text.Text{EN: "A thread a request"}, Text: text.Text{EN: "not tried"}},
	}
	return w
}

// devices are so many of the room, a machine and then browsers.
func devices(n int) []class.Device {
	list := []class.Device{{Name: "laptop 0", Kind: request.KindMachine, Lanes: 8}}
	for i := 1; i < n; i++ {
		list = append(list, class.Device{Name: fmt.Sprint("laptop ", i), Kind: request.KindBrowser, Lanes: 1})
	}
	return list
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

	table := &class.Shown{Step: "table", Command: 1, RunID: "r7"}
	turn := &class.Turn{Number: 3, Phase: class.TurnOpen, Step: "turn", Over: request.OverIntensity, Groups: []class.Group{{Value: 1, Members: 2}, {Value: 2, Members: 3}}}
	measured := *turn
	measured.Phase = class.TurnMeasured
	measured.Groups = []class.Group{
		{Value: 1, Members: 2, RunID: "r7", Images: 4, Methods: []class.Time{{Method: request.Sequential, Seconds: 2, Low: 1, High: 3}}, Browsers: []class.Browser{{Seconds: 3}, {Seconds: 5}}},
		{Value: 2, Members: 3, RunID: "r8"},
	}
	measured.Crossovers = []result.Crossover{{Kind: "none", Text: text.Text{EN: "no difference"}}, {Kind: "from", Text: text.Text{EN: "from 2 on"}}}

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
		{"the table, one line measured", class.State{Step: "table", Shown: table}, ran(), kindTable, []string{"resize → blur", "edges", "Threads: Sequential 2.00\u00a0s", "✗ It does not hold", "Pillow 9.4", "5 images", "November 2026"}, []string{"✓", "canvas", "Threads win."}, false},
		{"the values are taken", class.State{Step: "turn", Turn: turn}, nil, kindTurn, []string{"Each group takes a value", "<b>intensity 2</b> · in the group: 3", "worth sharing out"}, []string{"data-chart"}, false},
		{"the values are measured", class.State{Step: "turn", Turn: &measured}, nil, kindTurn, []string{`data-chart="0"`, `data-chart="1"`, "from 2 on", "Browsers measured: 2", `class="now"><b>intensity 2`}, []string{"no difference"}, false},
		{"the lesson has gone on", class.State{Step: step, Turn: &measured}, nil, kindStep, nil, []string{"data-chart"}, false},
		{"nobody waits yet", class.State{Step: "tomorrow", Waiting: &result.Waiting{Waits: request.Waits{Requests: 1000, Seconds: 1, Ways: []string{request.WaitPool}}}}, nil, kindWaits,
			[]string{"1000 requests at once · each waits 1 s", "All press at once", "A few workers", "<progress"}, []string{`class="reach"`}, false},
		{"they waited", class.State{Step: "tomorrow", Waiting: waits()}, nil, kindWaits, []string{"Goroutines: a second.", `style="width: 100%"`, "1.05\u00a0s", "System threads: 6", "not tried"}, []string{"<progress"}, false},
		{"a run after them", class.State{Step: "tomorrow", Waiting: waits(), Shown: &class.Shown{Step: "tomorrow", RunID: "r7"}}, ran(), kindVerdict, []string{"Threads win."}, []string{"System threads"}, false},
		{"devices have come", class.State{Step: "tomorrow", Devices: devices(mostDevices + 1), AllDevices: 60}, nil, kindStep,
			[]string{"In the room: 60", "laptop 0 · machine, lanes: 8", "laptop 1 · browser", "and 50 more"}, []string{"laptop 10"}, false},
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

// TestPictureOfAStep sets what the step's commands gave side by side, but that of a
// question that is not revealed.
func TestPictureOfAStep(t *testing.T) {
	other := ran()
	other.ID, other.Result.Spec.Pool = "r8", "warm"
	s := Seen{
		Lang: "en", Address: "http://a:1/join", Run: ran(), Runs: map[int]*result.RunView{1: other},
		State: class.State{Step: "computing", Shown: &class.Shown{Step: "computing", RunID: "r7"}},
	}
	count := func() (lanes, settings int) {
		t.Helper()
		screen, err := Of(s)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(screen.Parts["stage"]), `<div class="lanes">`), strings.Count(string(screen.Parts["stage"]), `class="settings`)
	}
	if lanes, settings := count(); lanes != 4 || settings != 2 {
		t.Errorf("two commands have %d rows and %d settings", lanes, settings)
	}
	s.State.Round = &class.Round{Number: 9, Phase: class.RoundClosed, Step: "computing", Command: 1}
	if lanes, settings := count(); lanes != 2 || settings != 1 {
		t.Errorf("with a question about the other %d rows and %d settings", lanes, settings)
	}
}

// TestOtherRuns shows runs that are no comparison: a sweep with its curves, and one
// method's with what its images took.
func TestOtherRuns(t *testing.T) {
	shown := &class.Shown{Step: "stress", RunID: "r7"}
	point := func(value float64) result.SweepPoint {
		return result.SweepPoint{Value: value, Results: map[string]result.SweepResult{request.Threading: {Time: 2 / value}}}
	}
	swept := &result.RunView{ID: "r7", State: result.Done, Spec: ran().Spec, Sweep: &result.Sweep{
		Over: "workers", Methods: []string{request.Threading}, Points: []result.SweepPoint{point(1), point(2)},
		Summary: text.Text{EN: "Two workers are faster."}, Caution: text.Text{EN: "The machine was disturbed."},
		Crossovers: []result.Crossover{{Kind: "none", Text: text.Text{EN: "No order."}}, {Kind: "from", Text: text.Text{EN: "From 2 on."}}},
	}}
	stress := ran()
	stress.Result.Results = map[string]*result.MethodResult{request.Multiprocessing: {
		Method: request.Multiprocessing, Time: 2, ProcessedCount: 20, AllFailed: 3, Throughput: 12.34, Latency: result.Percentiles{P50: 0.25, P95: 0.5},
	}}
	stress.Result.Performance = result.Performance{}
	for _, tt := range []struct {
		run  *result.RunView
		kind string
		says []string
	}{
		{swept, kindSweep, []string{"Two workers are faster.", "The machine was disturbed.", "From 2 on.", "5 images", `data-drawing="charts"`}},
		{stress, kindVerdict, []string{"0.250", "0.500", "12.3 images per second", "failures: 3"}},
	} {
		screen, err := Of(Seen{Lang: "en", State: class.State{Step: "stress", Shown: shown}, Run: tt.run})
		if err != nil {
			t.Fatal(err)
		}
		stage := string(screen.Parts["stage"])
		for _, want := range append(tt.says, `data-testid="stage-`+tt.kind+`"`) {
			if !strings.Contains(stage, want) {
				t.Errorf("%s: %q is not in %s", tt.kind, want, stage)
			}
		}
		if strings.Contains(stage, "No order.") {
			t.Errorf("two crossovers are on the wall: %s", stage)
		}
	}
}
