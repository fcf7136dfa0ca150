package blur

import (
	"math"
	"slices"
	"testing"

	"carriles/filters/filter"
)

// blurLine is the blur of one line in real numbers, with the windows and the
// whole-number weights of the kernel.
func blurLine(x []float64, sigma float64, s *filter.Scratch) []float64 {
	sum := func(from []float64, at int, weights []int32, first, second []int) float64 {
		v := 0.0
		for k, w := range weights {
			v += float64(w) / wholeWeight * from[clampTo(at+first[k], len(from))]
			if second != nil {
				v += float64(w) / wholeWeight * from[clampTo(at+second[k], len(from))]
			}
		}
		return v
	}
	symmetric := func(n int) (first, second []int) {
		for k := range n {
			first, second = append(first, -k), append(second, k)
		}
		return first, second
	}
	out := make([]float64, len(x))
	if sigma < PyramidFrom {
		weights := slices.Clone(gaussWeights(sigma, directReach, wholeWeight, s))
		first, second := symmetric(len(weights))
		for i := range out {
			out[i] = sum(x, i, weights, first, second)
		}
		return out
	}
	p := newPyramid(len(x), 1, sigma)
	weights := slices.Clone(gaussWeights(p.sigma, pyramidReach, wholeWeight, s))
	first, second := symmetric(len(weights))
	small := make([]float64, p.w)
	for i := range small {
		small[i] = sum(x, (i-p.margin)*p.factor, weights, first, second)
	}
	small = blurLine(small, p.rest, s)
	for i := range out {
		f := newPhase(&p, i%p.factor, s)
		second = nil
		if f.mirrored {
			second = f.second[:]
		}
		out[i] = sum(small, i/p.factor+p.margin, f.weights, f.first[:], second)
	}
	return out
}

// TestGaussianFit bounds what the blur differs from the Gaussian on the most
// adverse image of 255 levels: the sum over all distances of the differences,
// twice, as it is applied in two directions, and half a step of 1/64 level for
// each sum that is rounded. Below half a level a rounded result is at most one
// level off.
//
// As a smaller image makes pixels unequal, the differences are summed for each
// pixel of a stretch that is as long as the coarsest step.
func TestGaussianFit(t *testing.T) {
	const period = 64
	var s filter.Scratch
	sigmas := []float64{0.1, 0.5, 0.8, 1, 2, 2.5, PyramidFrom - 0.01, PyramidFrom, 3.3, 4.5, 5.6, 5.99, 6, 7.7, 9, 12.3,
		16.7, 17.2, 25, 33, 33.5, 40, 52, 65, 66, 70, 83, 100}
	for _, sigma := range sigmas {
		reach := int(math.Ceil(7*sigma)) + 2*period
		total := 1.0
		for i := 1; i <= reach; i++ {
			total += 2 * math.Exp(-float64(i*i)/2/sigma/sigma)
		}
		middle := (reach + period - 1) / period * period
		var off [period]float64
		for at := range period {
			x := make([]float64, 2*middle+period)
			x[middle+at] = 1
			sum := 0.0
			for i, v := range blurLine(x, sigma, &s) {
				d := float64(i - middle - at)
				off[i%period] += math.Abs(v - math.Exp(-d*d/2/sigma/sigma)/total)
				sum += v
			}
		}
		roundings := 2
		for rest := sigma; rest >= PyramidFrom; rest = newPyramid(1, 1, rest).rest {
			roundings += 4
		}
		levels := 2*255*slices.Max(off[:]) + 0.5/oneLevel*float64(roundings)
		t.Logf("sigma %v: %.3f levels, %d of the sums rounded", sigma, levels, roundings)
		if levels > 0.4 {
			t.Errorf("sigma %v: off by up to %.3f levels", sigma, levels)
		}
	}
}

// TestBlurWeights: a sum of signed 16-bit products takes weights below 32768,
// and a constant image stays what it is only if they add up to the whole.
func TestBlurWeights(t *testing.T) {
	var s filter.Scratch
	check := func(what string, sigma float64, weights []int32, whole int32) {
		sum := int32(0)
		for _, w := range weights {
			sum += w
			if w < 0 || w > math.MaxInt16 {
				t.Errorf("sigma %v: %s has the weight %d", sigma, what, w)
			}
		}
		if sum != whole {
			t.Errorf("sigma %v: %s adds up to %d, want %d", sigma, what, sum, whole)
		}
	}
	for sigma := 0.25; sigma <= 100; sigma += 0.05 {
		if sigma < PyramidFrom {
			check("the window", sigma, gaussWeights(sigma, directReach, wholeWeight, &s), wholeWeight/2)
			continue
		}
		p := newPyramid(1, 1, sigma)
		check("the filter down", sigma, gaussWeights(p.sigma, pyramidReach, wholeWeight, &s), wholeWeight/2)
		for r := range p.factor {
			f := newPhase(&p, r, &s)
			whole := int32(wholeWeight)
			if f.mirrored {
				whole /= 2
			}
			check("the filter up", sigma, f.weights, whole)
		}
	}
}

// TestExpNeg compares it with package math.
func TestExpNeg(t *testing.T) {
	for x := 0.0; x < 750; x += 0.37 {
		if got, want := expNeg(-x), math.Exp(-x); !(math.Abs(got-want) <= 1e-14) {
			t.Errorf("expNeg(%v) = %v, want %v", -x, got, want)
		}
	}
	if got := expNeg(math.Inf(-1)); got != 0 {
		t.Errorf("expNeg(-Inf) = %v", got)
	}
}
