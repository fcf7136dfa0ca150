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
		name  string
		spent Spent
		want  string
	}{
		{"one lane computes", Spent{Wall: 2, CPU: 1.9}, BoundCPU},
		{"exactly four fifths", Spent{Wall: 10, CPU: 8, Blocked: 2}, BoundCPU},
		{"just below", Spent{Wall: 10, CPU: 7.99, Blocked: 2.01}, BoundMixed},
		{"exactly one fifth", Spent{Wall: 10, CPU: 2, Blocked: 8}, BoundIO},
		{"just above", Spent{Wall: 10, CPU: 2.01, Blocked: 7.99}, BoundIO},
		{"exactly a half", Spent{Wall: 10, CPU: 5, Blocked: 5}, BoundIO},
		{"more than a half", Spent{Wall: 10, CPU: 5.01, Blocked: 4.99}, BoundMixed},
		// Two images whose server takes 200 ms each, their computing in a cold worker of a
		// machine with 27 programs at work.
		{"latency on a busy machine", Spent{Wall: 4.3, CPU: 0.343, Blocked: 0.423}, BoundIO},
		{"waits for a server", Spent{Wall: 4, CPU: 0.1, Blocked: 3.9}, BoundIO},
		{"no CPU time at all", Spent{Wall: 1, Blocked: 1}, BoundIO},
		{"1 s of computing took 2 s: another program had the processor", Spent{Wall: 2, CPU: 1}, BoundCPU},
		{"ten times as long", Spent{Wall: 100, CPU: 1, Blocked: 0.2}, BoundCPU},
		{"waiting for I/O on a busy machine", Spent{Wall: 4, CPU: 0.1, Blocked: 1}, BoundIO},
		{"queued all the time", Spent{Wall: 4}, BoundUnknown},

		{"two lanes, one computes at a time", Spent{Wall: 2, CPU: 0.98, Blocked: 1.02, Lock: 1}, BoundLock},
		{"nobody waits", Spent{Wall: 2, CPU: 2}, BoundCPU},
		{"they wait for a server much longer", Spent{Wall: 2, CPU: 0.1, Blocked: 1.9, Lock: 0.5}, BoundIO},
		{"for the server a little longer", Spent{Wall: 2, CPU: 0.4, Blocked: 1.6, Lock: 0.7}, BoundMixed},
		{"two lanes under a lock", Spent{Wall: 2, CPU: 1, Blocked: 1, Lock: 1}, BoundLock},
		{"eight of them", Spent{Wall: 8, CPU: 0.95, Blocked: 7, Lock: 7}, BoundLock},
		{"a fifth for the lock", Spent{Wall: 2, CPU: 1.6, Blocked: 0.4, Lock: 0.4}, BoundCPU},
		{"hardly for the lock", Spent{Wall: 2, CPU: 0.1, Blocked: 1.9, Lock: 0.1}, BoundIO},
		{"for the lock longer than for the server", Spent{Wall: 2, CPU: 0.1, Blocked: 1.9, Lock: 1.2}, BoundLock},

		{"nobody tells whether it was blocked, and it computed", Spent{Wall: 2, CPU: 1.9, Untold: 0.1}, BoundCPU},
		{"nor whether it was blocked or queued", Spent{Wall: 2, CPU: 1, Untold: 1}, BoundUnknown},
		{"of a part nobody tells, and it waited anyway", Spent{Wall: 2, CPU: 0.1, Blocked: 1.8, Untold: 0.1}, BoundIO},
		{"of a part that decides", Spent{Wall: 2, CPU: 0.1, Blocked: 0.05, Untold: 1.6}, BoundUnknown},
		{"a hypervisor may have taken what looks like waiting", Spent{Wall: 2, CPU: 0.5, Blocked: 1, Stolen: 0.9}, BoundUnknown},
		{"it has not taken so much", Spent{Wall: 2, CPU: 0.1, Blocked: 1.9, Stolen: 0.2}, BoundIO},

		{"nothing", Spent{}, BoundUnknown},
		{"negative", Spent{Wall: 1, CPU: -1}, BoundUnknown},
		{"NaN cpu", Spent{Wall: 1, CPU: nan}, BoundUnknown},
		{"NaN blocked", Spent{Wall: 1, CPU: 1, Blocked: nan}, BoundUnknown},
		{"infinite wall", Spent{Wall: inf, CPU: 1}, BoundUnknown},
	}
	for _, tt := range tests {
		if got := Bound(tt.spent); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Batches that never waited, as their threads accounted for them beside sixteen to
// twenty programs that wanted the two processors: 17 of the 32 were called "io" by
// processor time over wall time. (What their decoding, filtering and encoding slept
// for the Go runtime is still among Blocked here.)
func TestBatchesOfABusyMachine(t *testing.T) {
	for i, s := range busyBatches {
		if got := Bound(s); got != BoundCPU && got != BoundMixed {
			t.Errorf("batch %d, %+v: bound by %q", i, s, got)
		}
	}
}

var busyBatches = []Spent{
	{CPU: 0.228, Blocked: 0, Wall: 0.49}, {CPU: 0.421, Blocked: 0.002, Wall: 1.126}, {CPU: 0.25, Blocked: 0.098, Wall: 1.208}, {CPU: 0.261, Blocked: 0.156, Wall: 1.557},
	{CPU: 0.349, Blocked: 0.004, Wall: 1.308}, {CPU: 0.349, Blocked: 0.027, Wall: 1.994}, {CPU: 0.464, Blocked: 0.069, Wall: 4.324}, {CPU: 0.719, Blocked: 0.319, Wall: 10.226},
	{CPU: 0.199, Blocked: 0, Wall: 0.315}, {CPU: 0.32, Blocked: 0.006, Wall: 1.234}, {CPU: 0.378, Blocked: 0.034, Wall: 2.137}, {CPU: 0.532, Blocked: 0.199, Wall: 3.125},
	{CPU: 0.332, Blocked: 0.013, Wall: 0.827}, {CPU: 0.387, Blocked: 0, Wall: 1.933}, {CPU: 0.681, Blocked: 0.432, Wall: 9.422}, {CPU: 0.371, Blocked: 0.327, Wall: 3.32},
	{CPU: 0.623, Blocked: 0, Wall: 3.462}, {CPU: 0.592, Blocked: 0.286, Wall: 3.03}, {CPU: 0.927, Blocked: 0.027, Wall: 4.463}, {CPU: 0.721, Blocked: 0.023, Wall: 2.681},
	{CPU: 0.57, Blocked: 0.011, Wall: 2.728}, {CPU: 0.82, Blocked: 0.293, Wall: 4.516}, {CPU: 1.093, Blocked: 0.631, Wall: 7.983}, {CPU: 0.845, Blocked: 0.196, Wall: 6.611},
	{CPU: 0.9, Blocked: 0.209, Wall: 3.206}, {CPU: 1.029, Blocked: 0.076, Wall: 3.722}, {CPU: 1.299, Blocked: 0.169, Wall: 8.131}, {CPU: 1.003, Blocked: 0.419, Wall: 6.987},
	{CPU: 1.068, Blocked: 0.257, Wall: 9.23}, {CPU: 0.852, Blocked: 0.129, Wall: 5.189}, {CPU: 1.331, Blocked: 0.358, Wall: 13.001}, {CPU: 0.947, Blocked: 0.075, Wall: 5.96},
}

func TestStageBoundsOf(t *testing.T) {
	const c, i, m, u = BoundCPU, BoundIO, BoundMixed, BoundUnknown
	tests := []struct {
		name   string
		stages [5]Spent
		want   result.StageBounds
	}{
		{"computes, waits, and both", [5]Spent{{Wall: 2, CPU: 0.1, Blocked: 1.9}, {Wall: 1, CPU: 0.99}, {Wall: 2, CPU: 2}, {Wall: 1, CPU: 0.8}, {Wall: 1, CPU: 0.6, Blocked: 0.4}},
			result.StageBounds{Read: i, Decode: c, Filter: c, Encode: c, Write: m}},
		{"too short to tell", [5]Spent{{Wall: 0.0009, CPU: 0.0005}, {Wall: 0.000999, CPU: 0.0009}, {}, {Wall: 0.001, CPU: 0.001}, {Wall: 0.0001, CPU: 5}},
			result.StageBounds{Read: u, Decode: u, Filter: u, Encode: c, Write: u}},
		{"nothing", [5]Spent{}, result.StageBounds{Read: u, Decode: u, Filter: u, Encode: u, Write: u}},
		// Reading computes 3 ms, is queued seven times as long and waits for the
		// server 100 ms.
		{"eight lanes on a processor", [5]Spent{{Wall: 0.124, CPU: 0.003, Blocked: 0.1}, {Wall: 0.8, CPU: 0.1}, {Wall: 4, CPU: 0.5}, {Wall: 1.6, CPU: 0.2}, {Wall: 0.08, CPU: 0.01}},
			result.StageBounds{Read: i, Decode: c, Filter: c, Encode: c, Write: c}},
		{"memory that was swapped", [5]Spent{{Wall: 1, CPU: 0.1, Blocked: 0.9}, {Wall: 1, CPU: 0.1, Blocked: 0.9}, {Wall: 1, CPU: 0.1, Blocked: 0.3}, {Wall: 1, CPU: 0.1}, {Wall: 1, CPU: 0.01, Blocked: 0.99}},
			result.StageBounds{Read: i, Decode: i, Filter: i, Encode: c, Write: i}},
		{"not numbers", [5]Spent{{Wall: 1, CPU: nan}, {Wall: 1, CPU: inf}, {Wall: 1, CPU: -1}, {Wall: nan, CPU: 1}, {Wall: inf, CPU: 1}},
			result.StageBounds{Read: u, Decode: u, Filter: u, Encode: u, Write: u}},
	}
	for _, tt := range tests {
		if got := StageBoundsOf(tt.stages); got != tt.want {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

// Where threads tell nothing, processes may have used the processors; that they
// have not says nothing.
func TestBind(t *testing.T) {
	if BoundTitle(BoundLock).ES == "" {
		t.Error("the lock has no word")
	}
	spent := [5]Spent{{Wall: 1, CPU: 0.1, Blocked: 0.9}, {Wall: 1.5, CPU: 1.2}}
	for _, tt := range []struct {
		name   string
		told   bool
		cpu    float64
		cores  int
		bound  string
		stages bool
	}{
		{"threads tell", true, 0.6, 2, BoundMixed, true},
		{"processes have computed", false, 1.5, 2, BoundCPU, false},
		{"processes have not", false, 0.2, 2, BoundUnknown, false},
		{"of how many cores is not known", false, 1.5, 0, BoundUnknown, false},
		{"nobody tells", false, 0, 2, BoundUnknown, false},
	} {
		r := &result.MethodResult{Shape: request.Shape{Processes: 2, Goroutines: 1, MaxProcs: 1}, CPUTime: tt.cpu}
		r.Overhead.Workers = []result.WorkerAccount{{WallS: 1}, {WallS: 1, IdleS: 0.5}}
		if tt.told {
			r.StageCPU = &result.StageTimes{}
		}
		Bind(r, spent, 1, tt.cores)
		if r.Bound != tt.bound || (r.StageBound != nil) != tt.stages {
			t.Errorf("%s: %s, %+v", tt.name, r.Bound, r.StageBound)
		}
	}
}
