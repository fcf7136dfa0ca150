//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package edges

import (
	"image"
	_ "simd/archsimd" // see package vector

	"carriles/filters/filter"
	"carriles/filters/vector"
)

func (kernels) Vector(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	rows := edgeRows{
		grey: greyRowVector, blur: blurRowVector, gradient: sobelRowVector,
		suppress: suppressRowVector, paint: paintRowVector,
	}
	if src.Rect.Dx() < vector.Bytes {
		rows = scalarEdges()
	}
	detectEdges(dst, src, v, rows, s)
	vector.End()
}

func greyRowVector(out, pixels []byte) {
	whole, last := vector.Whole(len(out)), len(out)-vector.Bytes
	greyVector(out[:whole], pixels)
	greyVector(out[last:], pixels[4*last:])
}

func greyVector(out, pixels []byte) {
	for x := 0; x <= len(out)-vector.Bytes; x += vector.Bytes {
		p := pixels[4*x:][:4*vector.Bytes]
		v := vector.Narrow(greyOf(p), greyOf(p[vector.Bytes:]), greyOf(p[2*vector.Bytes:]), greyOf(p[3*vector.Bytes:]))
		v.Store(out[x : x+vector.Bytes])
	}
}

// greyOf returns the grey of a vector of pixels in their lanes.
func greyOf(pixels []byte) vector.Uint32 {
	low := vector.Splat32(0xff)
	p := vector.Load8(pixels).ReshapeToUint32s()
	return p.And(low).Mul(vector.Splat32(9798)).
		Add(p.ShiftAllRight(8).And(low).Mul(vector.Splat32(19235))).
		Add(p.ShiftAllRight(16).And(low).Mul(vector.Splat32(3735))).
		Add(vector.Splat32(1 << 14)).ShiftAllRight(15)
}

func blurRowVector(out, a, b, c, d, e []byte, s *filter.Scratch) {
	n := len(out)
	sums := s.Uint16s(0, n+4)
	whole, last := n/vector.Lanes*vector.Lanes, n-vector.Lanes
	blurDownVector(sums[2:][:whole], a, b, c, d, e)
	blurDownVector(sums[2+last:][:vector.Lanes], a[last:], b[last:], c[last:], d[last:], e[last:])
	reflectSums(sums)
	blurAcrossVector(out[:whole], sums)
	blurAcrossVector(out[last:], sums[last:])
}

// weighted is a + 4 b + 6 c + 4 d + e.
func weighted(a, b, c, d, e vector.Uint16) vector.Uint16 {
	return a.Add(e).Add(c.ShiftAllLeft(1)).Add(b.Add(c).Add(d).ShiftAllLeft(2))
}

func blurDownVector(sums []uint16, a, b, c, d, e []byte) {
	n := len(sums)
	a, b, c, d, e = a[:n:n], b[:n:n], c[:n:n], d[:n:n], e[:n:n]
	sums = sums[:n:n]
	for x := 0; x <= n-vector.Lanes; x += vector.Lanes {
		weighted(vector.Widen(a[x:x+vector.Lanes]), vector.Widen(b[x:x+vector.Lanes]), vector.Widen(c[x:x+vector.Lanes]),
			vector.Widen(d[x:x+vector.Lanes]), vector.Widen(e[x:x+vector.Lanes])).Store(sums[x : x+vector.Lanes])
	}
}

func blurAcrossVector(out []byte, sums []uint16) {
	half := vector.Splat16(128)
	n := len(out)
	out = out[:n:n]
	a, b, c, d, e := sums[:n:n], sums[1:][:n:n], sums[2:][:n:n], sums[3:][:n:n], sums[4:][:n:n]
	for x := 0; x <= n-vector.Lanes; x += vector.Lanes {
		sum := weighted(vector.Load16(a[x:x+vector.Lanes]), vector.Load16(b[x:x+vector.Lanes]), vector.Load16(c[x:x+vector.Lanes]),
			vector.Load16(d[x:x+vector.Lanes]), vector.Load16(e[x:x+vector.Lanes]))
		vector.StoreLow(sum.Add(half).ShiftAllRight(8), out[x:x+vector.Lanes])
	}
}

