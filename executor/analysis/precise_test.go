package analysis

import (
	"math/rand/v2"
	"testing"
)

func TestPrecise(t *testing.T) {
	flat := []float64{1, 1, 1, 1, 1}
	// Logarithms of ratios with mean 0 and s = sqrt(0.04/4) = 0.1: half the interval
	// is 2.776 x 0.1 / sqrt 5 = 0.12415, a factor of 1.13219.
	wide := times(0.1, -0.1, 0.1, -0.1, 0)
	tests := []struct {
		name      string
		seconds   map[string][]float64
		precision float64
		want      bool
	}{
		{"the same ratio in each round", map[string][]float64{"a": flat, "b": scale(flat, 3)}, 0.01, true},
		{"load that slows both", map[string][]float64{"a": {1, 2, 3, 4, 5}, "b": {2, 4, 6, 8, 10}}, 0.01, true},
		{"just wide enough", map[string][]float64{"a": flat, "b": wide}, 0.1323, true},
		{"just too wide", map[string][]float64{"a": flat, "b": wide}, 0.1321, false},
		{"mirrored", map[string][]float64{"a": wide, "b": flat}, 0.1323, true},
		{"mirrored, too wide", map[string][]float64{"a": wide, "b": flat}, 0.1321, false},
		{"far ahead, and not precise", map[string][]float64{"a": flat, "b": scale(wide, 9)}, 0.1321, false},
		{"one pair of three is too wide", map[string][]float64{"a": flat, "b": scale(flat, 2), "c": wide}, 0.1321, false},
		{"four rounds", map[string][]float64{"a": flat[:4], "b": flat[:4]}, 0.5, false},
		{"one method with four", map[string][]float64{"a": flat, "b": flat[:4]}, 0.5, false},
		{"unequal", map[string][]float64{"a": flat, "b": append([]float64{1}, flat...)}, 0.5, false},
		{"one method alone", map[string][]float64{"a": wide}, 0.01, true},
		{"one method alone, four rounds", map[string][]float64{"a": wide[:4]}, 0.01, false},
		{"none", nil, 0.5, false},
		{"a zero", map[string][]float64{"a": flat, "b": {1, 1, 0, 1, 1}}, 0.5, false},
		{"no precision", map[string][]float64{"a": flat, "b": wide}, 0, false},
		{"NaN", map[string][]float64{"a": flat, "b": flat}, nan, false},
	}
	for _, tt := range tests {
		if got := Precise(tt.seconds, tt.precision); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What stopping by Precise does to methods that do not differ, in samples of
// 10 % noise: the interval holds the true ratio in 92 of 100 comparisons rather
// than 95, and 8 of 100 get a winner. Stopped as soon as one wins, it would be
// 29 of 100. The seed is fixed, so this is the same every time.
func TestPreciseCoverage(t *testing.T) {
	const trials, most = 2000, 50
	r := rand.New(rand.NewPCG(21, 22))
	covered, winners, hunted := 0, 0, 0
	for range trials {
		a, b := experiment(r, most, 1, 0.1)
		n := 1
		for n < most && !Precise(map[string][]float64{"a": a[:n], "b": b[:n]}, 0.1) {
			n++
		}
		v := compare(a[:n], b[:n])
		if v.Low <= 1 && 1 <= v.High {
			covered++
		}
		if beats(v) {
			winners++
		}
		for k := 5; k <= most; k++ {
			if beats(compare(a[:k], b[:k])) {
				hunted++
				break
			}
		}
	}
	if covered < trials*91/100 || winners > trials*9/100 {
		t.Errorf("the interval holds the true ratio in %d of %d, %d winners among equals", covered, trials, winners)
	}
	if hunted < 3*winners {
		t.Errorf("stopped at the first winner there are %d, by precision %d: the rule is no better", hunted, winners)
	}
}

// A comparison that is repeated names the same winner or none. Ten comparisons
// of samples with 10 % noise, a thousand times over:
//
//   - where one method takes 1.9 times as long, no two of the ten name
//     different winners, none names the slower one, and with 5 rounds each
//     names the faster one;
//   - where they take the same time, a comparison names a winner by chance in
//     about 5 of 100, so ten of them name both sometime in less than 5 of 100.
//
// The seed is fixed, so this is the same every time.
func TestRepeatedComparisonsAgree(t *testing.T) {
	const series, repeats = 1000, 10
	tests := []struct {
		ratio       float64
		rounds      int
		twoWinners  int // of the series, at most
		wrong       int // of the comparisons, at most
		fewest, top int // comparisons with a winner
	}{
		{1.9, 3, 0, 0, 9500, 10000},
		{1.9, 5, 0, 0, 10000, 10000},
		{1.9, 9, 0, 0, 10000, 10000},
		{1, 3, 50, 10000, 1, 530},
		{1, 5, 50, 10000, 1, 530},
		{1, 9, 50, 10000, 1, 530},
	}
	for _, tt := range tests {
		r := rand.New(rand.NewPCG(31, 32))
		twoWinners, wrong, named := 0, 0, 0
		for range series {
			seen := map[string]int{}
			for range repeats {
				a, b := experiment(r, tt.rounds, tt.ratio, 0.1)
				seen[compare(a, b).Outcome]++
			}
			if seen[first] > 0 && seen[second] > 0 {
				twoWinners++
			}
			wrong += seen[second]
			named += seen[first] + seen[second]
		}
		if twoWinners > tt.twoWinners || wrong > tt.wrong || named < tt.fewest || named > tt.top {
			t.Errorf("ratio %g, %d rounds: %d series with two winners, %d comparisons for b, %d with a winner",
				tt.ratio, tt.rounds, twoWinners, wrong, named)
		}
	}
}
