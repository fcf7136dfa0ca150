package filters

import "image"

// sharpenFilter declares the sharpen filter: the 3x3 kernel
//
//	-1 -1 -1
//	-1  9 -1
//	-1 -1 -1
//
// on R, G and B, the result clamped to 0..255, and all of it intensity times;
// alpha is kept. The border reflects the image without its edge pixel. This is
// OpenCV's filter2D with BORDER_REFLECT_101 on 8-bit channels.
func sharpenFilter() Filter {
	return Filter{
		Name:    "sharpen",
		Aliases: []string{"heavy_sharpen"},
		Title:   Text{ES: "Realce", EN: "Sharpen"},
		Help: Text{
			ES: "resta a cada píxel sus ocho vecinos, tantas veces como se pida",
			EN: "subtracts from each pixel its eight neighbours, as many times as asked",
		},
		Params: []Param{{
			Name: "intensity", Kind: Int, Min: 1, Max: 10, Default: 3, Step: 1,
			Help: Text{
				ES: "cuántas veces se aplica; el tiempo crece con ellas",
				EN: "how many times it is applied; the time grows with it",
			},
		}},
		Size: sameSize,
	}
}

// sharpenKernel works in place from the second pass on: a row is overwritten
// only when it and its lower neighbour have been spread into the ring of three
// rows that all reading goes through. So a pass needs no second image.
func sharpenKernel(dst, src *image.NRGBA, v Values, s *Scratch) {
	for pass := range v.Int("intensity") {
		if pass == 0 {
			sharpenPass(dst, src, s)
		} else {
			sharpenPass(dst, dst, s)
		}
	}
}

func sharpenPass(dst, src *image.NRGBA, s *Scratch) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	buf := s.Uint64s(0, 3*(w+2))
	ring := [3][]uint64{buf[: w+2 : w+2], buf[w+2 : 2*w+4 : 2*w+4], buf[2*w+4:]}

	spreadRow(ring[0], pixelRow(src, 0))
	for y := range h {
		if y+1 < h {
			spreadRow(ring[(y+1)%3], pixelRow(src, y+1))
		}
		above, below := reflect101(y-1, h), reflect101(y+1, h)
		sharpenRow(pixelRow(dst, y), ring[above%3], ring[y%3], ring[below%3])
	}
}

// spreadRow writes the w pixels of a row as quads to out[1:w+1], and their
// reflections to out[0] and out[w+1].
func spreadRow(out []uint64, row []byte) {
	w := len(out) - 2
	for x := 1; x <= w && len(row) >= 4; x++ {
		out[x] = quad(uint64(pixel(row)))
		row = row[4:]
	}
	out[0] = out[1+reflect101(-1, w)]
	out[w+1] = out[1+reflect101(w, w)]
}

// sharpenRow computes one row from three that spreadRow made.
//
// Nine times the middle minus the eight others is ten times the middle minus
// the sum of the nine. In a lane that lies between -2295 and 2550; 4096 more
// keep it positive, so that bit 12 says whether it is negative, and bits 8 to
// 11, of those that are not, whether it is above 255.
func sharpenRow(out []byte, a, b, c []uint64) {
	const bias, byteMask = lanes16 << 12, 0xff * lanes16
	w := len(out) / 4
	a, b, c = a[:w+2], b[:w+2], c[:w+2]
	left, middle := a[0]+b[0]+c[0], a[1]+b[1]+c[1] // sums of columns
	for x := 2; x < len(b) && len(out) >= 4; x++ {
		right := a[x] + b[x] + c[x]
		centre := b[x-1]
		v := 10*centre + bias - (left + middle + right)
		positive := (v >> 12 & lanes16) * 0xff
		v &= 0xfff * lanes16
		above := ((v + (0x1000-0x100)*lanes16) >> 12 & lanes16) * 0xff
		v = (v | above) & byteMask & positive
		putPixel(out, joinQuad(v)&0xffffff|uint32(centre>>48)<<24)
		left, middle = middle, right
		out = out[4:]
	}
}
