// Command verdicts plays comparisons whose truth is known, and prints how often
// the verdicts are right: false winners among equals, how often a real difference
// is found, and how often an interval holds the true ratio.
//
// It measures nothing of this machine. Each kind of noise stands for something
// that a noisy room does to times; the tests hold the rates of false winners for
// every kind, so that a change of the judgement that makes it bolder is seen.
package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"text/tabwriter"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
)

// noise is how a sample differs from its method's true time: a factor for round i
// of n. What hits all methods of a round alike is drawn once a round, by load.
type noise struct {
	name   string
	factor func(r *rand.Rand, i, n int) float64
}

func lognormal(r *rand.Rand, s float64) float64 { return math.Exp(r.NormFloat64() * s) }

// noises are the kinds that are played.
func noises() []noise {
	return []noise{
		{"lognormal 3 %", func(r *rand.Rand, _, _ int) float64 { return lognormal(r, 0.03) }},
		{"lognormal 8 %", func(r *rand.Rand, _, _ int) float64 { return lognormal(r, 0.08) }},
		{"lognormal 15 %", func(r *rand.Rand, _, _ int) float64 { return lognormal(r, 0.15) }},
		{"lognormal 30 %", func(r *rand.Rand, _, _ int) float64 { return lognormal(r, 0.30) }},
		// A machine that gets slower by a third while it is measured.
		{"drift of 30 %", func(r *rand.Rand, i, n int) float64 { return (1 + 0.3*float64(i)/float64(n)) * lognormal(r, 0.05) }},
		// One sample in ten meets something that takes as long again.
		{"outliers", func(r *rand.Rand, _, _ int) float64 {
			if r.Float64() < 0.1 {
				return 2 * lognormal(r, 0.05)
			}
			return lognormal(r, 0.05)
		}},
		// A core that is shared or not, by the flip of a coin.
		{"bimodal", func(r *rand.Rand, _, _ int) float64 {
			if r.Float64() < 0.5 {
				return 1.25 * lognormal(r, 0.03)
			}
			return lognormal(r, 0.03)
		}},
		// What no warm-up has taken away.
		{"slow first execution", func(r *rand.Rand, i, _ int) float64 {
			if i == 0 {
				return 1.6 * lognormal(r, 0.05)
			}
			return lognormal(r, 0.05)
		}},
	}
}

// play draws n rounds of methods, named a, b and so on. times are how long each
// truly takes.
func play(r *rand.Rand, kind noise, n int, times ...float64) (methods []string, seconds map[string][]float64) {
	seconds = map[string][]float64{}
	for m := range times {
		methods = append(methods, string(rune('a'+m)))
	}
	for i := range n {
		load := lognormal(r, 0.2)
		for m, t := range times {
			seconds[methods[m]] = append(seconds[methods[m]], t*load*kind.factor(r, i, n))
		}
	}
	return methods, seconds
}

// rates of outcomes, as parts of all comparisons.
type rates struct {
	winner  float64 // any method was named faster than any other
	first   float64 // the first was named faster than the second
	equal   float64 // the first two were called equal
	covered float64 // the interval of the first two held the true ratio
}

// rate plays a comparison many times.
func rate(r *rand.Rand, trials int, kind noise, n int, times ...float64) rates {
	var all rates
	one := 1 / float64(trials)
	for range trials {
		methods, seconds := play(r, kind, n, times...)
		verdicts := analysis.Compare(methods, seconds)
		for _, v := range verdicts {
			if v.Outcome == v.A || v.Outcome == v.B {
				all.winner += one
				break
			}
		}
		switch v := verdicts[0]; v.Outcome {
		case v.A:
			all.first += one
		case analysis.OutcomeEqual:
			all.equal += one
		}
		if v, ratio := verdicts[0], times[1]/times[0]; v.Low <= ratio && ratio <= v.High {
			all.covered += one
		}
	}
	return all
}

func main() {
	const trials = 4000
	r := rand.New(rand.NewPCG(1, 2))
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "noise\trounds\tfalse winner of 2\tof 3\tof 5\tequal\tcovered\t10 % found\t20 % found\t50 % found\t")
	for _, kind := range noises() {
		for _, n := range []int{request.FewestRounds, 5, 9} {
			two := rate(r, trials, kind, n, 1, 1)
			fmt.Fprintf(w, "%s\t%d\t%.1f %%\t%.1f %%\t%.1f %%\t%.0f %%\t%.1f %%\t", kind.name, n, 100*two.winner,
				100*rate(r, trials, kind, n, 1, 1, 1).winner, 100*rate(r, trials, kind, n, 1, 1, 1, 1, 1).winner, 100*two.equal, 100*two.covered)
			for _, ratio := range []float64{1.1, 1.2, 1.5} {
				fmt.Fprintf(w, "%.0f %%\t", 100*rate(r, trials, kind, n, 1, ratio).first)
			}
			fmt.Fprintln(w)
		}
	}
	if err := w.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
