package crew_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/trace"
)

// The tests of this file run crews on a place in memory, in a bubble of
// testing/synctest: its clock goes on only when everybody waits, so that times
// are exact and a minute takes none.

var (
	oneLane      = request.Shape{Processes: 1, Goroutines: 1, MaxProcs: 1}
	twoProcesses = request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1}
	twoThreads   = request.Shape{Processes: 1, Goroutines: 2, MaxProcs: 2}
	twoByTwo     = request.Shape{Processes: 2, Goroutines: 2, MaxProcs: 2}
	shapes       = []request.Shape{oneLane, twoProcesses, twoThreads, twoByTwo}
)

// maxAttempts is how often a task is tried.
const maxAttempts = 3

// fates gives each image its fate by its name; any other takes a millisecond.
func fates(by map[string]fate) func(int, crew.Order) fate {
	return func(_ int, o crew.Order) fate {
		if f, ok := by[o.Image]; ok {
			return f
		}
		return fate{Takes: time.Millisecond}
	}
}

// session is a crew, and what its job has given.
type session struct {
	*crew.Crew
	t       *testing.T
	outputs map[int]string // by task
	job     crew.Job
}

// at makes a crew at a place for a batch of images, one minute each at most.
func at(t *testing.T, p crew.Place, shape request.Shape, images ...string) *session {
	t.Helper()
	s := &session{t: t, outputs: map[int]string{}}
	s.Crew = crew.New(p, crew.Config{Spec: request.Spec{Images: images, Count: len(images)}, Shape: shape, Timeout: time.Minute})
	s.job = crew.Job{Progress: func(int, int) {}, Commit: func(o crew.Outcome) error {
		if _, twice := s.outputs[o.Task.Index]; twice {
			t.Errorf("task %d is committed twice", o.Task.Index)
		}
		s.outputs[o.Task.Index] = string(o.Output.Data)
		return nil
	}}
	return s
}

// run runs the job and checks what holds of any: each task is one outcome or one
// failure, and each lane's account is whole.
func (s *session) run() crew.Report {
	s.t.Helper()
	r, err := s.Run(s.t.Context(), s.job)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, task := range r.Tasks {
		if _, committed := s.outputs[i]; committed != (task.Err == nil) || task.Attempts > maxAttempts || task.Task.Index != i {
			s.t.Errorf("task %d: committed %v, %+v", i, committed, task)
		}
	}
	for _, l := range r.Lanes {
		at := time.Duration(0)
		for _, span := range l.Spans {
			if span.Start != at || span.End <= span.Start {
				s.t.Errorf("lane %d: a hole or an overlap at %v: %+v", l.Number, at, span)
			}
			at = span.End
		}
		if at != r.Wall || l.Clipped != 0 {
			s.t.Errorf("lane %d covers %v of %v, %v was clipped", l.Number, at, r.Wall, l.Clipped)
		}
	}
	return r
}

func (s *session) wantOutputs(tasks ...int) {
	s.t.Helper()
	var got []int
	for task := range s.outputs {
		got = append(got, task)
	}
	if slices.Sort(got); !slices.Equal(got, tasks) {
		s.t.Errorf("outputs of tasks %v, want %v", got, tasks)
	}
}

// names are n images.
func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%d.png", i)
	}
	return out
}

// spent is how long all lanes were in a stage.
func spent(r crew.Report, stage trace.Stage) (sum time.Duration) {
	for _, l := range r.Lanes {
		sum += trace.Spent(l.Spans, stage)
	}
	return sum
}

