//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package resize

import (
	"simd/archsimd"

	"carriles/filters/vector"
)

func loadVec(p *vecWords) vector.Uint32 {
	return archsimd.LoadUint64x2Array((*[2]uint64)(p)).ReshapeToUint32s()
}

func storeVec(p *vecWords, v vector.Uint32) { v.ReshapeToUint64s().StoreArray((*[2]uint64)(p)) }

// fourLanes is the order of pixels, of whose bytes each channel has 0 2 1 3.
var fourLanes = [16]int8{0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15}

// storePairs writes column k of a step, in two pairs of rows.
func storePairs(to *stepBlock, slots, k, _ int, v, w vector.Uint32) {
	storeVec(&to[k], v)
	storeVec(&to.plus(1)[k], w)
	to = to.plus(slots)
	storeVec(&to[k], v)
	storeVec(&to.plus(1)[k], w)
}
