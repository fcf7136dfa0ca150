package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"carriles/executor/batch/result"
)

// Who watches a run is told of its lanes while it is under way, and has in the
// end what the result says: every span of the last rounds, but for the sending
// of each lane's last output, of which the server hears after the clock.
func TestLanesWhileTheyGrow(t *testing.T) {
	s := start(t, smallPhotos(t))
	long := s.post("/api/runs/", longRun, 202).text("id")
	id := s.post("/api/runs/", `{"filters":["blur"],"count":6,"rounds":1,"warmup":1,"workers":2,"source":"http","latency_ms":60,`+everyMethod()+`}`, 202).text("id")
	told := map[string]map[string]int{} // by method, then by span
	rounds := map[string]string{}
	seq, between := 0, 0
	released := false
	s.events(t.Context(), id, map[string]func([]byte) bool{
		"run": func(data []byte) bool {
			if !released { // it waits, so that nothing of it is missed
				released = true
				s.json("DELETE", "/api/runs/"+long+"/", "", 200)
			}
			if seq > 0 {
				between++
			}
			return true
		},
		"lanes": func(data []byte) bool {
			var e result.LanesEvent
			if err := json.Unmarshal(data, &e); err != nil {
				t.Fatal(err)
			}
			if e.Seq <= seq {
				t.Errorf("event %d after %d", e.Seq, seq)
			}
			seq = e.Seq
			if e.First {
				told[e.Method] = map[string]int{}
				rounds[e.Method] += fmt.Sprint(e.Round, e.Phase, " ")
			}
			for _, lane := range e.Lanes {
				for _, span := range lane.Spans {
					if span.EndS < span.StartS || span.EndS > e.NowS || lane.Worker >= e.Workers || lane.ProcessID == 0 {
						t.Errorf("%s at %v s: %+v on lane %d of %d", e.Method, e.NowS, span, lane.Worker, e.Workers)
					}
					told[e.Method][span.Stage+span.Filter]++
				}
			}
			return true
		},
	})
	// The slow source makes a sequential round last longer than a tick.
	if between < 2 {
		t.Errorf("%d events of the run after the first of its lanes, want its end after some progress", between)
	}
	o := s.json("GET", "/api/runs/"+id+"/timeline/", "", 200)
	for i := range o.list("timelines") {
		var line result.Timeline
		data, _ := json.Marshal(o.list("timelines")[i])
		if err := json.Unmarshal(data, &line); err != nil {
			t.Fatal(err)
		}
		want, lanes := map[string]int{}, 0
		for _, lane := range line.Lanes {
			worked := false
			for _, span := range lane.Spans {
				if span.Stage != "idle" {
					want[span.Stage+span.Filter]++
				}
				worked = worked || span.Task >= 0
			}
			if worked {
				lanes++
			}
		}
		got := told[line.Method]
		// Of a last sending a part may lie within the clock, and is in the result.
		if sends := want["send"] - got["send"]; sends < 0 || sends > lanes {
			t.Errorf("%s: %d sendings told, the result has %d on %d lanes", line.Method, got["send"], want["send"], lanes)
		}
		delete(got, "send")
		delete(want, "send")
		if !maps.Equal(got, want) {
			t.Errorf("%s: told %v, the result has %v", line.Method, got, want)
		}
		// A round that begins and ends between two events is told with the next.
		if !slices.Contains([]string{"1warmup 2timed ", "2timed "}, rounds[line.Method]) {
			t.Errorf("%s: told of the rounds %q", line.Method, rounds[line.Method])
		}
	}
}
