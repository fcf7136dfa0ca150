package class

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

var begin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func id(i int) string { return fmt.Sprintf("member-%012d", i) }

// home is where the members of a test join from.
const home = "192.0.2.7"

// joined is a class of n members, a hundred of each address and each with a
// stream.
func joined(t *testing.T, n int) *state {
	t.Helper()
	s := newState()
	for i := range n {
		device := class.Devices()[i%3]
		if _, err := s.join(class.Join{Member: id(i), Device: device, Cores: i}, fmt.Sprint("192.0.2.", i/membersAnAddress), home, begin); err != nil {
			t.Fatal(err)
		}
		s.watch(id(i), 1, begin)
	}
	return s
}

// codeOf is the code of an error of ours; empty for none.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *fault.Error
	if !errors.As(err, &e) {
		t.Fatalf("an error without a code: %v", err)
	}
	if e.Text.ES == "" || e.Text.EN == "" || e.Text.ES == e.Text.EN {
		t.Errorf("an error without both languages: %+v", e.Text)
	}
	return e.Code
}

// as is a command of the lesson as it stands.
var as request.Change

// comparison is a result of the lesson's step "computing".
func comparison(times ...float64) *result.Comparison {
	methods := request.GuideMethods()[:len(times)]
	c := &result.Comparison{Results: map[string]*result.MethodResult{}}
	c.Spec.Methods, c.Spec.Steps = methods, []request.Step{{Filter: "resize"}, {Filter: "sharpen"}}
	c.Performance.Winner = request.Threading
	for i, m := range methods {
		c.Results[m] = &result.MethodResult{Method: m, Time: times[i], ProcessedCount: 5}
	}
	return c
}

func TestJoin(t *testing.T) {
	tests := []struct {
		join   class.Join
		faults int
	}{
		{class.Join{Member: id(1), Device: "phone", Cores: 8}, 0},
		{class.Join{Member: strings.Repeat("a", 64), Device: "unknown"}, 0},
		{class.Join{Member: strings.Repeat("a", 15), Device: "phone"}, 1},
		{class.Join{Member: strings.Repeat("a", 65), Device: "phone"}, 1},
		{class.Join{Member: "María, de la tercera fila", Device: "phone"}, 1},
		{class.Join{Member: id(1), Device: "toaster", Cores: -1}, 2},
		{class.Join{Member: id(1), Device: "laptop", Cores: 1025}, 1},
	}
	for _, tt := range tests {
		s := newState()
		_, err := s.join(tt.join, home, home, begin)
		var e *fault.Error
		if errors.As(err, &e); tt.faults == 0 && err != nil || tt.faults > 0 && (err == nil || len(e.Faults) != tt.faults) {
			t.Errorf("%+v: %v, want %d faults", tt.join, err, tt.faults)
		}
		if got := s.view().Members.All; (got == 1) != (tt.faults == 0) {
			t.Errorf("%+v: %d members", tt.join, got)
		}
	}
}

func TestMembersComeAndGo(t *testing.T) {
	s := joined(t, 5)
	if got := s.view().Members; got != (class.Members{All: 5, Phones: 2, Laptops: 2}) {
		t.Errorf("%+v", got)
	}
	if changed, err := s.join(class.Join{Member: id(0), Device: "phone"}, home, home, begin.Add(8*time.Second)); changed || err != nil {
		t.Errorf("who is here already changes something: %v, %v", changed, err)
	}
	if s.expire(begin.Add(time.Hour)) {
		t.Error("who has a stream left")
	}
	for i := range 5 {
		s.watch(id(i), -1, begin)
	}
	if s.touch("nobody", begin) || !s.touch(id(0), begin.Add(8*time.Second)) || !s.touch(id(1), begin.Add(8*time.Second)) {
		t.Error("touching")
	}
	// Who closes the page is said to be silent in a moment, once, and has left within
	// ten seconds.
	if s.expire(begin.Add(quiet-1)) || !s.expire(begin.Add(quiet)) || s.view().Members != (class.Members{All: 5, Phones: 2, Laptops: 2, Silent: 3}) {
		t.Errorf("silent: %+v", s.view().Members)
	}
	if s.expire(begin.Add(silence - 1)) {
		t.Error("somebody left before the time")
	}
	if !s.expire(begin.Add(10*time.Second)) || s.view().Members.All != 2 || s.members[id(0)] == nil || s.members[id(1)] == nil {
		t.Errorf("left: %v", s.members)
	}
	full := joined(t, MaxMembers)
	if _, err := full.join(class.Join{Member: id(MaxMembers), Device: "phone"}, "192.0.2.9", home, begin); codeOf(t, err) != fault.CodeBusy {
		t.Errorf("one too many: %v", err)
	}
	if _, err := full.join(class.Join{Member: id(0), Device: "phone"}, home, home, begin); err != nil {
		t.Errorf("who is in may stay: %v", err)
	}
}

