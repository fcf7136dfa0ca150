package crew

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

var (
	twoProcesses = request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1}
	twoThreads   = request.Shape{Processes: 1, Goroutines: 2, MaxProcs: 2}
	crashed      = Gone{Reason: text.Text{ES: "murió", EN: "died"}}
	killed       = Gone{Reason: text.Text{ES: "murió", EN: "died"}, Killed: true}
)

// script writes actions as one line: hire worker 0 at slot 0, put off worker 0 by
// 100ms, task 3 to worker 1 on attempt 2, kill 1, dismiss 1.
func script(acts []action) string {
	var parts []string
	for _, a := range acts {
		switch a.kind {
		case actPostpone:
			parts = append(parts, fmt.Sprintf("postpone %d@%d+%v", a.worker, a.slot, a.delay))
		case actHire:
			parts = append(parts, fmt.Sprintf("hire %d@%d", a.worker, a.slot))
		case actGive:
			parts = append(parts, fmt.Sprintf("t%d>%d#%d", a.task, a.worker, a.attempt))
		case actKill:
			parts = append(parts, fmt.Sprintf("kill %d", a.worker))
		case actDismiss:
			parts = append(parts, fmt.Sprintf("dismiss %d", a.worker))
		}
	}
	return strings.Join(parts, " ")
}

// hiring is the scheduler of n tasks where workers are hired.
func hiring(n int, shape request.Shape, timeout time.Duration) *scheduler {
	return newScheduler(n, text.Text{ES: "proceso", EN: "worker process"}, Config{Shape: shape, Timeout: timeout, StartTimeout: startTimeout}, 0)
}

// greeted says that a worker that was hired is ready, with the shape's lanes.
func greeted(s *scheduler, now time.Duration, id int) []action {
	acts, _ := s.arrived(now, recruit{id: id, lanes: s.shape.Goroutines})
	return acts
}

func want(t *testing.T, what string, acts []action, line string) {
	t.Helper()
	if got := script(acts); got != line {
		t.Errorf("%s: actions %q, want %q", what, got, line)
	}
}

func TestSchedulerHandsOutOneTaskALane(t *testing.T) {
	s := hiring(3, twoProcesses, time.Minute)
	want(t, "start", s.start(0), "hire 0@0 hire 1@1")
	want(t, "second is ready first", greeted(s, 1, 1), "t0>1#1")
	want(t, "first is ready", greeted(s, 2, 0), "t1>0#1")
	acts, ok := s.settled(3, 1, 0, 1)
	want(t, "task 0 done", acts, "t2>1#1")
	if !ok || s.finished() {
		t.Errorf("accepted %v, finished %v; want true, false", ok, s.finished())
	}
	acts, _ = s.settled(4, 0, 1, 1)
	want(t, "task 1 done", acts, "")
	acts, _ = s.settled(5, 1, 2, 1)
	want(t, "task 2 done", acts, "")
	if !s.finished() {
		t.Error("not finished after all outcomes")
	}
}

func TestSchedulerStartsNoMoreThanItCanUse(t *testing.T) {
	s := hiring(1, request.Shape{Processes: 4, Goroutines: 1, MaxProcs: 1}, time.Minute)
	want(t, "one task", s.start(0), "hire 0@0")
	s = hiring(5, request.Shape{Processes: 2, Goroutines: 4, MaxProcs: 4}, time.Minute)
	want(t, "five tasks, four lanes a process", s.start(0), "hire 0@0 hire 1@1")
}

func TestSchedulerUsesAWarmCrew(t *testing.T) {
	s := hiring(3, twoThreads, time.Minute)
	s.nextID = 8
	s.enlist(recruit{id: 7, lanes: 2})
	want(t, "start", s.start(0), "t0>7#1 t1>7#1")
}

func TestSchedulerTriesTwiceAndThenAlone(t *testing.T) {
	s := hiring(2, twoThreads, time.Minute)
	s.start(0)
	want(t, "ready", greeted(s, 1, 0), "t0>0#1 t1>0#1")
	acts, gone := s.gone(2, 0, crashed)
	want(t, "first death", acts, "hire 1@0")
	if len(gone) != 2 || gone[0].task != 0 || gone[0].since != 1 {
		t.Errorf("lost %+v, want tasks 0 and 1 since 1", gone)
	}
	want(t, "ready again", greeted(s, 3, 1), "t0>1#2 t1>1#2")
	acts, _ = s.gone(4, 1, crashed)
	want(t, "second death", acts, "hire 2@1") // slot 1 is beyond the shape's one process
	want(t, "alone", greeted(s, 5, 2), "t0>2#3")
	acts, _ = s.settled(6, 2, 0, 3)
	want(t, "the innocent one is done", acts, "dismiss 2 hire 3@1")
	want(t, "the next one", greeted(s, 7, 3), "t1>3#3")
	acts, _ = s.gone(8, 3, crashed)
	want(t, "third death", acts, "")
	if !s.finished() {
		t.Fatal("not finished")
	}
	if s.tasks[0].failure != nil {
		t.Errorf("task 0 failed: %v", s.tasks[0].failure)
	}
	if f := s.tasks[1].failure; f == nil || f.EN != "after 3 attempts: the worker process died" {
		t.Errorf("task 1's failure is %+v", f)
	}
}

