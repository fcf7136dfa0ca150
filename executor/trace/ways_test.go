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
	before := Used{CPU: 100 * ms, Queued: 50 * ms, Waits: 7, Loads: 2, Touched: UnknownCPU}
	for _, tt := range []struct {
		name  string
		alone bool
		used  Used
		ways  Ways
	}{
		{"computed", false, Used{CPU: 110 * ms, Queued: 50 * ms, Waits: 7, Loads: 2, Touched: UnknownCPU}, known(0, 0)},
		{"queued for the most of it", false, Used{CPU: 101 * ms, Queued: 59 * ms, Waits: 7, Loads: 2, Touched: UnknownCPU}, known(9*ms, 0)},
		{"blocked", false, Used{CPU: 101 * ms, Queued: 52 * ms, Waits: 8, Loads: 2, Touched: UnknownCPU}, known(2*ms, 7*ms)},
		{"its processor was stolen: it gave nothing up", false, Used{CPU: 102 * ms, Queued: 50 * ms, Waits: 7, Loads: 2, Touched: UnknownCPU}, known(0, 0)},
		{"clocks that disagree a little", false, Used{CPU: 104 * ms, Queued: 57 * ms, Waits: 8, Loads: 2, Touched: UnknownCPU}, known(6*ms, 0)},
		{"queued since before the span", false, Used{CPU: 100 * ms, Queued: 65 * ms, Waits: 7, Loads: 2, Touched: UnknownCPU}, known(10*ms, 0)},
		{"no word of the queue, but it did not wait", false, Used{CPU: 102 * ms, Queued: UnknownCPU, Waits: 7, Loads: 2, Touched: UnknownCPU}, only(Blocked, 0)},
		{"no word of the queue, and it waited", false, Used{CPU: 102 * ms, Queued: UnknownCPU, Waits: 9, Loads: 2, Touched: UnknownCPU}, Ways{}},
		{"no word of waiting", false, Used{CPU: 102 * ms, Queued: 51 * ms, Waits: -1, Loads: 2, Touched: UnknownCPU}, only(Queued, 1*ms)},
		{"a filter whose turn the runtime gave to others", true, Used{CPU: 104 * ms, Queued: 51 * ms, Waits: 9, Loads: 2, Touched: UnknownCPU}, known(6*ms, 0)},
		{"a filter whose memory was on a disk", true, Used{CPU: 104 * ms, Queued: 51 * ms, Waits: 9, Loads: 3, Touched: UnknownCPU}, known(1*ms, 5*ms)},
		{"a filter, no word of the queue", true, Used{CPU: 104 * ms, Queued: UnknownCPU, Waits: 9, Loads: 2, Touched: UnknownCPU}, only(Blocked, 0)},
		{"a filter, no word of waiting", true, Used{CPU: 104 * ms, Queued: 51 * ms, Waits: -1, Loads: 2, Touched: UnknownCPU}, only(Queued, 1*ms)},
	} {
		cpu, ways := tt.used.since(before, 10*ms, 0, tt.alone)
		if cpu != tt.used.CPU-before.CPU || ways != tt.ways {
			t.Errorf("%s: %v and %+v, want %+v", tt.name, cpu, ways, tt.ways)
		}
	}
}

// A lane that waits for the lock is blocked, though nothing but memory is touched.
func TestLockedIsBlocked(t *testing.T) {
	before := Used{Touched: UnknownCPU}
	for _, tt := range []struct{ locked, blocked, queued time.Duration }{{0, 0, 7}, {4, 4, 3}, {9, 7, 0}} {
		_, w := Used{CPU: 2, Queued: 0, Waits: 1, Touched: UnknownCPU}.since(before, 9, tt.locked, true)
		blocked, _ := w.Of(Blocked)
		if queued, _ := w.Of(Queued); blocked != tt.blocked || queued != tt.queued {
			t.Errorf("%v for the lock: %v blocked, %v queued", tt.locked, blocked, queued)
		}
	}
}

// What comes from a network is waited for; what comes from a file, only if that is
// not in memory.
func TestWhoIsAlone(t *testing.T) {
	for stage := range stageCount {
		want := stage == Decode || stage == Filter || stage == Encode
		if (&Recorder{Fetches: true}).alone(stage) != want || (&Recorder{}).alone(stage) != (want || stage == Read) {
			t.Errorf("%v: with a network %v, without %v", stage, (&Recorder{Fetches: true}).alone(stage), (&Recorder{}).alone(stage))
		}
	}
}

// What touching memory for the first time took is a part of the processor time, an
// estimated one: never more than that.
func TestTouched(t *testing.T) {
	before := Used{CPU: 5, Queued: UnknownCPU, Waits: -1, Touched: 7}
	for _, tt := range []struct{ cpu, touched, want time.Duration }{{15, 10, 3}, {15, 7, 0}, {15, 30, 10}} {
		_, w := Used{CPU: tt.cpu, Queued: UnknownCPU, Waits: -1, Touched: tt.touched}.since(before, 20, 0, true)
		if d, known := w.Of(Touched); d != tt.want || !known {
			t.Errorf("%+v: %v, known: %v", tt, d, known)
		}
	}
	untold := Used{Queued: UnknownCPU, Waits: -1, Touched: UnknownCPU}
	_, w := untold.since(untold, 20, 0, true)
	if _, known := w.Of(Touched); known {
		t.Error("it is known of nobody who tells")
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
