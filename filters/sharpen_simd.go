//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

import "image"

func sharpenVector(dst, src *image.NRGBA, v Values, s *Scratch) {
	row := sharpenRowVector
	if src.Rect.Dx() < vecPixels {
		row = sharpenRow
	}
	sharpenPasses(dst, src, v.Int("intensity"), row, s)
	endVectors()
}

// sharpenRowVector is sharpenRow for rows of at least one vector. The sums of
// the columns are lanes of 16 bits in two buffers, of R and B and of G and A,
// so that a vector of pixels needs no reordering; a pixel has 4 bytes in each.
// Both buffers have a reflected pixel at either end.
func sharpenRowVector(out, above, here, below []byte, s *Scratch) {
	n := len(here)
	evens, odds := s.Bytes(1, n+8), s.Bytes(2, n+8)
	whole, last := wholeVectors(n), n-vecBytes
	sumColumnsVector(evens[4:], odds[4:], above[:whole], here, below)
	sumColumnsVector(evens[4+last:], odds[4+last:], above[last:], here[last:], below[last:])
	for _, sums := range [2][]byte{evens, odds} {
		copy(sums[:4], sums[8:])
		copy(sums[n+4:], sums[n-4:][:4])
	}
	sharpenSumsVector(out[:whole], here, evens, odds)
	sharpenSumsVector(out[last:], here[last:], evens[last:], odds[last:])
}

// sumColumnsVector adds three rows to each other, len(a) bytes of each.
func sumColumnsVector(evens, odds, a, b, c []byte) {
	low := splat16(0xff)
	n := len(a)
	evens, odds, a, b, c = evens[:n:n], odds[:n:n], a[:n:n], b[:n:n], c[:n:n]
	for x := 0; x <= n-vecBytes; x += vecBytes {
		p := load8(a[x : x+vecBytes]).ReshapeToUint16s()
		q := load8(b[x : x+vecBytes]).ReshapeToUint16s()
		r := load8(c[x : x+vecBytes]).ReshapeToUint16s()
		rb := p.And(low).Add(q.And(low)).Add(r.And(low))
		ga := p.ShiftAllRight(8).Add(q.ShiftAllRight(8)).Add(r.ShiftAllRight(8))
		rb.ReshapeToUint8s().Store(evens[x : x+vecBytes])
		ga.ReshapeToUint8s().Store(odds[x : x+vecBytes])
	}
}

// sharpenSumsVector computes len(out) bytes of a row from its own pixels and
// from the sums of the columns, which begin one pixel to the left of it.
func sharpenSumsVector(out, here, evens, odds []byte) {
	low, ten := splat16(0xff), splat16(10)
	// A is one times itself minus nothing.
	tenAndOne, colour := splat32(1<<16|10).ReshapeToUint16s(), splat32(0xffff).ReshapeToUint16s()
	n := len(out)
	out, here = out[:n:n], here[:n:n]
	e0, e1, e2 := evens[:n:n], evens[4:][:n:n], evens[8:][:n:n]
	o0, o1, o2 := odds[:n:n], odds[4:][:n:n], odds[8:][:n:n]
	for x := 0; x <= n-vecBytes; x += vecBytes {
		p := load8(here[x : x+vecBytes]).ReshapeToUint16s()
		sumE := load8(e0[x : x+vecBytes]).ReshapeToUint16s().
			Add(load8(e1[x : x+vecBytes]).ReshapeToUint16s()).
			Add(load8(e2[x : x+vecBytes]).ReshapeToUint16s())
		sumO := load8(o0[x : x+vecBytes]).ReshapeToUint16s().
			Add(load8(o1[x : x+vecBytes]).ReshapeToUint16s()).
			Add(load8(o2[x : x+vecBytes]).ReshapeToUint16s())
		rb := p.And(low).Mul(ten).SubSaturated(sumE).Min(low)
		ga := p.ShiftAllRight(8).Mul(tenAndOne).SubSaturated(sumO.And(colour)).Min(low)
		rb.Or(ga.ShiftAllLeft(8)).ReshapeToUint8s().Store(out[x : x+vecBytes])
	}
}
