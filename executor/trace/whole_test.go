package trace

import (
	"reflect"
	"testing"
	"time"
)

func TestWhole(t *testing.T) {
	const ms = time.Millisecond
	idle := func(from, to time.Duration) Span {
		return Span{Stage: Idle, Task: NoTask, Start: from, End: to, CPU: UnknownCPU}
	}
	span := func(stage Stage, from, to time.Duration) Span {
		return Span{Stage: stage, Start: from, End: to}
	}
	tests := []struct {
		name    string
		in      []Span
		want    []Span
		clipped time.Duration
	}{
		{"nothing", nil, []Span{idle(0, 10)}, 0},
		{"holes are idle", []Span{span(Read, 2, 4), span(Write, 6, 7)},
			[]Span{idle(0, 2), span(Read, 2, 4), idle(4, 6), span(Write, 6, 7), idle(7, 10)}, 0},
		{"all of it", []Span{span(Filter, 0, 10)}, []Span{span(Filter, 0, 10)}, 0},
		{"out of order", []Span{span(Write, 5, 10), span(Read, 0, 5)},
			[]Span{span(Read, 0, 5), span(Write, 5, 10)}, 0},
		{"past the end of the clock", []Span{span(Filter, 0, 9), span(Write, 9, 14)},
			[]Span{span(Filter, 0, 9), span(Write, 9, 10)}, 4},
		{"a last send past the end", []Span{span(Filter, 0, 9), span(Send, 9, 14), span(Send, 14, 15)},
			[]Span{span(Filter, 0, 9), span(Send, 9, 10)}, 0},
		{"before it", []Span{span(Spawn, -3, 1)}, []Span{span(Spawn, 0, 1), idle(1, 10)}, 3},
		{"overlap", []Span{span(Send, 0, 6), span(Write, 5, 10)},
			[]Span{span(Send, 0, 6), span(Write, 6, 10)}, 1},
		{"swallowed", []Span{span(Send, 0, 10), span(Write, 2, 3), span(Idle, 12, 13)},
			[]Span{span(Send, 0, 10)}, 2},
	}
	for _, tt := range tests {
		scale := func(spans []Span) (out []Span) {
			for _, s := range spans {
				s.Start, s.End = s.Start*ms, s.End*ms
				out = append(out, s)
			}
			return out
		}
		got, clipped := Whole(scale(tt.in), 10*ms)
		if !reflect.DeepEqual(got, scale(tt.want)) || clipped != tt.clipped*ms {
			t.Errorf("%s: %+v, clipped %v; want %+v, %v", tt.name, got, clipped, scale(tt.want), tt.clipped*ms)
		}
	}
}

// What is cut off of a span takes its share of how that was spent with it.
func TestHowTheRestWasSpent(t *testing.T) {
	s := Span{Stage: Send, Start: 10, End: 50, CPU: 20}
	s.Ways.Set(Queued, 8)
	spans, _ := Whole([]Span{{Stage: Write, Start: 0, End: 20, CPU: UnknownCPU}, s}, 30)
	got := spans[1]
	queued, known := got.Ways.Of(Queued)
	_, blocked := got.Ways.Of(Blocked)
	if got.Start != 20 || got.End != 30 || got.CPU != 5 || queued != 2 || !known || blocked || spans[0].CPU != UnknownCPU {
		t.Errorf("%+v", spans)
	}
}
