package contest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

// ring is where the tests' contests take place: teams and outputs in memory, and
// a clock that only the teams' rounds move on. It writes down what happens.
type ring struct {
	t    *testing.T
	spec request.Spec
	log  []string

	now     time.Time
	rounds  int                                  // that have begun
	seconds func(method string, nth int) float64 // that a method's nth round takes, from 0
	begun   map[string]int
	// fails is asked before each round, and may panic.
	fails func(round int) error
	// pixels is the text of an output; its hash and its digest follow from it.
	pixels func(method string, nth, task int) string
	bad    func(method string, task int) bool // tasks that fail

	exist    map[string]string // outputs by name
	decoded  int
	lookFail error
	lookAt   map[string]error // by output
	progress []result.Progress
}

func newRing(t *testing.T, methods ...string) *ring {
	return &ring{
		t: t, now: time.Unix(0, 0), begun: map[string]int{}, exist: map[string]string{},
		spec: request.Spec{
			Count: 2, Rounds: 1, Methods: methods, Pool: request.Cold, Images: []string{"a.jpg", "b.jpg"},
		},
		seconds: func(string, int) float64 { return 1 },
		fails:   func(int) error { return nil },
		pixels:  func(_ string, _, task int) string { return fmt.Sprint("picture ", task) },
		bad:     func(string, int) bool { return false },
	}
}

func (r *ring) note(format string, args ...any) { r.log = append(r.log, fmt.Sprintf(format, args...)) }

// run runs the contest.
func (r *ring) run(ctx context.Context) (Measured, error) {
	shapes := map[string]request.Shape{}
	for i, m := range r.spec.Methods {
		shapes[m] = request.Shape{Processes: 1, Goroutines: i + 1, MaxProcs: 1}
	}
	return Run(ctx, Config{
		Spec: r.spec, Shape: func(method string) request.Shape { return shapes[method] }, Outputs: r, Audience: r,
		Team: func(method string) (Team, error) {
			r.note("team %s", method)
			return &fakeTeam{r, method}, nil
		},
		Progress: func(p result.Progress) { r.progress = append(r.progress, p) },
		Before:   func() { r.note("before") },
		After: func(_ crew.Report, counted bool) Beside {
			if counted {
				r.note("after")
			}
			return Beside{}
		},
		Now: func() time.Time { return r.now },
	})
}

type fakeTeam struct {
	*ring
	method string
}

func (f *fakeTeam) Start(ctx context.Context) error {
	f.note("start %s", f.method)
	return ctx.Err()
}

func (f *fakeTeam) Close() { f.note("close %s", f.method) }

func (f *fakeTeam) Run(ctx context.Context, job crew.Job) (crew.Report, error) {
	r, nth := f.ring, f.begun[f.method]
	f.begun[f.method]++
	r.rounds++
	if job.Chaos != nil {
		r.note("chaos")
	}
	r.note("run %s", f.method)
	job.Began(r.now)
	report := crew.Report{Wall: time.Duration(r.seconds(f.method, nth) * float64(time.Second))}
	failed := 0
	for i := range r.spec.Count {
		if i == 1 { // in the middle of the round
			if err := r.fails(r.rounds - 1); err != nil {
				return crew.Report{}, err
			}
			if err := ctx.Err(); err != nil {
				return crew.Report{}, err
			}
		}
		o := crew.Outcome{Outcome: pipeline.Outcome{Task: pipeline.Task{Index: i, Attempt: 1}}}
		if r.bad(f.method, i) {
			o.Err = fault.Errorf(fault.CodeBadImage, "mala", "bad")
			failed++
		} else {
			o.Output.File = r.pixels(f.method, nth, i)
			if err := job.Commit(o); err != nil {
				r.t.Error(err)
			}
		}
		report.Tasks = append(report.Tasks, crew.TaskReport{Outcome: o.Outcome, Attempts: 1})
		job.Spans(0, crew.Identity{}, []trace.Span{{Stage: trace.Filter, Task: i}})
		job.Progress(i+1, failed)
	}
	r.now = r.now.Add(report.Wall)
	return report, nil
}

func (r *ring) Commit(o crew.Outcome) (string, error) {
	name := fmt.Sprintf("%d-%d", r.rounds, o.Task.Index)
	r.exist[name] = o.Output.File
	return name, nil
}