func TestTasksGoToLanesThatAreFree(t *testing.T) {
	for _, shape := range shapes {
		synctest.Test(t, func(t *testing.T) {
			s := at(t, &memory{}, shape, names(8)...)
			defer s.Close()
			r := s.run()
			s.wantOutputs(0, 1, 2, 3, 4, 5, 6, 7)
			lanes := shape.Lanes()
			if want := time.Duration(8/lanes) * time.Millisecond; r.Wall != want || spent(r, trace.Filter) != 8*time.Millisecond {
				t.Errorf("%+v: %v, of which %v in filters; want %v and 8ms", shape, r.Wall, spent(r, trace.Filter), want)
			}
			if len(r.Lanes) != lanes || len(r.Processes) != shape.Processes || len(r.Deaths) > 0 || r.Server.User != time.Second {
				t.Errorf("%+v: %d lanes, %d accounts, deaths %q, server %v", shape, len(r.Lanes), len(r.Processes), r.Deaths, r.Server)
			}
			for _, l := range r.Lanes {
				if l.Tasks != 8/lanes || l.In != int64(5*l.Tasks) || l.Out != l.In || l.Worker.Name != fmt.Sprint(1000+l.Worker.ID) {
					t.Errorf("%+v: lane %+v", shape, l)
				}
			}
			if user, _ := r.CPU(); user != 8*time.Millisecond || r.PeakMemory() != int64(shape.Processes)<<20 {
				t.Errorf("%+v: %v of processor time, %d bytes", shape, user, r.PeakMemory())
			}
		})
	}
}

// An image over which workers die takes only itself: a failure that says why after
// three attempts, the last of them alone in a worker that has had no other.
func TestFatalImagesTakeOnlyThemselves(t *testing.T) {
	for _, shape := range shapes {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			had, busy := map[int]int{}, 0
			do := fates(map[string]fate{"bad": {Takes: time.Millisecond, Dies: "ended with code 3"}})
			p := &memory{Do: func(worker int, o crew.Order) fate {
				mu.Lock()
				defer mu.Unlock()
				had[worker]++
				busy++
				time.AfterFunc(time.Millisecond, func() { mu.Lock(); busy--; mu.Unlock() })
				if o.Attempt == maxAttempts && (had[worker] != 1 || busy != 1) {
					t.Errorf("%+v: the last attempt at %d is not alone: worker %d has had %d, %d are at work", shape, o.Task, worker, had[worker], busy)
				}
				return do(worker, o)
			}}
			s := at(t, p, shape, "a", "bad", "c", "d", "e")
			defer s.Close()
			r := s.run()
			s.wantOutputs(0, 2, 3, 4)
			bad := r.Tasks[1]
			if bad.Err == nil || bad.Attempts != maxAttempts || bad.Lane != crew.NoLane || bad.Worker != (crew.Identity{}) ||
				bad.Err.Text.EN != "after 3 attempts: the worker ended with code 3" || bad.Err.Text.ES != "tras 3 intentos: el trabajador murió: ended with code 3" {
				t.Errorf("%+v: %+v, %v", shape, bad, bad.Err)
			}
			if len(r.Deaths) != maxAttempts || !strings.HasSuffix(r.Deaths[0], " ended with code 3") {
				t.Errorf("%+v: deaths %q", shape, r.Deaths)
			}
			if lost := spent(r, trace.Lost); lost < maxAttempts*time.Millisecond {
				t.Errorf("%+v: %v were lost", shape, lost)
			}
		})
	}
}

// A worker's own word that an image is bad is final.
func TestBadImagesAreNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := fault.Errorf(fault.CodeBadImage, "está rota", "is broken")
		s := at(t, &memory{Do: fates(map[string]fate{"bad": {Err: broken}})}, twoProcesses, "a", "bad", "c")
		defer s.Close()
		r := s.run()
		s.wantOutputs(0, 2)
		if bad := r.Tasks[1]; bad.Err != broken || bad.Attempts != 1 || len(r.Deaths) > 0 {
			t.Errorf("%+v, deaths %q", bad, r.Deaths)
		}
	})
}

func TestCommitThatFailsIsTheTasksFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, &memory{}, twoThreads, names(3)...)
		defer s.Close()
		full := errors.New("no space left")
		commit := s.job.Commit
		s.job.Commit = func(o crew.Outcome) error {
			if o.Task.Index == 1 {
				return full
			}
			return commit(o)
		}
		r := s.run()
		s.wantOutputs(0, 2)
		if e := r.Tasks[1].Err; e == nil || e.Cause != full {
			t.Errorf("%v", e)
		}
	})
}

