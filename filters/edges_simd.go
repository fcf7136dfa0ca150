//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

import "image"

func edgesVector(dst, src *image.NRGBA, v Values, s *Scratch) {
	rows := edgeRows{
		grey: greyRowVector, blur: blurRowVector, gradient: sobelRowVector,
		suppress: suppressRowVector, paint: paintRowVector,
	}
	if src.Rect.Dx() < vecBytes {
		rows = scalarEdges()
	}
	detectEdges(dst, src, v, rows, s)
	endVectors()
}

func greyRowVector(out, pixels []byte) {
	whole, last := wholeVectors(len(out)), len(out)-vecBytes
	greyVector(out[:whole], pixels)
	greyVector(out[last:], pixels[4*last:])
}

func greyVector(out, pixels []byte) {
	for x := 0; x <= len(out)-vecBytes; x += vecBytes {
		p := pixels[4*x:][:4*vecBytes]
		v := narrow(greyOf(p), greyOf(p[vecBytes:]), greyOf(p[2*vecBytes:]), greyOf(p[3*vecBytes:]))
		v.Store(out[x : x+vecBytes])
	}
}

// greyOf returns the grey of a vector of pixels in their lanes.
func greyOf(pixels []byte) vec32 {
	low := splat32(0xff)
	p := load8(pixels).ReshapeToUint32s()
	return p.And(low).Mul(splat32(9798)).
		Add(p.ShiftAllRight(8).And(low).Mul(splat32(19235))).
		Add(p.ShiftAllRight(16).And(low).Mul(splat32(3735))).
		Add(splat32(1 << 14)).ShiftAllRight(15)
}

func blurRowVector(out, a, b, c, d, e []byte, s *Scratch) {
	n := len(out)
	sums := s.Uint16s(0, n+4)
	whole, last := n/vecLanes*vecLanes, n-vecLanes
	blurDownVector(sums[2:][:whole], a, b, c, d, e)
	blurDownVector(sums[2+last:][:vecLanes], a[last:], b[last:], c[last:], d[last:], e[last:])
	reflectSums(sums)
	blurAcrossVector(out[:whole], sums)
	blurAcrossVector(out[last:], sums[last:])
}

// weighted is a + 4 b + 6 c + 4 d + e.
func weighted(a, b, c, d, e vec16) vec16 {
	return a.Add(e).Add(c.ShiftAllLeft(1)).Add(b.Add(c).Add(d).ShiftAllLeft(2))
}

func blurDownVector(sums []uint16, a, b, c, d, e []byte) {
	n := len(sums)
	a, b, c, d, e = a[:n:n], b[:n:n], c[:n:n], d[:n:n], e[:n:n]
	sums = sums[:n:n]
	for x := 0; x <= n-vecLanes; x += vecLanes {
		weighted(widen(a[x:x+vecLanes]), widen(b[x:x+vecLanes]), widen(c[x:x+vecLanes]),
			widen(d[x:x+vecLanes]), widen(e[x:x+vecLanes])).Store(sums[x : x+vecLanes])
	}
}

func blurAcrossVector(out []byte, sums []uint16) {
	half := splat16(128)
	n := len(out)
	out = out[:n:n]
	a, b, c, d, e := sums[:n:n], sums[1:][:n:n], sums[2:][:n:n], sums[3:][:n:n], sums[4:][:n:n]
	for x := 0; x <= n-vecLanes; x += vecLanes {
		sum := weighted(load16(a[x:x+vecLanes]), load16(b[x:x+vecLanes]), load16(c[x:x+vecLanes]),
			load16(d[x:x+vecLanes]), load16(e[x:x+vecLanes]))
		storeLow(sum.Add(half).ShiftAllRight(8), out[x:x+vecLanes])
	}
}

// sobelRowVector keeps, of each column, what it is smoothed downwards and its
// difference downwards.
func sobelRowVector(out gradient, a, b, c []byte, s *Scratch) {
	n := len(b)
	smooth, diff := s.Int16s(3, n+2), s.Int16s(4, n+2)
	whole, last := n/vecLanes*vecLanes, n-vecLanes
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
	for x := 0; x <= n-vecLanes; x += vecLanes {
		p, q, r := widen(a[x:x+vecLanes]), widen(b[x:x+vecLanes]), widen(c[x:x+vecLanes])
		p.Add(r).Add(q.ShiftAllLeft(1)).BitsToInt16().Store(smooth[x : x+vecLanes])
		r.Sub(p).BitsToInt16().Store(diff[x : x+vecLanes])
	}
}