// TestARound goes through a round: what is taken when, and what is seen.
func TestARound(t *testing.T) {
	s := joined(t, 3)
	predict := func(i, round int, winner string, factor float64) string {
		return codeOf(t, s.predict(class.Prediction{Member: id(i), Round: round, Winner: winner, Factor: factor}, begin))
	}
	report := func(i, round int, seconds float64, images int, simd string) string {
		return codeOf(t, s.result(class.Result{Member: id(i), Round: round, Seconds: seconds, Images: images, SIMD: simd}, begin))
	}
	is := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	is("no round", predict(0, 1, "threading", 2), fault.CodeNotOpen)
	is("closing no round", codeOf(t, s.stopAsking()), fault.CodeNotOpen)
	is("revealing no round", codeOf(t, s.reveal("r", comparison(3, 2, 1))), fault.CodeNotOpen)
	is("an unknown step", codeOf(t, s.ask("nothing", 0, as, begin)), fault.CodeNotFound)
	is("an unknown command", codeOf(t, s.ask("computing", 9, as, begin)), fault.CodeOutOfRange)
	is("a command below 0", codeOf(t, s.ask("computing", -1, as, begin)), fault.CodeOutOfRange)
	is("a command of one method", codeOf(t, s.ask("computing", 2, as, begin)), fault.CodeContradiction)
	is("a command of variants", codeOf(t, s.ask("computing", 1, as, begin)), fault.CodeContradiction)
	is("a command without a batch", codeOf(t, s.ask("intro", 0, as, begin)), fault.CodeContradiction)
	is("asking", codeOf(t, s.ask("computing", 0, as, begin)), "")
	n := s.view().Round.Number

	is("a stranger", predict(9, n, "threading", 2), fault.CodeNotJoined)
	is("another round", predict(0, n-1, "threading", 2), fault.CodeNotOpen)
	is("a method that does not run", predict(0, n, "hybrid", 2), fault.CodeOutOfRange)
	for _, bad := range []float64{0.99, 64.5, math.NaN(), math.Inf(1), -2} {
		is(fmt.Sprint("a factor of ", bad), predict(0, n, "threading", bad), fault.CodeOutOfRange)
	}
	is("predicting", predict(0, n, "threading", 3), "")
	is("predicting otherwise", predict(0, n, "multiprocessing", 2), "")
	is("predicting a tie", predict(1, n, "none", 1), "")
	is("a result before the run", report(0, n, 1, 5, "wasm"), fault.CodeNotOpen)
	if v := s.view(); v.Step != "computing" || v.Round.Phase != class.RoundOpen || v.Round.Predictions != 2 || v.Round.Reveal != nil {
		t.Errorf("open: %+v", v.Round)
	}

	is("closing", codeOf(t, s.stopAsking()), "")
	is("predicting too late", predict(2, n, "threading", 2), fault.CodeNotOpen)
	is("a run of other methods", codeOf(t, s.reveal("r", comparison(3, 2))), fault.CodeContradiction)
	other := comparison(3, 2, 1)
	other.Spec.Steps[0].Filter = "blur"
	is("a run of other filters", codeOf(t, s.reveal("r", other)), fault.CodeContradiction)
	is("a run without times", codeOf(t, s.reveal("r", comparison(3, 0, 1))), fault.CodeContradiction)
	is("revealing", codeOf(t, s.reveal("r7", comparison(3, 1.5, 2))), "")
	is("revealing again", codeOf(t, s.reveal("r8", comparison(3, 1.5, 2))), fault.CodeNotOpen)

	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1), 3601} {
		is(fmt.Sprint("a time of ", bad), report(0, n, bad, 5, "wasm"), fault.CodeOutOfRange)
	}
	is("fewer images", report(0, n, 9, 4, "wasm"), fault.CodeOutOfRange)
	is("a long SIMD", report(0, n, 9, 5, "<script>alert(1)</script>"), fault.CodeOutOfRange)
	is("a stranger's result", report(9, n, 9, 5, "wasm"), fault.CodeNotJoined)
	is("a result", report(1, n, 9, 5, "wasm"), "")
	is("a better result", report(1, n, 8, 5, "wasm"), "")
	is("another's", report(0, n, 7.5, 5, "none"), "")

	want := &class.Reveal{
		Outcome: class.Outcome{
			RunID: "r7", Winner: "threading", Leaders: []string{"sequential", "threading", "multiprocessing"}, Factor: 2, Images: 5,
			Methods: []class.Time{{Method: "sequential", Seconds: 3}, {Method: "threading", Seconds: 1.5}, {Method: "multiprocessing", Seconds: 2}},
		},
		Votes: []class.Vote{
			{Winner: "sequential"}, {Winner: "threading"}, {Winner: "multiprocessing", Count: 1}, {Winner: "none", Count: 1},
		},
		Factors: []float64{1, 2},
		Browsers: []class.Browser{
			{Seconds: 7.5, Device: "phone", Cores: 0, SIMD: "none"}, {Seconds: 8, Device: "laptop", Cores: 1, SIMD: "wasm"},
		},
	}
	if got := s.view().Round.Reveal; !reflect.DeepEqual(got, want) {
		t.Errorf("revealed\n%+v\nwant\n%+v", got, want)
	}
	for i := range 3 {
		s.watch(id(i), -1, begin)
	}
	s.expire(begin.Add(time.Hour))
	if got := s.view(); got.Members.All != 0 || len(got.Round.Reveal.Browsers) != 2 {
		t.Errorf("what they gave goes with those who leave: %+v", got)
	}
	is("asking again", codeOf(t, s.ask("table", 0, as, begin)), "")
	if v := s.view(); v.Round.Number <= n || v.Round.Predictions != 0 || v.Step != "table" {
		t.Errorf("the next round: %+v", v)
	}
	if s.end(); s.view().Round != nil {
		t.Error("the round is still there")
	}
}