// A worker that freezes over an image is given up after exactly the time that an
// image may take, and another one waits for nothing.
func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Do: fates(map[string]fate{"frozen": {Hangs: true}})}
		s := at(t, p, twoProcesses, "frozen", "b", "c", "d")
		defer s.Close()
		var last time.Duration
		began := time.Now()
		s.job.Progress = func(done, _ int) {
			if done == 3 {
				last = time.Since(began)
			}
		}
		r := s.run()
		s.wantOutputs(1, 2, 3)
		// b, c and d on the other worker; the three attempts at the frozen one.
		if last != 3*time.Millisecond || r.Wall != 3*time.Minute {
			t.Errorf("the good ones took %v, all %v", last, r.Wall)
		}
		want := "did not finish the image within 1m0s"
		if e := r.Tasks[0].Err; e == nil || !strings.Contains(e.Text.EN, want) || len(r.Deaths) != maxAttempts || !strings.Contains(r.Deaths[0], want) {
			t.Errorf("%v, deaths %q", e, r.Deaths)
		}
	})
}

// A worker may have a time of its own.
func TestDeadlinesByWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{
			Do:    fates(map[string]fate{"slow": {Takes: 3 * time.Second}}),
			Hello: func(worker int, h *crew.Hello) { h.Timeout = time.Duration(1+worker*9) * time.Second },
		}
		s := at(t, p, oneLane, "slow")
		defer s.Close()
		r := s.run()
		s.wantOutputs(0)
		if r.Tasks[0].Attempts != 2 || r.Tasks[0].Worker.ID != 1 || r.Wall != 4*time.Second {
			t.Errorf("%+v in %v", r.Tasks[0], r.Wall)
		}
	})
}

func TestWorkersThatDoNotGetReady(t *testing.T) {
	for _, tt := range []struct {
		name  string
		place *memory
		want  string
		wall  time.Duration
		died  int
	}{
		{"dead at once", &memory{Stillborn: func(int) string { return "did not start" }},
			"no worker can be started: the last one did not start", 0, 5},
		{"killed at once", &memory{Stillborn: func(int) string { return "was killed" }},
			"no worker can be started: the last one was killed", 11300 * time.Millisecond, 13},
		{"too slow", &memory{Startup: func(int) time.Duration { return time.Hour }},
			"no worker can be started: the last one was not ready within 10s", 50 * time.Second, 5},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := at(t, tt.place, oneLane, names(2)...)
			defer s.Close()
			r := s.run()
			for i, task := range r.Tasks {
				if task.Err == nil || task.Err.Text.EN != tt.want || task.Attempts != 0 {
					t.Errorf("%s: task %d: %v after %d attempts", tt.name, i, task.Err, task.Attempts)
				}
			}
			died := slices.DeleteFunc(r.Deaths, func(d string) bool { return strings.HasPrefix(d, "too many deaths") })
			if r.Wall != tt.wall || len(died) != tt.died || len(r.Lanes) > 0 {
				t.Errorf("%s: %v, deaths %q, %d lanes", tt.name, r.Wall, died, len(r.Lanes))
			}
			var shown *fault.Error
			if err := s.Start(t.Context()); !errors.As(err, &shown) || shown.Text.EN != tt.want {
				t.Errorf("%s: a warm crew started: %v", tt.name, err)
			}
		})
	}
}

// Workers that die over and over without having done anything are replaced more
// and more slowly; the sixth and later ones of ten seconds wait.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Do: func(worker int, _ crew.Order) fate {
			if worker < 8 {
				return fate{Dies: "died"}
			}
			return fate{Takes: time.Millisecond}
		}}
		s := at(t, p, oneLane, names(9)...)
		defer s.Close()
		r := s.run()
		// 8 die over tasks 0 to 7; after the sixth death the pauses are 100, 200 and 400 ms.
		if want := 709 * time.Millisecond; r.Wall != want || len(s.outputs) != 9 {
			t.Errorf("%v and %d outputs, want %v and 9", r.Wall, len(s.outputs), want)
		}
		var pauses []string
		for _, d := range r.Deaths {
			if strings.HasPrefix(d, "too many deaths") {
				pauses = append(pauses, d)
			}
		}
		if len(pauses) != 3 || pauses[2] != "too many deaths: waiting 400ms before the next start" {
			t.Errorf("%q", pauses)
		}
	})
}

