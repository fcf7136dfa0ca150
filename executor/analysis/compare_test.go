package analysis

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

// times gives e^x for each x: samples whose logarithms are known.
func times(logs ...float64) []float64 {
	out := make([]float64, len(logs))
	for i, x := range logs {
		out[i] = math.Exp(x)
	}
	return out
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name string
		a, b []float64
		want Verdict
	}{
		// mean 0.5, s 0.1, half = 4.303 x 0.1 / sqrt 3 = 0.2484338
		{"three rounds, a wins", times(0, 0, 0), times(0.4, 0.5, 0.6),
			Verdict{1.6487212707, 1.2860376, 2.1136876, 3, OutcomeA, BasisPairedT}},
		// mean 0.03, s = sqrt(2 x 0.001 / 3), half = 3.182 s / 2 = 0.0410794
		{"four rounds, the interval contains 1", times(0, 0, 0, 0), times(0, 0.02, 0.04, 0.06),
			Verdict{1.0304545, 0.9889816, 1.0736666, 4, OutcomeNone, BasisPairedT}},
		{"rounds of different load, the same ratio", []float64{1, 3, 0.5}, []float64{2, 6, 1},
			Verdict{2, 2, 2, 3, OutcomeA, BasisPairedT}},
		{"certain, and smaller than the least effect", []float64{1, 1, 1}, []float64{1.015, 1.015, 1.015},
			Verdict{1.015, 1.015, 1.015, 3, OutcomeNone, BasisPairedT}},
		{"certain, and larger than the least effect", []float64{1, 1, 1}, []float64{1.025, 1.025, 1.025},
			Verdict{1.025, 1.025, 1.025, 3, OutcomeA, BasisPairedT}},
		{"the same, b", []float64{1.025, 1.025, 1.025}, []float64{1, 1, 1},
			Verdict{1 / 1.025, 1 / 1.025, 1 / 1.025, 3, OutcomeB, BasisPairedT}},
		{"identical", []float64{1, 2, 3}, []float64{1, 2, 3}, Verdict{1, 1, 1, 3, OutcomeNone, BasisPairedT}},
		{"one round, beyond the margin", []float64{1}, []float64{1.4},
			Verdict{1.4, 1.217391304, 1.61, 1, OutcomeA, BasisMargin}},
		{"one round, within the margin", []float64{1}, []float64{1.1},
			Verdict{1.1, 0.956521739, 1.265, 1, OutcomeNone, BasisMargin}},
		{"one round, b", []float64{1.4}, []float64{1},
			Verdict{1 / 1.4, 1 / 1.61, 1 / 1.217391304, 1, OutcomeB, BasisMargin}},
		// The geometric mean of 1.2 and 1.8.
		{"two rounds", []float64{1, 1}, []float64{1.2, 1.8},
			Verdict{1.469693846, 1.277994648, 1.690147923, 2, OutcomeA, BasisMargin}},

		{"nothing", nil, nil, Verdict{Outcome: OutcomeNone}},
		{"unequal", []float64{1, 2, 3}, []float64{1, 2}, Verdict{Outcome: OutcomeNone}},
		{"one side empty", []float64{1}, nil, Verdict{Outcome: OutcomeNone}},
		{"a zero", []float64{1, 0, 1}, []float64{2, 2, 2}, Verdict{Outcome: OutcomeNone}},
		{"negative", []float64{1, 1, 1}, []float64{2, -2, 2}, Verdict{Outcome: OutcomeNone}},
		{"NaN", []float64{1, nan, 1}, []float64{2, 2, 2}, Verdict{Outcome: OutcomeNone}},
		{"infinite", []float64{1, 1, 1}, []float64{2, inf, 2}, Verdict{Outcome: OutcomeNone}},
		{"the ratio overflows", []float64{1e-300}, []float64{1e300}, Verdict{Outcome: OutcomeNone}},
		{"the upper end overflows", []float64{1, 1, 1}, []float64{1e100, 1e200, 1e300}, Verdict{Outcome: OutcomeNone}},
		{"the interval overflows", []float64{1, 1, 1}, []float64{1e-300, 1, 1e300}, Verdict{Outcome: OutcomeNone}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Compare(tt.a, tt.b)
			same := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*max(1, b) }
			if !same(got.Ratio, tt.want.Ratio) || !same(got.Low, tt.want.Low) || !same(got.High, tt.want.High) ||
				got.Rounds != tt.want.Rounds || got.Outcome != tt.want.Outcome || got.Basis != tt.want.Basis {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
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
	mirror := map[string]string{OutcomeA: OutcomeB, OutcomeB: OutcomeA, OutcomeNone: OutcomeNone}
	seen := map[string]int{}
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		a, b := experiment(r, 1+r.IntN(12), math.Exp(r.NormFloat64()*0.3), 0.1)
		v, m := Compare(a, b), Compare(b, a)
		seen[v.Outcome]++
		if m.Outcome != mirror[v.Outcome] || m.Basis != v.Basis || m.Rounds != v.Rounds ||
			!near(m.Ratio, 1/v.Ratio) || !near(m.Low, 1/v.High) || !near(m.High, 1/v.Low) {
			t.Fatalf("%v\n%v\ngives %+v\nmirrored %+v", a, b, v, m)
		}
		if v.Low > v.Ratio || v.Ratio > v.High {
			t.Fatalf("the ratio is outside of its interval: %+v", v)
		}
		if (v.Outcome == OutcomeA && v.Low <= 1) || (v.Outcome == OutcomeB && v.High >= 1) {
			t.Fatalf("a winner whose interval contains 1: %+v", v)
		}
		// Minutes or milliseconds instead of seconds.
		for _, k := range []float64{1.0 / 60, 1000} {
			s := Compare(scale(a, k), scale(b, k))
			if s.Outcome != v.Outcome || !near(s.Ratio, v.Ratio) || !near(s.Low, v.Low) || !near(s.High, v.High) {
				t.Fatalf("x %g: %+v, was %+v", k, s, v)
			}
		}
	}
	if seen[OutcomeA] == 0 || seen[OutcomeB] == 0 || seen[OutcomeNone] == 0 {
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
			v := Compare(a, b)
			if v.Low <= 1 && 1 <= v.High {
				covered++
			}
			if v.Outcome != OutcomeNone {
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
		if a, b := experiment(r, 7, 1.5, 0.03); Compare(a, b).Outcome != OutcomeA {
			t.Fatalf("half as long again is not seen: %v %v", a, b)
		}
	}
}

func TestWinner(t *testing.T) {
	samples := map[string][]float64{
		"slow":   {4, 4.1, 3.9},
		"fast":   {2, 2.05, 1.95},
		"equal":  {2.01, 2.02, 1.98},
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
		{[]string{"slow", "fast", "equal"}, OutcomeNone},
		{[]string{"slow", "fast", "equal", "faster"}, "faster"},
		{[]string{"fast"}, OutcomeNone},
		{nil, OutcomeNone},
		{[]string{"fast", "fast"}, OutcomeNone},
		{[]string{"fast", "absent"}, OutcomeNone},
		// Not of the same rounds: nothing to compare.
		{[]string{"slow", "short"}, OutcomeNone},
	} {
		if got := winner(tt.names, verdictsOf(tt.names, samples)); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.names, got, tt.want)
		}
	}
}

// The table against the distribution itself, integrated here.
func TestStudentT(t *testing.T) {
	for df := 1; df <= 30; df++ {
		// Rounded to three digits.
		x := studentT(df)
		if cdf(x-0.0005, float64(df)) > 0.975 || cdf(x+0.0005, float64(df)) < 0.975 {
			t.Errorf("df %d: %g is not the 0.975 quantile", df, x)
		}
	}
	if studentT(31) != 1.96 || studentT(1000) != 1.96 {
		t.Error("beyond the table")
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
