package filters

// The map of edges has one byte a pixel.
const (
	noEdge    = 0
	candidate = 1 // an edge if it is connected to one
	edge      = 2
)

// suppress marks in edges, which is clear, the candidates and the edges of the
// plane grey of w x h pixels, and appends the positions of the edges to stack.
//
// It goes down the rows with the gradients of three of them in a ring.
func suppress(edges, grey []byte, w, h int, low, high int16, stack []int32, s *Scratch) []int32 {
	n := w + 2 // a strength of zero on either side
	strengths := s.Int16s(0, 4*n)
	clear(strengths) // the pads, and the fourth row, which stands for those outside
	outside := strengths[3*n:]
	dxs, dys := s.Int16s(1, 3*w), s.Int16s(2, 3*w)
	gradient := func(y int) {
		up, down := max(y-1, 0), min(y+1, h-1)
		i := y % 3
		sobelRow(dxs[i*w:][:w], dys[i*w:][:w], strengths[i*n+1:][:w],
			grey[up*w:][:w], grey[y*w:][:w], grey[down*w:][:w])
	}
	strength := func(y int) []int16 {
		if y < 0 || y >= h {
			return outside
		}
		return strengths[y%3*n:][:n]
	}

	gradient(0)
	for y := range h {
		if y+1 < h {
			gradient(y + 1)
		}
		at := (y+1)*n + 1
		stack = suppressRow(edges[at:][:w], at, stack,
			dxs[y%3*w:][:w], dys[y%3*w:][:w],
			strength(y-1), strength(y), strength(y+1), low, high)
	}
	return stack
}

// sobelRow computes the gradient of one row and its strength from that row b
// and its neighbours above and below. Left and right the edge pixel repeats.
func sobelRow(dx, dy, strength []int16, a, b, c []byte) {
	w := len(b)
	a, c = a[:w], c[:w]
	dx, dy, strength = dx[:w], dy[:w], strength[:w]
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

// suppressRow marks one row: out[x] is the pixel whose strength is here[x+1],
// and whose position in the map is at + x.
func suppressRow(out []byte, at int, stack []int32, dx, dy, above, here, below []int16, low, high int16) []int32 {
	w := len(out)
	dx, dy = dx[:w], dy[:w]
	above, here, below = above[:w+2], here[:w+2], below[:w+2]
	for x := range out {
		m := here[x+1]
		if m <= low || !isMaximum(dx[x], dy[x], m, above[x:x+3], here[x:x+3], below[x:x+3]) {
			continue
		}
		if m > high {
			out[x] = edge
			stack = append(stack, int32(at+x))
		} else {
			out[x] = candidate
		}
	}
	return stack
}

// isMaximum reports whether the strength m is the largest across the edge that
// the gradient (dx, dy) says. The slices are the 3 x 3 strengths around it. A
// tie goes to the pixel further right or down, and to none on a diagonal.
func isMaximum(dx, dy, m int16, above, here, below []int16) bool {
	const tan22 = 13573 // tan 22.5 degrees, times 1 << 15
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

// follow turns each candidate that is connected to an edge into an edge. The
// map has stride bytes a row and a frame of one pixel that is never a
// candidate; stack holds the positions of the edges. It returns the emptied
// stack.
func follow(edges []byte, stride int, stack []int32) []int32 {
	around := [8]int{-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1}
	for len(stack) > 0 {
		at := int(stack[len(stack)-1])
		stack = stack[:len(stack)-1]
		for _, d := range around {
			if edges[at+d] == candidate {
				edges[at+d] = edge
				stack = append(stack, int32(at+d))
			}
		}
	}
	return stack
}

func abs16(v int16) int16 {
	sign := v >> 15
	return (v ^ sign) - sign
}