func TestShow(t *testing.T) {
	s := newState()
	for _, tt := range []struct{ step, code, shown string }{
		{"table", "", "table"}, {"nothing", fault.CodeNotFound, "table"}, {"", "", ""},
	} {
		if code := codeOf(t, s.show(tt.step)); code != tt.code || s.view().Step != tt.shown {
			t.Errorf("%q: %q, shown %q", tt.step, code, s.view().Step)
		}
	}
}

// TestAnswersAreBounded has ever new members answer.
func TestAnswersAreBounded(t *testing.T) {
	s := newState()
	if err := s.ask("computing", 0, as, begin); err != nil {
		t.Fatal(err)
	}
	n := s.view().Round.Number
	now := begin
	for i := range maxAnswers + 1 {
		now = now.Add(silence / 100)
		s.expire(now)
		if _, err := s.join(class.Join{Member: id(i), Device: "phone"}, home, home, now); err != nil {
			t.Fatal(err)
		}
		code := codeOf(t, s.predict(class.Prediction{Member: id(i), Round: n, Winner: "none", Factor: 1}, now))
		if (code != "") != (i == maxAnswers) {
			t.Fatalf("answer %d: %q", i+1, code)
		}
	}
}

func TestSetQueue(t *testing.T) {
	queue := func(methods ...string) []result.QueuedRun { // made anew each time, as the manager's
		return []result.QueuedRun{{ID: "b", State: result.Running, Methods: methods}, {ID: "c", State: result.Queued, Position: 1, Methods: methods}}
	}
	s := newState()
	if !s.setQueue(queue("sequential")) || s.setQueue(queue("sequential")) || !s.setQueue(queue("sequential")[:1]) {
		t.Error("a queue that changes, stays, changes")
	}
	moved := queue("sequential")[1:]
	moved[0].State, moved[0].Position = result.Running, 0
	if !s.setQueue(moved) || len(s.view().Queue) != 1 || s.view().Queue[0].ID != "c" {
		t.Errorf("the next one runs: %+v", s.view().Queue)
	}
}

