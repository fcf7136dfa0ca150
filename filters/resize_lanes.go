//go:build goexperiment.simd && (amd64 || arm64)

package filters

// laneBlocks is laneRows for blocks of four pixels.
func laneBlocks(out *stepBlock, rows *[stepLanes]*rowBlock, blocks int) bool {
	all := splat32(0xffffffff)
	first, second := pairOrders()
	for i := range blocks {
		p, q, r, s := lanePixels(rows, 0, i), lanePixels(rows, 1, i), lanePixels(rows, 2, i), lanePixels(rows, 3, i)
		all = all.And(p.ReshapeToUint32s()).And(q.ReshapeToUint32s()).And(r.ReshapeToUint32s()).And(s.ReshapeToUint32s())
		storeStep(&out[0], lookup(p, first))
		storeStep(&out[1], lookup(q, first))
		storeStep(&out[2], lookup(r, first))
		storeStep(&out[3], lookup(s, first))
		out = out.plus(1)
		storeStep(&out[0], lookup(p, second))
		storeStep(&out[1], lookup(q, second))
		storeStep(&out[2], lookup(r, second))
		storeStep(&out[3], lookup(s, second))
		out = out.plus(1)
	}
	return allSet(all, splat32(0xff000000))
}
