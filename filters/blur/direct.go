package blur

import (
	"math"

	"carriles/filters/filter"
)

// Strip is how many columns of an image are blurred at a time, which
// bounds the memory of a very wide one. Narrower strips, whose windows would
// stay in the first cache, read and write the image in pieces and took longer:
// 36 ms with 512 columns against 30 ms of 3840x2160 at sigma 2 (amd64).
const Strip = 4096

// How many sigma a window reaches, half a pixel more included: what lies beyond
// weighs 0.00022 of the whole for directReach, and 0.00006 for pyramidReach,
// which is used twice as often. TestGaussianFit adds everything up.
const (
	directReach  = 3.7
	pyramidReach = 4.0
)

// wholeWeight is what the weights of a window add up to.
const wholeWeight = 1 << 16

// direct sums the weighted neighbours, first across and then down, in integers:
// channels of 14 bits times weights of 16 bits that add up to 65536 stay below
// 31 bits.
//
// In a strip of columns each row is summed across once and kept in a ring as
// long as the window; each row of the result is summed from it. A layer of
// quads is one strip, so that it may be blurred in place: when a row is
// written, all that need it have been summed across.
func (b *blurrer) direct(dst, src *layer, sigma float64) {
	weights := gaussWeights(sigma, directReach, wholeWeight, b.scratch)
	reach := len(weights) - 1
	slots := min(2*reach+1, src.h)
	strip := src.w
	if src.image != nil {
		strip = min(strip, Strip)
	}
	pitch := blocks(strip)
	ring := b.scratch.Uint64s(slotRing, slots*pitch)
	line := b.scratch.Uint64s(slotLine, pitch+2*reach)
	sums := b.scratch.Uint64s(slotSums, pitch)
	temp := b.scratch.Uint64s(slotTemp, 2*pitch)
	above, below := b.taps(reach + 1)

	for x0 := 0; x0 < src.w; x0 += strip {
		n := min(strip, src.w-x0)
		n8 := blocks(n)
		next := 0
		for y := range src.h {
			b.scratch.Row(y)
			for ; next < src.h && next <= y+reach; next++ {
				b.read(line[:n+2*reach], src, x0-reach, next)
				for k := range weights {
					above[k], below[k] = line[reach-k:][:n8], line[reach+k:][:n8]
				}
				b.sum(ring[next%slots*pitch:][:n8], above, below, weights, temp)
			}
			for k := range weights { // rows outside repeat the edge
				above[k] = ring[max(y-k, 0)%slots*pitch:][:n8]
				below[k] = ring[min(y+k, src.h-1)%slots*pitch:][:n8]
			}
			b.sum(sums[:n8], above, below, weights, temp)
			b.write(dst, x0, y, sums[:n])
		}
	}
}

// gaussWeights returns the weights of the pairs of pixels at the distances
// 0, 1, ... on both sides. Twice their sum is exactly whole, as the middle,
// which is its own pair, has half of its weight.
func gaussWeights(sigma, reachOfSigma float64, whole int32, s *filter.Scratch) []int32 {
	n := gaussReach(sigma, reachOfSigma) + 1
	exact := s.Float64s(0, n)
	total := 0.0
	for i := range exact {
		exact[i] = gaussAt(float64(i), sigma)
		if i == 0 {
			exact[i] /= 2
		}
		total += exact[i]
	}
	weights := s.Int32s(0, n)
	roundWeights(weights, exact, total, whole/2)
	return weights
}

// roundWeights scales exact, which adds up to total, to whole numbers that add
// up to whole.
//
// The running sum from the end is what is rounded, not each weight, so that
// errors do not pile up: what the window makes of an edge is off by half a unit
// at most.
func roundWeights(out []int32, exact []float64, total float64, whole int32) {
	running, given := 0.0, int32(0)
	for i := len(out) - 1; i > 0; i-- {
		running += exact[i]
		upTo := int32(math.Round(float64(running / total * float64(whole))))
		out[i] = upTo - given
		given = upTo
	}
	out[0] = whole - given
}

// gaussReach returns the largest distance in a window.
func gaussReach(sigma, reachOfSigma float64) int {
	return max(int(math.Ceil(float64(reachOfSigma*sigma)-0.5)), 1)
}

// gaussAt returns exp(-x^2 / 2 sigma^2).
func gaussAt(x, sigma float64) float64 {
	t := x / sigma
	return expNeg(-float64(t*t) / 2)
}

// expNeg returns e to the power x for x <= 0; below -700 it is 0.
func expNeg(x float64) float64 {
	if x < -700 {
		return 0
	}
	halvings := 0
	for x < -1.0/16 {
		x /= 2 // exact
		halvings++
	}
	sum, term := 1.0, 1.0
	for k := 1.0; k <= 10; k++ {
		term = float64(term*x) / k
		sum += term
	}
	for ; halvings > 0; halvings-- {
		sum = float64(sum * sum)
	}
	return sum
}
