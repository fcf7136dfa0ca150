//go:build goexperiment.simd && !scalar

package resize

import (
	"simd/archsimd"
	"unsafe"

	"carriles/filters/vector"
)

// firstPair and lastPair are the orders of bytes of a step of the pixels 0 and 1, and
// of 2 and 3.
var (
	firstPair = [16]int8{0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1}
	lastPair  = [16]int8{8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1}
)

// lanePixels loads block i of row k.
func lanePixels(rows *[stepLanes]*rowBlock, k, i int) vector.Uint8 {
	return archsimd.LoadUint8x16Array((*[16]byte)(rows[k].plus(i)))
}

// weightsHead is how many numbers lead the weights of a sum.
const weightsHead = 0

// packWeights writes the weights of a window, of which skip are missing in the first
// step: for each step the first neighbour's, and what sumSteps needs in place of the
// second's.
func packWeights(out, weights []int32, skip int) {
	for i, w := range weights {
		at := i + skip
		out[at] += w
		if at%2 == 0 {
			out[at+1] -= w << 16
		}
	}
}

// twoWeights are the weights of a step.
type twoWeights [2]int32

// sumSteps writes the weighted sums of the steps from each start on, rounded and clamped
// to 0..255.
//
// Both neighbours p and q are multiplied where they lie, as p + q<<16: the first
// weight a is the factor of both, and what it adds for q is taken off with the factor
// of q, which is b - a<<16. That is exact, as the sum fits 32 bits.
func sumSteps(out, steps []uint64, starts []int32, w stepWeights, _ *secondPass) {
	half := vector.Splat32(1 << (weightBits - 1))
	to := pairsAt(out[:(len(starts)+1)*pairWords], 0)
	for i, start := range starts {
		d := stepAt(steps[:(int(start)+w.count+1)*stepWords], int(start))
		f := (*twoWeights)(unsafe.Pointer(unsafe.SliceData(w.of(i))))
		s0, s1, s2, s3 := half, half, half, half
		for range w.count {
			both, second := vector.Splat32(uint32(f[0])), vector.Splat32(uint32(f[1]))
			v0, v1, v2, v3 := loadVec(&d[0]), loadVec(&d[1]), loadVec(&d[2]), loadVec(&d[3])
			s0, s1, s2, s3 = v0.MulAdd(both, s0), v1.MulAdd(both, s1), v2.MulAdd(both, s2), v3.MulAdd(both, s3)
			s0, s1 = v0.ShiftAllRight(16).MulAdd(second, s0), v1.ShiftAllRight(16).MulAdd(second, s1)
			s2, s3 = v2.ShiftAllRight(16).MulAdd(second, s2), v3.ShiftAllRight(16).MulAdd(second, s3)
			d = d.plus(1)
			f = (*twoWeights)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(*f)))
		}
		storeVec(&to[0], clampWeighted(s0).Or(clampWeighted(s1).ShiftAllLeft(16)))
		storeVec(&to[1], clampWeighted(s2).Or(clampWeighted(s3).ShiftAllLeft(16)))
		to = to.plus(1)
	}
}

// clampWeighted drops the fractional bits of sums and clamps them to 0..255.
func clampWeighted(v vector.Uint32) vector.Uint32 {
	w := v.BitsToInt32().ShiftAllRight(weightBits)
	zero := w.Sub(w)
	return w.Max(zero).ToBits().Min(vector.Splat32(255))
}
