package process

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

var (
	twoProcesses = request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1}
	twoThreads   = request.Shape{Processes: 1, Goroutines: 2, MaxProcs: 2}
	crashed      = text.Text{ES: "murió", EN: "died"}
)

// script writes actions as one line: spawn 0@0, task 3 to process 1 on attempt
// 2, kill 1, stop 1.
func script(acts []action) string {
	var parts []string
	for _, a := range acts {
		switch a.kind {
		case actSpawn:
			s := fmt.Sprintf("spawn %d@%d", a.proc, a.slot)
			if a.delay > 0 {
				s += fmt.Sprintf("+%v", a.delay)
			}
			parts = append(parts, s)
		case actDispatch:
			parts = append(parts, fmt.Sprintf("t%d>%d#%d", a.task, a.proc, a.attempt))
		case actKill:
			parts = append(parts, fmt.Sprintf("kill %d", a.proc))
		case actStop:
			parts = append(parts, fmt.Sprintf("stop %d", a.proc))
		}
	}
	return strings.Join(parts, " ")
}

func want(t *testing.T, what string, acts []action, line string) {
	t.Helper()
	if got := script(acts); got != line {
		t.Errorf("%s: actions %q, want %q", what, got, line)
	}
}

func TestMachineHandsOutOneTaskALane(t *testing.T) {
	m := newMachine(3, twoProcesses, time.Minute, nil, 0)
	want(t, "start", m.start(0), "spawn 0@0 spawn 1@1")
	want(t, "second is ready first", m.becameReady(1, 1), "t0>1#1")
	want(t, "first is ready", m.becameReady(2, 0), "t1>0#1")
	acts, ok := m.outcome(3, 1, 0, 1)
	want(t, "task 0 done", acts, "t2>1#1")
	if !ok || m.finished() {
		t.Errorf("accepted %v, finished %v; want true, false", ok, m.finished())
	}
	acts, _ = m.outcome(4, 0, 1, 1)
	want(t, "task 1 done", acts, "")
	acts, _ = m.outcome(5, 1, 2, 1)
	want(t, "task 2 done", acts, "")
	if !m.finished() {
		t.Error("not finished after all outcomes")
	}
}

func TestMachineStartsNoMoreThanItCanUse(t *testing.T) {
	m := newMachine(1, request.Shape{Processes: 4, Goroutines: 1, MaxProcs: 1}, time.Minute, nil, 0)
	want(t, "one task", m.start(0), "spawn 0@0")
	m = newMachine(5, request.Shape{Processes: 2, Goroutines: 4, MaxProcs: 4}, time.Minute, nil, 0)
	want(t, "five tasks, four lanes a process", m.start(0), "spawn 0@0 spawn 1@1")
}

func TestMachineUsesAWarmPool(t *testing.T) {
	m := newMachine(3, twoThreads, time.Minute, map[int]int{7: 0}, 8)
	want(t, "start", m.start(0), "t0>7#1 t1>7#1")
}

func TestMachineTriesTwiceAndThenAlone(t *testing.T) {
	m := newMachine(2, twoThreads, time.Minute, nil, 0)
	m.start(0)
	want(t, "ready", m.becameReady(1, 0), "t0>0#1 t1>0#1")
	acts, gone := m.died(2, 0, crashed)
	want(t, "first death", acts, "spawn 1@0")
	if len(gone) != 2 || gone[0].task != 0 || gone[0].since != 1 {
		t.Errorf("lost %+v, want tasks 0 and 1 since 1", gone)
	}
	want(t, "ready again", m.becameReady(3, 1), "t0>1#2 t1>1#2")
	acts, _ = m.died(4, 1, crashed)
	want(t, "second death", acts, "spawn 2@1") // slot 1 is beyond the shape's one process
	want(t, "alone", m.becameReady(5, 2), "t0>2#3")
	acts, _ = m.outcome(6, 2, 0, 3)
	want(t, "the innocent one is done", acts, "stop 2 spawn 3@1")
	want(t, "the next one", m.becameReady(7, 3), "t1>3#3")
	acts, _ = m.died(8, 3, crashed)
	want(t, "third death", acts, "")
	if !m.finished() {
		t.Fatal("not finished")
	}
	if m.tasks[0].failure != nil {
		t.Errorf("task 0 failed: %v", m.tasks[0].failure)
	}
	if f := m.tasks[1].failure; f == nil || f.EN != "after 3 attempts: the worker process died" {
		t.Errorf("task 1's failure is %+v", f)
	}
}

