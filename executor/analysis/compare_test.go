package analysis

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"carriles/executor/batch/result"
)

// times gives e^x for each x: samples whose logarithms are known.
func times(logs ...float64) []float64 {
	out := make([]float64, len(logs))
	for i, x := range logs {
		out[i] = math.Exp(x)
	}
	return out
}

// The names of two methods, which are the outcomes where one is faster.
const first, second = "a", "b"

// compare judges two methods.
func compare(a, b []float64) result.Verdict {
	return Compare([]string{first, second}, map[string][]float64{first: a, second: b})[0]
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name             string
		a, b             []float64
		ratio, low, high float64
		rounds           int
		outcome          string
		more             int
	}{
		// mean 0.5, s 0.1, half = 4.303 x 0.1 / sqrt 3 = 0.2484338
		{"three rounds, a wins", times(0, 0, 0), times(0.4, 0.5, 0.6), 1.6487212707, 1.2860376, 2.1136876, 3, first, 0},
		// mean 0.03, s = sqrt(2 x 0.001 / 3), half = 3.182 s / 2 = 0.0410794; the ratio
		// is that of the medians, (e^0.02 + e^0.04) / 2. In 5 rounds half is 2.776 s /
		// sqrt 5 = 0.0320573, in 6 it is 2.571 s / sqrt 6 = 0.0270940: under the mean.
		{"four rounds, the interval contains 1", times(0, 0, 0, 0), times(0, 0.02, 0.04, 0.06), 1.0305060, 0.9889816, 1.0736666, 4, OutcomeUnknown, 2},
		{"rounds of different load, the same ratio", []float64{1, 3, 0.5}, []float64{2, 6, 1}, 2, 2, 2, 3, first, 0},
		{"certain, and smaller than the least effect", []float64{1, 1, 1}, []float64{1.015, 1.015, 1.015}, 1.015, 1.015, 1.015, 3, OutcomeEqual, 0},
		{"certain, and larger than the least effect", []float64{1, 1, 1}, []float64{1.025, 1.025, 1.025}, 1.025, 1.025, 1.025, 3, first, 0},
		{"the same, b", []float64{1.025, 1.025, 1.025}, []float64{1, 1, 1}, 1 / 1.025, 1 / 1.025, 1 / 1.025, 3, second, 0},
		{"identical", []float64{1, 2, 3}, []float64{1, 2, 3}, 1, 1, 1, 3, OutcomeEqual, 0},
		// mean 0, s 0.01, half = 4.303 x 0.01 / sqrt 3 = 0.0248434, and log 1.05 is 0.0488.
		{"equal within 5 %", times(0, 0, 0), times(-0.01, 0, 0.01), 1, 0.9754627, 1.0251546, 3, OutcomeEqual, 0},
		// s 0.02, half 0.0496868 > 0.0488; in 4 rounds 3.182 x 0.02 / 2 = 0.0318.
		{"nearly so", times(0, 0, 0), times(-0.02, 0, 0.02), 1, 0.9515274, 1.0509419, 3, OutcomeUnknown, 1},
		// The medians' ratio e^0.6 lies outside of the rounds' interval, which is
		// widened to hold it: mean 0.56, s 0.0894427, half = 2.776 s / sqrt 5 = 0.1110401.
		{"the medians are told", times(0, 0, 0, 0, 0), times(0.4, 0.6, 0.6, 0.6, 0.6), 1.8221188, 1.5666818, 1.9562695, 5, first, 0},

		{"one round", []float64{1}, []float64{1.4}, 1.4, 0, 0, 1, OutcomeUnknown, 0},
		{"one round, b", []float64{1.4}, []float64{1}, 1 / 1.4, 0, 0, 1, OutcomeUnknown, 0},
		{"two rounds", []float64{1, 1}, []float64{1.2, 1.8}, 1.5, 0, 0, 2, OutcomeUnknown, 0},

		{"nothing", nil, nil, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"unequal", []float64{1, 2, 3}, []float64{1, 2}, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"one side empty", []float64{1}, nil, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"a zero", []float64{1, 0, 1}, []float64{2, 2, 2}, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"negative", []float64{1, 1, 1}, []float64{2, -2, 2}, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"NaN", []float64{1, nan, 1}, []float64{2, 2, 2}, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"infinite", []float64{1, 1, 1}, []float64{2, inf, 2}, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"the ratio overflows", []float64{1e-300}, []float64{1e300}, 0, 0, 0, 0, OutcomeUnknown, 0},
		{"the upper end overflows", []float64{1, 1, 1}, []float64{1e100, 1e200, 1e300}, 1e200, 0, 0, 3, OutcomeUnknown, 0},
		{"the interval overflows", []float64{1, 1, 1}, []float64{1e-300, 1, 1e300}, 1, 0, 0, 3, OutcomeUnknown, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := compare(tt.a, tt.b)
			same := func(a, b float64) bool { return math.Abs(a-b) <= 5e-5*max(1, b) } // t has three decimals in the comments
			if !same(got.Ratio, tt.ratio) || !same(got.Low, tt.low) || !same(got.High, tt.high) ||
				got.Rounds != tt.rounds || got.Outcome != tt.outcome || got.MoreRounds != tt.more || (got.Level > 0) != (tt.low > 0) {
				t.Errorf("got %+v\nwant %+v", got, tt)
			}
			if _, err := json.Marshal(got); err != nil {
				t.Errorf("not fit for JSON: %v", err)
			}
		})
	}
}

