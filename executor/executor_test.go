package executor_test

import (
	"slices"
	"sync"
	"testing"

	"carriles/executor"
	"carriles/executor/pipeline"
)

// meeting is a worker that finishes a task only when all workers of the
// meeting are at one: it proves that they run side by side.
type meeting struct {
	arrived *sync.WaitGroup
	lane    int
}

func (m meeting) Do(t pipeline.Task) pipeline.Outcome {
	m.arrived.Done()
	m.arrived.Wait()
	return pipeline.Outcome{Task: t, Lane: m.lane}
}

func feed(n int) <-chan pipeline.Task {
	tasks := make(chan pipeline.Task, n)
	for i := range n {
		tasks <- pipeline.Task{Index: i, Attempt: 1}
	}
	close(tasks)
	return tasks
}

func TestGoroutinesRunSideBySide(t *testing.T) {
	const n = 4
	var arrived sync.WaitGroup
	arrived.Add(n)
	workers := make([]executor.Worker, n)
	for i := range workers {
		workers[i] = meeting{&arrived, i}
	}
	var mu sync.Mutex
	var got []int
	executor.For(workers).Run(feed(n), func(o pipeline.Outcome) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, o.Task.Index)
	})
	slices.Sort(got)
	if !slices.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("outcomes of tasks %v, want each of 0..3 once", got)
	}
}

// plain is a worker that counts how many tasks are open at a time.
type plain struct{ open, most int }

func (p *plain) Do(t pipeline.Task) pipeline.Outcome {
	p.open++
	p.most = max(p.most, p.open)
	p.open--
	return pipeline.Outcome{Task: t}
}

func TestSequentialKeepsTheOrder(t *testing.T) {
	w := &plain{}
	var got []int
	executor.For([]executor.Worker{w}).Run(feed(5), func(o pipeline.Outcome) {
		if w.open != 0 {
			t.Error("reported while a task was open")
		}
		got = append(got, o.Task.Index)
	})
	if !slices.Equal(got, []int{0, 1, 2, 3, 4}) || w.most != 1 {
		t.Errorf("order %v with up to %d open, want 0..4 with 1", got, w.most)
	}
}