func TestMachineLastAttemptWaitsForTheOthers(t *testing.T) {
	m := newMachine(3, twoProcesses, time.Minute, nil, 0)
	m.start(0)
	want(t, "first", m.becameReady(1, 0), "t0>0#1")
	want(t, "second", m.becameReady(1, 1), "t1>1#1")
	acts, _ := m.died(2, 0, crashed)
	want(t, "first death", acts, "spawn 2@0")
	want(t, "the waiting task goes first", m.becameReady(2, 2), "t2>2#1")
	acts, _ = m.outcome(3, 2, 2, 1)
	want(t, "then the lost one", acts, "t0>2#2")
	acts, _ = m.died(4, 2, crashed)
	want(t, "its last attempt waits for task 1", acts, "")
	acts, _ = m.outcome(5, 1, 1, 1)
	want(t, "now it is alone", acts, "spawn 3@2")
	want(t, "in a process that has had no other", m.becameReady(6, 3), "t0>3#3")
}

func TestMachineKillsWhoDoesNotAnswer(t *testing.T) {
	m := newMachine(1, twoThreads, time.Second, nil, 0)
	m.start(0)
	if at, ok := m.deadline(); !ok || at != startTimeout {
		t.Errorf("deadline %v %v, want the start timeout", at, ok)
	}
	m.becameReady(1, 0)
	if at, ok := m.deadline(); !ok || at != time.Second+1 {
		t.Errorf("deadline %v %v, want 1 s after the dispatch", at, ok)
	}
	want(t, "in time", m.tick(time.Second), "")
	want(t, "too late", m.tick(time.Second+1), "kill 0")
	want(t, "killed once", m.tick(time.Second+2), "")
	if _, ok := m.deadline(); ok {
		t.Error("a doomed process has a deadline")
	}
	m.died(time.Second+3, 0, crashed)
	m.becameReady(time.Second+4, 1)
	m.tick(3 * time.Second)
	m.died(3*time.Second, 1, crashed)
	m.becameReady(3*time.Second, 2)
	m.tick(5 * time.Second)
	m.died(5*time.Second, 2, crashed)
	if f := m.tasks[0].failure; f == nil || !strings.Contains(f.EN, "did not finish the image within 1s") {
		t.Errorf("failure %+v, want the timeout and not the signal", f)
	}
}

func TestMachineKillsWhoDoesNotGetReady(t *testing.T) {
	m := newMachine(1, twoThreads, time.Second, nil, 0)
	m.start(0)
	want(t, "in time", m.tick(startTimeout-1), "")
	want(t, "too late", m.tick(startTimeout), "kill 0")
}

func TestMachineIgnoresAnswersThatNobodyWaitsFor(t *testing.T) {
	m := newMachine(2, twoProcesses, time.Minute, nil, 0)
	m.start(0)
	m.becameReady(1, 0)
	m.died(2, 0, crashed)
	m.becameReady(3, 1) // task 1
	m.becameReady(3, 2) // task 0 again
	cases := []struct {
		what                string
		proc, task, attempt int
	}{
		{"a dead process", 0, 0, 1},
		{"another's task", 1, 0, 2},
		{"an earlier attempt", 2, 0, 1},
		{"no such task", 1, 9, 1},
		{"a negative task", 1, -1, 1},
	}
	for _, c := range cases {
		if _, ok := m.outcome(4, c.proc, c.task, c.attempt); ok {
			t.Errorf("%s: accepted", c.what)
		}
	}
	if _, ok := m.outcome(5, 2, 0, 2); !ok {
		t.Error("the right answer was not accepted")
	}
}

