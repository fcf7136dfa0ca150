package analysis

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// The outcomes of a comparison besides the name of the faster method.
const (
	OutcomeEqual   = "equal"   // the interval lies within EqualWithin
	OutcomeUnknown = "unknown" // cannot tell yet
)

const (
	// MinEffect is the smallest difference that is called a win, however
	// certain. A comparison repeated later must name the same winner or none;
	// differences below 2 % change sign with the layout of memory, the clock
	// frequency and what else the machine does, which the rounds of one
	// comparison share and so cannot show. It also matters to nobody.
	MinEffect = 0.02

	// EqualWithin is how far from 1 a ratio may lie for two methods to be called
	// equal.
	EqualWithin = 0.05

	// robustRounds are enough for each pair's own deviation.
	robustRounds = 5

	// falseSentences is how often any sentence of a comparison may be wrong by
	// chance.
	falseSentences = 0.05

	// pairedT names how an interval was made.
	pairedT = "paired t, Holm"

	// mostFurtherRounds that are worth naming: a comparison that needs more has
	// its answer in what it has shown.
	mostFurtherRounds = 100
)

// Compare judges every two of the methods by their samples in seconds; samples of
// one index belong to the same round of an interleaved comparison. Verdicts come
// in the order of the methods: the first with each later one, and so on.
//
// Each pair is a paired t test on the logarithms of the rounds' ratios: what slows
// a whole round down cancels out, and a against b mirrors b against a. Since a
// comparison of five methods says ten sentences, the tests are corrected by Holm's
// step-down method, so that among equals any winner at all is named in 5 % of the
// comparisons at most (S. Holm, "A Simple Sequentially Rejective Multiple Test
// Procedure", Scandinavian Journal of Statistics 6(2), 1979). The interval of a
// pair has the level at which Holm tested it, those after the first pair that was
// not carried the level of that one: so an interval excludes 1 if and only if its
// test is carried.
//
// A method is faster if its interval excludes 1 and the ratio is at least
// MinEffect away; the two are OutcomeEqual if the interval lies within EqualWithin;
// else it is OutcomeUnknown, with about how many more rounds would tell. With one
// or two rounds there is a ratio and no interval. Samples of unequal number, none,
// or any that is not a positive finite number: OutcomeUnknown with 0 rounds.
func Compare(methods []string, seconds map[string][]float64) []result.Verdict {
	pairs := []*pair{}
	for i, a := range methods {
		for _, b := range methods[i+1:] {
			pairs = append(pairs, pairOf(a, b, seconds))
		}
	}
	steady(pairs)
	ranked := slices.DeleteFunc(slices.Clone(pairs), func(p *pair) bool { return p.n < request.FewestRounds })
	slices.SortStableFunc(ranked, func(p, q *pair) int { return cmp.Compare(p.chance(), q.chance()) })
	carried := true
	level := 0.0
	for i, p := range ranked {
		if carried {
			alpha := falseSentences / float64(len(ranked)-i)
			level, carried = 1-alpha, p.chance() < alpha
		}
		p.level = level
	}
	verdicts := make([]result.Verdict, len(pairs))
	for i, p := range pairs {
		verdicts[i] = p.verdict()
	}
	return verdicts
}

// steady sees to it that few rounds do not make a pair look steadier than it is.
// Where samples come in two kinds (a core that is shared or is not), three rounds
// of a pair are of one kind by chance in 3 of 100 comparisons, and among ten pairs
// one nearly always is. All pairs ran in the same rounds, so under robustRounds
// none is taken to be steadier than the median of them all; with two methods there
// is nothing to learn it from. The idea is that of the constant which keeps small
// deviations from making large statistics: V. G. Tusher, R. Tibshirani and G. Chu,
// "Significance Analysis of Microarrays Applied to the Ionizing Radiation
// Response", PNAS 98(9), 2001.
func steady(pairs []*pair) {
	var sds []float64
	for _, p := range pairs {
		if p.n > 0 {
			sds = append(sds, p.sd)
		}
	}
	least := SpreadOf(sds).Median
	for _, p := range pairs {
		if p.n >= request.FewestRounds && p.n < robustRounds {
			p.sd = max(p.sd, least)
		}
	}
}

// pair is what the rounds say of two methods.
type pair struct {
	a, b  string
	n     int     // rounds; 0 if nothing could be compared
	mean  float64 // of the logarithms of the rounds' ratios, b over a
	sd    float64 // their sample standard deviation, from request.FewestRounds on
	shown float64 // the ratio of the medians, which are the times that are shown
	level float64 // of the interval; 0 without one
}

