//go:build goexperiment.simd && !scalar

package blur

import (
	"simd/archsimd"
	"unsafe"

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

// widestSum returns the sum that is fastest for the number of rows.
func widestSum() func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	return func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
		if len(weights) > 4 && len(weights) <= 8 {
			sumEight(out, a, b, weights)
		} else {
			sumQuadsVector(out, a, b, weights, temp)
		}
	}
}

// rowPair is a pair of rows and its weight, in each lane.
type rowPair struct {
	p, q   *quadVectors
	weight [2]uint64
}

// sumEight is sumQuadsVector for up to eight pairs of rows, without a loop over
// them: of 3840x2160 pixels the blur takes 58 ms instead of 98 at sigma 2 (Node
// 20). Go's jumps take long in WebAssembly: each leads through one dispatch of
// the whole function, where V8 merges all variables.
func sumEight(out []uint64, a, b [][]uint64, weights []int32) {
	var pairs [8]rowPair
	for k := range pairs {
		from, weight := k, uint64(0)
		if k < len(weights) {
			weight = pixel.Lanes32 * uint64(weights[k])
		} else {
			from = 0 // has no weight
		}
		pairs[k] = rowPair{quadsAt(a[from], len(out)), quadsAt(b[from], len(out)), [2]uint64{weight, weight}}
	}
	half, halfBoth := vector.Splat32(1<<15), vector.Splat32(1<<15+1<<31)
	to := quadsAt(out, len(out))
	for i := 0; i < 8*len(out); i += int(unsafe.Sizeof(*to)) {
		r := to.plus(i)
		odd0, odd1, odd2, odd3 := half, half, half, half
		whole0, whole1, whole2, whole3 := halfBoth, halfBoth, halfBoth, halfBoth
		odd0, odd1, whole0, whole1 = pairs[0].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[0].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[1].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[1].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[2].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[2].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[3].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[3].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[4].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[4].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[5].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[5].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[6].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[6].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[7].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[7].add(i, 2, odd2, odd3, whole2, whole3)
		storeSums(r[0][:], odd0, whole0)
		storeSums(r[1][:], odd1, whole1)
		storeSums(r[2][:], odd2, whole2)
		storeSums(r[3][:], odd3, whole3)
	}
}

// add adds to the sums of vector j and of the next one, i bytes on.
func (t *rowPair) add(i, j int, odd0, odd1, whole0, whole1 vector.Uint32) (_, _, _, _ vector.Uint32) {
	p, q, f := t.p.plus(i), t.q.plus(i), archsimd.LoadUint64x2Array(&t.weight).ReshapeToUint32s()
	v, w := addQuads(&p[j], &q[j]), addQuads(&p[j+1], &q[j+1])
	return odd0.Add(v.ShiftAllRight(16).Mul(f)), odd1.Add(w.ShiftAllRight(16).Mul(f)), whole0.Add(v.Mul(f)), whole1.Add(w.Mul(f))
}

// settleSums writes what nobody reads. Loads and stores keep their order, so it
// makes V8 compute the sums so far before it loads more rows; it would load
// all of them first, and run out of registers (92 ms).
func settleSums(out *quadVectors, a, b, c, d vector.Uint32) {
	a.ReshapeToUint64s().StoreArray(&out[0])
	b.ReshapeToUint64s().StoreArray(&out[1])
	c.ReshapeToUint64s().StoreArray(&out[2])
	d.ReshapeToUint64s().StoreArray(&out[3])
}

// sum writes the sums of n bytes, a multiple of sumBytes. It is in assembly, whose
// loops are WebAssembly's own: each jump of a loop that Go compiles leads through one
// dispatch of the whole function, where V8 merges all variables. It checks no bounds.
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
