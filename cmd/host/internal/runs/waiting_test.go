package runs

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// written is a queue in one line: its runs by their names with their places.
func written(names map[string]string, queue []result.QueuedRun) string {
	var out []string
	for _, r := range queue {
		out = append(out, fmt.Sprintf("%s:%s:%d", names[r.ID], r.State, r.Position))
	}
	return strings.Join(out, " ")
}

// TestWatchQueue follows the queue of two clients until it is empty.
func TestWatchQueue(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		names := map[string]string{}
		submit := func(name string) string {
			id := l.submit(name[:1])
			names[id] = name
			return id
		}
		news, stop := l.WatchQueue()
		defer stop()
		told := func(want string) {
			t.Helper()
			synctest.Wait()
			select {
			case n := <-news:
				var q result.Queue
				if err := json.Unmarshal(n.JSON, &q); err != nil || n.Final {
					t.Fatalf("%v, final %v: %s", err, n.Final, n.JSON)
				}
				if got := written(names, q.Runs); got != want {
					t.Errorf("told %q, want %q", got, want)
				}
				if got := written(names, l.Queue()); got != want {
					t.Errorf("the queue is %q, want %q", got, want)
				}
			default:
				t.Errorf("not told of %q", want)
			}
		}
		told("")
		a1 := submit("a1")
		first := l.begins(a1)
		told("a1:running:0")
		a2 := submit("a2")
		b1 := submit("b1")
		told("a1:running:0 b1:queued:1 a2:queued:2")
		if err := l.Cancel(a1); err != nil {
			t.Fatal(err)
		}
		// It has the machine until it gives it back.
		told("b1:queued:1 a2:queued:2")
		first.finish <- outcome{err: first.ctx.Err()}
		second := l.begins(b1)
		told("b1:running:0 a2:queued:1")
		if err := l.Cancel(a2); err != nil {
			t.Fatal(err)
		}
		told("b1:running:0")
		second.finish <- outcome{result: &result.Comparison{}}
		told("")
	})
}

// TestQueueTellsNothingElse reads all that is told of a run.
func TestQueueTellsNothingElse(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		swept := spec
		swept.Methods, swept.Count = []string{request.Threading, request.Multiprocessing}, 8
		swept.Sweep = &request.SweepPlan{Over: "workers", Values: []float64{1, 2}}
		v, err := l.Submit(swept, Asker{Client: "192.0.2.7"})
		if err != nil {
			t.Fatal(err)
		}
		c := l.begins(v.ID)
		news, stop := l.WatchQueue()
		defer stop()
		want := `{"queue":[{"id":"` + v.ID + `","state":"running","position":0,"methods":["threading","multiprocessing"],"images":8,"over":"workers","estimate_s":0}]}`
		if got := estimate.ReplaceAllString(string((<-news).JSON), `"estimate_s":0`); got != want { // when, and nothing of whose
			t.Errorf("told %s, want %s", got, want)
		}
		c.finish <- outcome{result: &result.Comparison{}}
	})
}

var estimate = regexp.MustCompile(`"estimate_s":[0-9.]+`)

// BenchmarkPublishList tells thirty watchers of a full queue.
func BenchmarkPublishList(b *testing.B) {
	f := &fake{begun: make(chan *call, 1)}
	m := NewManager(f, nil, slog.New(slog.DiscardHandler))
	defer m.Close()
	var measured *call
	for i := range QueueLimit + 1 {
		v, err := m.Submit(spec, Asker{Client: fmt.Sprint(i)})
		if err != nil {
			b.Fatal(err)
		}
		if i == 0 {
			measured = <-f.begun
			defer func() { measured.finish <- outcome{} }() // when none waits any more
		}
		defer func() { _ = m.Cancel(v.ID) }() // it cannot fail
	}
	for range 30 {
		_, stop := m.WatchQueue()
		defer stop()
	}
	for b.Loop() {
		m.publishList()
	}
}
