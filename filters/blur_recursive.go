package filters

import "image"

// recursiveGauss is the Gaussian as the sum of two recursive filters of fourth
// order, one that runs forwards and one that runs backwards:
//
//	f[i] = n0 x[i]   + n1 x[i-1] + n2 x[i-2] + n3 x[i-3] - d1 f[i-1] - ... - d4 f[i-4]
//	b[i] = m1 x[i+1] + m2 x[i+2] + m3 x[i+3] + m4 x[i+4] - d1 b[i+1] - ... - d4 b[i+4]
//	y[i] = f[i] + b[i]
//
// R. Deriche, "Recursively implementing the Gaussian and its derivatives",
// INRIA research report 1893 (1993): two damped oscillations, fitted to the
// Gaussian. Summed over all distances they differ from it by 0.0006 of its
// area, so by less than 0.3 of 255 levels after both directions, on the most
// adverse image.
//
// As the two filters stand side by side, an edge pixel that goes on without end
// has a closed form: before the first pixel x has always been the same, so f
// has settled at forward times it, and behind the last b at backward times it.
// Nothing depends on how the size of the image compares to sigma.
type recursiveGauss struct {
	n                 [4]float64 // n0 to n3
	m                 [4]float64 // m1 to m4
	d                 [4]float64 // d1 to d4
	forward, backward float64
}

// newRecursiveGauss computes the filter for sigma of at least 1 pixel.
func newRecursiveGauss(sigma float64) recursiveGauss {
	const (
		a0, a1, b0, w0 = 1.68, 3.735, 1.783, 0.6318
		c0, c1, b1, w1 = -0.6803, -0.2598, 1.723, 1.997
	)
	// The response to a single 1 at the distances 0 to 3.
	var response [4]float64
	cosA, sinA, fadeA := cosine(w0/sigma), sine(w0/sigma), expNeg(-b0/sigma)
	cosB, sinB, fadeB := cosine(w1/sigma), sine(w1/sigma), expNeg(-b1/sigma)
	ca, sa, fa := 1.0, 0.0, 1.0
	cb, sb, fb := 1.0, 0.0, 1.0
	for k := range response {
		response[k] = float64((float64(a0*ca)+float64(a1*sa))*fa) + float64((float64(c0*cb)+float64(c1*sb))*fb)
		ca, sa = float64(ca*cosA)-float64(sa*sinA), float64(sa*cosA)+float64(ca*sinA)
		cb, sb = float64(cb*cosB)-float64(sb*sinB), float64(sb*cosB)+float64(cb*sinB)
		fa, fb = float64(fa*fadeA), float64(fb*fadeB)
	}
	// Both oscillations have a denominator of second order; d is their product.
	p1, p2 := float64(-2*fadeA*cosA), float64(fadeA*fadeA)
	q1, q2 := float64(-2*fadeB*cosB), float64(fadeB*fadeB)
	var g recursiveGauss
	g.d = [4]float64{p1 + q1, p2 + q2 + float64(p1*q1), float64(p1*q2) + float64(p2*q1), float64(p2 * q2)}
	for k := range g.n {
		g.n[k] = response[k]
		for j := range k {
			g.n[k] += float64(g.d[j] * response[k-1-j])
		}
	}
	for k := range g.m {
		g.m[k] = -float64(g.d[k] * g.n[0])
		if k < 3 {
			g.m[k] += g.n[k+1]
		}
	}
	// Scaled so that a constant stays what it is.
	settle := 1 + g.d[0] + g.d[1] + g.d[2] + g.d[3]
	g.forward = (g.n[0] + g.n[1] + g.n[2] + g.n[3]) / settle
	g.backward = (g.m[0] + g.m[1] + g.m[2] + g.m[3]) / settle
	total := g.forward + g.backward
	for k := range 4 {
		g.n[k] /= total
		g.m[k] /= total
	}
	g.forward /= total
	g.backward /= total
	return g
}

// recursiveStrip is how many columns are filtered downwards at a time.
const recursiveStrip = 16

