//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package blur

import (
	"image"
	"unsafe"

	"carriles/filters/filter"
	"carriles/filters/vector"
)

func (kernels) Vector(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	blurImage(dst, src, v["radius"], s,
		quadRows{spread: spreadQuadsVector, sum: widestSum(), finish: finishQuadsVector},
		widestByteRows())
	vector.End()
}

// vecQuads is how many quads a vector holds.
const vecQuads = vector.Bytes / 8

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
	fourPixels [4][vector.Bytes]byte
	fourQuads  [4][vector.Pixels]uint64
)

// quadVectors is a piece of a row of quads as the sums see it.
type quadVectors [4][vector.Bytes / 8]uint64

// quadsAt returns the first piece of a row of at least n quads.
func quadsAt(row []uint64, n int) *quadVectors {
	return (*quadVectors)(unsafe.Pointer(unsafe.SliceData(row[:n])))
}

// plus returns what lies n bytes on.
func (p *quadVectors) plus(n int) *quadVectors {
	return (*quadVectors)(unsafe.Add(unsafe.Pointer(p), n))
}

// maxTaps is no less than the largest number of pairs of rows in a sum.
const maxTaps = 16

// sumStep is two pairs of rows, p and q and r and s, and their weights, the second
// one above the first.
type sumStep struct {
	p, q, r, s *quadVectors
	weights    uint32
}

// fillSteps writes the steps of a sum and returns their number.
func fillSteps(steps *[maxTaps / 2]sumStep, a, b [][]uint64, weights []int32, length int) int {
	n := 0
	for k := 0; k < len(weights); k += 2 {
		s := sumStep{p: quadsAt(a[k], length), q: quadsAt(b[k], length), weights: uint32(weights[k])}
		s.r, s.s = s.p, s.q // has no weight
		if k+1 < len(weights) {
			s.r, s.s = quadsAt(a[k+1], length), quadsAt(b[k+1], length)
			s.weights |= uint32(weights[k+1]) << 16
		}
		steps[n] = s
		n++
	}
	return n
}

// spreadBlocks is spreadQuads for whole blocks that are opaque. It reports
// whether they were.
func spreadBlocks(out []uint64, in []byte) bool {
	all := vector.Splat32(0xffffffff)
	in = in[:4*len(out)]
	for i := 0; i < len(out); i += 4 * vector.Pixels {
		o, p := (*fourQuads)(unsafe.Pointer(&out[i])), (*fourPixels)(unsafe.Pointer(&in[4*i]))
		all = spreadVector(&o[0], &p[0], all)
		all = spreadVector(&o[1], &p[1], all)
		all = spreadVector(&o[2], &p[2], all)
		all = spreadVector(&o[3], &p[3], all)
	}
	return vector.AllSet(all, vector.Splat32(0xff000000))
}

// spreadVector writes the quads of a vector and returns the pixels and all.
func spreadVector(out *[vector.Pixels]uint64, in *[vector.Bytes]byte, all vector.Uint32) vector.Uint32 {
	mask := vector.Splat64(0x00ff00ff00ff00ff)
	p := vector.Load8(in[:]).ReshapeToUint32s()
	lo, hi := extendPixels(p)
	lo.Or(lo.ShiftAllLeft(24)).And(mask).ShiftAllLeft(levelBits).Store(out[:vecQuads])
	hi.Or(hi.ShiftAllLeft(24)).And(mask).ShiftAllLeft(levelBits).Store(out[vecQuads:])
	return all.And(p)
}

// finishBlocks is finishQuads for whole blocks that are opaque. It reports
// whether they were.
func finishBlocks(out []byte, in []uint64) bool {
	all := vector.Splat32(0xffffffff)
	out = out[:4*len(in)]
	for i := 0; i < len(in); i += 4 * vector.Pixels {
		q, p := (*fourQuads)(unsafe.Pointer(&in[i])), (*fourPixels)(unsafe.Pointer(&out[4*i]))
		all = finishVector(&p[0], &q[0], all)
		all = finishVector(&p[1], &q[1], all)
		all = finishVector(&p[2], &q[2], all)
		all = finishVector(&p[3], &q[3], all)
	}
	return vector.AllSet(all, vector.Splat64(opaqueLevel<<48).ReshapeToUint32s())
}

// finishVector writes the pixels of a vector and returns the quads and all.
func finishVector(out *[vector.Bytes]byte, in *[vector.Pixels]uint64, all vector.Uint32) vector.Uint32 {
	half := vector.Splat16(oneLevel / 2)
	lo, hi := vector.Load64(in[:vecQuads]).ReshapeToUint32s(), vector.Load64(in[vecQuads:]).ReshapeToUint32s()
	joinPixels(roundQuads(lo, half), roundQuads(hi, half)).ReshapeToUint8s().Store(out[:])
	return all.And(lo).And(hi)
}

// roundQuads returns the pixel of each quad in the low half of its 64 bits.
func roundQuads(q vector.Uint32, half vector.Uint16) vector.Uint32 {
	v := q.ReshapeToUint16s().Add(half).ShiftAllRight(levelBits).ReshapeToUint64s()
	return v.Or(v.ShiftAllRight(24)).ReshapeToUint32s()
}

// joinUpper returns the pixels of which the channels are in the upper bytes.
func joinUpper(evens, odds vector.Uint16) vector.Uint16 {
	return evens.ShiftAllRight(8).Or(odds.And(vector.Splat16(0xff00)))
}
