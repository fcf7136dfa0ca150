//go:build goexperiment.simd

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// vecWords is a vector in memory.
type vecWords = [vecBytes / 8]uint64

func loadStep(p *vecWords) vec32     { return archsimd.LoadUint64x4Array(p).ReshapeToUint32s() }
func storeStep(p *vecWords, v vec32) { v.ReshapeToUint64s().StoreArray(p) }

// lookup brings the bytes of each half of v into an order; -1 stands for a zero.
func lookup(v vec8, order archsimd.Int8x32) vec32 {
	return v.PermuteOrZeroGrouped(order).ReshapeToUint32s()
}

// pairOrders are the orders of the pixels 0 and 1, and 2 and 3, in a step.
func pairOrders() (first, second archsimd.Int8x32) {
	first = archsimd.LoadInt8x32Array(&[32]int8{
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
	})
	second = archsimd.LoadInt8x32Array(&[32]int8{
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
	})
	return first, second
}

// lanePixels loads block i of the rows k and k + 4.
func lanePixels(rows *[stepLanes]*rowBlock, k, i int) vec8 {
	var v vec8
	lo, hi := archsimd.LoadUint8x16Array((*[16]byte)(rows[k].plus(i))), archsimd.LoadUint8x16Array((*[16]byte)(rows[k+4].plus(i)))
	return v.SetLo(lo).SetHi(hi)
}

// storePairs writes column k of half a step, in four pairs of rows.
func storePairs(to *stepBlock, slots, k, half int, v, w vec32) {
	p := unsafe.Add(unsafe.Pointer(to), k*vecBytes+half*vecBytes/2)
	for range 2 {
		v.ReshapeToUint64s().GetLo().StoreArray((*[2]uint64)(p))
		w.ReshapeToUint64s().GetLo().StoreArray((*[2]uint64)(unsafe.Add(p, stepBytes)))
		v.ReshapeToUint64s().GetHi().StoreArray((*[2]uint64)(unsafe.Add(p, 2*stepBytes)))
		w.ReshapeToUint64s().GetHi().StoreArray((*[2]uint64)(unsafe.Add(p, 3*stepBytes)))
		p = unsafe.Add(p, slots*stepBytes)
	}
}

// stepsAtOnce: a pixel takes any number of steps.
const stepsAtOnce = 1

// sumSteps writes for each start the weighted sums of the count steps from there on,
// rounded and clamped to 0..255. The weights of a sum are stride behind those of the
// last one.
func sumSteps(out, steps []uint64, starts, weights []int32, stride, count int) {
	if archsimd.X86.AVX512() {
		sumSteps512(out, steps, starts, weights, stride, count)
	} else {
		sumSteps256(out, steps, starts, weights, stride, count)
	}
}

// sumSteps256 is sumSteps with AVX2. The steps are walked by pointers: slices would
// take as many instructions as the sums themselves.
func sumSteps256(out, steps []uint64, starts, weights []int32, stride, count int) {
	to := stepAt(out[:len(starts)*stepWords], 0)
	for i, start := range starts {
		d := stepAt(steps[:(int(start)+count)*stepWords], int(start))
		head := (*[weightsHead]int32)(weights[i*stride:])
		f := unsafe.Pointer(unsafe.SliceData(weights[i*stride+weightsHead:][:2*count]))
		least, span, shift := archsimd.BroadcastInt32x8(head[0]), archsimd.BroadcastInt32x8(head[1]), uint64(head[2])
		s0, s1, s2, s3 := least, least, least, least
		for range count {
			w := pairWeights(f)
			s0 = s0.Add(loadPairs(&d[0]).DotProductPairs(w))
			s1 = s1.Add(loadPairs(&d[1]).DotProductPairs(w))
			s2 = s2.Add(loadPairs(&d[2]).DotProductPairs(w))
			s3 = s3.Add(loadPairs(&d[3]).DotProductPairs(w))
			d, f = d.plus(1), unsafe.Add(f, 4)
		}
		differs := s0.Xor(s0.Add(span)).Or(s1.Xor(s1.Add(span))).Or(s2.Xor(s2.Add(span))).Or(s3.Xor(s3.Add(span)))
		bits := weightBits - shift
		if !differs.ShiftAllRight(bits).IsZero() {
			half := archsimd.BroadcastInt32x8(1 << (weightBits - 1))
			s0, s1 = s0.Sub(least).ShiftAllLeft(shift).Add(half), s1.Sub(least).ShiftAllLeft(shift).Add(half)
			s2, s3 = s2.Sub(least).ShiftAllLeft(shift).Add(half), s3.Sub(least).ShiftAllLeft(shift).Add(half)
			d = d.plus(-count)
			for range count {
				w := pairWeights(f)
				s0 = s0.Add(loadPairs(&d[0]).DotProductPairs(w))
				s1 = s1.Add(loadPairs(&d[1]).DotProductPairs(w))
				s2 = s2.Add(loadPairs(&d[2]).DotProductPairs(w))
				s3 = s3.Add(loadPairs(&d[3]).DotProductPairs(w))
				d, f = d.plus(1), unsafe.Add(f, 4)
			}
			bits = weightBits
		}
		storeStep(&to[0], clampWeighted(s0.ShiftAllRight(bits)))
		storeStep(&to[1], clampWeighted(s1.ShiftAllRight(bits)))
		storeStep(&to[2], clampWeighted(s2.ShiftAllRight(bits)))
		storeStep(&to[3], clampWeighted(s3.ShiftAllRight(bits)))
		to = to.plus(1)
	}
}

func loadPairs(p *vecWords) archsimd.Int16x16 {
	return archsimd.LoadUint64x4Array(p).ReshapeToUint16s().BitsToInt16()
}

// pairWeights loads the weights of a step.
func pairWeights(p unsafe.Pointer) archsimd.Int16x16 {
	return archsimd.BroadcastInt32x8(*(*int32)(p)).ToBits().ReshapeToUint16s().BitsToInt16()
}

// clampWeighted clamps sums to 0..255.
func clampWeighted(v archsimd.Int32x8) vec32 {
	return v.Max(v.Sub(v)).ToBits().Min(splat32(255))
}
