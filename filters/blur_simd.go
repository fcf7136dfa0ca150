//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

import "image"

func blurVector(dst, src *image.NRGBA, v Values, s *Scratch) {
	blurImage(dst, src, v["radius"], s, quadRows{
		spread: spreadQuadsVector, sum: widestSum(), finish: finishQuadsVector,
	})
	endVectors()
}

// vecQuads is how many quads a vector holds.
const vecQuads = vecBytes / 8

// spreadQuadsVector is spreadQuads. Vectors take what is opaque; a row that
// is not is left to the scalar loop.
func spreadQuadsVector(out []uint64, in []byte) {
	n := len(out) / quadBlock * quadBlock
	if !spreadBlocks(out[:n], in) {
		n = 0
	}
	spreadQuads(out[n:], in[4*n:])
}

// finishQuadsVector is finishQuads, as spreadQuadsVector is spreadQuads.
func finishQuadsVector(out []byte, in []uint64) {
	n := len(in) / quadBlock * quadBlock
	if !finishBlocks(out[:4*n], in) {
		n = 0
	}
	finishQuads(out[4*n:], in[n:])
}

// spreadBlocks is spreadQuads for whole blocks that are opaque. It reports
// whether they were.
func spreadBlocks(out []uint64, in []byte) bool {
	mask := splat64(0x00ff00ff00ff00ff)
	all := splat32(0xffffffff)
	in = in[:4*len(out)]
	for i := 0; i <= len(out)-vecPixels; i += vecPixels {
		p := load8(in[4*i:][:vecBytes]).ReshapeToUint32s()
		all = all.And(p)
		lo, hi := extendPixels(p)
		lo = lo.Or(lo.ShiftAllLeft(24)).And(mask).ShiftAllLeft(levelBits)
		hi = hi.Or(hi.ShiftAllLeft(24)).And(mask).ShiftAllLeft(levelBits)
		o := out[i:][:vecPixels]
		lo.Store(o[:vecQuads])
		hi.Store(o[vecQuads:])
	}
	return allSet(all, splat32(0xff000000))
}

// finishBlocks is finishQuads for whole blocks that are opaque. It reports
// whether they were.
func finishBlocks(out []byte, in []uint64) bool {
	half := splat16(oneLevel / 2)
	all := splat32(0xffffffff)
	in = in[:len(out)/4]
	for i := 0; i <= len(in)-vecPixels; i += vecPixels {
		q := in[i:][:vecPixels]
		lo, hi := load64(q[:vecQuads]).ReshapeToUint32s(), load64(q[vecQuads:]).ReshapeToUint32s()
		all = all.And(lo).And(hi)
		lo, hi = roundQuads(lo, half), roundQuads(hi, half)
		joinPixels(lo, hi).ReshapeToUint8s().Store(out[4*i:][:vecBytes])
	}
	return allSet(all, splat64(opaqueLevel<<48).ReshapeToUint32s())
}

// roundQuads returns the pixel of each quad in the low half of its 64 bits.
func roundQuads(q vec32, half vec16) vec32 {
	v := q.ReshapeToUint16s().Add(half).ShiftAllRight(levelBits).ReshapeToUint64s()
	return v.Or(v.ShiftAllRight(24)).ReshapeToUint32s()
}

// allSet reports whether v has all bits of mask.
func allSet(v, mask vec32) bool {
	var missing [vecBytes / 4]uint32
	mask.AndNot(v).Store(missing[:])
	return missing == [vecBytes / 4]uint32{}
}