// sobelRowVector keeps, of each column, what it is smoothed downwards and its
// difference downwards.
func sobelRowVector(out gradient, a, b, c []byte, s *filter.Scratch) {
	n := len(b)
	smooth, diff := s.Int16s(3, n+2), s.Int16s(4, n+2)
	whole, last := n/vector.Lanes*vector.Lanes, n-vector.Lanes
	sobelDownVector(smooth[1:], diff[1:], a[:whole], b, c)
	sobelDownVector(smooth[1+last:], diff[1+last:], a[last:], b[last:], c[last:])
	smooth[0], smooth[n+1] = smooth[1], smooth[n]
	diff[0], diff[n+1] = diff[1], diff[n]
	sobelAcrossVector(out.dx[:whole], out.dy, out.strength[1:], smooth, diff)
	sobelAcrossVector(out.dx[last:], out.dy[last:], out.strength[1+last:], smooth[last:], diff[last:])
}

func sobelDownVector(smooth, diff []int16, a, b, c []byte) {
	n := len(a)
	a, b, c, smooth, diff = a[:n:n], b[:n:n], c[:n:n], smooth[:n:n], diff[:n:n]
	for x := 0; x <= n-vector.Lanes; x += vector.Lanes {
		p, q, r := vector.Widen(a[x:x+vector.Lanes]), vector.Widen(b[x:x+vector.Lanes]), vector.Widen(c[x:x+vector.Lanes])
		p.Add(r).Add(q.ShiftAllLeft(1)).BitsToInt16().Store(smooth[x : x+vector.Lanes])
		r.Sub(p).BitsToInt16().Store(diff[x : x+vector.Lanes])
	}
}

func sobelAcrossVector(dx, dy, strength, smooth, diff []int16) {
	n := len(dx)
	dx, dy, strength = dx[:n:n], dy[:n:n], strength[:n:n]
	s0, s2 := smooth[:n:n], smooth[2:][:n:n]
	d0, d1, d2 := diff[:n:n], diff[1:][:n:n], diff[2:][:n:n]
	for x := 0; x <= n-vector.Lanes; x += vector.Lanes {
		gx := vector.LoadInt16(s2[x : x+vector.Lanes]).Sub(vector.LoadInt16(s0[x : x+vector.Lanes]))
		gy := vector.LoadInt16(d0[x : x+vector.Lanes]).Add(vector.LoadInt16(d2[x : x+vector.Lanes])).
			Add(vector.LoadInt16(d1[x : x+vector.Lanes]).ShiftAllLeft(1))
		gx.Store(dx[x : x+vector.Lanes])
		gy.Store(dy[x : x+vector.Lanes])
		gx.Abs().Add(gy.Abs()).Store(strength[x : x+vector.Lanes])
	}
}

func suppressRowVector(out []byte, above, here, below gradient, low, high int16) {
	whole, last := len(out)/vector.Lanes*vector.Lanes, len(out)-vector.Lanes
	suppressVector(out[:whole], here.dx, here.dy, above.strength, here.strength, below.strength, low, high)
	suppressVector(out[last:], here.dx[last:], here.dy[last:],
		above.strength[last:], here.strength[last:], below.strength[last:], low, high)
}

