package lanes

import (
	"math"
	"slices"
	"testing"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
)

const ms = time.Millisecond

func span(stage trace.Stage, step, task int, from, to time.Duration) trace.Span {
	return trace.Span{Stage: stage, Step: step, Task: task, Start: from * ms, End: to * ms, CPU: trace.UnknownCPU}
}

// closed is a round of 100 ms: a lane on a clock that started 10 ms before the
// round's, with a send that overlaps the next task's arrival by 2 ms and a
// filter that ends after the clock; and a lane that did nothing.
func closed() Round {
	r := Round{Lanes: make([]Lane, 2)}
	r.Lanes[0] = Lane{Tasks: 2, BytesIn: 300, BytesOut: 70, Start: result.BrowserStart{TotalS: 0.5}}
	r.Lanes[0].Add(-10*ms,
		span(trace.Filter, 1, 0, 40, 50), // handed in after what follows it
		span(trace.Receive, 0, 0, 15, 20), span(trace.Filter, 0, 0, 20, 40),
		span(trace.Send, 0, 0, 50, 55), span(trace.Receive, 0, 1, 53, 60), span(trace.Filter, 0, 1, 60, 130),
	)
	r.Close(100 * ms)
	return r
}

func TestCloseCoversTheClockOnce(t *testing.T) {
	r := closed()
	want := []trace.Span{
		span(trace.Idle, 0, -1, 0, 5), span(trace.Receive, 0, 0, 5, 10), span(trace.Filter, 0, 0, 10, 30),
		span(trace.Filter, 1, 0, 30, 40), span(trace.Send, 0, 0, 40, 45), span(trace.Receive, 0, 1, 45, 50),
		span(trace.Filter, 0, 1, 50, 100),
	}
	if !slices.Equal(r.Lanes[0].Spans, want) {
		t.Errorf("spans %v, want %v", r.Lanes[0].Spans, want)
	}
	if idle := []trace.Span{span(trace.Idle, 0, -1, 0, 100)}; !slices.Equal(r.Lanes[1].Spans, idle) {
		t.Errorf("the idle lane: %v", r.Lanes[1].Spans)
	}
}

func TestAccountsAddUp(t *testing.T) {
	r := closed()
	a := r.Accounts(2)
	want := result.WorkerAccount{
		Tasks: 2, WallS: 0.1, ReceiveS: 0.01, SendS: 0.005, IdleS: 0.005, BytesIn: 300, BytesOut: 70, StartupSeconds: 0.5,
		StageTimes: result.StageTimes{Filter: 0.08},
	}
	got := a[0]
	for _, f := range []struct {
		name      string
		got, want float64
	}{
		{"receive", got.ReceiveS, want.ReceiveS}, {"send", got.SendS, want.SendS}, {"idle", got.IdleS, want.IdleS},
		{"filter", got.Filter, want.Filter}, {"first filter", got.FilterSeconds[0], 0.07}, {"second filter", got.FilterSeconds[1], 0.01},
		{"wall", got.WallS, want.WallS}, {"sum", got.ReceiveS + got.SendS + got.IdleS + got.Total(), got.WallS},
	} {
		if math.Abs(f.got-f.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", f.name, f.got, f.want)
		}
	}
	if got.Tasks != 2 || got.BytesIn != 300 || got.BytesOut != 70 || got.StartupSeconds != 0.5 || a[1].Worker != 1 || a[1].IdleS != 0.1 {
		t.Errorf("%+v", a)
	}
}

func TestTimeline(t *testing.T) {
	r := closed()
	got := r.Timeline("browser", []string{"blur", "edges"})
	spans := got.Lanes[0].Spans
	if got.WallS != 0.1 || len(got.Lanes) != 2 || len(spans) != 7 {
		t.Fatalf("%+v", got)
	}
	if s := spans[3]; s.Stage != "filter" || s.Filter != "edges" || s.StartS != 0.03 || s.EndS != 0.04 || s.Attempt != 1 || s.CPUS != nil {
		t.Errorf("%+v", s)
	}
	if s := spans[0]; s.Stage != "idle" || s.Task != -1 || s.Attempt != 0 {
		t.Errorf("%+v", s)
	}
}

func TestMedianIsARoundThatWas(t *testing.T) {
	tests := []struct{ walls, want []time.Duration }{
		{[]time.Duration{7}, []time.Duration{7}},
		{[]time.Duration{9, 1, 5}, []time.Duration{5}},
		{[]time.Duration{9, 1, 5, 3}, []time.Duration{3}},
	}
	for _, tt := range tests {
		var rounds []Round
		for _, w := range tt.walls {
			rounds = append(rounds, Round{Wall: w})
		}
		if got := Median(rounds).Wall; got != tt.want[0] || rounds[0].Wall != tt.walls[0] {
			t.Errorf("of %v: %v, want %v, and the rounds as they were", tt.walls, got, tt.want[0])
		}
	}
}

func TestSpansTravel(t *testing.T) {
	spans := []trace.Span{span(trace.Decode, 0, 4, 1, 2), span(trace.Filter, 3, 4, 2, 9)}
	if got := Unpack(Pack(spans), 4); !slices.Equal(got, spans) {
		t.Errorf("%v, want %v", got, spans)
	}
}
