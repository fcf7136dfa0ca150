package analysis

import (
	"fmt"
	"math"
	"slices"

	"carriles/executor/batch/result"
	"carriles/executor/text"
)

const (
	// The fewest points of a fit: one more than the law has parameters that the
	// point with 1 worker, which every law meets, leaves to be found.
	fewestAmdahl = 3
	fewestUSL    = 4

	// leastR2 is the part of the variance that a law must explain to be one.
	leastR2 = 0.8

	// leastParameter is what is taken as 0: it would change a speedup with a
	// thousand workers by a thousandth, and no clock shows it.
	leastParameter = 1e-9

	// leastStep of both parameters together is none.
	leastStep = 1e-13
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
// Only points with at most so many workers as cores count: both laws are of
// workers that have a core each, and what more of them get is not the serial part
// of the work but the end of the cores. (A machine of two cores without any serial
// part has speedups of 1, 2, 2 and 2, in which Amdahl's law would see 27 % of it.)
// For the same reason nothing is said of more workers than cores, nor of more than
// twice as many as were measured; and a law that explains less than leastR2 of the
// variance is none.
//
// Why says what is missing where a fit is nil.
func FitScaling(workers []int, seconds [][]float64, cores int) result.ScalingFits {
	if _, ok := speedups(workers, seconds); ok && cores < 1 {
		return result.ScalingFits{Workers: []int{}, Why: text.Sprintf("No se sabe cuántos núcleos hay, y hasta ellos valen las leyes.",
			"How many cores there are is not known, and up to them the laws hold.")}
	}
	return fit(workers, seconds, max(0, cores), scaled{
		alone: text.Text{
			ES: "Para ver cómo escala hacen falta tiempos con 1 trabajador y con cada uno de los otros números.",
			EN: "To see how it scales, times with 1 worker and with each of the other numbers are needed.",
		},
		few: text.Text{
			ES: "Para ajustar la ley %s hacen falta %d números de trabajadores que no pasen de los núcleos (%d); hay %d.",
			EN: "To fit %s, %d numbers of workers up to the cores (%d) are needed; there are %d.",
		},
		flat: text.Text{
			ES: "Con más trabajadores el tiempo no cambia: no hay curva que ajustar.",
			EN: "With more workers the time does not change: there is no curve to fit.",
		},
	})
}

// FitDevices is FitScaling of how many devices of a room took part: each brings cores of
// its own, so the laws are of all that were measured, and nothing is said of more. Both
// take one device to be like another.
func FitDevices(devices []int, seconds [][]float64) result.ScalingFits {
	most := 0
	if len(devices) > 0 {
		most = slices.Max(devices)
	}
	return fit(devices, seconds, most, scaled{
		alone: text.Text{
			ES: "Para ver cómo escala hacen falta tiempos con 1 dispositivo y con cada uno de los otros números.",
			EN: "To see how it scales, times with 1 device and with each of the other numbers are needed.",
		},
		few: text.Text{
			ES: "Para ajustar la ley %s hacen falta %d números de dispositivos (hasta %d); hay %d.",
			EN: "To fit %s, %d numbers of devices (up to %d) are needed; there are %d.",
		},
		flat: text.Text{
			ES: "Con más dispositivos el tiempo no cambia: no hay curva que ajustar.",
			EN: "With more devices the time does not change: there is no curve to fit.",
		},
	})
}

// scaled are the sentences for what is scaled by: few has the law, how many numbers it
// takes, up to how many, and how many there are.
type scaled struct{ alone, few, flat text.Text }

// fit fits both laws to what was measured with so many at most.
func fit(workers []int, seconds [][]float64, cores int, say scaled) result.ScalingFits {
	fits := result.ScalingFits{Workers: []int{}, Cores: cores}
	points, ok := speedups(workers, seconds)
	if !ok {
		fits.Why = say.alone
		return fits
	}
	points = within(points, cores)
	for _, p := range points {
		fits.Workers = append(fits.Workers, int(p.n))
		if p.speedup > fits.BestSpeedup {
			fits.BestWorkers, fits.BestSpeedup = int(p.n), p.speedup
		}
	}
	few := func(es, en string, fewest int) {
		fits.Why = text.Text{ES: fmt.Sprintf(say.few.ES, es, fewest, cores, len(points)), EN: fmt.Sprintf(say.few.EN, en, fewest, cores, len(points))}
	}
	switch {
	case len(points) < fewestAmdahl:
		few("de Amdahl", "Amdahl's law", fewestAmdahl)
		return fits
	case len(points) < fewestUSL:
		few("universal de escalabilidad", "the Universal Scalability Law", fewestUSL)
	}
	if flat(points) {
		fits.Why = say.flat
		return fits
	}
	reach := min(cores, 2*int(points[len(points)-1].n))
	l := fitted(points)
	keep := func(f *result.ScalingFit, es, en string) *result.ScalingFit {
		if f.R2 >= leastR2 {
			return f
		}
		fits.Why = joined(fits.Why, text.Text{
			ES: "La ley " + es + " no describe estos puntos (R² " + number("es", f.R2) + ").",
			EN: en + " does not describe these points (R² " + number("en", f.R2) + ").",
		})
		return nil
	}
	fits.Amdahl = keep(fitOf(points, l.amdahl, reach), "de Amdahl", "Amdahl's law")
	if len(points) >= fewestUSL && (fits.Amdahl != nil || l.usl != l.amdahl) {
		fits.USL = keep(fitOf(points, l.usl, reach), "universal de escalabilidad", "The Universal Scalability Law")
	}
	if around, ok := scatterOf(seconds[:len(points)]); ok {
		addIntervals(&fits, points, l, around)
	}
	return fits
}

// flat reports whether no number of workers makes a difference that matters: where
// nothing varies, a law has nothing to explain.
func flat(points []point) bool {
	for _, p := range points {
		if math.Abs(math.Log(p.speedup)) > math.Log1p(EqualWithin) {
			return false
		}
	}
	return true
}

// laws are the two that fit best.
type laws struct{ amdahl, usl law }

// fitted fits both laws; where there are too few points for the second it is the
// first.
func fitted(points []point) laws {
	l := laws{amdahl: leastSquares(points, false)}
	if l.usl = l.amdahl; len(points) >= fewestUSL {
		if usl := leastSquares(points, true); usl.squares(points) < l.amdahl.squares(points) {
			l.usl = usl
		}
	}
	return l
}

// within are the points with at most so many workers.
func within(points []point, cores int) []point {
	i := 0
	for i < len(points) && points[i].n <= float64(cores) {
		i++
	}
	return points[:i]
}

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

func (l law) squares(points []point) float64 {
	sum := 0.0
	for _, p := range points {
		r := p.speedup - l.at(p.n)
		sum += r * r
	}
	return sum
}

// peak is the whole number of workers, 1 to reach, with the law's largest speedup;
// the least of equal ones.
func (l law) peak(reach int) float64 {
	if l.sigma >= 1 { // no worker helps
		return 1
	}
	best := float64(reach)
	if l.kappa > 0 {
		// Where the derivative is 0; the law rises before and falls after.
		if top := math.Sqrt((1 - l.sigma) / l.kappa); top < best {
			if best = max(1, math.Floor(top)); l.at(best+1) > l.at(best) {
				best++
			}
		}
	}
	return min(best, float64(reach))
}

// limit is what more workers approach, at most reach; 0 of a law that falls again.
func (l law) limit(reach int) float64 {
	if l.kappa > 0 {
		return 0
	}
	return min(1/l.sigma, float64(reach)) // without a serial part that is infinite
}

func fitOf(points []point, l law, reach int) *result.ScalingFit {
	f := &result.ScalingFit{Serial: l.sigma, Coherency: l.kappa, Reach: reach, Peak: l.peak(reach), Limit: l.limit(reach)}
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

// leastSquares gives the law whose squared residuals have the least sum, with
// 0 <= sigma <= 1 and kappa >= 0, or kappa 0 without coherent.
//
// It descends from where the linearised law has its least sum. With two
// parameters and speedups that jump up and down there may be other valleys, so
// it descends from a coarse grid too and takes the lowest end.
func leastSquares(points []point, coherent bool) law {
	starts := []law{linearised(points, coherent)}
	if coherent {
		for _, kappa := range []float64{0.001, 0.01, 0.1, 1} {
			starts = append(starts, law{0, kappa}, law{0.5, kappa})
		}
	}
	return lowest(points, starts, coherent)
}

// lowest descends from each of the starts and gives the lowest end.
func lowest(points []point, starts []law, coherent bool) law {
	var best law
	least := math.Inf(1)
	for _, start := range starts {
		end := descend(points, start, coherent)
		if sum := end.squares(points); sum < least {
			best, least = end, sum
		}
	}
	return best
}

// linearised fits n/S - 1 = sigma(n-1) + kappa n(n-1), which is linear in the
// parameters but weighs small speedups too much: it is good for a start.
func linearised(points []point, coherent bool) law {
	var m normal
	for _, p := range points {
		m.add(p.n-1, p.n*(p.n-1), p.n/p.speedup-1)
	}
	sigma, kappa := m.solve(0, true, coherent)
	return law{min(max(sigma, 0), 1), max(kappa, 0)}
}

// normal holds the normal equations of two parameters: J'J and J'r.
type normal struct{ ss, sk, kk, sr, kr float64 }

func (m *normal) add(ds, dk, r float64) {
	m.ss += ds * ds
	m.sk += ds * dk
	m.kk += dk * dk
	m.sr += ds * r
	m.kr += dk * r
}

// solve gives the step of the free parameters with the diagonal raised by
// damping times itself; 0 for one that is not free or has no influence.
func (m normal) solve(damping float64, freeSigma, freeKappa bool) (sigma, kappa float64) {
	a, d := m.ss*(1+damping), m.kk*(1+damping)
	freeSigma, freeKappa = freeSigma && a > 0, freeKappa && d > 0
	det := a*d - m.sk*m.sk
	switch {
	case freeSigma && freeKappa && det > 1e-12*a*d:
		return (d*m.sr - m.sk*m.kr) / det, (a*m.kr - m.sk*m.sr) / det
	case freeSigma:
		return m.sr / a, 0
	case freeKappa:
		return 0, m.kr / d
	}
	return 0, 0
}

// descend follows the sum of squares down from a start: Levenberg and
// Marquardt's damped Gauss-Newton steps, cut off at the bounds. A parameter at
// its bound whose gradient points out of it stays there, so that the step of
// the other one is right: D. P. Bertsekas, "Projected Newton Methods for
// Optimization Problems with Simple Constraints", SIAM Journal on Control and
// Optimization 20(2), 1982. At most 200 steps, of which a few are needed.
func descend(points []point, l law, coherent bool) law {
	sum, damping := l.squares(points), 1e-3
	for range 200 {
		var m normal
		for _, p := range points {
			s := l.at(p.n)
			slope := -s * s / p.n // dS over the denominator
			m.add(slope*(p.n-1), slope*p.n*(p.n-1), p.speedup-s)
		}
		freeSigma := !(l.sigma == 0 && m.sr <= 0) && !(l.sigma == 1 && m.sr >= 0)
		freeKappa := coherent && !(l.kappa == 0 && m.kr <= 0)
		ds, dk := m.solve(damping, freeSigma, freeKappa)
		next := law{min(max(l.sigma+ds, 0), 1), max(l.kappa+dk, 0)}
		lower := next.squares(points)
		if math.Abs(next.sigma-l.sigma)+math.Abs(next.kappa-l.kappa) < leastStep || damping > 1e12 {
			break
		}
		if !(lower < sum) {
			damping *= 4
			continue
		}
		l, sum = next, lower
		damping = max(damping/8, 1e-12)
	}
	if l.sigma < leastParameter {
		l.sigma = 0
	}
	if l.kappa < leastParameter {
		l.kappa = 0
	}
	return l
}
