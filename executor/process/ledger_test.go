package process

import (
	"reflect"
	"testing"
	"time"

	"carriles/executor/trace"
)

func TestWhole(t *testing.T) {
	const ms = time.Millisecond
	idle := func(from, to time.Duration) trace.Span {
		return trace.Span{Stage: trace.Idle, Task: noTask, Start: from, End: to, CPU: trace.UnknownCPU}
	}
	span := func(stage trace.Stage, from, to time.Duration) trace.Span {
		return trace.Span{Stage: stage, Start: from, End: to}
	}
	tests := []struct {
		name    string
		in      []trace.Span
		want    []trace.Span
		clipped time.Duration
	}{
		{"nothing", nil, []trace.Span{idle(0, 10)}, 0},
		{"holes are idle", []trace.Span{span(trace.Read, 2, 4), span(trace.Write, 6, 7)},
			[]trace.Span{idle(0, 2), span(trace.Read, 2, 4), idle(4, 6), span(trace.Write, 6, 7), idle(7, 10)}, 0},
		{"all of it", []trace.Span{span(trace.Filter, 0, 10)}, []trace.Span{span(trace.Filter, 0, 10)}, 0},
		{"out of order", []trace.Span{span(trace.Write, 5, 10), span(trace.Read, 0, 5)},
			[]trace.Span{span(trace.Read, 0, 5), span(trace.Write, 5, 10)}, 0},
		{"past the end of the clock", []trace.Span{span(trace.Filter, 0, 9), span(trace.Write, 9, 14)},
			[]trace.Span{span(trace.Filter, 0, 9), span(trace.Write, 9, 10)}, 4},
		{"a last send past the end", []trace.Span{span(trace.Filter, 0, 9), span(trace.Send, 9, 14), span(trace.Send, 14, 15)},
			[]trace.Span{span(trace.Filter, 0, 9), span(trace.Send, 9, 10)}, 0},
		{"before it", []trace.Span{span(trace.Spawn, -3, 1)}, []trace.Span{span(trace.Spawn, 0, 1), idle(1, 10)}, 3},
		{"overlap", []trace.Span{span(trace.Send, 0, 6), span(trace.Write, 5, 10)},
			[]trace.Span{span(trace.Send, 0, 6), span(trace.Write, 6, 10)}, 1},
		{"swallowed", []trace.Span{span(trace.Send, 0, 10), span(trace.Write, 2, 3), span(trace.Idle, 12, 13)},
			[]trace.Span{span(trace.Send, 0, 10)}, 2},
	}
	for _, tt := range tests {
		scale := func(spans []trace.Span) (out []trace.Span) {
			for _, s := range spans {
				s.Start, s.End = s.Start*ms, s.End*ms
				out = append(out, s)
			}
			return out
		}
		got, clipped := whole(scale(tt.in), 10*ms)
		if !reflect.DeepEqual(got, scale(tt.want)) || clipped != tt.clipped*ms {
			t.Errorf("%s: %+v, clipped %v; want %+v, %v", tt.name, got, clipped, scale(tt.want), tt.clipped*ms)
		}
	}
}

func TestLedger(t *testing.T) {
	var l ledger
	asked := time.Unix(100, 0)
	l.open(1, &child{pid: 42, asked: asked, ready: asked.Add(time.Millisecond)})
	l.addAll(1, []trace.Span{{Stage: trace.Filter, Task: 3, Start: 1, End: 4}}, 6)
	l.count(1, 10, 20)
	l.count(1, 1, 2)
	lanes := l.close(20)
	if len(lanes) != 1 { // lane 0 never had a process
		t.Fatalf("%d lanes, want 1", len(lanes))
	}
	a := lanes[0]
	if a.PID != 42 || a.Startup != time.Millisecond || a.Tasks != 2 || a.In != 11 || a.Out != 22 {
		t.Errorf("lane %+v", a)
	}
	if a.Spent(trace.Filter) != 3 || a.Spent(trace.Idle) != 17 || a.Spans[1].Start != 7 {
		t.Errorf("spans %+v", a.Spans)
	}
}
