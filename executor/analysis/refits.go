package analysis

import (
	"math"
	"math/rand/v2"
	"slices"

	"carriles/executor/batch/result"
)

const (
	refits      = 400
	refitLevel  = 0.95
	refitMethod = "percentiles of refits to resampled rounds"
)

// scatter is how the rounds of a sweep lie about their points, on logarithms.
type scatter struct {
	counts []int
	// residuals are by how much single rounds lie off their points, all points
	// together: three rounds of one point say little of how rounds scatter.
	residuals []float64
}

// scatterOf is false if a point has one round only.
func scatterOf(seconds [][]float64) (scatter, bool) {
	var r scatter
	for _, samples := range seconds {
		n := len(samples)
		if n < 2 {
			return r, false
		}
		logs, mean := make([]float64, n), 0.0
		for i, s := range samples {
			logs[i] = math.Log(s)
			mean += logs[i] / float64(n)
		}
		// Residuals about a mean of n are too small by this.
		stretch := math.Sqrt(float64(n) / float64(n-1))
		for _, x := range logs {
			r.residuals = append(r.residuals, stretch*(x-mean))
		}
		r.counts = append(r.counts, n)
	}
	middle := SpreadOf(r.residuals).Median
	for i := range r.residuals {
		r.residuals[i] -= middle
	}
	return r, true
}

// addIntervals notes between what the figures of the fits lie if the laws are
// fitted again and again to rounds that are drawn from those measured: of each
// point as many as it has, each off the point by what some round was off its own.
// That is the bootstrap of residuals: A. C. Davison and D. V. Hinkley, "Bootstrap
// Methods and their Application", Cambridge, 1997, 6.2. The draws are the same
// every time, so equal rounds have equal intervals.
func addIntervals(fits *result.ScalingFits, points []point, l laws, r scatter) {
	draw := rand.New(rand.NewPCG(1967, uint64(len(points))))
	var amdahl, usl [4][]float64
	note := func(to *[4][]float64, l law, f *result.ScalingFit) {
		if f != nil {
			for i, x := range []float64{l.sigma, l.kappa, l.peak(f.Reach), l.limit(f.Reach)} {
				to[i] = append(to[i], x)
			}
		}
	}
	drawn := slices.Clone(points)
	for range refits {
		off := func(i int) float64 {
			sample := make([]float64, r.counts[i])
			for k := range sample {
				sample[k] = r.residuals[draw.IntN(len(r.residuals))]
			}
			return SpreadOf(sample).Median
		}
		base := off(0)
		for i := 1; i < len(points); i++ {
			drawn[i].speedup = points[i].speedup * math.Exp(base-off(i))
		}
		again := laws{amdahl: lowest(drawn, []law{l.amdahl, linearised(drawn, false)}, false)}
		if again.usl = again.amdahl; fits.USL != nil {
			if usl := lowest(drawn, []law{l.usl, linearised(drawn, true), {0, 0.01}}, true); usl.squares(drawn) < again.amdahl.squares(drawn) {
				again.usl = usl
			}
		}
		note(&amdahl, again.amdahl, fits.Amdahl)
		note(&usl, again.usl, fits.USL)
	}
	if fits.Amdahl != nil {
		fits.Amdahl.Intervals = intervalsOf(amdahl)
	}
	if fits.USL != nil {
		fits.USL.Intervals = intervalsOf(usl)
	}
}

func intervalsOf(figures [4][]float64) *result.FitIntervals {
	var ends [4]result.Range
	for i, list := range figures {
		slices.Sort(list)
		ends[i] = result.Range{Low: Quantile(list, (1-refitLevel)/2), High: Quantile(list, (1+refitLevel)/2)}
	}
	// Workers are whole.
	ends[2] = result.Range{Low: math.Floor(ends[2].Low), High: math.Ceil(ends[2].High)}
	return &result.FitIntervals{
		Serial: ends[0], Coherency: ends[1], Peak: ends[2], Limit: ends[3],
		Level: refitLevel, Method: refitMethod, Refits: refits,
	}
}
