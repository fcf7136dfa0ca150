//go:build goexperiment.simd && !scalar && (amd64 || arm64)

package resize

import (
	"unsafe"

	"carriles/filters/vector"
)

// laneBlocks is laneRows for blocks of four pixels.
func laneBlocks(out *stepBlock, rows *[stepLanes]*rowBlock, blocks int) bool {
	all := vector.Splat32(0xffffffff)
	for i := range blocks {
		p, q, r, s := lanePixels(rows, 0, i), lanePixels(rows, 1, i), lanePixels(rows, 2, i), lanePixels(rows, 3, i)
		all = all.And(p.ReshapeToUint32s()).And(q.ReshapeToUint32s()).And(r.ReshapeToUint32s()).And(s.ReshapeToUint32s())
		storeVec(&out[0], lookup(p, &firstPair))
		storeVec(&out[1], lookup(q, &firstPair))
		storeVec(&out[2], lookup(r, &firstPair))
		storeVec(&out[3], lookup(s, &firstPair))
		out = out.plus(1)
		storeVec(&out[0], lookup(p, &lastPair))
		storeVec(&out[1], lookup(q, &lastPair))
		storeVec(&out[2], lookup(r, &lastPair))
		storeVec(&out[3], lookup(s, &lastPair))
		out = out.plus(1)
	}
	return vector.AllSet(all, vector.Splat32(0xff000000))
}

func (p *rowBlock) plus(n int) *rowBlock {
	return (*rowBlock)(unsafe.Add(unsafe.Pointer(p), n*len(p)))
}
