//go:build goexperiment.simd && !scalar

package blur

import "carriles/filters/vector"

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vector.Uint32) (lo, hi vector.Uint64) {
	return p.ExtendLo2ToUint64(), p.HiToLo().ExtendLo2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi.
func joinPixels(lo, hi vector.Uint32) vector.Uint32 { return lo.ConcatEven(hi) }

// widenProducts returns those of either half.
func widenProducts(v, w vector.Uint16) (lo, hi vector.Uint32) {
	return v.MulWidenLo(w), v.HiToLo().MulWidenLo(w)
}

// widestSum returns the only sum in vectors here.
func widestSum() func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	return sumQuadsVector
}

// sum writes the sums of the bytes between the two numbers, see pairTap.add.
func (t *pairTaps) sum(out *bytePiece, _ []byte, from, to int) {
	for i := from; i < to; i += 2 * vector.Bytes {
		var e0, e1, o0, o1 vector.Uint16
		for level := range t.levels[:t.n] {
			var p0, p1, w0, w1 vector.Uint16
			l := &t.levels[level]
			for k := range l.taps[:l.n] {
				p0, p1, w0, w1 = l.taps[k].add(i, p0, p1, w0, w1)
			}
			if level == 0 {
				e0, e1, o0, o1 = evens(p0, w0), evens(p1, w1), p0, p1
			} else {
				e0, e1 = e0.Average(evens(p0, w0)), e1.Average(evens(p1, w1))
				o0, o1 = o0.Average(p0), o1.Average(p1)
			}
		}
		q := out.plus(i - from)
		q.put(0, joinScaled(e0, o0, t.scale))
		q.put(1, joinScaled(e1, o1, t.scale))
	}
}