// suppressVector is suppressRow in 16 bits. With x = |dx| and y = |dy|, the
// scalar comparison 32768 y < tan22 x is y <= t, where t = tan22 x / 32768 is
// rounded down: they differ only where the division leaves no rest, which is
// where x is zero, and then y is above zero, as the strength is. In the same
// way 32768 y > tan22 x + 65536 x is y > t + 2 x.
func suppressVector(out []byte, dx, dy, above, here, below []int16, low, high int16) {
	lows, highs, one := vector.SplatInt16(low), vector.SplatInt16(high), vector.SplatInt16(1)
	n := len(out)
	out, dx, dy = out[:n:n], dx[:n:n], dy[:n:n]
	a0, a1, a2 := above[:n:n], above[1:][:n:n], above[2:][:n:n]
	h0, h1, h2 := here[:n:n], here[1:][:n:n], here[2:][:n:n]
	b0, b1, b2 := below[:n:n], below[1:][:n:n], below[2:][:n:n]
	for x := 0; x <= n-vector.Lanes; x += vector.Lanes {
		m := vector.LoadInt16(h1[x : x+vector.Lanes])
		strong := m.Greater(lows)
		if vector.IsZero(vector.LanesOf(strong)) {
			vector.StoreLow(vector.Splat16(noEdge), out[x:x+vector.Lanes])
			continue
		}
		gx, gy := vector.LoadInt16(dx[x:x+vector.Lanes]), vector.LoadInt16(dy[x:x+vector.Lanes])
		ax, ay := gx.Abs(), gy.Abs()
		t := timesTan22(ax)
		sideways := ay.LessEqual(t)
		upright := ay.Greater(t.Add(ax.ShiftAllLeft(1)))
		falling := gx.Xor(gy).Less(vector.SplatInt16(0)) // one of them is negative

		// The neighbours before and after the pixel across the edge.
		before := vector.LoadInt16(a2[x:x+vector.Lanes]).IfElse(falling, vector.LoadInt16(a0[x:x+vector.Lanes]))
		before = vector.LoadInt16(a1[x:x+vector.Lanes]).IfElse(upright, before)
		before = vector.LoadInt16(h0[x:x+vector.Lanes]).IfElse(sideways, before)
		after := vector.LoadInt16(b0[x:x+vector.Lanes]).IfElse(falling, vector.LoadInt16(b2[x:x+vector.Lanes]))
		after = vector.LoadInt16(b1[x:x+vector.Lanes]).IfElse(upright, after)
		after = vector.LoadInt16(h2[x:x+vector.Lanes]).IfElse(sideways, after)
		// A tie with the one after is allowed but on a diagonal: m >= after is
		// m > after - 1, and a mask is -1 as a number.
		after = after.Add(vector.LanesOf(sideways.Or(upright)))

		maximum := vector.LanesOf(strong.And(m.Greater(before)).And(m.Greater(after)))
		found := maximum.And(one).Or(maximum.And(vector.LanesOf(m.Greater(highs))))
		vector.StoreLow(found.ToBits(), out[x:x+vector.Lanes])
	}
}

// timesTan22 is x times tan22 / 32768, rounded down, for x from 0 to 1020. The
// factor is 53 x 256 + 5, so that no product needs more than 16 bits.
func timesTan22(x vector.Int16) vector.Int16 {
	const high, low = tan22 / 256, tan22 % 256
	u := x.ToBits()
	return u.Mul(vector.Splat16(high)).Add(u.Mul(vector.Splat16(low)).ShiftAllRight(8)).ShiftAllRight(7).BitsToInt16()
}

func paintRowVector(out, in, edges []byte) {
	whole, last := vector.Whole(len(in)), len(in)-vector.Bytes
	paintVector(out[:whole], in, edges)
	paintVector(out[last:], in[last:], edges[last/4:])
}

func paintVector(out, in, edges []byte) {
	alpha := vector.Splat32(0xff000000)
	n := len(out)
	out, in = out[:n:n], in[:n:n]
	for x := 0; x <= n-vector.Bytes; x += vector.Bytes {
		white := vector.FillColour(edges[x/4:])
		p := vector.Load8(in[x : x+vector.Bytes]).ReshapeToUint32s()
		white.Or(p.And(alpha)).ReshapeToUint8s().Store(out[x : x+vector.Bytes])
	}
}