// TestKilledWorkersLoseNothing kills a worker at every third image.
func TestKilledWorkersLoseNothing(t *testing.T) {
	for _, shape := range shapes {
		synctest.Test(t, func(t *testing.T) {
			p := &memory{}
			s := at(t, p, shape, names(30)...)
			defer s.Close()
			kills := 0
			s.job.Progress = func(done, _ int) {
				if done%3 == 0 && done < 30 {
					all := p.Workers()
					all[len(all)-1].Kill()
					kills++
				}
			}
			r := s.run()
			failed := 0
			for _, task := range r.Tasks {
				if task.Err != nil {
					failed++
				}
			}
			if kills != 9 || len(s.outputs)+failed != 30 {
				t.Errorf("%+v: %d kills, %d outputs and %d failures", shape, kills, len(s.outputs), failed)
			}
		})
	}
}

func TestChaos(t *testing.T) {
	for _, shape := range shapes {
		synctest.Test(t, func(t *testing.T) {
			p := &memory{
				Do:      func(int, crew.Order) fate { return fate{Takes: 10 * time.Millisecond} },
				Startup: func(int) time.Duration { return 5 * time.Millisecond },
				Hello:   func(worker int, h *crew.Hello) { h.ProcessID = 50 + worker },
			}
			s := at(t, p, shape, names(12)...)
			defer s.Close()
			s.job.Chaos = &request.Chaos{KillAfter: 4}
			r := s.run()
			c := r.Chaos
			if c == nil || len(s.outputs) != 12 || c.ImagesLost != 0 || c.ProcessID < 50 || c.TasksInFlight != shape.Goroutines || c.LostS != spent(r, trace.Lost).Seconds() {
				t.Fatalf("%+v: %d outputs, %+v, lost %v", shape, len(s.outputs), c, spent(r, trace.Lost))
			}
			if c.KilledAtS <= 0 || c.WithoutS != 0.005 {
				t.Errorf("%+v: %+v", shape, c)
			}
			if len(r.Deaths) != 1 || !strings.HasSuffix(r.Deaths[0], "was killed on purpose") || !slices.ContainsFunc(r.Processes, func(a result.ProcessAccount) bool { return a.Ended != "" }) {
				t.Errorf("%+v: deaths %q, accounts %+v", shape, r.Deaths, r.Processes)
			}
		})
	}
}

// A worker that gets ready only when its neighbour has done everything has its
// account: the whole time went into its start.
func TestWorkersThatStartAfterTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Startup: func(worker int) time.Duration { return time.Duration(1+9*worker) * time.Second }}
		s := at(t, p, twoProcesses, names(3)...)
		defer s.Close()
		r := s.run()
		wall := time.Second + 3*time.Millisecond
		if r.Wall != wall || len(r.Lanes) != 2 || len(r.Processes) != 2 {
			t.Fatalf("%v, %d lanes, %d accounts", r.Wall, len(r.Lanes), len(r.Processes))
		}
		for i, want := range []struct{ startup, spawn time.Duration }{{time.Second, time.Second}, {10 * time.Second, wall}} {
			if l := r.Lanes[i]; l.Startup != want.startup || trace.Spent(l.Spans, trace.Spawn) != want.spawn {
				t.Errorf("lane %d took %v to start, %v of it within the clock; want %+v", i, l.Startup, trace.Spent(l.Spans, trace.Spawn), want)
			}
		}
	})
}

func TestWarmCrewsKeepTheirWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Startup: func(int) time.Duration { return time.Second }}
		s := at(t, p, twoProcesses, names(4)...)
		defer s.Close()
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			clear(s.outputs)
			r := s.run()
			if user, _ := r.CPU(); r.Wall != 2*time.Millisecond || user != 4*time.Millisecond || spent(r, trace.Spawn) != 0 || r.Lanes[0].Startup != time.Second {
				t.Errorf("%v, of which %v starting; %v of processor time", r.Wall, spent(r, trace.Spawn), user)
			}
		}
		if n := len(p.Workers()); n != 2 {
			t.Errorf("%d workers for three rounds", n)
		}
	})
}