// experiment draws n interleaved rounds: the load of a round slows both sides,
// each sample has noise of its own, and b takes ratio times as long.
func experiment(r *rand.Rand, n int, ratio, noise float64) (a, b []float64) {
	for range n {
		load := math.Exp(r.NormFloat64() * 0.5)
		a = append(a, load*math.Exp(r.NormFloat64()*noise))
		b = append(b, load*ratio*math.Exp(r.NormFloat64()*noise))
	}
	return a, b
}

func TestCompareMirrorsAndScales(t *testing.T) {
	mirror := map[string]string{first: second, second: first, OutcomeEqual: OutcomeEqual, OutcomeUnknown: OutcomeUnknown}
	seen := map[string]int{}
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		a, b := experiment(r, 1+r.IntN(12), math.Exp(r.NormFloat64()*0.3), 0.1*r.Float64())
		v, m := compare(a, b), compare(b, a)
		seen[v.Outcome]++
		if m.Outcome != mirror[v.Outcome] || m.Level != v.Level || m.Rounds != v.Rounds ||
			!near(m.Ratio, 1/v.Ratio) || (v.Level > 0 && !near(m.Low, 1/v.High)) {
			t.Fatalf("%v\n%v\ngives %+v\nmirrored %+v", a, b, v, m)
		}
		if v.Level == 0 {
			continue
		}
		if v.Low > v.Ratio || v.Ratio > v.High {
			t.Fatalf("the ratio is outside of its interval: %+v", v)
		}
		if (v.Outcome == first && v.Low <= 1) || (v.Outcome == second && v.High >= 1) {
			t.Fatalf("a winner whose interval contains 1: %+v", v)
		}
		// Minutes or milliseconds instead of seconds.
		for _, k := range []float64{1.0 / 60, 1000} {
			s := compare(scale(a, k), scale(b, k))
			if s.Outcome != v.Outcome || !near(s.Ratio, v.Ratio) || !near(s.Low, v.Low) || !near(s.High, v.High) {
				t.Fatalf("x %g: %+v, was %+v", k, s, v)
			}
		}
	}
	if seen[first] == 0 || seen[second] == 0 || seen[OutcomeEqual] == 0 || seen[OutcomeUnknown] == 0 {
		t.Errorf("the experiments do not cover every outcome: %v", seen)
	}
}

// The interval holds the true ratio in 95 of 100 comparisons, and methods that
// do not differ get a winner in no more than the rest. The seed is fixed, so
// this is the same every time.
func TestCompareCoverage(t *testing.T) {
	const trials = 4000
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{3, 5, 9} {
		covered, winners := 0, 0
		for range trials {
			a, b := experiment(r, n, 1, 0.1)
			v := compare(a, b)
			if v.Low <= 1 && 1 <= v.High {
				covered++
			}
			if beats(v) {
				winners++
			}
		}
		if p := float64(covered) / trials; p < 0.94 || p > 0.96 {
			t.Errorf("%d rounds: the interval holds the true ratio in %.1f %%", n, p*100)
		}
		if winners > trials*6/100 {
			t.Errorf("%d rounds: %d winners among equals", n, winners)
		}
	}
	for range 500 {
		if a, b := experiment(r, 7, 1.5, 0.03); compare(a, b).Outcome != first {
			t.Fatalf("half as long again is not seen: %v %v", a, b)
		}
	}
}