// Members that one address makes up keep nobody out, of that address neither:
// they have no stream, and give way.
func TestMadeUpMembersGiveWay(t *testing.T) {
	flood := func(s *state, from string, n int) {
		for i := range n {
			_, _ = s.join(class.Join{Member: fmt.Sprintf("made-up-%s-%012d", strings.ReplaceAll(from, ".", "-"), i), Device: "phone"}, from, home, begin.Add(time.Duration(i)))
		}
	}
	s := newState()
	flood(s, "192.0.2.66", 500)
	if n := s.view().Members.All; n != membersAnAddress {
		t.Fatalf("%d members of one address, want %d", n, membersAnAddress)
	}
	flood(s, "192.0.2.67", 500)
	if n := s.view().Members.All; n != MaxMembers {
		t.Fatalf("%d members of two, want %d", n, MaxMembers)
	}
	for i, from := range []string{home, "192.0.2.66"} {
		if _, err := s.join(class.Join{Member: id(i), Device: "phone"}, from, home, begin.Add(time.Second)); err != nil {
			t.Errorf("an honest phone at %s: %v", from, err)
		}
		s.watch(id(i), 1, begin.Add(time.Second))
	}
	flood(s, "192.0.2.66", 500)
	flood(s, "192.0.2.68", 500)
	if s.members[id(0)] == nil || s.members[id(1)] == nil || s.view().Members.All != MaxMembers {
		t.Errorf("of %d members the honest ones are %v, %v", s.view().Members.All, s.members[id(0)], s.members[id(1)])
	}
	if s.expire(begin.Add(silence + time.Minute)); s.view().Members.All != 2 {
		t.Errorf("%d members with two streams", s.view().Members.All)
	}
}

// TestWaits shows what requests that wait have given where the step has them, and
// nowhere else; a run that was shown gives way to them.
func TestWaits(t *testing.T) {
	s := newState()
	w := &result.Waiting{Cores: 2}
	for _, step := range []string{"", "computing"} {
		if err := s.show(step); err != nil || s.waits(w) || s.view().Waiting != nil {
			t.Errorf("they wait in %q: %v", step, err)
		}
	}
	if err := s.measure("tomorrow", 2, 0, "r1"); err != nil {
		t.Fatal(err)
	}
	if !s.waits(w) || s.view().Waiting != w || s.view().Shown != nil {
		t.Errorf("%+v", s.view())
	}
	if err := s.show("computing"); err != nil || s.view().Waiting != nil {
		t.Errorf("they go on in another step: %v", err)
	}
	if err := s.show("tomorrow"); err != nil || s.view().Waiting != nil {
		t.Errorf("a step that is begun anew has its answer: %v", err)
	}
	if !s.waits(w) || s.show("tomorrow") != nil || s.view().Waiting != w {
		t.Error("the step that is shown already has lost them")
	}
	if !s.waits(nil) || s.view().Waiting != nil {
		t.Error("they failed, and stay")
	}
}

// TestDevices tells of the room's devices, of many the first ones.
func TestDevices(t *testing.T) {
	s := newState()
	many := make([]class.Device, class.MostDevices+2)
	if !s.setDevices(many) || s.setDevices(many) {
		t.Error("what is told once is told again, or not at all")
	}
	if v := s.view(); len(v.Devices) != class.MostDevices || v.AllDevices != class.MostDevices+2 {
		t.Errorf("%d of %d", len(v.Devices), v.AllDevices)
	}
	if !s.setDevices(nil) || s.view().Devices != nil {
		t.Error("who has left is still told of")
	}
}
