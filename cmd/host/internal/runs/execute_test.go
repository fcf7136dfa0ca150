package runs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/crew/process"
	"carriles/executor/fault"
	"carriles/executor/topology"
)

// shelf is an Outputs that fails where the test wants it to, and writes down
// what it is asked for. Whole runs are tested with real workers in cmd/host.
type shelf struct {
	room, temp, sync error
	asked            []string
}

func (s *shelf) note(format string, args ...any) {
	s.asked = append(s.asked, fmt.Sprintf(format, args...))
}

func (s *shelf) TempDir(_, method string) (string, error) {
	s.note("temp %s", method)
	return ".work/" + method, s.temp
}

func (s *shelf) RemoveTempDirs(string) error {
	s.note("remove temps")
	return errors.New("cannot be removed") // which is for the log, and no reason to fail
}

func (s *shelf) Commit(temp, name string) error    { s.note("commit"); return nil }
func (s *shelf) Put(temp string, _ []byte) error   { s.note("put"); return nil }
func (s *shelf) Unfinished(string) ([]byte, error) { return nil, nil }
func (s *shelf) Sync(names []string) error         { s.note("sync %v", names); return s.sync }
func (s *shelf) Remove(name string)                { s.note("remove %s", name) }
func (s *shelf) Room() error                       { return s.room }
func (s *shelf) Prune()                            { s.note("prune") }

func (s *shelf) Look(context.Context, string, string, map[string]string) (hash, digest string, err error) {
	s.note("look")
	return "", "", nil
}

type bench struct{}

func (bench) Environment(engine string) result.Environment { return result.Environment{Engine: engine} }
func (bench) Cores() int                                   { return 2 }
func (bench) Busy() (topology.BusyInfo, bool)              { return topology.BusyInfo{}, false }

// noWorkers carries runs out by workers that cannot be started.
func noWorkers(s *shelf) *Contests {
	return &Contests{
		Launcher: process.Launcher{Command: []string{"/nonexistent/worker"}}, Outputs: s, Machine: bench{},
		Timeout: time.Minute, Log: slog.New(slog.DiscardHandler),
	}
}

// toCompare and toSweep ask for two methods, once and along an axis.
var (
	toCompare = request.Endpoint{Methods: []string{request.Sequential, request.Threading}, MethodsField: true}
	toSweep   = request.Endpoint{Methods: toCompare.Methods, MethodsField: true, Sweep: true}
)

