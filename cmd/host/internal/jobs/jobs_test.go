package jobs

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"carriles/cmd/host/internal/queue"
	"carriles/cmd/host/internal/queue/queuetest"
	"carriles/cmd/host/internal/runs"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
	"carriles/executor/fault"
)

const (
	lease    = 500 * time.Millisecond
	patience = 2 * time.Minute
)

// host is one of those that share a queue: its runs do what the test says.
type host struct {
	*Jobs
	runner *runner
	stop   func()
}

type runner struct {
	mu  sync.Mutex
	ran int
	// blocks has runs last until they are cancelled.
	blocks bool
	fails  error
}

func (r *runner) Execute(ctx context.Context, _ string, spec request.Spec, _ func(result.Progress), _ *contest.Live) (runs.Outcome, error) {
	r.mu.Lock()
	r.ran++
	r.mu.Unlock()
	if r.blocks {
		<-ctx.Done()
		return runs.Outcome{}, ctx.Err()
	}
	return runs.Outcome{Comparison: &result.Comparison{Spec: spec}}, r.fails
}
func (r *runner) Cores() int           { return 1 }
func (r *runner) Discard(runs.Outcome) {}
func (r *runner) count() int           { r.mu.Lock(); defer r.mu.Unlock(); return r.ran }

func open(t *testing.T, q Queue, name string, images ...string) *host {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h := &host{runner: &runner{}}
	h.Jobs = &Jobs{
		Queue: q, Runs: runs.NewManager(h.runner, nil, log), Host: name, Log: log, Here: func() bool { return true },
		Lab: func() request.Lab {
			return request.Lab{
				Limits: request.Limits{Count: 10, Stress: 10, Workers: 8, Executions: 100, Pixels: 1 << 24}, Pool: 2, Images: images,
				Exists: func(name string) bool { return len(images) > 0 && name == images[0] },
			}
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	h.stop = sync.OnceFunc(func() {
		cancel()
		h.Runs.Close()
		<-over
		if q, ok := q.(*queue.Queue); ok {
			q.Close()
		}
	})
	t.Cleanup(h.stop)
	go func() {
		h.Run(ctx)
		close(over)
	}()
	return h
}

// ask puts a job.
func (h *host) ask(t *testing.T) string {
	t.Helper()
	spec, err := request.Parse([]byte(`{"filters":["blur"],"count":2}`), request.Endpoint{Methods: []string{request.Distributed}, Queued: true}, h.Lab())
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.Put(t.Context(), spec, runs.Asker{Client: "somebody"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// becomes waits until a job is in a state.
func (h *host) becomes(t *testing.T, id string, state result.State) Note {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		n, err := h.Of(t.Context(), id)
		if err == nil && n.State == state {
			return n
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is %+v, %v; want %s", id, n, err, state)
		}
	}
}

func (h *host) empty(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); h.Len(t.Context()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d jobs are left", h.Len(t.Context()))
		}
	}
}

func embedded(t *testing.T, dir string) *queue.Queue {
	t.Helper()
	q, err := queue.Embedded(dir, lease)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestAlone has one host do, fail, refuse and be stopped over its jobs, on its own
// stream, and on one in memory.
func TestAlone(t *testing.T) {
	dir, memory := t.TempDir(), queuetest.NewMemory(lease)
	t.Run("embedded", func(t *testing.T) { alone(t, func() Queue { return embedded(t, dir) }) })
	t.Run("memory", func(t *testing.T) { alone(t, func() Queue { return memory }) })
}

// alone has a queue, which is found again when its host has ended.
func alone(t *testing.T, found func() Queue) {
	h := open(t, found(), "http://here", "a.jpg")
	id := h.ask(t)
	n := h.becomes(t, id, result.Done)
	if n.Run != id || n.Host != "http://here" || n.Attempt != 1 {
		t.Errorf("%+v", n)
	}
	h.empty(t)

	h.runner.fails = fault.Errorf(fault.CodeNoWorkers, "nadie", "nobody")
	if n := h.becomes(t, h.ask(t), result.Failed); n.Error == nil || n.ErrorEN.Error != "nobody" || n.Failure().Code != fault.CodeNoWorkers {
		t.Errorf("%+v", n)
	}
	h.runner.fails = nil

	// What is no job is dropped, with a reason.
	if err := h.Queue.Put(t.Context(), "poison", []byte("{")); err != nil {
		t.Fatal(err)
	}
	if n := h.becomes(t, "poison", result.Failed); n.Error == nil {
		t.Errorf("%+v", n)
	}
	// One that cannot be read here is tried three times.
	if err := h.Queue.Put(t.Context(), "foreign", []byte(`{"v":1,"method":"distributed","body":{"images":["b.jpg"]}}`)); err != nil {
		t.Fatal(err)
	}
	if n := h.becomes(t, "foreign", result.Failed); n.Attempt != Attempts || n.Error.Code != fault.CodeUnknownName {
		t.Errorf("%+v", n)
	}
	h.empty(t)

	// A host that stops gives its job back, and the next one goes on with it.
	h.runner.blocks = true
	id = h.ask(t)
	h.becomes(t, id, result.Running)
	h.stop()
	h = open(t, found(), "http://here", "a.jpg")
	if n := h.becomes(t, id, result.Done); n.Attempt != 2 {
		t.Errorf("%+v", n)
	}
	h.empty(t)
}

// TestOneOfThreeDies has three hosts share a department's queue. One has two jobs asked
// of it, and dies over the first: the others do both.
func TestOneOfThreeDies(t *testing.T) {
	url := queuetest.Hub(t)
	cut := map[string]func(){}
	share := func(name string) *host {
		q, err := queue.Shared(queue.Department{URL: url}, lease)
		if err != nil {
			t.Fatal(err)
		}
		cut[name] = q.Close
		return open(t, q, name, "a.jpg")
	}
	first := share("http://first")
	first.runner.blocks = true
	one, two := first.ask(t), first.ask(t)
	first.becomes(t, one, result.Running)
	if n := first.runner.count(); n != 1 {
		t.Errorf("it has taken %d jobs that others could have had", n)
	}
	cut["http://first"]() // it gives no sign any more
	second, third := share("http://second"), share("http://third")
	for _, id := range []string{one, two} {
		n := second.becomes(t, id, result.Done)
		if n.Host != "http://second" && n.Host != "http://third" {
			t.Errorf("%s: %+v", id, n)
		}
		if again := n.Attempt > 1; again != (id == one) {
			t.Errorf("%s: %+v", id, n)
		}
	}
	if n := second.runner.count() + third.runner.count(); n != 2 {
		t.Errorf("the others did %d runs of two jobs", n)
	}
	third.empty(t)
}
