package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

// near allows for rounding only.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

func TestQuantile(t *testing.T) {
	tests := []struct {
		sorted []float64
		q      float64
		want   float64
	}{
		{[]float64{1, 2, 3, 4}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4}, 0.25, 1.75}, // 3 x 0.25 = 0.75 past the first
		{[]float64{1, 2, 3, 4}, 0.75, 3.25},
		{[]float64{1, 2, 3, 4, 10}, 0.9, 7.6}, // 4 x 0.9 = 3.6: 4 + 0.6 x 6
		{[]float64{1, 2, 3}, 0, 1},
		{[]float64{1, 2, 3}, 1, 3},
		{[]float64{1, 2, 3}, -1, 1},
		{[]float64{1, 2, 3}, 7, 3},
		{[]float64{5}, 0.99, 5},
		{nil, 0.5, 0},
		{[]float64{1, 2}, nan, 0},
		{[]float64{nan, nan}, 0.5, 0},
		{[]float64{1, inf}, 1, 0},
		{[]float64{0.1, 0.1}, 0.3, 0.1},
	}
	for _, tt := range tests {
		if got := Quantile(tt.sorted, tt.q); !near(got, tt.want) {
			t.Errorf("Quantile(%v, %g) = %g, want %g", tt.sorted, tt.q, got, tt.want)
		}
	}
}

func TestSpreadOf(t *testing.T) {
	in := []float64{4, 1, 3, 2}
	if got, want := SpreadOf(in), (result.Spread{Min: 1, Q1: 1.75, Median: 2.5, Q3: 3.25, Max: 4}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !slices.Equal(in, []float64{4, 1, 3, 2}) {
		t.Errorf("the samples were reordered: %v", in)
	}
	if got, want := SpreadOf([]float64{0.7}), (result.Spread{Min: 0.7, Q1: 0.7, Median: 0.7, Q3: 0.7, Max: 0.7}); got != want {
		t.Errorf("one sample: got %+v", got)
	}
	for _, bad := range [][]float64{nil, {1, nan}, {1, inf}, {-inf}} {
		if got := SpreadOf(bad); got != (result.Spread{}) {
			t.Errorf("%v: got %+v", bad, got)
		}
	}
}

// The five numbers stand in order whatever the samples, to the last bit.
func TestSpreadIsOrdered(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		in := make([]float64, 1+r.IntN(9))
		for i := range in {
			in[i] = float64(r.IntN(4)) * 0.1
		}
		s := SpreadOf(in)
		five := []float64{s.Min, s.Q1, s.Median, s.Q3, s.Max}
		if !slices.IsSorted(five) || s.Min != slices.Min(in) || s.Max != slices.Max(in) {
			t.Fatalf("%v: %+v", in, s)
		}
		v := r.Float64()
		if got := Quantile([]float64{v, v}, r.Float64()); got != v {
			t.Fatalf("between %v and itself: %v", v, got)
		}
	}
}

func TestPercentilesOf(t *testing.T) {
	in := make([]float64, 101)
	for i := range in {
		in[i] = float64(100 - i)
	}
	if got, want := PercentilesOf(in), (result.Percentiles{P50: 50, P95: 95, P99: 99}); !near(got.P50, want.P50) || !near(got.P95, want.P95) || !near(got.P99, want.P99) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := PercentilesOf([]float64{1, nan}); got != (result.Percentiles{}) {
		t.Errorf("NaN: got %+v", got)
	}
	if got := PercentilesOf(nil); got != (result.Percentiles{}) {
		t.Errorf("none: got %+v", got)
	}
}

func TestRatios(t *testing.T) {
	tests := []struct{ base, t, speedup, improvement float64 }{
		{4, 2, 2, 50},
		{4, 1, 4, 75},
		{2, 2.5, 0.8, -25},
		{3, 3, 1, 0},
		{0, 1, 0, 0},
		{1, 0, 0, 0},
		{-1, 1, 0, 0},
		{1, -1, 0, 0},
		{nan, 1, 0, 0},
		{1, nan, 0, 0},
		{inf, 1, 0, 0},
		{1, inf, 0, 0},
		{1e300, 1e-300, 0, 100}, // the quotient overflows
	}
	for _, tt := range tests {
		s, i := Speedup(tt.base, tt.t), Improvement(tt.base, tt.t)
		if !near(s, tt.speedup) || !near(i, tt.improvement) {
			t.Errorf("%g -> %g: speedup %g, improvement %g; want %g, %g", tt.base, tt.t, s, i, tt.speedup, tt.improvement)
		}
	}
}