func pairOf(a, b string, seconds map[string][]float64) *pair {
	p := &pair{a: a, b: b}
	x, y := seconds[a], seconds[b]
	n := len(x)
	if n == 0 || n != len(y) {
		return p
	}
	logs := make([]float64, n)
	for i := range x {
		if !positive(x[i]) || !positive(y[i]) {
			return p
		}
		// A difference of logarithms, not the logarithm of a quotient: it
		// changes only its sign when a and b are exchanged.
		logs[i] = math.Log(y[i]) - math.Log(x[i])
		p.mean += logs[i] / float64(n)
	}
	if n >= request.FewestRounds {
		p.sd = deviation(logs, p.mean)
	}
	p.shown = Speedup(SpreadOf(y).Median, SpreadOf(x).Median)
	// Times that are hundreds of orders of magnitude apart are no times.
	for _, v := range []float64{math.Exp(p.mean), math.Exp(p.mean - p.sd), math.Exp(p.mean + p.sd), p.shown} {
		if !positive(v) {
			return p
		}
	}
	p.n = n
	return p
}

// chance is how likely two equal methods would be so far apart: the p value of the
// two-sided test.
func (p *pair) chance() float64 {
	if p.sd == 0 {
		if p.mean == 0 {
			return 1
		}
		return 0
	}
	return 1 - studentA(math.Abs(p.mean)/p.sd*math.Sqrt(float64(p.n)), p.n-1)
}

// half is half of the interval's length at a level after n rounds, on logarithms.
func (p *pair) half(level float64, n int) float64 {
	return studentT(level, n-1) * p.sd / math.Sqrt(float64(n))
}

func (p *pair) verdict() result.Verdict {
	v := result.Verdict{A: p.a, B: p.b, Rounds: p.n, Outcome: OutcomeUnknown}
	if p.n > 0 {
		v.Ratio = p.shown
	}
	if p.level > 0 {
		half := p.half(p.level, p.n)
		v.Level, v.Method = p.level, pairedT
		if v.Outcome = p.outcome(half); v.Outcome == OutcomeUnknown {
			v.MoreRounds = p.further()
		}
		v.Low, v.High = math.Exp(p.mean-half), math.Exp(p.mean+half)
		if !positive(v.Low) || !positive(v.High) { // nothing is known of where it ends
			v.Low, v.High, v.Level, v.Method, v.MoreRounds = 0, 0, 0, "", 0
		} else if low, high := min(v.Low, p.shown), max(v.High, p.shown); p.holds(v.Outcome, low, high) {
			v.Low, v.High = low, high
		} else {
			v.Ratio = math.Exp(p.mean) // the medians say the opposite of the rounds
		}
	}
	v.Text = verdictText(v)
	return v
}

// outcome judges on the logarithms, where 1 is 0 and both sides are alike.
func (p *pair) outcome(half float64) string {
	far := math.Abs(p.mean)
	switch {
	case far > half && far >= math.Log1p(MinEffect):
		if p.mean < 0 {
			return p.b
		}
		return p.a
	case far+half <= math.Log1p(EqualWithin):
		return OutcomeEqual
	}
	return OutcomeUnknown
}

// holds reports whether an interval carries an outcome.
func (p *pair) holds(outcome string, low, high float64) bool {
	switch outcome {
	case p.a:
		return low > 1
	case p.b:
		return high < 1
	case OutcomeEqual:
		return low >= 1/(1+EqualWithin) && high <= 1+EqualWithin
	}
	return true
}

// further is about how many more rounds would tell, if they went on as before: 0
// if that is not known or more than mostFurtherRounds.
func (p *pair) further() int {
	// The interval only shrinks with more rounds.
	more := 1 + sort.Search(mostFurtherRounds, func(i int) bool { return p.outcome(p.half(p.level, p.n+1+i)) != OutcomeUnknown })
	if more > mostFurtherRounds {
		return 0
	}
	return more
}

// MeanOf is the mean of samples and their standard deviation (n-1), which is not a
// number of fewer than two.
func MeanOf(samples []float64) (mean, sd float64) {
	for _, x := range samples {
		mean += x / float64(len(samples))
	}
	return mean, deviation(samples, mean)
}

// deviation is the sample standard deviation (n-1).
func deviation(v []float64, mean float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return math.Sqrt(sum / float64(len(v)-1))
}

// studentA is the part of Student's distribution with df >= 1 degrees of freedom
// that lies between -t and t, t >= 0. M. Abramowitz and I. A. Stegun, Handbook of
// Mathematical Functions, 26.7.3 and 26.7.4: for whole df the integral is a finite
// sum.
func studentA(t float64, df int) float64 {
	theta := math.Atan(t / math.Sqrt(float64(df)))
	sin, cos := math.Sincos(theta)
	// 1 + (f/(f+1)) cos^2 + ..., f from 1 for even df, from 2 for odd ones.
	term, sum := 1.0, 1.0
	for f := 1 + df%2; f <= df-3; f += 2 {
		term *= cos * cos * float64(f) / float64(f+1)
		sum += term
	}
	switch {
	case df == 1:
		return 2 / math.Pi * theta
	case df%2 == 1:
		return 2 / math.Pi * (theta + sin*cos*sum)
	}
	return sin * sum
}

// studentT is the t >= 0 for which studentA is level, 0 < level < 1.
func studentT(level float64, df int) float64 {
	low, high := 0.0, 1.0
	for studentA(high, df) < level {
		low, high = high, 2*high
	}
	for high-low > 1e-10*high {
		if mid := (low + high) / 2; studentA(mid, df) < level {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}