// A worker that freezes when it has done its work costs its account, and another
// does its work in the next round.
func TestFrozenWorkersGiveNoAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{}
		s := at(t, p, twoProcesses, names(4)...)
		defer s.Close()
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.job.Progress = func(done, _ int) {
			if done == 4 {
				p.Workers()[0].Freeze()
			}
		}
		if r := s.run(); len(r.Deaths) != 1 || r.Deaths[0] != "worker 1000 gave no account: no answer within 10s" || len(r.Processes) != 2 || r.Processes[1].Ended != "was killed" {
			t.Errorf("deaths %q, accounts %+v", r.Deaths, r.Processes)
		}
		clear(s.outputs)
		if r := s.run(); r.Lanes[0].Tasks > 0 && r.Lanes[0].Worker.ID == 0 || len(s.outputs) != 4 || len(r.Deaths) > 0 || len(r.Processes) != 2 || spent(r, trace.Spawn) != 0 {
			t.Errorf("%d tasks on the frozen worker's lane, %d outputs", r.Lanes[0].Tasks, len(s.outputs))
		}
	})
}

func TestCancelEndsTheWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Do: fates(map[string]fate{"frozen": {Hangs: true}})}
		s := at(t, p, twoThreads, "a", "frozen")
		ctx, cancel := context.WithCancel(t.Context())
		s.job.Progress = func(int, int) { cancel() }
		if _, err := s.Run(ctx, s.job); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		s.Close()
		for i, w := range p.Workers() {
			if !w.Gone() {
				t.Errorf("worker %d is left", i)
			}
		}
	})
}

// Who does not leave within two seconds is killed.
func TestCloseEndsWhoDoesNotLeave(t *testing.T) {
	for lingers, want := range map[time.Duration]time.Duration{time.Second: time.Second, time.Hour: 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			p := &memory{Lingers: lingers}
			s := at(t, p, twoProcesses, names(2)...)
			s.run()
			began := time.Now()
			s.Close()
			if took := time.Since(began); took != want || !p.Workers()[0].Gone() {
				t.Errorf("took %v, want %v; gone %v", took, want, p.Workers()[0].Gone())
			}
		})
	}
}

func TestSeries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Do: func(int, crew.Order) fate { return fate{Takes: 70 * time.Millisecond} }}
		s := at(t, p, twoProcesses, names(20)...)
		defer s.Close()
		s.job.Sample = true
		r := s.run()
		if len(r.Series) != 3 { // in 700 ms
			t.Fatalf("%+v", r.Series)
		}
		// After 200 ms two tasks each are done, after 400 five: 6 x 70 ms in 200.
		for i, want := range []struct {
			done  int
			cores float64
		}{{4, 1.4}, {10, 2.1}, {16, 2.1}} {
			if x := r.Series[i]; x.AtS != 0.2*float64(i+1) && x.AtS != (time.Duration(i+1)*200*time.Millisecond).Seconds() || x.Processes != 2 || x.Memory != 2<<20 || x.Done != want.done || x.CoresBusy < want.cores-1e-9 || x.CoresBusy > want.cores+1e-9 {
				t.Errorf("sample %d: %+v, want %+v", i, x, want)
			}
		}
	})
}

// What a job is told of its lanes while it runs is what the report has.
func TestSpansAreToldAsTheyBecomeKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{
			Startup: func(int) time.Duration { return time.Millisecond },
			Do:      fates(map[string]fate{"bad": {Takes: time.Millisecond, Dies: "died"}}),
		}
		s := at(t, p, twoByTwo, "a", "bad", "c", "d", "e", "f")
		defer s.Close()
		told := map[int][]trace.Span{}
		var clock time.Time
		s.job.Began = func(at time.Time) { clock = at }
		s.job.Spans = func(lane int, who crew.Identity, spans []trace.Span) {
			if who.Name == "" {
				t.Errorf("lane %d is nobody's", lane)
			}
			told[lane] = append(told[lane], spans...)
		}
		r := s.run()
		if took := time.Since(clock); took != r.Wall {
			t.Errorf("the clock began %v ago, and the round took %v", took, r.Wall)
		}
		for _, l := range r.Lanes {
			if got, _ := trace.Whole(told[l.Number], r.Wall); !slices.Equal(got, l.Spans) {
				t.Errorf("lane %d was told as\n%v, reported as\n%v", l.Number, got, l.Spans)
			}
		}
		if spent(r, trace.Lost) == 0 || spent(r, trace.Spawn) == 0 {
			t.Errorf("lost %v, starting %v", spent(r, trace.Lost), spent(r, trace.Spawn))
		}
	})
}
