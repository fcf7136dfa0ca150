package process

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"carriles/executor/fault"
)

// TestWaits has each way wait in children of its own, which are gone afterwards.
func TestWaits(t *testing.T) {
	l := newLab(t)
	const wait = 50 * time.Millisecond
	for _, tt := range []struct {
		name    string
		plan    WaitPlan
		all     bool
		threads int // at least
	}{
		{"one after the other", WaitPlan{Requests: 100, Processes: 1, Lanes: 1, MaxProcs: 1, Patience: 300 * time.Millisecond}, false, 1},
		{"threads", WaitPlan{Requests: 30, Processes: 1, Lanes: 30, Threads: true, MaxProcs: 2, Patience: long}, true, 30},
		{"goroutines", WaitPlan{Requests: 300, Processes: 1, Lanes: 300, MaxProcs: 2, Patience: long}, true, 1},
		{"processes", WaitPlan{Requests: 45, Processes: 3, Lanes: 15, MaxProcs: 1, Patience: long}, true, 3},
	} {
		tt.plan.Wait = wait
		r, err := l.launcher().Waits(t.Context(), tt.plan)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if all := r.Answered == tt.plan.Requests; all != tt.all || all != (r.Left == 0) || r.Answered == 0 {
			t.Errorf("%s: %+v", tt.name, r)
		}
		if r.Threads < tt.threads || r.Used.PeakMemory < r.Base || r.Base < 1<<20 || r.Used.CPU() <= 0 || r.Last < wait {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}

// TestWaitsEnd has the asker leave, and a child die of what it is asked for.
func TestWaitsEnd(t *testing.T) {
	l := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	began := time.Now()
	_, err := l.launcher().Waits(ctx, WaitPlan{Requests: 2, Processes: 1, Lanes: 1, MaxProcs: 1, Wait: time.Hour, Patience: time.Hour})
	if !errors.Is(err, context.Canceled) || time.Since(began) > long {
		t.Errorf("%v after %v, want the context's end", err, time.Since(began))
	}
	broken := l.launcher()
	broken.Version = "another"
	_, err = broken.Waits(t.Context(), WaitPlan{Requests: 1, Processes: 1, Lanes: 1, MaxProcs: 1})
	var e *fault.Error
	if !errors.As(err, &e) || !strings.Contains(e.Text.EN, "version") {
		t.Errorf("%v, want the child's last words", err)
	}
}
