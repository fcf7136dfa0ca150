package analysis

import "math"

// The outcomes of a comparison.
const (
	OutcomeA    = "a"    // a is faster
	OutcomeB    = "b"    // b is faster
	OutcomeNone = "none" // the samples do not carry a difference
)

// What an interval was computed from.
const (
	// BasisPairedT is Student's t on the logarithms of the rounds' ratios.
	BasisPairedT = "paired_t"
	// BasisMargin is SingleRoundMargin around the ratio: one or two rounds do
	// not show their own noise.
	BasisMargin = "margin"
)

const (
	// SingleRoundMargin is how far a ratio of one or two rounds has to lie from
	// 1: the noise of medians, about +-15 %, that was measured on an otherwise
	// idle machine of two cores.
	SingleRoundMargin = 0.15

	// MinEffect is the smallest difference that is called a win, however
	// certain. A comparison repeated later must name the same winner or none;
	// differences below 2 % change sign with the layout of memory, the clock
	// frequency and what else the machine does, which the rounds of one
	// comparison share and so cannot show. It also matters to nobody.
	MinEffect = 0.02

	// fewestRounds with which a standard deviation says something: two rounds
	// would stretch the interval by t = 12.7.
	fewestRounds = 3
)

// Verdict compares two methods.
type Verdict struct {
	// Ratio is the time of b over that of a, the geometric mean over the
	// rounds: above 1 when a is faster. 0 if nothing could be compared.
	Ratio float64
	// Low and High bound the ratio: at 95 % for BasisPairedT.
	Low  float64
	High float64
	// Rounds is the number of pairs; 0 if nothing could be compared.
	Rounds  int
	Outcome string // OutcomeA, OutcomeB or OutcomeNone
	Basis   string // BasisPairedT, BasisMargin; empty for 0 rounds
}

// Compare judges two methods by their samples in seconds; a[i] and b[i] belong
// to the same round of an interleaved comparison.
//
// It works on the logarithm of each round's ratio: what slows a whole round
// down cancels out, and a against b mirrors b against a. From 3 rounds on, the
// interval is mean +- t(0.975, n-1) s/sqrt(n), exponentiated. A method wins if
// the interval excludes 1 and the ratio is at least MinEffect away from it.
//
// Samples of unequal number, none, or any that is not a positive finite number:
// OutcomeNone with 0 rounds.
func Compare(a, b []float64) Verdict {
	n := len(a)
	if n == 0 || n != len(b) {
		return Verdict{Outcome: OutcomeNone}
	}
	logs := make([]float64, n)
	mean := 0.0
	for i := range a {
		if !positive(a[i]) || !positive(b[i]) {
			return Verdict{Outcome: OutcomeNone}
		}
		// A difference of logarithms, not the logarithm of a quotient: it
		// changes only its sign when a and b are exchanged.
		logs[i] = math.Log(b[i]) - math.Log(a[i])
		mean += logs[i] / float64(n)
	}

	half, basis := math.Log1p(SingleRoundMargin), BasisMargin
	if n >= fewestRounds {
		half, basis = studentT(n-1)*deviation(logs, mean)/math.Sqrt(float64(n)), BasisPairedT
	}
	v := Verdict{
		Ratio:   math.Exp(mean),
		Low:     math.Exp(mean - half),
		High:    math.Exp(mean + half),
		Rounds:  n,
		Outcome: OutcomeNone,
		Basis:   basis,
	}
	if !positive(v.Ratio) || !positive(v.Low) || !positive(v.High) {
		// Times that are hundreds of orders of magnitude apart are no times.
		return Verdict{Outcome: OutcomeNone}
	}
	// On the logarithms, where 1 is 0 and both sides are alike.
	if math.Abs(mean) > half && math.Abs(mean) >= math.Log1p(MinEffect) {
		v.Outcome = OutcomeA
		if mean < 0 {
			v.Outcome = OutcomeB
		}
	}
	return v
}

// deviation is the sample standard deviation (n-1).
func deviation(v []float64, mean float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return math.Sqrt(sum / float64(len(v)-1))
}

// studentT is the 0.975 quantile of Student's t with df >= 1 degrees of
// freedom; beyond 30 it is taken as the normal distribution's.
// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2,
// https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm
func studentT(df int) float64 {
	table := [...]float64{
		12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
		2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
		2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
	}
	if df <= len(table) {
		return table[df-1]
	}
	return 1.960
}