func sobelAcrossVector(dx, dy, strength, smooth, diff []int16) {
	n := len(dx)
	dx, dy, strength = dx[:n:n], dy[:n:n], strength[:n:n]
	s0, s2 := smooth[:n:n], smooth[2:][:n:n]
	d0, d1, d2 := diff[:n:n], diff[1:][:n:n], diff[2:][:n:n]
	for x := 0; x <= n-vecLanes; x += vecLanes {
		gx := loadInt16(s2[x : x+vecLanes]).Sub(loadInt16(s0[x : x+vecLanes]))
		gy := loadInt16(d0[x : x+vecLanes]).Add(loadInt16(d2[x : x+vecLanes])).
			Add(loadInt16(d1[x : x+vecLanes]).ShiftAllLeft(1))
		gx.Store(dx[x : x+vecLanes])
		gy.Store(dy[x : x+vecLanes])
		gx.Abs().Add(gy.Abs()).Store(strength[x : x+vecLanes])
	}
}

func suppressRowVector(out []byte, above, here, below gradient, low, high int16) {
	whole, last := len(out)/vecLanes*vecLanes, len(out)-vecLanes
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
	lows, highs, one := splatInt16(low), splatInt16(high), splatInt16(1)
	n := len(out)
	out, dx, dy = out[:n:n], dx[:n:n], dy[:n:n]
	a0, a1, a2 := above[:n:n], above[1:][:n:n], above[2:][:n:n]
	h0, h1, h2 := here[:n:n], here[1:][:n:n], here[2:][:n:n]
	b0, b1, b2 := below[:n:n], below[1:][:n:n], below[2:][:n:n]
	for x := 0; x <= n-vecLanes; x += vecLanes {
		m := loadInt16(h1[x : x+vecLanes])
		strong := m.Greater(lows)
		if isZero(lanesOf(strong)) {
			storeLow(splat16(noEdge), out[x:x+vecLanes])
			continue
		}
		gx, gy := loadInt16(dx[x:x+vecLanes]), loadInt16(dy[x:x+vecLanes])
		ax, ay := gx.Abs(), gy.Abs()
		t := timesTan22(ax)
		sideways := ay.LessEqual(t)
		upright := ay.Greater(t.Add(ax.ShiftAllLeft(1)))
		falling := gx.Xor(gy).Less(splatInt16(0)) // one of them is negative

		// The neighbours before and after the pixel across the edge.
		before := loadInt16(a2[x:x+vecLanes]).IfElse(falling, loadInt16(a0[x:x+vecLanes]))
		before = loadInt16(a1[x:x+vecLanes]).IfElse(upright, before)
		before = loadInt16(h0[x:x+vecLanes]).IfElse(sideways, before)
		after := loadInt16(b0[x:x+vecLanes]).IfElse(falling, loadInt16(b2[x:x+vecLanes]))
		after = loadInt16(b1[x:x+vecLanes]).IfElse(upright, after)
		after = loadInt16(h2[x:x+vecLanes]).IfElse(sideways, after)
		// A tie with the one after is allowed but on a diagonal: m >= after is
		// m > after - 1, and a mask is -1 as a number.
		after = after.Add(lanesOf(sideways.Or(upright)))

		maximum := lanesOf(strong.And(m.Greater(before)).And(m.Greater(after)))
		found := maximum.And(one).Or(maximum.And(lanesOf(m.Greater(highs))))
		storeLow(found.ToBits(), out[x:x+vecLanes])
	}
}

// timesTan22 is x times tan22 / 32768, rounded down, for x from 0 to 1020. The
// factor is 53 x 256 + 5, so that no product needs more than 16 bits.
func timesTan22(x vecInt16) vecInt16 {
	const high, low = tan22 / 256, tan22 % 256
	u := x.ToBits()
	return u.Mul(splat16(high)).Add(u.Mul(splat16(low)).ShiftAllRight(8)).ShiftAllRight(7).BitsToInt16()
}

func paintRowVector(out, in, edges []byte) {
	whole, last := wholeVectors(len(in)), len(in)-vecBytes
	paintVector(out[:whole], in, edges)
	paintVector(out[last:], in[last:], edges[last/4:])
}

func paintVector(out, in, edges []byte) {
	alpha := splat32(0xff000000)
	n := len(out)
	out, in = out[:n:n], in[:n:n]
	for x := 0; x <= n-vecBytes; x += vecBytes {
		white := fillColour(edges[x/4:])
		p := load8(in[x : x+vecBytes]).ReshapeToUint32s()
		white.Or(p.And(alpha)).ReshapeToUint8s().Store(out[x : x+vecBytes])
	}
}
