package resize

import (
	"math"

	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// weightBits is the number of fractional bits of a resampling weight. With it
// a sum of 8-bit values fits 32 bits, sign included: the positive weights of
// one window add up to less than 1.3.
const weightBits = 22

// resampler is the table of one direction of a resize: which source pixels
// make up each pixel of the result, its window, and with what weights.
type resampler struct {
	bounds  []int32 // of pixel i: first source pixel at 2i, number of them at 2i+1
	weights []int32 // of pixel i: from i x stride on
	stride  int
	longest int // the largest number of source pixels in any window
}

// lanczos computes the windows for in source pixels and out pixels, in the
// scratch slots of one direction (0 or 1). Where the size does not change each
// pixel is a window of its own, which leaves the direction out.
func lanczos(in, out, direction int, s *filter.Scratch) resampler {
	const lobes = 3
	scale := float64(in) / float64(out)
	stretch := max(scale, 1)
	support := float64(lobes * stretch)
	r := resampler{stride: int(math.Ceil(support))*2 + 1}
	r.bounds = s.Int32s(2*direction, 2*out)
	r.weights = s.Int32s(2*direction+1, out*r.stride)
	exact := s.Float64s(0, r.stride)

	for i := range out {
		centre := float64((float64(i) + 0.5) * scale)
		first := max(int(centre-support+0.5), 0)
		n := min(int(centre+support+0.5), in) - first
		if in == out {
			first, n = i, 1
		}
		sum := 0.0
		for k := range n {
			exact[k] = lanczosAt(float64((float64(first+k) - centre + 0.5) * (1 / stretch)))
			sum += exact[k]
		}
		for k := range n {
			r.weights[i*r.stride+k] = int32(math.Round(float64(exact[k] / sum * (1 << weightBits))))
		}
		r.bounds[2*i], r.bounds[2*i+1] = int32(first), int32(n)
		r.longest = max(r.longest, n)
	}
	return r
}

// lanczosAt is sinc(x) sinc(x / 3) inside the three lobes and zero outside. One
// sine is enough: sin 3a = sin a (3 - 4 sin^2 a).
func lanczosAt(x float64) float64 {
	x = math.Abs(x)
	if x >= 3 {
		return 0
	}
	if x == 0 {
		return 1
	}
	y, turn := sinPi(x/3), float64(math.Pi*x)
	square := float64(y * y)
	return float64(float64(3*square)*(3-float64(4*square))) / float64(turn*turn)
}

// window returns the first source pixel of pixel i and the weights from it on.
func (r *resampler) window(i int) (int, []int32) {
	return int(r.bounds[2*i]), r.weights[i*r.stride:][:r.bounds[2*i+1]]
}

// end returns the source pixel behind the last one of pixel i.
func (r *resampler) end(i int) int { return int(r.bounds[2*i] + r.bounds[2*i+1]) }

// A sum of signed products in two 32-bit lanes is one 64-bit sum: what the low
// lane borrows from the high one while it is negative, settle gives back.
const halfWeights = pixel.Lanes32 << (weightBits - 1) // rounds both lanes

// apply computes the pixels of one row from x0 on. out and in hold all the
// even lanes and then all the odd ones; in begins with source pixel left.
func (r *resampler) apply(out, in []uint64, left, x0 int) {
	n, m := len(out)/2, len(in)/2
	evens, odds := in[:m], in[m:]
	for x := range n {
		first, weights := r.window(x0 + x)
		e, o := evens[first-left:][:len(weights)], odds[first-left:][:len(weights)]
		sumE, sumO := halfWeights, halfWeights
		for i, weight := range weights {
			f := uint64(int64(weight))
			sumE += f * e[i]
			sumO += f * o[i]
		}
		out[x], out[n+x] = settle(sumE), settle(sumO)
	}
}

func startSums(sums []uint64) {
	for i := range sums {
		sums[i] = halfWeights
	}
}

func addRow(sums, row []uint64, weight int32) {
	f := uint64(int64(weight))
	row = row[:len(sums)]
	for i := range sums {
		sums[i] += f * row[i]
	}
}

func addRows4(sums, a, b, c, d []uint64, weights *[4]int32) {
	n := len(sums)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	f, g, h, k := uint64(int64(weights[0])), uint64(int64(weights[1])), uint64(int64(weights[2])), uint64(int64(weights[3]))
	for i := range sums {
		sums[i] += f*a[i] + g*b[i] + h*c[i] + k*d[i]
	}
}

func clampLanes(sums []uint64) {
	for i, v := range sums {
		sums[i] = settle(v)
	}
}

// settle takes the two signed sums apart, drops their fractional bits and
// clamps them to 0..255.
func settle(v uint64) uint64 {
	low := int32(v)
	high := int32((v - uint64(int64(low))) >> 32)
	return uint64(clamp8(low>>weightBits)) | uint64(clamp8(high>>weightBits))<<32
}

func clamp8(v int32) uint32 {
	if uint32(v) > 255 {
		v = ^(v >> 31) & 255
	}
	return uint32(v)
}

// sine returns sin(t) for |t| <= pi/2, by its series.
func sine(t float64) float64 {
	const (
		f3  = 2 * 3
		f5  = f3 * 4 * 5
		f7  = f5 * 6 * 7
		f9  = f7 * 8 * 9
		f11 = f9 * 10 * 11
		f13 = f11 * 12 * 13
		f15 = f13 * 14 * 15
		f17 = f15 * 16 * 17
		f19 = f17 * 18 * 19
	)
	square := float64(t * t)
	sum := float64(-1.0/f19*square) + 1.0/f17
	sum = float64(sum*square) - 1.0/f15
	sum = float64(sum*square) + 1.0/f13
	sum = float64(sum*square) - 1.0/f11
	sum = float64(sum*square) + 1.0/f9
	sum = float64(sum*square) - 1.0/f7
	sum = float64(sum*square) + 1.0/f5
	sum = float64(sum*square) - 1.0/f3
	return t + float64(t*float64(sum*square))
}

// sinPi returns sin(pi x) for x >= 0. The reduction to a quarter turn is exact.
func sinPi(x float64) float64 {
	whole := math.Floor(x)
	part := x - whole
	if part > 0.5 {
		part = 1 - part
	}
	y := sine(float64(math.Pi * part))
	if int(whole)&1 == 1 {
		return -y
	}
	return y
}