func (r *ring) Look(_ context.Context, name string, known map[string]string) (hash, digest string, err error) {
	pixels, ok := r.exist[name]
	if !ok {
		r.t.Errorf("looks at %s, which does not exist", name)
	}
	hash = "hash of " + pixels
	if digest = known[hash]; digest == "" {
		digest = "digest of " + pixels
		r.decoded++
	}
	if err := r.lookAt[name]; err != nil {
		return "", "", err
	}
	return hash, digest, r.lookFail
}

func (r *ring) Discard(name string) {
	if _, ok := r.exist[name]; !ok {
		r.t.Errorf("discards %s, which does not exist", name)
	}
	delete(r.exist, name)
}

func (r *ring) Begin(method, phase string, round, lanes, tasks int) {
	r.note("begin %s %s %d: %d lanes, %d tasks", method, phase, round, lanes, tasks)
}
func (r *ring) Clock(time.Time)                        { r.note("clock") }
func (r *ring) Spans(int, crew.Identity, []trace.Span) { r.note("spans") }
func (r *ring) Over(wall time.Duration)                { r.note("over %v", wall) }

// left lists the outputs that exist.
func (r *ring) left() []string {
	var names []string
	for name := range r.exist {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestRoundsAreInterleavedAndAlternate(t *testing.T) {
	r := newRing(t, "a", "b", "c")
	r.spec.Warmup, r.spec.Rounds = 1, 3
	r.seconds = func(method string, nth int) float64 { return float64(nth + 1) }
	m, err := r.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(m.Order); got != "[[a b c] [c b a] [a b c] [c b a]]" {
		t.Errorf("order %s", got)
	}
	var runs []string
	for _, line := range r.log {
		if method, ok := strings.CutPrefix(line, "run "); ok {
			runs = append(runs, method)
		}
	}
	if got := strings.Join(runs, " "); got != "a b c c b a a b c c b a" {
		t.Errorf("ran %s", got)
	}
	for _, method := range r.spec.Methods {
		if got := secondsOf(m.Samples[method]); !slices.Equal(got, []float64{2, 3, 4}) {
			t.Errorf("%s counts %v", method, got)
		}
		if got := secondsOf(m.Warmup[method]); !slices.Equal(got, []float64{1}) {
			t.Errorf("%s warmed up for %v", method, got)
		}
	}
	if m.Stopped != "" {
		t.Errorf("a number that was asked for ended by %q", m.Stopped)
	}
}

// What happens in a round, in order: a cold team is made for it and closed after
// it, a warm-up is not looked at from outside, and nobody is killed in one.
func TestAColdRound(t *testing.T) {
	r := newRing(t, "a")
	r.spec.Warmup, r.spec.Chaos = 1, &request.Chaos{KillAfter: 1}
	if _, err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"team a", "begin a warmup 1: 1 lanes, 2 tasks", "before", "run a", "clock", "spans", "spans", "over 1s", "close a",
		"team a", "begin a timed 2: 1 lanes, 2 tasks", "before", "chaos", "run a", "clock", "spans", "spans", "over 1s", "after", "close a",
	}
	if !slices.Equal(r.log, want) {
		t.Errorf("\n got %q\nwant %q", r.log, want)
	}
}

// Warm teams are there before any round and stay to the end.
func TestWarmTeams(t *testing.T) {
	r := newRing(t, "a", "b")
	r.spec.Pool, r.spec.Rounds = request.Warm, 2
	if _, err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := slices.DeleteFunc(slices.Clone(r.log), func(s string) bool {
		return !slices.Contains([]string{"team", "start", "run", "close"}, strings.Fields(s)[0])
	})
	slices.Sort(log[len(log)-2:]) // in no order
	want := []string{"team a", "start a", "team b", "start b", "run a", "run b", "run b", "run a", "close a", "close b"}
	if !slices.Equal(log, want) {
		t.Errorf("\n got %q\nwant %q", log, want)
	}
}

func TestWarmTeamsThatDoNotStart(t *testing.T) {
	r := newRing(t, "a", "b")
	r.spec.Pool = request.Warm
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.run(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "warm pool of a") {
		t.Errorf("error %v", err)
	}
	if want := []string{"team a", "start a", "close a"}; !slices.Equal(r.log, want) {
		t.Errorf("%q, want %q", r.log, want)
	}
}

func TestProgress(t *testing.T) {
	r := newRing(t, "a", "b")
	r.spec.Warmup = 1
	r.bad = func(method string, task int) bool { return method == "b" && task == 1 }
	if _, err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, p := range r.progress[1:] {
		if p.Overall < r.progress[i].Overall || p.OverallTotal != 8 || p.Total != 2 || p.Rounds != 2 {
			t.Errorf("%+v after %+v", p, r.progress[i])
		}
	}
	// The order of the second round is b, a.
	want := result.Progress{Phase: result.PhaseVerify, Method: "a", Round: 2, Rounds: 2, Done: 2, Total: 2, Overall: 8, OverallTotal: 8}
	if last := r.progress[len(r.progress)-1]; last != want {
		t.Errorf("the last is %+v, want %+v", last, want)
	}
	if !slices.ContainsFunc(r.progress, func(p result.Progress) bool { return p.Failed == 1 && p.Method == "b" && p.Overall == 6 }) {
		t.Errorf("the failure is not told: %+v", r.progress)
	}
}

// When automatic rounds end. The methods take turns, a second each unless a case
// says otherwise.
func TestEnoughRounds(t *testing.T) {
	steady := func(string, int) float64 { return 1 }
	tests := []struct {
		name    string
		seconds func(method string, nth int) float64
		precise int // per cent; 0 for a comparison that has a budget by default
		budget  int
		rounds  int // at most
		want    int // rounds that count
		stopped string
	}{
		// All six rounds take 12 s.
		{"precise", steady, 5, 600, 20, request.MinAutoRounds, StoppedPrecise},
		{"precise, and out of time", steady, 5, 12, 20, request.MinAutoRounds, StoppedPrecise},
		// 2 s of warm-up, then 2.5 and 2 s: after two rounds 6 s are over.
		{"out of time", func(m string, nth int) float64 { return 1 + 0.5*float64(nth%2)*float64(len(m)-1) }, 5, 6, 20, 2, StoppedBudget},
		{"the limit", func(m string, nth int) float64 { return 1 + float64(nth%2)*float64(len(m)-1) }, 5, 600, 7, 7, StoppedLimit},
		// The budget is over before the first round that counts, which there is all
		// the same.
		{"no time at all", steady, 5, 1, 20, 1, StoppedBudget},
		// One that did not ask for so few has as many as carry a verdict.
		{"no time at all, by default", steady, 0, 1, 5, request.FewestRounds, StoppedBudget},
		{"time enough, by default", steady, 0, 600, 5, 5, ""},
	}
	for _, tt := range tests {
		r := newRing(t, "a", "bb")
		r.spec.Warmup, r.spec.Rounds, r.seconds = 1, tt.rounds, tt.seconds
		r.spec.Auto = &request.Auto{PrecisionPercent: tt.precise, BudgetS: tt.budget}
		m, err := r.run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := len(m.Samples["a"]); got != tt.want || len(m.Samples["bb"]) != got || m.Stopped != tt.stopped {
			t.Errorf("%s: %d and %d rounds, ended by %q; want %d, %q", tt.name, got, len(m.Samples["bb"]), m.Stopped, tt.want, tt.stopped)
		}
	}
}

// Only the outputs of each method's last round stay, and each distinct one is
// decoded once.
func TestOutputsOfTheLastRoundStay(t *testing.T) {
	r := newRing(t, "a", "b")
	r.spec.Warmup, r.spec.Rounds = 1, 2
	m, err := r.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Rounds 1 to 6 are a, b, b, a, a, b.
	want := []string{"5-0", "5-1", "6-0", "6-1"}
	if got := r.left(); !slices.Equal(got, want) || !slices.Equal(m.Outputs(), want) {
		t.Errorf("left %v, named %v; want %v", got, m.Outputs(), want)
	}
	if r.decoded != 2 {
		t.Errorf("%d outputs were decoded of 2 pictures", r.decoded)
	}
	for method, samples := range m.Samples {
		for i, s := range samples {
			if s.Digest == "" || s.Digest != m.Samples["a"][0].Digest || len(s.Tasks) != 2 {
				t.Errorf("%s, round %d: %+v", method, i, s)
			}
		}
	}
}

// A round's digest is its own: another round's or method's is another one, and
// none of a round in which an image failed.
func TestDigests(t *testing.T) {
	r := newRing(t, "a", "b", "c")
	r.spec.Rounds = 2
	r.pixels = func(method string, nth, task int) string {
		if method == "b" && nth == 1 && task == 1 {
			return "another picture"
		}
		return fmt.Sprint("picture ", task)
	}
	r.bad = func(method string, task int) bool { return method == "c" && task == 0 }
	m, err := r.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := m.Samples["a"][0].Digest
	if first == "" || m.Samples["a"][1].Digest != first || m.Samples["b"][0].Digest != first {
		t.Errorf("equal pictures have %q, %q, %q", first, m.Samples["a"][1].Digest, m.Samples["b"][0].Digest)
	}
	if d := m.Samples["b"][1].Digest; d == "" || d == first {
		t.Errorf("another picture has %q", d)
	}
	if c := m.Samples["c"][1]; c.Digest != "" || c.Outputs[0] != "" || c.Outputs[1] == "" {
		t.Errorf("a round with a failure: %+v", c)
	}
	if got := len(m.Outputs()); got != 5 || len(r.exist) != 5 {
		t.Errorf("%d outputs named, %d there, want 5", got, len(r.exist))
	}
}

// Whatever ends a contest early, at any of its rounds: it leaves nothing.
func TestNothingIsLeftOfAContestThatFails(t *testing.T) {
	broken := errors.New("broken")
	for _, pool := range request.PoolKinds() {
		for at := range 6 {
			for _, kind := range []string{"round", "context", "look", "panic"} {
				r := newRing(t, "a", "b")
				r.spec.Pool, r.spec.Warmup, r.spec.Rounds = pool, 1, 2
				ctx, cancel := context.WithCancel(t.Context())
				want := broken
				r.fails = func(round int) error {
					switch {
					case round < at:
					case kind == "round":
						return broken
					case kind == "context":
						cancel()
					case kind == "look":
						r.lookFail = broken
					case kind == "panic":
						panic(broken)
					}
					return nil
				}
				if kind == "context" {
					want = context.Canceled
				}
				var m Measured
				err := func() (err error) {
					defer func() {
						if v := recover(); v != nil {
							err = v.(error)
						}
					}()
					m, err = r.run(ctx)
					return err
				}()
				cancel()
				if !errors.Is(err, want) || len(r.exist) > 0 || m.Samples != nil {
					t.Errorf("%s, %s in round %d: error %v, left %v, %+v", pool, kind, at, err, r.left(), m)
				}
				if teams, closed := count(r.log, "team "), count(r.log, "close "); teams != closed {
					t.Errorf("%s, %s in round %d: %d teams, %d closed", pool, kind, at, teams, closed)
				}
			}
		}
	}
}

func count(log []string, prefix string) (n int) {
	for _, line := range log {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

// An output that cannot be committed is its task's failure, not the contest's;
// the team says so in its report.
func TestCommitTellsTheTeam(t *testing.T) {
	c := newContest(t.Context(), Config{
		Spec: request.Spec{Count: 1, Methods: []string{"a"}}, Shape: func(string) request.Shape { return request.Shape{} }, Outputs: fullDisk{},
	})
	s := Sample{Outputs: make([]string, 1)}
	if err := c.commit(&s, crew.Outcome{}); err == nil || s.Outputs[0] != "" || len(c.kept) > 0 {
		t.Errorf("error %v, outputs %q, kept %q", err, s.Outputs, c.kept)
	}
}

type fullDisk struct{ Outputs }

func (fullDisk) Commit(crew.Outcome) (string, error) { return "name", errors.New("full") }

// What cannot be looked at stays, unverified; what is no picture is its task's
// failure and goes; a full disk is the contest's.
func TestOutputsThatCannotBeLookedAt(t *testing.T) {
	r := newRing(t, request.Sequential, request.Threading)
	r.spec.Count = 3
	r.lookAt = map[string]error{
		"1-1": fmt.Errorf("looking: %w", fault.Errorf(fault.CodeNotExamined, "la máquina", "the machine")),
		"2-0": fault.Errorf(fault.CodeBadImage, "no es", "is none"),
	}
	m, err := r.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := m.Comparison(result.Environment{}, 1)
	first, second := c.Results[request.Sequential], c.Results[request.Threading]
	if v := first.Results[1].NotVerified; v == nil || v.EN != "the machine" || first.Results[1].Status != result.StatusSuccess || first.AllFailed != 0 {
		t.Errorf("the unverified one: %+v, %d failed", first.Results[1], first.AllFailed)
	}
	if first.Results[0].NotVerified != nil || first.OutputDigest != "" || second.OutputDigest != "" || c.Performance.PixelsEqual {
		t.Errorf("%+v; digests %q and %q", first.Results[0], first.OutputDigest, second.OutputDigest)
	}
	if bad := second.Results[0]; bad.Status != result.StatusError || bad.ErrorText.EN != "is none" || second.AllFailed != 1 || second.SuccessCount != 2 {
		t.Errorf("the bad one: %+v, %d failed", bad, second.AllFailed)
	}
	if got := len(m.Outputs()); got != 5 || len(r.exist) != 5 || r.exist["1-1"] == "" || r.exist["2-0"] != "" {
		t.Errorf("%d outputs are named, %v exist", got, r.exist)
	}
	r = newRing(t, request.Sequential)
	full := fault.Errorf(fault.CodeDiskFull, "lleno", "full")
	r.lookAt = map[string]error{"1-0": full}
	if _, err := r.run(t.Context()); !errors.Is(err, full) || len(r.exist) > 0 {
		t.Errorf("a full disk: %v, %v exist", err, r.exist)
	}
}

// Where both pools are measured, each method takes turns from nothing, with a team for
// each counted round, and running, with one that stays and is warmed up; what runs is judged, and its outputs
// alone are left.
func TestBothPools(t *testing.T) {
	r := newRing(t, request.Sequential, request.Threading)
	r.spec.Pool, r.spec.Warmup, r.spec.Rounds, r.spec.Workers = request.Both, 1, 3, 1
	r.seconds = func(method string, nth int) float64 {
		seconds := map[string]float64{request.Sequential: 1, request.Threading: 0.5}[request.MethodOf(method)]
		if _, nothing := request.IsFromNothing(method); nothing {
			seconds += 0.25
		}
		return seconds
	}
	m, err := r.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const there = "sequential@from-nothing sequential threading@from-nothing threading"
	const back = "threading threading@from-nothing sequential sequential@from-nothing"
	if got := fmt.Sprint(m.Order); got != "[[sequential threading] ["+back+"] ["+there+"] ["+back+"]]" {
		t.Errorf("order %s", got)
	}
	starts := map[string]int{}
	for _, line := range r.log {
		if what, who, _ := strings.Cut(line, " "); what == "team" || what == "start" {
			starts[line]++
			if _, nothing := request.IsFromNothing(who); what == "start" && nothing {
				t.Errorf("%s is started before its clock", who)
			}
		}
	}
	if starts["team threading"] != 1 || starts["start threading"] != 1 || starts["team "+request.FromNothing(request.Threading)] != 3 {
		t.Errorf("teams %v", starts)
	}
	if got := len(r.left()); got != 4 || len(m.Outputs()) != 4 {
		t.Errorf("%d outputs are left, %d are named: want two of each method", got, len(m.Outputs()))
	}
	c := m.Comparison(result.Environment{}, 2)
	s, threads := c.Results[request.Sequential], c.Results[request.Threading]
	if threads.Time != 0.5 || threads.Pool != request.Warm || threads.Running.Time != 0.5 || threads.FromNothing.Time != 0.75 || threads.Starting.TotalS != 0.25 || s.FromNothing.Time != 1.25 {
		t.Errorf("%+v; from nothing %+v", threads, threads.FromNothing)
	}
	if threads.Speedup != 2 || threads.Running.Speedup != 2 || math.Abs(threads.FromNothing.Speedup-1.25/0.75) > 1e-12 {
		t.Errorf("speedups %g, running %g, from nothing %g", threads.Speedup, threads.Running.Speedup, threads.FromNothing.Speedup)
	}
	if p := c.Performance; p.Winner != request.Threading || len(p.Verdicts) != 1 || !strings.Contains(p.Starting.EN, "sequential 0.25 s (start 0.00 s, memory touched for the first time 0.00 s); threads 0.25 s") {
		t.Errorf("%+v", p)
	}
	all := result.Contestants(c.Results)
	cold := all[request.FromNothing(request.Threading)]
	if len(all) != 4 || cold.Time != 0.75 || cold.Pool != request.Cold || len(cold.Rounds) != 3 || cold.Rounds[0].Seconds != 0.75 || cold.Starting != nil {
		t.Errorf("%+v", cold)
	}
	if len(c.Timelines) != 4 || c.Timelines[1].Method != request.FromNothing(request.Sequential) {
		t.Errorf("%d timelines", len(c.Timelines))
	}
}
