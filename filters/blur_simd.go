//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

import (
	"image"
	"unsafe"
)

func blurVector(dst, src *image.NRGBA, v Values, s *Scratch) {
	blurImage(dst, src, v["radius"], s,
		quadRows{spread: spreadQuadsVector, sum: widestSum(), finish: finishQuadsVector},
		widestByteRows())
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
	if !finishBlocks(out[:4*n], in[:n]) {
		n = 0
	}
	finishQuads(out[4*n:], in[n:])
}

// Four vectors of pixels, of which a block is a multiple, and of their quads: a
// jump for each vector takes long in WebAssembly.
type (
	fourPixels [4][vecBytes]byte
	fourQuads  [4][vecPixels]uint64
)

// spreadBlocks is spreadQuads for whole blocks that are opaque. It reports
// whether they were.
func spreadBlocks(out []uint64, in []byte) bool {
	all := splat32(0xffffffff)
	in = in[:4*len(out)]
	for i := 0; i < len(out); i += 4 * vecPixels {
		o, p := (*fourQuads)(unsafe.Pointer(&out[i])), (*fourPixels)(unsafe.Pointer(&in[4*i]))
		all = spreadVector(&o[0], &p[0], all)
		all = spreadVector(&o[1], &p[1], all)
		all = spreadVector(&o[2], &p[2], all)
		all = spreadVector(&o[3], &p[3], all)
	}
	return allSet(all, splat32(0xff000000))
}

// spreadVector writes the quads of a vector and returns the pixels and all.
func spreadVector(out *[vecPixels]uint64, in *[vecBytes]byte, all vec32) vec32 {
	mask := splat64(0x00ff00ff00ff00ff)
	p := load8(in[:]).ReshapeToUint32s()
	lo, hi := extendPixels(p)
	lo.Or(lo.ShiftAllLeft(24)).And(mask).ShiftAllLeft(levelBits).Store(out[:vecQuads])
	hi.Or(hi.ShiftAllLeft(24)).And(mask).ShiftAllLeft(levelBits).Store(out[vecQuads:])
	return all.And(p)
}

// finishBlocks is finishQuads for whole blocks that are opaque. It reports
// whether they were.
func finishBlocks(out []byte, in []uint64) bool {
	all := splat32(0xffffffff)
	out = out[:4*len(in)]
	for i := 0; i < len(in); i += 4 * vecPixels {
		q, p := (*fourQuads)(unsafe.Pointer(&in[i])), (*fourPixels)(unsafe.Pointer(&out[4*i]))
		all = finishVector(&p[0], &q[0], all)
		all = finishVector(&p[1], &q[1], all)
		all = finishVector(&p[2], &q[2], all)
		all = finishVector(&p[3], &q[3], all)
	}
	return allSet(all, splat64(opaqueLevel<<48).ReshapeToUint32s())
}

// finishVector writes the pixels of a vector and returns the quads and all.
func finishVector(out *[vecBytes]byte, in *[vecPixels]uint64, all vec32) vec32 {
	half := splat16(oneLevel / 2)
	lo, hi := load64(in[:vecQuads]).ReshapeToUint32s(), load64(in[vecQuads:]).ReshapeToUint32s()
	joinPixels(roundQuads(lo, half), roundQuads(hi, half)).ReshapeToUint8s().Store(out[:])
	return all.And(lo).And(hi)
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

// joinUpper returns the pixels of which the channels are in the upper bytes.
func joinUpper(evens, odds vec16) vec16 {
	return evens.ShiftAllRight(8).Or(odds.And(splat16(0xff00)))
}
