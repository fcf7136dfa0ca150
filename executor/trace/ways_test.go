package trace

import (
	"testing"
	"time"
)

// How a span of 10 ms was spent, by what the thread had used at its ends.
func TestSince(t *testing.T) {
	const ms = time.Millisecond
	known := func(queued, blocked time.Duration) (w Ways) {
		w.Set(Queued, queued)
		w.Set(Blocked, blocked)
		return w
	}
	only := func(way Way, d time.Duration) (w Ways) {
		w.Set(way, d)
		return w
	}
	before := Used{CPU: 100 * ms, Queued: 50 * ms, Waits: 7}
	for _, tt := range []struct {
		name string
		used Used
		ways Ways
	}{
		{"computed", Used{CPU: 110 * ms, Queued: 50 * ms, Waits: 7}, known(0, 0)},
		{"queued for the most of it", Used{CPU: 101 * ms, Queued: 59 * ms, Waits: 7}, known(9*ms, 0)},
		{"blocked", Used{CPU: 101 * ms, Queued: 52 * ms, Waits: 8}, known(2*ms, 7*ms)},
		{"its processor was stolen: it gave nothing up", Used{CPU: 102 * ms, Queued: 50 * ms, Waits: 7}, known(0, 0)},
		{"clocks that disagree a little", Used{CPU: 104 * ms, Queued: 57 * ms, Waits: 8}, known(7*ms, 0)},
		{"queued since before the span", Used{CPU: 100 * ms, Queued: 65 * ms, Waits: 7}, known(10*ms, 0)},
		{"no word of the queue, but it did not wait", Used{CPU: 102 * ms, Queued: UnknownCPU, Waits: 7}, only(Blocked, 0)},
		{"no word of the queue, and it waited", Used{CPU: 102 * ms, Queued: UnknownCPU, Waits: 9}, Ways{}},
		{"no word of waiting", Used{CPU: 102 * ms, Queued: 51 * ms, Waits: -1}, only(Queued, 1*ms)},
	} {
		cpu, ways := tt.used.since(before, 10*ms)
		if cpu != tt.used.CPU-before.CPU || ways != tt.ways {
			t.Errorf("%s: %v and %+v, want %+v", tt.name, cpu, ways, tt.ways)
		}
	}
}

func TestWaysAddUp(t *testing.T) {
	var a, b Ways
	a.Set(Queued, 2)
	a.Set(Blocked, 3)
	b.Set(Blocked, 4)
	sum := a.Plus(b)
	if blocked, known := sum.Of(Blocked); blocked != 7 || !known {
		t.Errorf("%v, %v", blocked, known)
	}
	if _, known := sum.Of(Queued); known {
		t.Error("a sum with something unknown is known")
	}
}

func TestWayNames(t *testing.T) {
	seen := map[string]bool{}
	for way := range wayCount {
		name := way.String()
		if name == "" || seen[name] {
			t.Errorf("way %d is called %q", way, name)
		}
		seen[name] = true
	}
}