func TestSchedulerLastAttemptWaitsForTheOthers(t *testing.T) {
	s := hiring(3, twoProcesses, time.Minute)
	s.start(0)
	want(t, "first", greeted(s, 1, 0), "t0>0#1")
	want(t, "second", greeted(s, 1, 1), "t1>1#1")
	acts, _ := s.gone(2, 0, crashed)
	want(t, "first death", acts, "hire 2@0")
	want(t, "the waiting task goes first", greeted(s, 2, 2), "t2>2#1")
	acts, _ = s.settled(3, 2, 2, 1)
	want(t, "then the lost one", acts, "t0>2#2")
	acts, _ = s.gone(4, 2, crashed)
	want(t, "its last attempt waits for task 1", acts, "")
	acts, _ = s.settled(5, 1, 1, 1)
	want(t, "now it is alone", acts, "hire 3@2")
	want(t, "in a process that has had no other", greeted(s, 6, 3), "t0>3#3")
}

func TestSchedulerKillsWhoDoesNotAnswer(t *testing.T) {
	s := hiring(1, twoThreads, time.Second)
	s.start(0)
	if at, ok := s.deadline(); !ok || at != startTimeout {
		t.Errorf("deadline %v %v, want the start timeout", at, ok)
	}
	greeted(s, 1, 0)
	if at, ok := s.deadline(); !ok || at != time.Second+1 {
		t.Errorf("deadline %v %v, want 1 s after the dispatch", at, ok)
	}
	want(t, "in time", s.tick(time.Second), "")
	want(t, "too late", s.tick(time.Second+1), "kill 0")
	want(t, "killed once", s.tick(time.Second+2), "")
	if _, ok := s.deadline(); ok {
		t.Error("a doomed process has a deadline")
	}
	s.gone(time.Second+3, 0, crashed)
	greeted(s, time.Second+4, 1)
	s.tick(3 * time.Second)
	s.gone(3*time.Second, 1, crashed)
	greeted(s, 3*time.Second, 2)
	s.tick(5 * time.Second)
	s.gone(5*time.Second, 2, crashed)
	if f := s.tasks[0].failure; f == nil || !strings.Contains(f.EN, "did not finish the image within 1s") {
		t.Errorf("failure %+v, want the timeout and not the signal", f)
	}
}

func TestSchedulerKillsWhoDoesNotGetReady(t *testing.T) {
	s := hiring(1, twoThreads, time.Second)
	s.start(0)
	want(t, "in time", s.tick(startTimeout-1), "")
	want(t, "too late", s.tick(startTimeout), "kill 0")
}

func TestSchedulerIgnoresAnswersThatNobodyWaitsFor(t *testing.T) {
	s := hiring(2, twoProcesses, time.Minute)
	s.start(0)
	greeted(s, 1, 0)
	s.gone(2, 0, crashed)
	greeted(s, 3, 1) // task 1
	greeted(s, 3, 2) // task 0 again
	cases := []struct {
		what                  string
		worker, task, attempt int
	}{
		{"a dead process", 0, 0, 1},
		{"another's task", 1, 0, 2},
		{"an earlier attempt", 2, 0, 1},
		{"no such task", 1, 9, 1},
		{"a negative task", 1, -1, 1},
	}
	for _, c := range cases {
		if _, ok := s.settled(4, c.worker, c.task, c.attempt); ok {
			t.Errorf("%s: accepted", c.what)
		}
	}
	if _, ok := s.settled(5, 2, 0, 2); !ok {
		t.Error("the right answer was not accepted")
	}
}

func TestSchedulerGivesUpWhenNothingStarts(t *testing.T) {
	s := hiring(3, twoThreads, time.Minute)
	s.start(0)
	for i := range fruitlessMax {
		if s.finished() {
			t.Fatalf("gave up after %d starts", i)
		}
		s.gone(time.Duration(i), i, crashed)
	}
	if !s.finished() {
		t.Fatal("did not give up")
	}
	for i, task := range s.tasks {
		if task.failure == nil || !strings.HasPrefix(task.failure.EN, "no worker process can be started") {
			t.Errorf("task %d: failure %+v", i, task.failure)
		}
	}
}

