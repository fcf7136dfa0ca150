package analysis

import (
	"math"

	"carriles/executor/batch/result"
	"carriles/executor/text"
)

const (
	// The fewest points of a fit: one more than the law has parameters that the
	// point with 1 worker, which every law meets, leaves to be found.
	fewestAmdahl = 3
	fewestUSL    = 4

	// leastParameter is what is taken as 0: it would change a speedup with a
	// thousand workers by a thousandth, and no clock shows it.
	leastParameter = 1e-9
)

// FitScaling fits two laws to one method's times: seconds[i] are the samples
// with workers[i] workers, which ascend from 1, each once. The speedup with n
// workers is the median with 1 over the median with n.
//
// Amdahl's law, S(n) = 1/(s + (1-s)/n) = n/(1 + s(n-1)), with the serial
// fraction 0 <= s <= 1, from 3 points on. G. M. Amdahl, "Validity of the Single
// Processor Approach to Achieving Large Scale Computing Capabilities", AFIPS
// Spring Joint Computer Conference, 1967.
//
// The Universal Scalability Law, S(n) = n/(1 + sigma(n-1) + kappa n(n-1)), with
// the contention 0 <= sigma <= 1 and the coherency kappa >= 0, from 4 points on.
// N. J. Gunther, "Guerrilla Capacity Planning", Springer, 2007. Without
// coherency it is Amdahl's law, so it never fits worse.
//
// Both are least squares on the speedups themselves (leastSquares says how). A
// speedup above the number of workers is beyond both laws: the parameters stay
// at 0 and the residuals say it.
//
// Why says what is missing where a fit is nil: there are both if every number
// of workers has samples, all of them positive finite numbers, and there are
// points enough.
func FitScaling(workers []int, seconds [][]float64) result.ScalingFits {
	var fits result.ScalingFits
	points, ok := speedups(workers, seconds)
	switch {
	case !ok:
		fits.Why = text.Sprintf("Para ver cómo escala hacen falta tiempos con 1 trabajador y con cada uno de los otros números.",
			"To see how it scales, times with 1 worker and with each of the other numbers are needed.")
		return fits
	case len(points) < fewestAmdahl:
		fits.Why = text.Sprintf("Para ajustar la ley de Amdahl hacen falta %d números de trabajadores; hay %d.",
			"To fit Amdahl's law, %d numbers of workers are needed; there are %d.", fewestAmdahl, len(points))
		return fits
	case len(points) < fewestUSL:
		fits.Why = text.Sprintf("Para ajustar la ley universal de escalabilidad hacen falta %d números de trabajadores; hay %d.",
			"To fit the Universal Scalability Law, %d numbers of workers are needed; there are %d.", fewestUSL, len(points))
	}
	amdahl := leastSquares(points, false)
	fits.Amdahl = fitOf(points, amdahl)
	if len(points) < fewestUSL {
		return fits
	}
	best := amdahl
	if usl := leastSquares(points, true); usl.squares(points) < amdahl.squares(points) {
		best = usl
	}
	fits.USL = fitOf(points, best)
	return fits
}

// point is a measured speedup with n workers.
type point struct{ n, speedup float64 }

// speedups are the points of FitScaling; false if one has no place in it.
func speedups(workers []int, seconds [][]float64) ([]point, bool) {
	if len(workers) == 0 || len(workers) != len(seconds) || workers[0] != 1 {
		return nil, false
	}
	points := make([]point, len(workers))
	base := SpreadOf(seconds[0]).Median
	for i, n := range workers {
		if i > 0 && n <= workers[i-1] {
			return nil, false
		}
		for _, s := range seconds[i] {
			if !positive(s) {
				return nil, false
			}
		}
		points[i] = point{float64(n), Speedup(base, SpreadOf(seconds[i]).Median)}
		// A speedup so large or small that its square is none is that of no two
		// times.
		if s := points[i].speedup; !positive(s * s) {
			return nil, false
		}
	}
	return points, true
}

// law is the Universal Scalability Law, Amdahl's where kappa is 0.
type law struct{ sigma, kappa float64 }

func (l law) at(n float64) float64 { return n / (1 + l.sigma*(n-1) + l.kappa*n*(n-1)) }

// squares is the sum of the squared residuals.
func (l law) squares(points []point) float64 {
	sum := 0.0
	for _, p := range points {
		r := p.speedup - l.at(p.n)
		sum += r * r
	}
	return sum
}

func fitOf(points []point, l law) *result.ScalingFit {
	f := &result.ScalingFit{Serial: l.sigma, Coherency: l.kappa}
	if l.kappa > 0 {
		// Where the derivative is 0; below 1 worker it falls from the start.
		f.Peak = max(1, math.Sqrt((1-l.sigma)/l.kappa))
	} else if l.sigma > 0 {
		f.Limit = 1 / l.sigma
	}
	mean := 0.0
	for _, p := range points {
		mean += p.speedup / float64(len(points))
	}
	total := 0.0
	for _, p := range points {
		fitted := l.at(p.n)
		f.Fitted = append(f.Fitted, fitted)
		f.Residuals = append(f.Residuals, p.speedup-fitted)
		total += (p.speedup - mean) * (p.speedup - mean)
	}
	// Where the speedups do not vary there is nothing to explain, and R2 stays 0.
	if total > 0 {
		f.R2 = orZero(1 - l.squares(points)/total)
	}
	return f
}