func specFor(t *testing.T, ep request.Endpoint, body string) request.Spec {
	t.Helper()
	spec, err := request.Parse([]byte(body), ep, request.Lab{
		Limits: request.Limits{Count: 10, Workers: 4, Executions: 100, Pixels: 1e6}, Pool: 2,
		Images: []string{"a.jpg", "b.jpg"}, Exists: func(string) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func TestNothingRunsOnAFullDisk(t *testing.T) {
	s := &shelf{room: fault.Errorf(fault.CodeDiskFull, "lleno", "full")}
	_, err := noWorkers(s).Execute(t.Context(), "id", specFor(t, toCompare, `{"pool":"cold","rounds":1,"count":1}`), func(result.Progress) { t.Error("progress") }, nil)
	if err != s.room || len(s.asked) > 0 {
		t.Errorf("error %v after %v", err, s.asked)
	}
}

func TestNoTemporaryFolder(t *testing.T) {
	for _, pool := range request.PoolKinds() {
		s := &shelf{temp: errors.New("read-only")}
		_, err := noWorkers(s).Execute(t.Context(), "id", specFor(t, toCompare, `{"pool":"`+pool+`"}`), func(result.Progress) {}, nil)
		if !errors.Is(err, s.temp) || !slices.Equal(s.asked, []string{"temp sequential", "remove temps", "prune"}) {
			t.Errorf("%s: error %v after %q", pool, err, s.asked)
		}
	}
}

// A cold pool whose workers do not start is every image's failure, said with
// its reason; there is no verdict on such times.
func TestWorkersThatDoNotStart(t *testing.T) {
	s := &shelf{}
	var last result.Progress
	o, err := noWorkers(s).Execute(t.Context(), "id", specFor(t, toCompare, `{"pool":"cold","count":3,"rounds":2,"warmup":1}`), func(p result.Progress) {
		if p.Overall < last.Overall {
			t.Errorf("progress goes back: %+v after %+v", p, last)
		}
		last = p
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := o.Comparison
	for name, m := range c.Results {
		if m.ProcessedCount != 3 || m.SuccessCount != 0 || m.AllImages != 6 || m.AllFailed != 6 || len(m.Samples) != 2 || m.OutputDigest != "" || m.Bound != "unknown" {
			t.Errorf("%s: %+v", name, m)
		}
		for i, r := range m.Results {
			if r.Status != result.StatusError || !strings.Contains(r.ErrorText.EN, "no worker process can be started") || r.ProcessedPath != "" ||
				r.OriginalPath != []string{"/static/images/a.jpg", "/static/images/b.jpg"}[i%2] || r.Worker != -1 {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
	if c.Performance.Winner != "none" || c.Performance.PixelsEqual || c.Performance.Summary.EN != "No verdict: no image could be processed." {
		t.Errorf("performance %+v", c.Performance)
	}
	if got := fmt.Sprint(c.TestInfo.Order); got != "[[sequential threading] [threading sequential] [sequential threading]]" {
		t.Errorf("order %s", got)
	}
	if want := (result.Progress{
		Phase: result.PhaseVerify, Method: request.Threading, Round: 3, Rounds: 3, Done: 3, Total: 3, Failed: 3, Overall: 18, OverallTotal: 18,
	}); last != want {
		t.Errorf("the last progress is %+v, want %+v", last, want)
	}
	if !slices.Equal(c.APIInfo.ImagesUsed, []string{"a.jpg", "b.jpg"}) || c.APIInfo.RunID != "id" {
		t.Errorf("api_info %+v", c.APIInfo)
	}
	if slices.Contains(s.asked, "commit") || !slices.Equal(s.asked[len(s.asked)-3:], []string{"sync []", "remove temps", "prune"}) {
		t.Errorf("asked %q", s.asked)
	}
}

// A run whose outputs may be lost with the power is not done.
func TestOutputsThatDoNotReachTheDisk(t *testing.T) {
	s := &shelf{sync: errors.New("broken disk")}
	o, err := noWorkers(s).Execute(t.Context(), "id", specFor(t, toCompare, `{"pool":"cold","rounds":1,"count":1}`), func(result.Progress) {}, nil)
	if !errors.Is(err, s.sync) || o.Comparison != nil || s.asked[len(s.asked)-1] != "prune" {
		t.Errorf("%+v, %v after %q", o, err, s.asked)
	}
}

// A warm pool is there before the clock, or there is no run.
func TestWarmWorkersThatDoNotStart(t *testing.T) {
	s := &shelf{}
	_, err := noWorkers(s).Execute(t.Context(), "id", specFor(t, toCompare, `{"pool":"warm","count":1}`), func(result.Progress) {}, nil)
	if err == nil || !strings.Contains(err.Error(), "warm pool of sequential") || !slices.Contains(s.asked, "remove temps") {
		t.Errorf("error %v after %q", err, s.asked)
	}
}

func TestExecuteEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &shelf{}
	if _, err := noWorkers(s).Execute(ctx, "id", specFor(t, toCompare, `{"pool":"cold","rounds":1,"count":1}`), func(result.Progress) {}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A run that takes longer than any may is ended, and says so.
func TestExecuteEndsAfterTheLongestTime(t *testing.T) {
	s := &shelf{}
	c := noWorkers(s)
	c.Longest = time.Nanosecond
	o, err := c.Execute(t.Context(), "id", specFor(t, toCompare, ""), func(result.Progress) {}, nil)
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.CodeTooLong || o.Comparison != nil || s.asked[len(s.asked)-1] != "prune" {
		t.Errorf("%+v, %v after %q", o, err, s.asked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.Longest = time.Hour
	if _, err := c.Execute(ctx, "id", specFor(t, toCompare, ""), func(result.Progress) {}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("one that is cancelled: %v", err)
	}
}

func TestDiscard(t *testing.T) {
	s := &shelf{}
	noWorkers(s).Discard(Outcome{Comparison: &result.Comparison{Results: map[string]*result.MethodResult{
		request.Sequential: {Results: []result.TaskResult{
			{ProcessedPath: "/static/processed/a.jpg"}, {Status: result.StatusError}, {ProcessedPath: "/static/processed/b.jpg"},
		}},
	}}})
	if !slices.Equal(s.asked, []string{"remove a.jpg", "remove b.jpg"}) {
		t.Errorf("asked %q", s.asked)
	}
}

// broken is a machine that cannot be asked.
type broken struct{ bench }

func (broken) Cores() int { panic("no cores") }

// TestAPanicLeavesNoOutputs lets the answer's laying out panic, when the contest
// has left its outputs.
func TestAPanicLeavesNoOutputs(t *testing.T) {
	for name, carry := range map[string]func(*execution) (*result.Comparison, error){
		"comparison": (*execution).comparison, "point of a sweep": (*execution).passing,
	} {
		s := &shelf{}
		c := noWorkers(s)
		c.Machine = broken{}
		e := &execution{Contests: c, ctx: t.Context(), id: "id", spec: specFor(t, toCompare, `{"pool":"cold","rounds":1,"count":1}`), progress: func(result.Progress) {}}
		e.kept = []string{"a.jpg", "b.jpg"} // these workers make none
		func() {
			defer func() { _ = recover() }()
			_, _ = carry(e)
			t.Errorf("%s: no panic", name)
		}()
		if n := len(s.asked); n < 2 || s.asked[n-2] != "remove a.jpg" || s.asked[n-1] != "remove b.jpg" {
			t.Errorf("%s: its outputs stay: %q", name, s.asked)
		}
	}
}
