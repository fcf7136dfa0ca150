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

// stepWeights are the weights of a step.
type stepWeights [2]int32

// sumSteps256 is sumSteps with AVX2. The steps are walked by pointers: slices would
// take as many instructions as the sums themselves.
func sumSteps256(out, steps []uint64, starts, weights []int32, stride, count int) {
	half := archsimd.BroadcastInt32x8(1 << (weightBits - 1))
	zero := half.Sub(half)
	to := stepAt(out[:len(starts)*stepWords], 0)
	for i, start := range starts {
		d := stepAt(steps[:(int(start)+count)*stepWords], int(start))
		f := (*stepWeights)(unsafe.Pointer(unsafe.SliceData(weights[i*stride:][:2*count])))
		low0, low1, low2, low3 := half, half, half, half
		high0, high1, high2, high3 := zero, zero, zero, zero
		for range count {
			high, low := pairWeights(f[0]), pairWeights(f[1])
			v := loadPairs(&d[0])
			high0, low0 = high0.Add(v.DotProductPairs(high)), low0.Add(v.DotProductPairs(low))
			v = loadPairs(&d[1])
			high1, low1 = high1.Add(v.DotProductPairs(high)), low1.Add(v.DotProductPairs(low))
			v = loadPairs(&d[2])
			high2, low2 = high2.Add(v.DotProductPairs(high)), low2.Add(v.DotProductPairs(low))
			v = loadPairs(&d[3])
			high3, low3 = high3.Add(v.DotProductPairs(high)), low3.Add(v.DotProductPairs(low))
			d = d.plus(1)
			f = (*stepWeights)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(*f)))
		}
		storeStep(&to[0], clampWeighted(high0.ShiftAllLeft(weightSplit).Add(low0).ToBits()))
		storeStep(&to[1], clampWeighted(high1.ShiftAllLeft(weightSplit).Add(low1).ToBits()))
		storeStep(&to[2], clampWeighted(high2.ShiftAllLeft(weightSplit).Add(low2).ToBits()))
		storeStep(&to[3], clampWeighted(high3.ShiftAllLeft(weightSplit).Add(low3).ToBits()))
		to = to.plus(1)
	}
}

func loadPairs(p *vecWords) archsimd.Int16x16 {
	return archsimd.LoadUint64x4Array(p).ReshapeToUint16s().BitsToInt16()
}

func pairWeights(both int32) archsimd.Int16x16 {
	return archsimd.BroadcastInt32x8(both).ToBits().ReshapeToUint16s().BitsToInt16()
}
