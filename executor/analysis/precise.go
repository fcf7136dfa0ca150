package analysis

import (
	"maps"
	"math"
	"slices"

	"carriles/executor/batch/request"
)

// Precise reports whether rounds may end: seconds holds every method's samples
// of the same rounds, and for each pair of methods the ends of the 95 %
// interval lie within a factor of 1 + precision of the ratio (0.05: 5 %). It
// asks for request.MinAutoRounds rounds at least; with one method there is no
// pair, and those are enough. False without methods, and if a pair cannot be
// compared.
//
// It looks at how wide the intervals are and never at who leads. Rounds that
// went on until one method won would find a winner among equals much too often:
// chance leads to one side sometime, and that is where they would stop (optional
// stopping). How wide an interval is says nothing of where it lies, so stopping
// by it favours nobody. It does stop a little early where the first rounds
// happen to be alike: TestPreciseCoverage says what that costs. Y. S. Chow and
// H. Robbins, "On the Asymptotic Theory of Fixed-Width Sequential Confidence
// Intervals for the Mean", Annals of Mathematical Statistics 36(2), 1965.
func Precise(seconds map[string][]float64, precision float64) bool {
	for _, samples := range seconds {
		if len(samples) < request.MinAutoRounds {
			return false
		}
	}
	names := slices.Sorted(maps.Keys(seconds))
	for i, a := range names {
		for _, b := range names[i+1:] {
			// The interval is symmetric on logarithms: one end speaks for both.
			if p := pairOf(a, b, seconds); p.n == 0 || !(p.half(1-falseSentences, p.n) <= math.Log1p(precision)) {
				return false
			}
		}
	}
	return len(seconds) > 0
}