func TestWinner(t *testing.T) {
	samples := map[string][]float64{
		"slow":   {4, 4.1, 3.9},
		"fast":   {2, 2.05, 1.95},
		"alike":  {2.01, 2.02, 1.98},
		"faster": {1, 1.02, 0.99},
		"short":  {0.1},
	}
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{[]string{"slow", "fast"}, "fast"},
		{[]string{"fast", "slow"}, "fast"},
		{[]string{"slow", "fast", "faster"}, "faster"},
		{[]string{"slow", "fast", "alike"}, result.WinnerNone},
		{[]string{"slow", "fast", "alike", "faster"}, "faster"},
		{[]string{"fast"}, result.WinnerNone},
		{nil, result.WinnerNone},
		{[]string{"fast", "fast"}, result.WinnerNone},
		{[]string{"fast", "absent"}, result.WinnerNone},
		// Not of the same rounds: nothing to compare.
		{[]string{"slow", "short"}, result.WinnerNone},
	} {
		if got := winner(tt.names, Compare(tt.names, samples)); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.names, got, tt.want)
		}
	}
}

// The sums and their inverse against the distribution itself, integrated here.
func TestStudentT(t *testing.T) {
	for df := 1; df <= 60; df++ {
		for _, level := range []float64{0.5, 0.95, 0.995} {
			x := studentT(level, df)
			if got := 2*cdf(x, float64(df)) - 1; math.Abs(got-level) > 1e-6 {
				t.Errorf("df %d: between -%g and %[2]g lies %g, want %g", df, x, got, level)
			}
		}
	}
	// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
	for df, want := range map[int]float64{1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 30: 2.042} {
		if got := studentT(0.95, df); math.Abs(got-want) > 0.0006 {
			t.Errorf("df %d: %g, want %g", df, got, want)
		}
	}
}

// Holm tests the most certain pair at a level of 5 % shared by all, the next one
// at what is left; the interval of each has that level, and after the first pair
// that is not carried all have that one's.
func TestHolm(t *testing.T) {
	for _, tt := range []struct {
		name   string
		c      []float64 // a is flat, b takes twice as long in each round but for 2 %
		levels []float64 // of a and b, a and c, b and c
	}{
		// Both pairs with b are carried, at 5/3 and 5/2 %; then a and c is tested alone.
		{"one is slower", times(0.1, -0.1, 0.1, -0.1, 0), []float64{1 - 0.05/3, 0.95, 1 - 0.05/2}},
		// c is so unsteady that its pairs are not carried: both at 5/2 %.
		{"one is unsteady", times(2, -2, 1, -1, 0), []float64{1 - 0.05/3, 1 - 0.05/2, 1 - 0.05/2}},
	} {
		b := scale(times(0.02, -0.02, 0.02, -0.02, 0), 2)
		for i, v := range Compare([]string{"a", "b", "c"}, map[string][]float64{"a": {1, 1, 1, 1, 1}, "b": b, "c": tt.c}) {
			if !near(v.Level, tt.levels[i]) {
				t.Errorf("%s: %s and %s at %g, want %g", tt.name, v.A, v.B, v.Level, tt.levels[i])
			}
		}
	}
}

// In three rounds a pair is not taken to be steadier than the median of all: the
// deviations here are 0, 0.1 and 0.1.
func TestThreeRoundsAreNotSteadierThanTheOthers(t *testing.T) {
	got := Compare([]string{"a", "b", "c"}, map[string][]float64{"a": {1, 1, 1}, "b": {1.25, 1.25, 1.25}, "c": times(0.1, 0, -0.1)})
	if got[0].Outcome != OutcomeUnknown {
		t.Errorf("%+v", got[0])
	}
	if alone := compare([]float64{1, 1, 1}, []float64{1.25, 1.25, 1.25}); alone.Outcome != first {
		t.Errorf("two alone: %+v", alone)
	}
}

// cdf of Student's t for x > 0: 0.5 plus Simpson's rule over the density.
func cdf(x, df float64) float64 {
	top, _ := math.Lgamma((df + 1) / 2)
	bottom, _ := math.Lgamma(df / 2)
	density := func(t float64) float64 {
		return math.Exp(top-bottom-(df+1)/2*math.Log1p(t*t/df)) / math.Sqrt(df*math.Pi)
	}
	const steps = 2000
	h := x / steps
	sum := density(0) + density(x)
	for i := 1; i < steps; i++ {
		sum += density(float64(i)*h) * float64(2+2*(i%2))
	}
	return 0.5 + sum*h/3
}

func scale(v []float64, k float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = v[i] * k
	}
	return out
}
