package trace

import (
	"testing"
	"time"
)

func TestRecorder(t *testing.T) {
	r := NewRecorder(NewClock())
	start := r.Now()
	r.Add(Decode, 0, start)
	r.Add(Filter, 2, start)
	r.Put(Span{Stage: Receive, Start: 1, End: 3})
	spans := r.Take()
	if len(spans) != 3 || spans[0].Stage != Decode || spans[1].Step != 2 || spans[2].Duration() != 2 {
		t.Errorf("spans %+v", spans)
	}
	if spans[0].End < start || spans[0].Start != start {
		t.Errorf("span %+v of a stage begun at %v", spans[0], start)
	}
	if again := r.Take(); len(again) != 0 {
		t.Errorf("taken twice: %+v", again)
	}
}

func TestNilRecorderRecordsNothing(t *testing.T) {
	var r *Recorder
	r.Add(Read, 0, r.Now())
	r.Put(Span{})
	if r.Now() != 0 || r.Take() != nil {
		t.Error("a nil recorder has something to tell")
	}
}

func TestStageNames(t *testing.T) {
	want := []string{"spawn", "receive", "read", "decode", "filter", "encode", "write", "send", "idle"}
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
