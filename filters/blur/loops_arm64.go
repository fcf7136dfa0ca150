//go:build goexperiment.simd

package blur

import "carriles/filters/vector"

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vector.Uint32) (lo, hi vector.Uint64) {
	return p.ExtendLo2ToUint64(), p.HiToLo().ExtendLo2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi.
func joinPixels(lo, hi vector.Uint32) vector.Uint32 { return lo.ConcatEven(hi) }

// widestSum returns the only sum in vectors here.
func widestSum() func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	return sumQuadsVector
}

// sum writes the sums of the bytes between the two numbers, see pairTap.add.
func (t *pairTaps) sum(out *bytePiece, from, to int) {
	first, second := t.taps[:t.first], t.taps[t.first:t.n]
	round, roundBoth := vector.Splat16(255), vector.Splat16(255+255<<8)
	for i := from; i < to; i += 2 * vector.Bytes {
		o0, o1, w0, w1 := round, round, roundBoth, roundBoth
		for k := range first {
			o0, o1, w0, w1 = first[k].add(i, o0, o1, w0, w1)
		}
		var p0, p1, x0, x1 vector.Uint16
		for k := range second {
			p0, p1, x0, x1 = second[k].add(i, p0, p1, x0, x1)
		}
		q := out.plus(i - from)
		q.put(0, joinHalves(o0, w0, p0, x0))
		q.put(1, joinHalves(o1, w1, p1, x1))
	}
}