func TestBound(t *testing.T) {
	tests := []struct {
		name string
		load Load
		want string
	}{
		{"one lane computes", Load{CPU: 1.9, Busy: 2, Slots: 2, Capacity: 2}, BoundCPU},
		{"exactly four fifths", Load{CPU: 8, Busy: 10, Slots: 10, Capacity: 10}, BoundCPU},
		{"just below", Load{CPU: 7.99, Busy: 10, Slots: 10, Capacity: 10}, BoundMixed},
		{"exactly one fifth", Load{CPU: 2, Busy: 10, Slots: 10, Capacity: 10}, BoundIO},
		{"just above", Load{CPU: 2.01, Busy: 10, Slots: 10, Capacity: 10}, BoundMixed},
		{"waits for a server", Load{CPU: 0.1, Busy: 4, Slots: 2, Capacity: 2}, BoundIO},
		{"no CPU time at all", Load{Busy: 1, Slots: 1, Capacity: 1}, BoundIO},
		{"the collector works beside", Load{CPU: 2.4, Busy: 2, Slots: 4, Capacity: 4}, BoundCPU},
		{"8 lanes under a GIL, computing: 8 s busy in 1 s of one processor", Load{CPU: 0.95, Busy: 8, Slots: 1, Capacity: 1}, BoundCPU},
		{"8 lanes under a GIL, waiting for I/O", Load{CPU: 0.05, Busy: 8, Slots: 1, Capacity: 1}, BoundIO},
		{"2 of 4 processors have a lane", Load{CPU: 1.9, Busy: 2, Slots: 4, Capacity: 4}, BoundCPU},
		// 1 s of computing took 2 s: 0.9 s of them another program had the processor.
		{"a busy machine", Load{CPU: 1, Busy: 2, Slots: 2, Capacity: 2, Queued: 0.9}, BoundCPU},
		{"a busy machine under a GIL", Load{CPU: 0.5, Busy: 8, Slots: 1, Capacity: 1, Queued: 0.45}, BoundCPU},
		{"waiting for I/O on a busy machine", Load{CPU: 0.1, Busy: 4, Slots: 4, Capacity: 2, Queued: 0.4}, BoundIO},
		// Four lanes on two processors wait for each other.
		{"more lanes than processors", Load{CPU: 1.9, Busy: 4, Slots: 4, Capacity: 2, Queued: 2}, BoundCPU},
		{"queued all the time: the collector too", Load{CPU: 0.5, Busy: 2, Slots: 2, Capacity: 2, Queued: 2.1}, BoundMixed},
		{"no busy time", Load{CPU: 1, Slots: 1, Capacity: 1}, BoundUnknown},
		{"no capacity", Load{CPU: 1, Busy: 1, Slots: 1}, BoundUnknown},
		{"no slots", Load{CPU: 1, Busy: 1, Capacity: 1}, BoundUnknown},
		{"negative", Load{CPU: -1, Busy: 1, Slots: 1, Capacity: 1}, BoundUnknown},
		{"queued for less than nothing", Load{CPU: 1, Busy: 1, Slots: 1, Capacity: 1, Queued: -1}, BoundUnknown},
		{"NaN cpu", Load{CPU: nan, Busy: 1, Slots: 1, Capacity: 1}, BoundUnknown},
		{"NaN busy", Load{CPU: 1, Busy: nan, Slots: 1, Capacity: 1}, BoundUnknown},
		{"NaN queued", Load{CPU: 1, Busy: 1, Slots: 1, Capacity: 1, Queued: nan}, BoundUnknown},
		{"infinite capacity", Load{CPU: 1, Busy: 1, Slots: 1, Capacity: inf}, BoundUnknown},
	}
	for _, tt := range tests {
		if got := Bound(tt.load); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestLockBound(t *testing.T) {
	for _, tt := range []struct {
		name              string
		locked, busy, cpu float64
		want              bool
	}{
		{"two lanes, one computes at a time", 1, 2, 0.98, true},
		{"eight of them", 7, 8, 0.95, true},
		{"nobody waits", 0, 2, 2, false},
		{"a fifth is nothing yet", 0.4, 2, 1.6, false},
		{"they wait for a server much longer", 0.5, 2, 0.1, false},
		{"and for the lock longer than for the server", 1.2, 2, 0.1, true},
		{"nothing at all", 0, 0, 0, false},
	} {
		if got := LockBound(tt.locked, tt.busy, tt.cpu); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// A method under a lock is bound by it, whatever the shares of its processors say.
func TestBindUnderALock(t *testing.T) {
	r := &result.MethodResult{Shape: request.Shape{Processes: 1, Goroutines: 2, MaxProcs: 2, Lock: true}, CPUTime: 1}
	for range 2 {
		waited := 0.48
		r.Overhead.Workers = append(r.Overhead.Workers, result.WorkerAccount{WallS: 1, Ways: result.Ways{LockS: &waited}})
	}
	if Bind(r, 1, 2); r.Bound != BoundLock {
		t.Errorf("bound by %q", r.Bound)
	}
	*r.Overhead.Workers[0].LockS, *r.Overhead.Workers[1].LockS = 0, 0
	if Bind(r, 1, 2); r.Bound != BoundMixed {
		t.Errorf("without waiting: bound by %q", r.Bound)
	}
	if BoundTitle(BoundLock).ES == "" {
		t.Error("the lock has no word")
	}
}

func TestStageBoundsOf(t *testing.T) {
	const c, i, m, u = BoundCPU, BoundIO, BoundMixed, BoundUnknown
	times := func(read, decode, filter, encode, write float64) result.StageTimes {
		return result.StageTimes{Read: read, Decode: decode, Filter: filter, Encode: encode, Write: write}
	}
	tests := []struct {
		name              string
		cpu, wall         result.StageTimes
		lanes, processors int
		queued            float64
		want              result.StageBounds
	}{
		{"computes, waits, and both", times(0.1, 0.99, 2, 0.8, 0.5), times(2, 1, 2, 1, 1), 2, 2, 0, result.StageBounds{Read: i, Decode: c, Filter: c, Encode: c, Write: m}},
		{"at the thresholds", times(0.2, 0.8, 0.79, 1.2, 0.21), times(1, 1, 1, 1, 1), 1, 1, 0, result.StageBounds{Read: i, Decode: c, Filter: m, Encode: c, Write: m}},
		{"too short to tell", times(0.0005, 0.0009, 0, 0.001, 5), times(0.0009, 0.000999, 0, 0.001, 0.0001), 1, 1, 0, result.StageBounds{Read: u, Decode: u, Filter: u, Encode: c, Write: u}},
		{"nothing", times(0, 0, 0, 0, 0), times(0, 0, 0, 0, 0), 1, 1, 0, result.StageBounds{Read: u, Decode: u, Filter: u, Encode: u, Write: u}},
		{"waits without a processor", times(0, 0, 0, 0, 0), times(1, 1, 1, 1, 1), 4, 1, 0, result.StageBounds{Read: i, Decode: i, Filter: i, Encode: i, Write: i}},
		// Eight goroutines under a GIL: computing takes 8 times as long, seven
		// eighths of it in the queue. Reading computes 3 ms, waits for its turn
		// seven times as long and for the server 100 ms: 24 of 124 ms.
		{"under a GIL", times(0.003, 0.1, 0.5, 0.2, 0.01), times(0.124, 0.8, 4, 1.6, 0.08), 8, 1, 0, result.StageBounds{Read: i, Decode: c, Filter: c, Encode: c, Write: c}},
		// Lanes that nearly always wait for the server hardly wait for a turn:
		// a tenth longer, not eight times.
		{"under a GIL, waiting", times(0.03, 0.1, 0.9, 0.2, 0.001), times(0.1, 0.11, 1, 0.22, 0.01), 8, 1, 0, result.StageBounds{Read: m, Decode: c, Filter: c, Encode: c, Write: i}},
		// One lane, and another program has the processor half of the time. Reading
		// waits for a server all the same.
		{"on a busy machine", times(0.05, 0.5, 1, 0.45, 0.04), times(1, 1, 2, 1, 0.5), 1, 2, 1.9, result.StageBounds{Read: i, Decode: c, Filter: c, Encode: c, Write: i}},
		// A share of a tenth on twice as many lanes as processors is not
		// explained by the queue: memory was swapped.
		{"slower than the queue explains", times(0.1, 0.1, 0.1, 0.1, 0.01), times(1, 1, 1, 1, 1), 4, 2, 0, result.StageBounds{Read: i, Decode: i, Filter: i, Encode: i, Write: i}},
		{"the same shares with a processor each", times(0.003, 0.1, 0.5, 0.2, 0.01), times(0.124, 0.8, 4, 1.6, 0.08), 8, 8, 0, result.StageBounds{Read: i, Decode: i, Filter: i, Encode: i, Write: i}},
		{"one lane, and processors to spare", times(0.1, 0.9, 0.9, 0.9, 0.9), times(1, 1, 1, 1, 1), 1, 4, 0, result.StageBounds{Read: i, Decode: c, Filter: c, Encode: c, Write: c}},
		{"not numbers", times(nan, inf, -1, 1, 1), times(1, 1, 1, nan, inf), 2, 1, 0, result.StageBounds{Read: u, Decode: u, Filter: u, Encode: u, Write: u}},
		{"no lanes", times(1, 1, 1, 1, 1), times(1, 1, 1, 1, 1), 0, 1, 0, result.StageBounds{Read: u, Decode: u, Filter: u, Encode: u, Write: u}},
		{"no processors", times(1, 1, 1, 1, 1), times(1, 1, 1, 1, 1), 1, 0, 0, result.StageBounds{Read: u, Decode: u, Filter: u, Encode: u, Write: u}},
	}
	for _, tt := range tests {
		if got := StageBoundsOf(tt.cpu, tt.wall, tt.lanes, tt.processors, tt.queued); got != tt.want {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}
