//go:build goexperiment.simd && (arm64 || wasm)

package filters

import "simd/archsimd"

// vecWords is a vector in memory.
type vecWords = [vecBytes / 8]uint64

func loadStep(p *vecWords) vec32     { return archsimd.LoadUint64x2Array(p).ReshapeToUint32s() }
func storeStep(p *vecWords, v vec32) { v.ReshapeToUint64s().StoreArray(p) }

// lookup brings the bytes of v into an order; -1 stands for a zero.
func lookup(v vec8, order archsimd.Int8x16) vec32 {
	return v.BitsToInt8().LookupOrZero(order).ToBits().ReshapeToUint32s()
}

// pairOrders are the orders of the pixels 0 and 1, and 2 and 3, in a step.
func pairOrders() (first, second archsimd.Int8x16) {
	first = archsimd.LoadInt8x16Array(&[16]int8{0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1})
	second = archsimd.LoadInt8x16Array(&[16]int8{8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1})
	return first, second
}

// lanePixels loads block i of row k.
func lanePixels(rows *[stepLanes]*rowBlock, k, i int) vec8 {
	return archsimd.LoadUint8x16Array((*[16]byte)(rows[k].plus(i)))
}

// storePairs writes column k of a step, in two pairs of rows.
func storePairs(to *stepBlock, slots, k, _ int, v, w vec32) {
	storeStep(&to[k], v)
	storeStep(&to.plus(1)[k], w)
	to = to.plus(slots)
	storeStep(&to[k], v)
	storeStep(&to.plus(1)[k], w)
}

// narrowGrouped is narrow: a vector has no halves here.
func narrowGrouped(a, b, c, d vec32) vec8 { return narrow(a, b, c, d) }
