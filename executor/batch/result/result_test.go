package result

import (
	"slices"
	"testing"
	"time"

	"carriles/executor/trace"
)

func TestOutputDigest(t *testing.T) {
	tests := []struct {
		digests []string
		want    string // by sha256sum
	}{
		{nil, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{[]string{"abc"}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{[]string{"a", "b"}, "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78"},
		{[]string{"b", "a"}, ""},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		got := OutputDigest(tt.digests)
		if tt.want != "" && got != tt.want {
			t.Errorf("%q: %s, want %s", tt.digests, got, tt.want)
		}
		if seen[got] {
			t.Errorf("%q: the digest of another list", tt.digests)
		}
		seen[got] = true
	}
	for _, failed := range [][]string{{""}, {"a", ""}, {"", "a"}} {
		if got := OutputDigest(failed); got != "" {
			t.Errorf("%q: %s, want none", failed, got)
		}
	}
}

func TestStageTimes(t *testing.T) {
	span := func(s trace.Stage, from, to time.Duration) trace.Span {
		return trace.Span{Stage: s, Start: from, End: to}
	}
	got := StageTimesOf([]trace.Span{
		span(trace.Receive, 0, time.Second), // not the pipeline's
		span(trace.Read, 1*time.Second, 2*time.Second),
		span(trace.Decode, 2*time.Second, 4*time.Second),
		span(trace.Filter, 4*time.Second, 7*time.Second),
		span(trace.Filter, 7*time.Second, 8*time.Second),
		span(trace.Encode, 8*time.Second, 13*time.Second),
		span(trace.Write, 13*time.Second, 19*time.Second),
		span(trace.Send, 19*time.Second, 30*time.Second),
	})
	if want := (StageTimes{Read: 1, Decode: 2, Filter: 4, Encode: 5, Write: 6}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Total() != 18 {
		t.Errorf("total %g, want 18", got.Total())
	}
	if twice := got.Plus(got); twice != (StageTimes{Read: 2, Decode: 4, Filter: 8, Encode: 10, Write: 12}) {
		t.Errorf("twice %+v", twice)
	}
	if busy := (WorkerAccount{WallS: 10, IdleS: 4}).Busy(); busy != 6 {
		t.Errorf("busy %g, want 6", busy)
	}
}

func TestEveryStageHasItsPlace(t *testing.T) {
	bounds := StageBounds{Read: "read", Decode: "decode", Filter: "filter", Encode: "encode", Write: "write"}
	if got := bounds.List(); !slices.Equal(got, PipelineStages()) {
		t.Errorf("bounds of %v, want %v", got, PipelineStages())
	}
	var times StageTimes
	for s := trace.Spawn; s <= trace.Lost; s++ {
		times.Add(s, float64(s))
	}
	for i, seconds := range times.List() {
		if got := trace.Stage(seconds).String(); got != PipelineStages()[i] {
			t.Errorf("place %d: %s, want %s", i, got, PipelineStages()[i])
		}
	}
}

func TestStates(t *testing.T) {
	for s, final := range map[State]bool{Queued: false, Running: false, Done: true, Failed: true, Cancelled: true} {
		if s.Final() != final {
			t.Errorf("%s.Final() is %v", s, !final)
		}
	}
}
