package analysis

import "math"

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
		if next == l || damping > 1e12 {
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
