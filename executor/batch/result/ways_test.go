package result

import (
	"encoding/json"
	"reflect"
	"testing"

	"carriles/executor/trace"
)

// Each way is in the JSON by its own name, has a title, and is absent where it is
// not known.
func TestEveryWayHasItsField(t *testing.T) {
	var none Ways
	if data, err := json.Marshal(none); err != nil || string(data) != "{}" {
		t.Errorf("of nothing known: %s, %v", data, err)
	}
	for i, name := range WayNames() {
		way := trace.Way(i)
		var w Ways
		w.put(way, 0.25)
		data, err := json.Marshal(w)
		if want := `{"` + name + `_s":0.25}`; err != nil || string(data) != want {
			t.Errorf("%s, %v; want %s", data, err, want)
		}
		if w.In(way) != 0.25 || !w.Known(way) || none.In(way) != 0 || none.Known(way) {
			t.Errorf("%s: %v of %+v", name, w.In(way), w)
		}
		if title := WayTitle(name); title.ES == "" || title.EN == "" {
			t.Errorf("%s has the title %+v", name, title)
		}
	}
	if n := reflect.TypeFor[Ways]().NumField(); n != trace.WayCount {
		t.Errorf("%d fields, %d ways", n, trace.WayCount)
	}
}

// The ways of a lane are those of its spans; a span of which nothing is known,
// such as waiting for work, adds nothing.
func TestWaysOfAnAccount(t *testing.T) {
	const ms = 1_000_000
	spent := func() (w trace.Ways) {
		w.Set(trace.Queued, ms)
		return w
	}
	a := AccountOf([]trace.Span{
		{Stage: trace.Read, End: 4 * ms, Ways: spent()},
		{Stage: trace.Idle, Start: 4 * ms, End: 6 * ms},
		{Stage: trace.Write, Start: 6 * ms, End: 9 * ms, Ways: spent()},
	}, 9*ms, 0)
	if got := a.In(trace.Queued); got != 0.002 || a.Known(trace.Blocked) {
		t.Errorf("%v queued; %+v", got, a.Ways)
	}
}
