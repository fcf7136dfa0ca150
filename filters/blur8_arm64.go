//go:build goexperiment.simd

package filters

// sum writes the sums of the bytes between the two numbers, see pairTap.add.
func (t *pairTaps) sum(out *bytePiece, from, to int) {
	first, second := t.taps[:t.first], t.taps[t.first:t.n]
	round, roundBoth := splat16(255), splat16(255+255<<8)
	for i := from; i < to; i += 2 * vecBytes {
		o0, o1, w0, w1 := round, round, roundBoth, roundBoth
		for k := range first {
			o0, o1, w0, w1 = first[k].add(i, o0, o1, w0, w1)
		}
		var p0, p1, x0, x1 vec16
		for k := range second {
			p0, p1, x0, x1 = second[k].add(i, p0, p1, x0, x1)
		}
		q := out.plus(i - from)
		q.put(0, joinHalves(o0, w0, p0, x0))
		q.put(1, joinHalves(o1, w1, p1, x1))
	}
}