func TestMachineGivesUpWhenNothingStarts(t *testing.T) {
	m := newMachine(3, twoThreads, time.Minute, nil, 0)
	m.start(0)
	for i := range fruitlessMax {
		if m.finished() {
			t.Fatalf("gave up after %d starts", i)
		}
		m.died(time.Duration(i), i, crashed)
	}
	if !m.finished() {
		t.Fatal("did not give up")
	}
	for i, task := range m.tasks {
		if task.failure == nil || !strings.HasPrefix(task.failure.EN, "no worker process can be started") {
			t.Errorf("task %d: failure %+v", i, task.failure)
		}
	}
}

func TestMachineBacksOff(t *testing.T) {
	m := newMachine(1, twoThreads, time.Minute, nil, 0)
	for deaths, wantDelay := range []time.Duration{
		5: 0, 6: 100 * time.Millisecond, 7: 200 * time.Millisecond, 8: 400 * time.Millisecond,
		11: 3200 * time.Millisecond, 12: 5 * time.Second, 40: 5 * time.Second,
	} {
		if wantDelay == 0 && deaths != 5 {
			continue // the table's gaps
		}
		m.deaths = make([]time.Duration, deaths)
		if got := m.backoff(deathWindow - 1); got != wantDelay {
			t.Errorf("after %d deaths: %v, want %v", deaths, got, wantDelay)
		}
		if got := m.backoff(deathWindow); got != 0 {
			t.Errorf("after %d deaths long ago: %v, want 0", deaths, got)
		}
	}
}

// TestMachineSettlesEveryTaskOnce drives the machine with every kind of event
// in many orders: each task ends exactly once and none is in two places.
func TestMachineSettlesEveryTaskOnce(t *testing.T) {
	for seed := range uint32(300) {
		const tasks = 7
		shape := request.Shape{Processes: 1 + int(seed%3), Goroutines: 1 + int(seed/3%3), MaxProcs: 1}
		m := newMachine(tasks, shape, time.Second, nil, 0)
		alive, flying := map[int]bool{}, map[int]map[int]int{} // ready?, task to attempt
		apply := func(acts []action) {
			for _, a := range acts {
				switch a.kind {
				case actSpawn:
					alive[a.proc], flying[a.proc] = false, map[int]int{}
				case actDispatch:
					if !alive[a.proc] {
						t.Fatalf("seed %d: task %d given to process %d, which is not ready", seed, a.task, a.proc)
					}
					if m.tasks[a.task].settled {
						t.Fatalf("seed %d: settled task %d given out", seed, a.task)
					}
					flying[a.proc][a.task] = a.attempt
				case actStop:
					delete(alive, a.proc)
				}
			}
		}
		random := seed*2654435761 + 1
		next := func(n int) int {
			random = random*1664525 + 1013904223
			return int(random>>16) % n
		}
		apply(m.start(0))
		now := time.Duration(0)
		for step := 0; !m.finished(); step++ {
			if step > 2000 {
				t.Fatalf("seed %d: no end", seed)
			}
			now += 100 * time.Millisecond
			for proc := range m.nextID {
				ready, there := alive[proc]
				switch {
				case !there:
				case !ready:
					alive[proc] = true
					apply(m.becameReady(now, proc))
				case next(10) < 4:
					delete(alive, proc)
					acts, _ := m.died(now, proc, crashed)
					apply(acts)
				default:
					for task, attempt := range flying[proc] {
						delete(flying[proc], task)
						acts, ok := m.outcome(now, proc, task, attempt)
						if !ok {
							t.Fatalf("seed %d: outcome of task %d refused", seed, task)
						}
						apply(acts)
						break
					}
				}
			}
		}
		for i, task := range m.tasks {
			if !task.settled || task.attempts > maxAttempts {
				t.Errorf("seed %d: task %d settled %v after %d attempts", seed, i, task.settled, task.attempts)
			}
		}
	}
}