// blurRecursive filters the rows of src into a plane of s that has 16 bits a
// channel (8 bytes a pixel), and the columns of that into dst.
func blurRecursive(dst, src *image.NRGBA, sigma float64, s *Scratch) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	flat := opaque(src)
	channels := 4
	if flat {
		channels = 3
	}
	g := newRecursiveGauss(sigma)
	plane := s.Uint64s(0, w*h)

	buf := s.Float64s(0, 2*w)
	in, out := buf[:w], buf[w:]
	for y := range h {
		across := plane[y*w:][:w]
		if flat {
			for x := range across {
				across[x] = 255 * blurOne << 48
			}
		} else {
			clear(across)
		}
		for c := range channels {
			channelRow(in, pixelRow(src, y), c, flat)
			g.row(out, in)
			for x, v := range out {
				across[x] |= fixed16(v) << (16 * c)
			}
		}
	}
	for x := 0; x < w; x += recursiveStrip {
		g.columns(dst, plane, x, min(x+recursiveStrip, w), channels, s)
	}
}

// channelRow writes channel c of a row, premultiplied unless flat, in steps of
// 1/256.
func channelRow(out []float64, row []byte, c int, flat bool) {
	for x := range out {
		if len(row) < 4 {
			break
		}
		p := uint64(pixel(row))
		v := (p >> (8 * c) & 0xff) * blurOne
		if a := p >> 24; !flat && a != 255 && c < 3 {
			v = (v*a + 127) / 255
		}
		out[x] = float64(int64(v))
		row = row[4:]
	}
}

// fixed16 rounds v, in steps of 1/256 of a level, and clamps what the fit's
// error may have carried beyond black or white.
func fixed16(v float64) uint64 {
	return uint64(max(0, min(int64(v+0.5), 255*blurOne)))
}

// row filters one channel of one row. Each product is rounded on its own, see
// detmath.go; the newest result is subtracted last because it arrives last.
func (g *recursiveGauss) row(y, x []float64) {
	n0, n1, n2, n3 := g.n[0], g.n[1], g.n[2], g.n[3]
	d1, d2, d3, d4 := g.d[0], g.d[1], g.d[2], g.d[3]
	y = y[:len(x)]
	x1, x2, x3 := x[0], x[0], x[0]
	y1 := float64(x[0] * g.forward)
	y2, y3, y4 := y1, y1, y1
	for i, x0 := range x {
		v := float64(n0*x0) + float64(n1*x1) + float64(n2*x2) + float64(n3*x3)
		v = v - float64(d4*y4) - float64(d3*y3) - float64(d2*y2) - float64(d1*y1)
		y[i] = v
		x1, x2, x3 = x0, x1, x2
		y1, y2, y3, y4 = v, y1, y2, y3
	}

	m1, m2, m3, m4 := g.m[0], g.m[1], g.m[2], g.m[3]
	last := x[len(x)-1]
	x1, x2, x3 = last, last, last
	x4 := last
	y1 = float64(last * g.backward)
	y2, y3, y4 = y1, y1, y1
	for i := len(x) - 1; i >= 0; i-- {
		v := float64(m1*x1) + float64(m2*x2) + float64(m3*x3) + float64(m4*x4)
		v = v - float64(d4*y4) - float64(d3*y3) - float64(d2*y2) - float64(d1*y1)
		y[i] += v
		x1, x2, x3, x4 = x[i], x1, x2, x3
		y1, y2, y3, y4 = v, y1, y2, y3
	}
}

