package crew

import (
	"slices"
	"testing"
	"time"
)

// arriving is the scheduler of n tasks where workers of one lane each are there.
func arriving(n int, workers ...recruit) *scheduler {
	s := hiring(n, twoProcesses, time.Minute)
	s.arrives(0)
	for _, r := range workers {
		s.enlist(r)
	}
	return s
}

func TestWhoIsIdleGetsACopyOfWhatIsLate(t *testing.T) {
	const ms = time.Millisecond
	s := arriving(3, recruit{id: 1, lanes: 1}, recruit{id: 2, slot: 1, lanes: 1})
	want(t, "start", s.start(0), "t0>1#1 t1>2#1")
	acts, _ := s.settled(100*ms, 2, 1, 1)
	want(t, "the fast one goes on", acts, "t2>2#1")
	acts, _ = s.settled(200*ms, 2, 2, 1)
	want(t, "the other has had it for twice 100", acts, "t0>2#2")
	if acts, ok := s.settled(300*ms, 2, 0, 2); !ok || !s.finished() || script(acts) != "" {
		t.Errorf("the copy counts: %v, %q", ok, script(acts))
	}
	if acts, ok := s.settled(900*ms, 1, 0, 1); ok || script(acts) != "" {
		t.Errorf("the first attempt, late: %v, %q", ok, script(acts))
	}

	s = arriving(2, recruit{id: 1, lanes: 1}, recruit{id: 2, slot: 1, lanes: 1})
	s.start(0)
	acts, _ = s.settled(100*ms, 2, 1, 1)
	want(t, "only as old as it takes", acts, "")
	want(t, "twice as old", s.tick(200*ms), "t0>2#2")
	if acts, ok := s.settled(210*ms, 1, 0, 1); !ok || !s.finished() {
		t.Errorf("the first attempt counts: %v, %q", ok, script(acts))
	}

	// What was given later is copied later; what waits for a lane, at once.
	s = arriving(5, recruit{id: 1, lanes: 1, credits: 1}, recruit{id: 2, slot: 1, lanes: 1})
	want(t, "start", s.start(0), "t0>1#1 t1>2#1 t2>1#1")
	s.settled(100*ms, 2, 1, 1)
	acts, _ = s.settled(150*ms, 2, 3, 1)
	want(t, "the last of the queue", acts, "t4>2#1")
	acts, _ = s.settled(160*ms, 2, 4, 1)
	want(t, "a copy of what has no lane", acts, "t2>2#2")
	acts, _ = s.settled(170*ms, 2, 2, 2)
	want(t, "a copy of the oldest", acts, "t0>2#2")
	acts, gone := s.gone(180*ms, 1, crashed)
	if len(gone) != 1 || script(acts) != "" || s.left != 1 {
		t.Errorf("the first one dies: %v, %q, %d left", gone, script(acts), s.left)
	}
	acts, _ = s.gone(190*ms, 2, crashed)
	want(t, "nobody is there", acts, "")
	acts, _ = s.arrived(200*ms, recruit{id: 3, slot: 2, lanes: 1})
	want(t, "both died of it", acts, "t0>3#3")

	s = arriving(3, recruit{id: 1, lanes: 1}, recruit{id: 2, slot: 1, lanes: 1})
	s.start(0)
	s.settled(80*ms, 1, 0, 1)
	acts, _ = s.settled(90*ms, 2, 1, 1)
	want(t, "it was given 10 ago, and 90 is what it takes", acts, "")
	if at, ok := s.deadline(); !ok || at != 260*ms {
		t.Errorf("the copy is due at %v, %v, want 260", at, ok)
	}
	want(t, "then", s.tick(260*ms), "t2>2#2")
}

func TestTheLastAttemptGoesToANativeOne(t *testing.T) {
	s := arriving(1, recruit{id: 1, lanes: 1}, recruit{id: 2, slot: 1, lanes: 1}, recruit{id: 3, slot: 2, lanes: 1, native: true}, recruit{id: 4, slot: 3, lanes: 1})
	s.start(0)
	acts, _ := s.gone(1, 1, crashed)
	want(t, "first", acts, "t0>2#2")
	acts, _ = s.gone(2, 2, crashed)
	want(t, "last", acts, "t0>3#3")
}

// TestASlowDeviceCostsLittle: in a time of its own, where a fast device takes 100 ms
// a task and a slow one ten times as long, the batch takes at most 15 % longer than
// if all were at work to its end.
func TestASlowDeviceCostsLittle(t *testing.T) {
	for _, tt := range []struct {
		tasks, fast int
		want        time.Duration
	}{
		{30, 1, 2800 * time.Millisecond}, // at 2.0 s 20 and 2 are done; of the 8 left the slow one has one, of which the fast one begins a copy at 2.7
		{60, 2, 2900 * time.Millisecond},
		{100, 3, 3300 * time.Millisecond},
	} {
		speeds := map[int]time.Duration{0: time.Second}
		workers := []recruit{{id: 0, lanes: 1}}
		rate := 1.0
		for i := range tt.fast {
			speeds[i+1] = 100 * time.Millisecond
			workers = append(workers, recruit{id: i + 1, slot: i + 1, lanes: 1})
			rate += 10
		}
		got := simulated(t, arriving(tt.tasks, workers...), speeds)
		ideal := time.Duration(float64(tt.tasks) / rate * float64(time.Second))
		t.Logf("%d tasks, %d fast and one slow: %v, ideal %v: %.3f", tt.tasks, tt.fast, got, ideal, float64(got)/float64(ideal))
		if got != tt.want || float64(got) > 1.15*float64(ideal) {
			t.Errorf("%d tasks, %d fast: %v, want %v and at most 1.15 of %v", tt.tasks, tt.fast, got, tt.want, ideal)
		}
	}
}

// simulated is how long a job takes workers of one lane that take so long a task.
func simulated(t *testing.T, s *scheduler, speeds map[int]time.Duration) time.Duration {
	type answer struct {
		action
		at time.Duration
	}
	var coming []answer
	now := time.Duration(0)
	take := func(acts []action) {
		for _, a := range acts {
			if a.kind != actGive {
				t.Fatalf("unexpected: %s", script(acts))
			}
			coming = append(coming, answer{a, now + speeds[a.worker]})
		}
	}
	for take(s.start(0)); !s.finished(); {
		slices.SortStableFunc(coming, func(a, b answer) int { return int(a.at - b.at) })
		if at, ok := s.deadline(); ok && (len(coming) == 0 || at < coming[0].at) {
			now = at
			take(s.tick(now))
			continue
		}
		next := coming[0]
		coming, now = coming[1:], next.at
		acts, _ := s.settled(now, next.worker, next.task, next.attempt)
		take(acts)
	}
	return now
}
