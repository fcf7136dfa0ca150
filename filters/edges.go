package filters

import "image"

// edgesFilter declares the edge detector, which is OpenCV's chain
// cvtColor(RGB2GRAY), GaussianBlur(5x5, sigma 0), Canny(threshold1,
// threshold2, aperture 3, L1 gradient), bit for bit; the result is white (255)
// on black (0) in R, G and B, and alpha is kept.
//
//   - Grey is (9798 R + 19235 G + 3735 B + 16384) >> 15 (color_rgb.simd.hpp).
//   - The blur is (1 4 6 4 1) in both directions, over 256, halves rounded up;
//     the border reflects without the edge pixel (smooth.dispatch.cpp).
//   - The gradient is Sobel's 3x3, the border repeats the edge pixel, and its
//     strength is |dx| + |dy|, zero outside the image (canny.cpp).
//   - A pixel is a candidate when it is above the lower threshold and is a
//     maximum across the edge, whose direction is told from dx and dy in fixed
//     point (tan 22.5 degrees as 13573 / 32768).
//   - Candidates above the higher threshold are edges, and so is each candidate
//     that touches an edge on any of its eight sides (hysteresis).
//
// The thresholds are rounded down to whole numbers and swapped when the first
// is the larger. Transparent pixels take part with their colour.
func edgesFilter() Filter {
	return Filter{
		Name:    "edges",
		Aliases: []string{"edge_detection"},
		Title:   Text{ES: "Bordes", EN: "Edges"},
		Help: Text{
			ES: "detector de bordes de Canny: gris, desenfoque, gradiente, histéresis",
			EN: "Canny's edge detector: grey, blur, gradient, hysteresis",
		},
		Params: []Param{
			{
				Name: "threshold1", Kind: Float, Min: 0, Max: 1000, Default: 100, Step: 10,
				Help: Text{
					ES: "gradiente desde el que un píxel continúa un borde",
					EN: "gradient from which a pixel continues an edge",
				},
			},
			{
				Name: "threshold2", Kind: Float, Min: 0, Max: 1000, Default: 200, Step: 10,
				Help: Text{
					ES: "gradiente desde el que un píxel empieza un borde",
					EN: "gradient from which a pixel starts an edge",
				},
			},
		},
		Size: sameSize,
	}
}

// edgesKernel holds two planes of the image's size in s, one byte a pixel:
// the blurred grey and the map of edges, which has a frame of one pixel.
func edgesKernel(dst, src *image.NRGBA, v Values, s *Scratch) {
	low, high := v.Int("threshold1"), v.Int("threshold2")
	if low > high {
		low, high = high, low
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	grey := s.Bytes(0, w*h)
	blurGrey(grey, src, s)

	edges := s.Bytes(1, (w+2)*(h+2))
	clear(edges)
	stack := suppress(edges, grey, w, h, int16(low), int16(high), s.Int32s(0, 0), s)
	s.KeepInt32s(0, follow(edges, w+2, stack))

	for y := range h {
		row := edges[(y+1)*(w+2)+1:][:w]
		in, out := pixelRow(src, y), pixelRow(dst, y)
		for _, e := range row {
			if len(in) < 4 || len(out) < 4 {
				break
			}
			white := -uint32(e >> 1) // all ones for edge, zero for the others
			putPixel(out, white&0xffffff|pixel(in)&0xff000000)
			in, out = in[4:], out[4:]
		}
	}
}

// blurGrey writes the blurred grey of src to out, row after row.
func blurGrey(out []byte, src *image.NRGBA, s *Scratch) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	grey := s.Bytes(2, w+4)
	sums := s.Uint16s(0, 5*w)
	ring := func(y int) []uint16 { y = reflect101(y, h) % 5; return sums[y*w:][:w] }

	next := 0
	for y := range h {
		for ; next <= min(y+2, h-1); next++ {
			greyRow(grey, pixelRow(src, next))
			blurAcross(ring(next), grey)
		}
		blurDown(out[y*w:][:w], ring(y-2), ring(y-1), ring(y), ring(y+1), ring(y+2))
	}
}

// greyRow writes the grey of w pixels to out[2:w+2] and two reflected ones on
// either side.
func greyRow(out, row []byte) {
	w := len(out) - 4
	body := out[2:][:w]
	for x := range body {
		if len(row) < 4 {
			break
		}
		p := pixel(row)
		body[x] = uint8((9798*(p&0xff) + 19235*(p>>8&0xff) + 3735*(p>>16&0xff) + 1<<14) >> 15)
		row = row[4:]
	}
	out[0], out[1] = body[reflect101(-2, w)], body[reflect101(-1, w)]
	out[w+2], out[w+3] = body[reflect101(w, w)], body[reflect101(w+1, w)]
}

// blurAcross sums five neighbours of in with the weights 1 4 6 4 1: out[x] is
// centred on in[x+2], and at most 16 x 255.
func blurAcross(out []uint16, in []byte) {
	in = in[:len(out)+4]
	a, b, c, d := uint16(in[0]), uint16(in[1]), uint16(in[2]), uint16(in[3])
	in = in[4:]
	in = in[:len(out)]
	for x := range out {
		e := uint16(in[x])
		out[x] = a + e + 4*(b+d) + 6*c
		a, b, c, d = b, c, d, e
	}
}

// blurDown is blurAcross for five rows of sums, with the division by 256; the
// largest total is 65280, and 128 more still fit.
func blurDown(out []byte, a, b, c, d, e []uint16) {
	n := len(out)
	a, b, c, d, e = a[:n], b[:n], c[:n], d[:n], e[:n]
	for x := range out {
		out[x] = uint8((a[x] + e[x] + 4*(b[x]+d[x]) + 6*c[x] + 128) >> 8)
	}
}