// columns filters the columns left to right-1 of the plane into dst. It is row
// turned by a quarter, for a strip of columns at once: what are single numbers
// there are rows of the strip here, one number for each channel of each column.
func (g *recursiveGauss) columns(dst *image.NRGBA, plane []uint64, left, right, channels int, s *Scratch) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	n := (right - left) * channels
	load := func(out []float64, y int) { splitRow(out, plane[y*w+left:y*w+right], channels) }

	// Forwards, kept: row y is at 4+y, behind four settled rows.
	kept := s.Float64s(1, (h+4)*n)
	line := func(i int) []float64 { return kept[i*n:][:n] }
	past := s.Float64s(2, 9*n)
	x0, x1, x2, x3 := past[:n], past[n:2*n], past[2*n:3*n], past[3*n:4*n]
	load(x1, 0)
	copy(x2, x1)
	copy(x3, x1)
	for i := range 4 {
		settled(line(i), x1, g.forward)
	}
	for y := range h {
		load(x0, y)
		feed(line(y+4), x0, x1, x2, x3, &g.n)
		feedBack(line(y+4), line(y+3), line(y+2), line(y+1), line(y), &g.d)
		x0, x1, x2, x3 = x3, x0, x1, x2
	}

	// Backwards, added and written at once.
	x4 := past[4*n : 5*n]
	load(x1, h-1)
	copy(x2, x1)
	copy(x3, x1)
	copy(x4, x1)
	y0, y1, y2, y3 := x0, past[5*n:6*n], past[6*n:7*n], past[7*n:8*n]
	y4 := past[8*n : 9*n]
	settled(y1, x1, g.backward)
	copy(y2, y1)
	copy(y3, y1)
	copy(y4, y1)
	for y := h - 1; y >= 0; y-- {
		feed(y0, x1, x2, x3, x4, &g.m)
		feedBack(y0, y1, y2, y3, y4, &g.d)
		storeRow(pixelRow(dst, y)[4*left:4*right], line(y+4), y0, channels)
		load(x4, y)
		x1, x2, x3, x4 = x4, x1, x2, x3
		y0, y1, y2, y3, y4 = y4, y0, y1, y2, y3
	}
}

// settled writes factor x in to out.
func settled(out, in []float64, factor float64) {
	for i := range out {
		out[i] = float64(in[i] * factor)
	}
}

// feed writes f0 a + f1 b + f2 c + f3 d to out.
func feed(out, a, b, c, d []float64, f *[4]float64) {
	n := len(out)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	f0, f1, f2, f3 := f[0], f[1], f[2], f[3]
	for i := range out {
		out[i] = float64(f0*a[i]) + float64(f1*b[i]) + float64(f2*c[i]) + float64(f3*d[i])
	}
}

// feedBack subtracts d1 y1 + d2 y2 + d3 y3 + d4 y4 from out, in the order of row.
func feedBack(out, y1, y2, y3, y4 []float64, d *[4]float64) {
	n := len(out)
	y1, y2, y3, y4 = y1[:n], y2[:n], y3[:n], y4[:n]
	d1, d2, d3, d4 := d[0], d[1], d[2], d[3]
	for i, v := range out {
		out[i] = v - float64(d4*y4[i]) - float64(d3*y3[i]) - float64(d2*y2[i]) - float64(d1*y1[i])
	}
}

// splitRow writes the first channels of each 16-bit pixel side by side.
func splitRow(out []float64, row []uint64, channels int) {
	for _, p := range row {
		for c := range channels {
			out[c] = float64(int64(p >> (16 * c) & 0xffff))
		}
		out = out[channels:]
	}
}

// storeRow writes the pixels whose channels are a + b, in steps of 1/256.
func storeRow(row []byte, a, b []float64, channels int) {
	for len(row) >= 4 {
		if channels == 3 {
			putPixel(row, uint32(level(a[0]+b[0]))|uint32(level(a[1]+b[1]))<<8|uint32(level(a[2]+b[2]))<<16|0xff000000)
		} else {
			putPixel(row, divideAlpha(fixed16(a[0]+b[0]), fixed16(a[1]+b[1]), fixed16(a[2]+b[2]), fixed16(a[3]+b[3]), blurOne))
		}
		row, a, b = row[4:], a[channels:], b[channels:]
	}
}

// level rounds v, in steps of 1/256, to 0..255.
func level(v float64) uint64 { return (fixed16(v) + blurOne/2) / blurOne }
