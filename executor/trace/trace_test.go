package trace

import (
	"testing"
	"time"
)

func TestRecorder(t *testing.T) {
	used := 7 * time.Millisecond
	r := NewRecorder(NewClock(), func() Used { return Used{CPU: used, Queued: UnknownCPU, Waits: -1, Touched: UnknownCPU} })
	r.Begin(5)
	start := r.Mark()
	used += 2 * time.Millisecond
	r.Add(Decode, 0, start)
	r.Begin(6)
	r.Add(Filter, 2, r.Mark())
	spans := r.Take()
	if len(spans) != 2 || spans[0].Stage != Decode || spans[1].Step != 2 || spans[0].Task != 5 || spans[1].Task != 6 {
		t.Errorf("spans %+v", spans)
	}
	if spans[0].End < start.at || spans[0].Start != start.at || spans[0].CPU != 2*time.Millisecond || spans[1].CPU != 0 {
		t.Errorf("spans %+v; the first began at %v", spans, start)
	}
	if again := r.Take(); len(again) != 0 {
		t.Errorf("taken twice: %+v", again)
	}
}

func TestWaitingBelongsToTheSpanItIsIn(t *testing.T) {
	r := NewRecorder(NewClock(), nil)
	r.Waited(2)
	r.Waited(3)
	r.Add(Decode, 0, r.Mark())
	r.Add(Filter, 0, r.Mark())
	if got := r.Take(); lockOf(got[0]) != 5 || lockOf(got[1]) != 0 {
		t.Errorf("spans %+v", got)
	}
}

func lockOf(s Span) time.Duration {
	d, _ := s.Ways.Of(Locked)
	return d
}

func TestSpansFromElsewhereDoNotOverlap(t *testing.T) {
	r := NewRecorder(NewClock(), nil)
	r.Put(Span{Stage: Receive, Start: 1, End: 5})
	r.Put(Span{Stage: Receive, Start: 3, End: 8}) // 3 to 5 are taken
	r.Put(Span{Stage: Receive, Start: 4, End: 6}) // all of it is
	r.Put(Span{Stage: Receive, Start: 9, End: 10})
	got := r.Take()
	if len(got) != 3 || got[1].Start != 5 || got[1].End != 8 || got[2].Start != 9 {
		t.Errorf("spans %+v", got)
	}
}

func TestUnknownCPU(t *testing.T) {
	r := NewRecorder(NewClock(), nil)
	r.Add(Read, 0, r.Mark())
	if got := r.Take()[0].CPU; got != UnknownCPU {
		t.Errorf("CPU %v of nobody who could tell", got)
	}
}

func TestNilRecorderRecordsNothing(t *testing.T) {
	var r *Recorder
	r.Begin(1)
	r.Add(Read, 0, r.Mark())
	r.Put(Span{})
	r.Waited(1)
	if r.Mark() != (Mark{}) || r.Take() != nil {
		t.Error("a nil recorder has something to tell")
	}
}

func TestStageNames(t *testing.T) {
	want := []string{"spawn", "receive", "read", "decode", "filter", "encode", "write", "send", "idle", "lost", "fetch"}
	if len(want) != int(stageCount) {
		t.Errorf("%d stages, want %d", stageCount, len(want))
	}
	for i, name := range want {
		if got := Stage(i).String(); got != name {
			t.Errorf("stage %d is %q, want %q", i, got, name)
		}
	}
	if got := Stage(200).String(); got != "unknown" {
		t.Errorf("a stage that is none is %q", got)
	}
}

func TestClockIsMonotonic(t *testing.T) {
	c := NewClock()
	a := c.Now()
	if b := c.Now(); b < a || a < 0 || a > time.Minute {
		t.Errorf("%v, then %v", a, b)
	}
}
