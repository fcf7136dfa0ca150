package lanes

import (
	"testing"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
)

func TestLive(t *testing.T) {
	l := NewLive("browser", 2, []string{"blur", "edges"})
	e := l.Begin(result.PhaseWarmup, 1)
	if e == nil || !e.First || e.Over || e.Seq != 1 || e.Round != 1 || e.Phase != result.PhaseWarmup || e.Workers != 2 || e.Method != "browser" || e.Lanes == nil || len(e.Lanes) != 0 {
		t.Errorf("at first: %+v", e)
	}
	l.Add(1, []trace.Span{span(trace.Filter, 1, 0, 0, 40)})
	if e = l.Event(50 * ms); e != nil {
		t.Errorf("a moment later: %+v", e)
	}
	l.Add(0, []trace.Span{span(trace.Decode, 0, 1, 0, 90)})
	l.Add(1, []trace.Span{span(trace.Encode, 0, 0, 40, 100)})
	e = l.Event(200 * ms)
	if e == nil || e.First || e.Seq != 2 || e.NowS != 0.2 || len(e.Lanes) != 2 || e.Lanes[0].Worker != 1 || len(e.Lanes[0].Spans) != 2 || e.Lanes[0].Spans[0].Filter != "edges" || len(e.Lanes[1].Spans) != 1 {
		t.Errorf("after 200 ms: %+v", e)
	}
	// The end is told at once, and what is told is not told again.
	l.Add(0, []trace.Span{span(trace.Encode, 0, 1, 90, 110)})
	e = l.Over(210 * ms)
	if e == nil || !e.Over || e.NowS != 0.21 || len(e.Lanes) != 1 || len(e.Lanes[0].Spans) != 1 {
		t.Errorf("at its end: %+v", e)
	}
	if e = l.Begin(result.PhaseTimed, 2); e == nil || !e.First || e.Over || e.Seq != 4 || len(e.Lanes) != 0 {
		t.Errorf("the next round: %+v", e)
	}
}
