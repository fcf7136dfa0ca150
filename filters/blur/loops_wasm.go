//go:build goexperiment.simd && !scalar

package blur

import (
	"simd/archsimd"

	"carriles/filters/pixel"
	"carriles/filters/vector"
)

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vector.Uint32) (lo, hi vector.Uint64) {
	return p.ExtendLo2ToUint64(), p.ExtendHi2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi. There is
// no instruction for it here; each vector is brought to its half of the result.
// The orders are made in registers: stored as an array, they would be waited
// for each time that they are loaded.
func joinPixels(lo, hi vector.Uint32) vector.Uint32 {
	const lows = 0x0b0a090803020100
	none := archsimd.BroadcastInt64x2(-1)
	first := none.SetElem(0, lows).ToBits().ReshapeToUint8s().BitsToInt8()
	last := none.SetElem(1, lows).ToBits().ReshapeToUint8s().BitsToInt8()
	a := lo.ReshapeToUint8s().BitsToInt8().LookupOrZero(first)
	b := hi.ReshapeToUint8s().BitsToInt8().LookupOrZero(last)
	return a.Or(b).ToBits().ReshapeToUint32s()
}

// What follows is in assembly, whose loops are WebAssembly's own: each jump of a loop
// that Go compiles leads through one dispatch of the whole function, where V8 merges
// all variables. It checks no bounds.

// sumQuadsVector is sumQuads.
func sumQuadsVector(out []uint64, a, b [][]uint64, weights []int32, _ []uint64) {
	var taps [maxTaps]pairTap
	for k, w := range weights {
		f := pixel.Lanes32 * uint64(w)
		taps[k] = pairTap{pieceOf(a[k][:len(out)]), pieceOf(b[k][:len(out)]), [2]uint64{f, f}}
	}
	sumRows(pieceOf(out), &taps, len(weights), 8*len(out))
}

// sumRows writes the sums of n bytes, of so many taps.
//
//go:noescape
func sumRows(out *bytePiece, taps *[maxTaps]pairTap, count, n int)

// sum writes the sums of n bytes, a multiple of sumBytes.
func (t *pairTaps) sum(out *bytePiece, n int) {
	var means [2 * sumBytes]byte
	sumPairs(out, t, &means, n)
}

// sumBytes is how many bytes are summed at a time.
const sumBytes = 3 * vector.Bytes

// sumPairs is sum with room for the means of all levels so far.
//
//go:noescape
func sumPairs(out *bytePiece, t *pairTaps, means *[2 * sumBytes]byte, n int)

// packPieces writes the samples of n pieces of an image. It reports whether they were opaque.
//
//go:noescape
func packPieces(out, in *bytePiece, n int) bool

// splitPieces writes n pieces of an image.
//
//go:noescape
func splitPieces(out, in *bytePiece, n int)