// Who was killed may be spared the next time: ten seconds go by before nothing is
// tried any more.
func TestSchedulerIsPatientWithTheKilled(t *testing.T) {
	s := hiring(3, twoThreads, time.Minute)
	now := 7 * time.Second
	s.start(now)
	id := 0
	for pauses := 0; !s.finished(); id++ {
		acts, _ := s.gone(now, id, killed)
		if s.finished() {
			break
		}
		if want := id >= deathsAllowed; len(acts) != 1 || (acts[0].kind == actPostpone) != want {
			t.Fatalf("after %d deaths: %s", id+1, script(acts))
		} else if want {
			pauses++
			now += acts[0].delay
			s.tick(now)
		}
	}
	// 100, 200, 400, 800, 1600, 3200 ms and 5 s after the sixth and later ones.
	if id+1 != 13 || now != 7*time.Second+11300*time.Millisecond {
		t.Errorf("gave up after %d starts, at %v", id+1, now)
	}
	for i, task := range s.tasks {
		if task.failure == nil || !strings.HasPrefix(task.failure.EN, "no worker process can be started") {
			t.Errorf("task %d: failure %+v", i, task.failure)
		}
	}
}

// However many die before their hello, nothing is given up while somebody works.
func TestSchedulerGoesOnWhileSomebodyIsReady(t *testing.T) {
	s := hiring(3, twoProcesses, time.Minute)
	s.start(0)
	greeted(s, 1, 0)
	now, id := time.Second, 1
	for range 20 {
		acts, _ := s.gone(now, id, killed)
		if len(acts) != 1 || s.finished() {
			t.Fatalf("after worker %d: %s, finished %v", id, script(acts), s.finished())
		}
		now, id = now+acts[0].delay, acts[0].worker
		s.tick(now)
	}
	if now < unmannedMax {
		t.Errorf("20 deaths within %v", now)
	}
	// Nobody is ready from now on.
	s.gone(now, 0, killed)
	alone := now
	for now < alone+unmannedMax {
		if s.finished() {
			t.Fatalf("gave up after %v", now-alone)
		}
		for _, w := range slices.Clone(s.workers) {
			if w.phase == starting {
				s.gone(now, w.id, killed)
			}
		}
		now += backoffMin
		s.tick(now)
	}
	for _, w := range slices.Clone(s.workers) {
		now = max(now, w.deadline)
		s.tick(now)
		s.gone(now, w.id, killed)
	}
	if f := s.tasks[0].failure; !s.finished() || f == nil || f.EN != "no worker process can be started: the last one died" {
		t.Errorf("%v after %v", f, now-alone)
	}
}

// A staff is everybody, tasks or not: who dies is replaced, and who is there stays.
func TestSchedulerHasItsStaffReady(t *testing.T) {
	s := hiring(0, twoProcesses, time.Minute)
	s.staff, s.nextID = true, 8
	s.enlist(recruit{id: 7, slot: 1, lanes: 1})
	want(t, "start", s.start(0), "hire 8@0")
	acts, _ := s.gone(1, 8, crashed)
	want(t, "killed while it starts", acts, "hire 9@0")
	if s.finished() {
		t.Error("finished with one of two")
	}
	want(t, "not ready in time", s.tick(startTimeout+1), "kill 9")
	acts, _ = s.gone(startTimeout+2, 9, crashed)
	want(t, "gone", acts, "hire 10@0")
	want(t, "ready", greeted(s, startTimeout+3, 10), "")
	if !s.finished() {
		t.Error("not finished with two of two")
	}
}

func TestSchedulerBacksOff(t *testing.T) {
	s := hiring(1, twoThreads, time.Minute)
	for deaths, wantDelay := range []time.Duration{
		5: 0, 6: 100 * time.Millisecond, 7: 200 * time.Millisecond, 8: 400 * time.Millisecond,
		11: 3200 * time.Millisecond, 12: 5 * time.Second, 40: 5 * time.Second,
	} {
		if wantDelay == 0 && deaths != 5 {
			continue // the table's gaps
		}
		s.deaths = make([]time.Duration, deaths)
		if got := s.backoff(deathWindow - 1); got != wantDelay {
			t.Errorf("after %d deaths: %v, want %v", deaths, got, wantDelay)
		}
		if got := s.backoff(deathWindow); got != 0 {
			t.Errorf("after %d deaths long ago: %v, want 0", deaths, got)
		}
	}
}
