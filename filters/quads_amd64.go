//go:build goexperiment.simd

package filters

import (
	"simd/archsimd"
	"unsafe"
)

type vec64 = archsimd.Uint64x4

func load64(p []uint64) vec64 { return archsimd.LoadUint64x4(p) }
func splat64(x uint64) vec64  { return archsimd.BroadcastUint64x4(x) }

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vec32) (lo, hi vec64) {
	return p.GetLo().ExtendToUint64(), p.GetHi().ExtendToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi.
func joinPixels(lo, hi vec32) vec32 {
	first, last := lo.ConcatPermute128Scalars(0, 2, hi), lo.ConcatPermute128Scalars(1, 3, hi)
	return first.ConcatPermuteScalarsGrouped(0, 2, 4, 6, last)
}

// quadVectors is half a block of quads as the loads below see it.
type quadVectors [4][4]uint64

// maxTaps is no less than the largest number of pairs of rows in a sum.
const maxTaps = 16

// sumQuadsVector is sumQuads with the sums in registers. Channels of two pairs
// of rows are laid side by side, so that one instruction multiplies both with
// their weights and adds the products.
//
// The rows are walked by pointers: slices would take more instructions than
// the sums themselves.
func sumQuadsVector(out []uint64, a, b [][]uint64, weights []int32, _ []uint64) {
	var steps [maxTaps / 2]sumStep
	n := fillSteps(&steps, a, b, weights, len(out))
	half := archsimd.BroadcastInt32x8(1 << 15)
	for i := 0; i < len(out); i += 16 {
		lo0, lo1, lo2, lo3 := half, half, half, half
		hi0, hi1, hi2, hi3 := half, half, half, half
		for k := range steps[:n] {
			t := &steps[k]
			p, q, r, s := t.p.plus(8*i), t.q.plus(8*i), t.r.plus(8*i), t.s.plus(8*i)
			f := archsimd.BroadcastInt32x8(t.weights).ToBits().ReshapeToUint16s().BitsToInt16()
			v, w := addQuads(&p[0], &q[0]), addQuads(&r[0], &s[0])
			lo0 = lo0.Add(v.InterleaveLoGrouped(w).DotProductPairs(f))
			hi0 = hi0.Add(v.InterleaveHiGrouped(w).DotProductPairs(f))
			v, w = addQuads(&p[1], &q[1]), addQuads(&r[1], &s[1])
			lo1 = lo1.Add(v.InterleaveLoGrouped(w).DotProductPairs(f))
			hi1 = hi1.Add(v.InterleaveHiGrouped(w).DotProductPairs(f))
			v, w = addQuads(&p[2], &q[2]), addQuads(&r[2], &s[2])
			lo2 = lo2.Add(v.InterleaveLoGrouped(w).DotProductPairs(f))
			hi2 = hi2.Add(v.InterleaveHiGrouped(w).DotProductPairs(f))
			v, w = addQuads(&p[3], &q[3]), addQuads(&r[3], &s[3])
			lo3 = lo3.Add(v.InterleaveLoGrouped(w).DotProductPairs(f))
			hi3 = hi3.Add(v.InterleaveHiGrouped(w).DotProductPairs(f))
		}
		o := out[i:][:16]
		storeSums(o[0:4], lo0, hi0)
		storeSums(o[4:8], lo1, hi1)
		storeSums(o[8:12], lo2, hi2)
		storeSums(o[12:16], lo3, hi3)
	}
}

// sumStep is two pairs of rows and their weights, the second one above the
// first.
type sumStep struct {
	p, q, r, s *quadVectors
	weights    int32
}

// plus returns what lies n bytes on.
func (p *quadVectors) plus(n int) *quadVectors {
	return (*quadVectors)(unsafe.Add(unsafe.Pointer(p), n))
}

// fillSteps writes the steps of a sum and returns their number.
func fillSteps(steps *[maxTaps / 2]sumStep, a, b [][]uint64, weights []int32, length int) int {
	n := 0
	for k := 0; k < len(weights); k += 2 {
		s := sumStep{
			p: blockAt(a[k], length), q: blockAt(b[k], length),
			weights: weights[k],
		}
		s.r, s.s = s.p, s.q // has no weight
		if k+1 < len(weights) {
			s.r, s.s = blockAt(a[k+1], length), blockAt(b[k+1], length)
			s.weights |= weights[k+1] << 16
		}
		steps[n] = s
		n++
	}
	return n
}

// blockAt returns the first block of a row of at least n quads.
func blockAt(row []uint64, n int) *quadVectors {
	return (*quadVectors)(unsafe.Pointer(unsafe.SliceData(row[:n])))
}

func addQuads(p, q *[4]uint64) archsimd.Int16x16 {
	v := archsimd.LoadUint64x4Array(p).Add(archsimd.LoadUint64x4Array(q))
	return v.ReshapeToUint16s().BitsToInt16()
}

func storeSums(out []uint64, lo, hi archsimd.Int32x8) {
	v := lo.ShiftAllRight(16).SaturateToInt16ConcatGrouped(hi.ShiftAllRight(16))
	v.ToBits().ReshapeToUint64s().Store(out)
}
