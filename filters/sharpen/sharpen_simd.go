//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package sharpen

import (
	"image"
	_ "simd/archsimd" // see package vector

	"carriles/filters/filter"
	"carriles/filters/vector"
)

func (kernels) Vector(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	row := sharpenRowVector
	if src.Rect.Dx() < vector.Pixels {
		row = sharpenRow
	}
	sharpenPasses(dst, src, v.Int("intensity"), row, s)
	vector.End()
}

// sharpenRowVector is sharpenRow for rows of at least one vector. The sums of
// the columns are lanes of 16 bits in two buffers, of R and B and of G and A,
// so that a vector of pixels needs no reordering; a pixel has 4 bytes in each.
// Both buffers have a reflected pixel at either end.
func sharpenRowVector(out, above, here, below []byte, s *filter.Scratch) {
	n := len(here)
	evens, odds := s.Bytes(1, n+8), s.Bytes(2, n+8)
	whole, last := vector.Whole(n), n-vector.Bytes
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
	low := vector.Splat16(0xff)
	n := len(a)
	evens, odds, a, b, c = evens[:n:n], odds[:n:n], a[:n:n], b[:n:n], c[:n:n]
	for x := 0; x <= n-vector.Bytes; x += vector.Bytes {
		p := vector.Load8(a[x : x+vector.Bytes]).ReshapeToUint16s()
		q := vector.Load8(b[x : x+vector.Bytes]).ReshapeToUint16s()
		r := vector.Load8(c[x : x+vector.Bytes]).ReshapeToUint16s()
		rb := p.And(low).Add(q.And(low)).Add(r.And(low))
		ga := p.ShiftAllRight(8).Add(q.ShiftAllRight(8)).Add(r.ShiftAllRight(8))
		rb.ReshapeToUint8s().Store(evens[x : x+vector.Bytes])
		ga.ReshapeToUint8s().Store(odds[x : x+vector.Bytes])
	}
}

// sharpenSumsVector computes len(out) bytes of a row from its own pixels and
// from the sums of the columns, which begin one pixel to the left of it.
func sharpenSumsVector(out, here, evens, odds []byte) {
	low, ten := vector.Splat16(0xff), vector.Splat16(10)
	// A is one times itself minus nothing.
	tenAndOne, colour := vector.Splat32(1<<16|10).ReshapeToUint16s(), vector.Splat32(0xffff).ReshapeToUint16s()
	n := len(out)
	out, here = out[:n:n], here[:n:n]
	e0, e1, e2 := evens[:n:n], evens[4:][:n:n], evens[8:][:n:n]
	o0, o1, o2 := odds[:n:n], odds[4:][:n:n], odds[8:][:n:n]
	for x := 0; x <= n-vector.Bytes; x += vector.Bytes {
		p := vector.Load8(here[x : x+vector.Bytes]).ReshapeToUint16s()
		sumE := vector.Load8(e0[x : x+vector.Bytes]).ReshapeToUint16s().
			Add(vector.Load8(e1[x : x+vector.Bytes]).ReshapeToUint16s()).
			Add(vector.Load8(e2[x : x+vector.Bytes]).ReshapeToUint16s())
		sumO := vector.Load8(o0[x : x+vector.Bytes]).ReshapeToUint16s().
			Add(vector.Load8(o1[x : x+vector.Bytes]).ReshapeToUint16s()).
			Add(vector.Load8(o2[x : x+vector.Bytes]).ReshapeToUint16s())
		rb := p.And(low).Mul(ten).SubSaturated(sumE).Min(low)
		ga := p.ShiftAllRight(8).Mul(tenAndOne).SubSaturated(sumO.And(colour)).Min(low)
		rb.Or(ga.ShiftAllLeft(8)).ReshapeToUint8s().Store(out[x : x+vector.Bytes])
	}
}
