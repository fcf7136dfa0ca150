package edges

import "carriles/filters/filter"

// gradient is the gradient of one row of pixels.
type gradient struct {
	dx, dy []int16
	// strength is |dx| + |dy|, at most 2040; that of pixel x is strength[x+1], and
	// the first and the last are those of pixels outside, which are zero.
	strength []int16
}

// gradients keeps three rows of gradients.
type gradients struct {
	w, h           int
	dx, dy         []int16
	strength, none []int16
}

func newGradients(w, h int, s *filter.Scratch) gradients {
	n := w + 2
	strength := s.Int16s(0, 4*n)
	clear(strength)
	return gradients{
		w: w, h: h, dx: s.Int16s(1, 3*w), dy: s.Int16s(2, 3*w),
		strength: strength[:3*n], none: strength[3*n:],
	}
}

// row returns row y; of those outside only the strengths, zero, count.
func (g gradients) row(y int) gradient {
	i, n := max(y, 0)%3, g.w+2
	row := gradient{dx: g.dx[i*g.w:][:g.w], dy: g.dy[i*g.w:][:g.w], strength: g.strength[i*n:][:n]}
	if y < 0 || y >= g.h {
		row.strength = g.none
	}
	return row
}

// sobelRow is the scalar edgeRows.gradient. Left and right the edge pixel
// repeats.
func sobelRow(out gradient, a, b, c []byte, _ *filter.Scratch) {
	w := len(b)
	a, c = a[:w], c[:w]
	dx, dy, strength := out.dx[:w], out.dy[:w], out.strength[1:][:w]
	// Of the columns to the left, in the middle and to the right: smoothed
	// downwards for dx, the difference downwards for dy.
	smooth1 := int16(a[0]) + 2*int16(b[0]) + int16(c[0])
	diff1 := int16(c[0]) - int16(a[0])
	smooth0, diff0 := smooth1, diff1
	last := w - 1
	for x := range b {
		r := min(x+1, last)
		smooth2 := int16(a[r]) + 2*int16(b[r]) + int16(c[r])
		diff2 := int16(c[r]) - int16(a[r])
		gx, gy := smooth2-smooth0, diff0+2*diff1+diff2
		dx[x], dy[x] = gx, gy
		strength[x] = abs16(gx) + abs16(gy)
		smooth0, smooth1 = smooth1, smooth2
		diff0, diff1 = diff1, diff2
	}
}

// suppressRow is the scalar edgeRows.suppress.
func suppressRow(out []byte, above, here, below gradient, low, high int16) {
	w := len(out)
	dx, dy := here.dx[:w], here.dy[:w]
	up, row, down := above.strength[:w+2], here.strength[:w+2], below.strength[:w+2]
	for x := range out {
		m := row[x+1]
		switch {
		case m <= low || !isMaximum(dx[x], dy[x], m, up[x:x+3], row[x:x+3], down[x:x+3]):
			out[x] = noEdge
		case m > high:
			out[x] = edge
		default:
			out[x] = candidate
		}
	}
}

// tan22 is the tangent of 22.5 degrees, times 1 << 15.
const tan22 = 13573

// isMaximum reports whether the strength m is the largest across the edge that
// the gradient (dx, dy) says. The slices are the 3 x 3 strengths around it. A
// tie goes to the pixel further right or down, and to none on a diagonal.
func isMaximum(dx, dy, m int16, above, here, below []int16) bool {
	x, y := int32(abs16(dx)), int32(abs16(dy))<<15
	t := x * tan22
	if y < t {
		return m > here[0] && m >= here[2]
	}
	if y > t+x<<16 { // tan 67.5 degrees is tan 22.5 degrees plus 2
		return m > above[1] && m >= below[1]
	}
	if dx^dy < 0 {
		return m > above[2] && m > below[0]
	}
	return m > above[0] && m > below[2]
}

func abs16(v int16) int16 {
	sign := v >> 15
	return (v ^ sign) - sign
}
