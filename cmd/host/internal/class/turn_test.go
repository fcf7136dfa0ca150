package class

import (
	"fmt"
	"strings"
	"testing"

	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// valued is a result of the lesson's turn at a value: threads take half as long.
func valued(over string, value int) *result.Comparison {
	c := comparison(4, 2, 3)
	c.Spec.Steps = []request.Step{{Filter: "sharpen", Params: map[string]float64{"intensity": 2}}}
	if c.Spec.Workers = value; over == request.OverIntensity {
		c.Spec.Steps[0].Params["intensity"] = float64(value)
	}
	return c
}

// TestTurn goes through "your turn": the members are spread over the values, the
// server's times come one after another, then the browsers'.
func TestTurn(t *testing.T) {
	s := joined(t, 12)
	is := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	take := func(member, turn, value int) string {
		_, err := s.take(class.Take{Member: id(member), Turn: turn, Value: value}, begin)
		return codeOf(t, err)
	}
	report := func(member, turn, images int) string {
		return codeOf(t, s.result(class.Result{Member: id(member), Round: turn, Seconds: 2, Images: images, SIMD: "none"}, begin))
	}
	is("no turn", take(0, 1, 0), fault.CodeNotOpen)
	is("a run of no turn", codeOf(t, s.measure("turn", 0, 3, "r")), fault.CodeNotOpen)
	is("a step without one", codeOf(t, s.share("gil", request.OverIntensity, as, begin)), fault.CodeContradiction)
	is("an unknown step", codeOf(t, s.share("nothing", request.OverIntensity, as, begin)), fault.CodeNotFound)
	is("over what it is not", codeOf(t, s.share("turn", request.OverWidth, as, begin)), fault.CodeOutOfRange)
	is("asking before", codeOf(t, s.ask("computing", 0, as, begin)), "")
	is("sharing", codeOf(t, s.share("turn", request.OverIntensity, as, begin)), "")
	v := s.view()
	n := v.Turn.Number
	if v.Round != nil || v.Step != "turn" || v.Turn.Phase != class.TurnOpen || len(v.Turn.Groups) != 5 || v.Turn.Groups[4].Request.FilterParams["sharpen"]["intensity"] != 5 {
		t.Fatalf("shared out: %+v", v.Turn)
	}

	for i := range 11 { // one more in the first group than in the others
		is("taking any", take(i, n, 0), "")
		is("taking any again", take(i, n, 0), "")
	}
	is("a stranger", take(99, n, 0), fault.CodeNotJoined)
	is("another turn", take(11, n-1, 0), fault.CodeNotOpen)
	is("no value of it", take(11, n, 6), fault.CodeOutOfRange)
	is("taking one", take(11, n, 5), "")
	sizes := func() string {
		out := ""
		for _, g := range s.view().Turn.Groups {
			out += fmt.Sprint(g.Members, " ")
		}
		return out
	}
	is("the groups", sizes(), "3 2 2 2 3 ")
	is("taking another", take(11, n, 4), "")
	is("the groups then", sizes(), "3 2 2 3 2 ")
	is("a time before the server's", report(0, n, 5), fault.CodeNotOpen)

	for value := 1; value <= 5; value++ {
		run := fmt.Sprint("r", value)
		is("a result without a run", codeOf(t, s.turn.point(value, run, valued(request.OverIntensity, value))), fault.CodeNotOpen)
		is("measuring", codeOf(t, s.measure("turn", 0, value, run)), "")
		is("of another value", codeOf(t, s.turn.point(value, run, valued(request.OverIntensity, value+1))), fault.CodeContradiction)
		is("of other filters", codeOf(t, s.turn.point(value, run, comparison(4, 2, 3))), fault.CodeContradiction)
		is("measured", codeOf(t, s.turn.point(value, run, valued(request.OverIntensity, value))), "")
		v := s.view()
		if g := v.Turn.Groups[value-1]; v.Shown.Value != value || len(v.Runs) != 0 || g.RunID != run || g.Winner != request.Threading || len(g.Methods) != 3 || g.Methods[1].Seconds != 2 || g.Images != 5 {
			t.Errorf("at %d: %+v, shown %+v", value, g, v.Shown)
		}
		if (len(v.Turn.Crossovers) > 0) != (value > 1) {
			t.Errorf("at %d the crossovers are %+v", value, v.Turn.Crossovers)
		}
	}
	is("an unknown value's run", codeOf(t, s.measure("turn", 0, 9, "r")), fault.CodeOutOfRange)
	if v := s.view().Turn; v.Phase != class.TurnBrowsers {
		t.Errorf("measured: %+v", v)
	}

	is("too few images", report(0, n, 4), fault.CodeOutOfRange)
	is("a time", report(0, n, 5), "")
	is("of who has left", report(99, n, 5), fault.CodeNotJoined)
	if g := s.view().Turn.Groups[0]; len(g.Browsers) != 1 || g.Browsers[0].Seconds != 2 {
		t.Errorf("the first group %+v", g)
	}
	is("taking another afterwards", take(0, n, 2), "")
	if g := s.view().Turn.Groups[0]; len(g.Browsers) != 0 {
		t.Errorf("a time of another value stays: %+v", g)
	}
	is("measuring one again", codeOf(t, s.measure("turn", 0, 2, "again")), "")
	if v := s.view().Turn; v.Phase != class.TurnMeasured || len(v.Groups[1].Methods) != 0 {
		t.Errorf("one is measured again: %+v", v)
	}
	if s.end(); s.view().Turn != nil {
		t.Error("the turn is still there")
	}
}

// TestRunsOfAStep keeps the newest run of each command for the step's picture, until
// the class is asked about it.
func TestRunsOfAStep(t *testing.T) {
	s := newState()
	for _, r := range []class.Shown{{Step: "computing", Command: 1, RunID: "a"}, {Step: "table", RunID: "b"}, {Step: "computing", RunID: "c"}, {Step: "computing", Command: 1, RunID: "d"}} {
		if err := s.measure(r.Step, r.Command, 0, r.RunID); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(s.view().Runs); got != "[{computing 0 c 0} {computing 1 d 0}]" {
		t.Errorf("the step's runs are %s", got)
	}
	for command, want := range []string{"[]", "[{computing 0 e 0}]"} {
		if err := s.measure("table", 0, 0, "f"); err != nil {
			t.Fatal(err)
		}
		step := []string{"computing", "waiting"}[command]
		for i := range 2 {
			if err := s.measure(step, i, 0, "e"); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.ask(step, command, as, begin); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(s.view().Runs); got != strings.ReplaceAll(want, "computing", step) {
			t.Errorf("asked about the command %d: %s", command, got)
		}
	}
}
