package crew

import (
	"testing"
	"time"

	"carriles/executor/trace"
)

func TestLedger(t *testing.T) {
	var l ledger
	asked := time.Unix(100, 0)
	l.open(1, &member{Identity: Identity{ID: 7, Name: "42", ProcessID: 42}, asked: asked, ready: asked.Add(time.Millisecond)})
	l.addAll(1, []trace.Span{{Stage: trace.Filter, Task: 3, Start: 1, End: 4}}, 6)
	l.count(1, 10, 20)
	l.count(1, 1, 2)
	lanes := l.close(20)
	if len(lanes) != 1 { // lane 0 never had a process
		t.Fatalf("%d lanes, want 1", len(lanes))
	}
	a := lanes[0]
	if a.Worker.ProcessID != 42 || a.Startup != time.Millisecond || a.Tasks != 2 || a.In != 11 || a.Out != 22 {
		t.Errorf("lane %+v", a)
	}
	if trace.Spent(a.Spans, trace.Filter) != 3 || trace.Spent(a.Spans, trace.Idle) != 17 || a.Spans[1].Start != 7 {
		t.Errorf("spans %+v", a.Spans)
	}
}

func TestQueuedSince(t *testing.T) {
	ms := func(n int) *time.Duration { d := time.Duration(n) * time.Millisecond; return &d }
	for _, tt := range []struct{ before, after, want *time.Duration }{
		{ms(3), ms(10), ms(7)},
		{ms(10), ms(3), ms(0)}, // a thread has ended
		{nil, ms(3), ms(3)},    // it has started since
		{ms(3), nil, nil},
	} {
		got := Usage{Queued: tt.after}.since(Usage{Queued: tt.before}).Queued
		if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
			t.Errorf("%v after %v: %v, want %v", tt.after, tt.before, got, tt.want)
		}
	}
}
