// Package edges finds the edges of an image: its declaration, and its kernels in plain Go and
// in vector instructions, which give the same bytes. It knows no other filter, and
// what holds for the kernels of all is told in package filter.
package edges

import (
	"image"

	"carriles/executor/text"
	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// Filter declares the edge detector, which is OpenCV's chain
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
func Filter() filter.Filter {
	return filter.Filter{
		Name:    "edges",
		Aliases: []string{"edge_detection"},
		Title:   text.Text{ES: "Bordes", EN: "Edges"},
		Help: text.Text{
			ES: "detector de bordes de Canny: gris, desenfoque, gradiente, histéresis",
			EN: "Canny's edge detector: grey, blur, gradient, hysteresis",
		},
		Params: []filter.Param{
			{
				Name: "threshold1", Kind: filter.Float, Min: 0, Max: 1000, Default: 100, Step: 10,
				Help: text.Text{
					ES: "gradiente desde el que un píxel continúa un borde",
					EN: "gradient from which a pixel continues an edge",
				},
			},
			{
				Name: "threshold2", Kind: filter.Float, Min: 0, Max: 1000, Default: 200, Step: 10,
				Help: text.Text{
					ES: "gradiente desde el que un píxel empieza un borde",
					EN: "gradient from which a pixel starts an edge",
				},
			},
		},
		Size:    filter.SameSize,
		Kernels: kernels{},
	}
}

type kernels struct{}

// edgeRows are the loops over the pixels of a row that the detector is made of.
// Rows have w pixels; temporary memory comes from s, beginning with slot 2.
type edgeRows struct {
	// grey writes the grey of a row of pixels to out.
	grey func(out, pixels []byte)
	// blur blurs five rows of grey, of which c is in the middle, to one.
	blur func(out, a, b, c, d, e []byte, s *filter.Scratch)
	// gradient computes the gradient of the blurred row b between a and c.
	gradient func(out gradient, a, b, c []byte, s *filter.Scratch)
	// suppress marks the candidates and the edges of a row.
	suppress func(out []byte, above, here, below gradient, low, high int16)
	// paint writes white where edges says edge and black elsewhere to out, with
	// the alpha of in. edges is longer than the row by a vector or more.
	paint func(out, in, edges []byte)
}

func scalarEdges() edgeRows {
	return edgeRows{grey: greyRow, blur: blurRow, gradient: sobelRow, suppress: suppressRow, paint: paintRow}
}

func (kernels) Scalar(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	detectEdges(dst, src, v, scalarEdges(), s)
}

// detectEdges goes down the image once: each stage follows as many rows behind
// the stage before it as it needs rows below its own, and keeps the few rows
// that are still read. Only the map of edges has the size of the image, and at
// the end the edges grow into it.
func detectEdges(dst, src *image.NRGBA, v filter.Values, rows edgeRows, s *filter.Scratch) {
	low, high := v.Int("threshold1"), v.Int("threshold2")
	if low > high {
		low, high = high, low
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	greys, blurs := s.Bytes(0, 5*w), s.Bytes(1, 3*w)
	grey := func(y int) []byte { return greys[pixel.Reflect101(y, h)%5*w:][:w] }
	blurred := func(y int) []byte { return blurs[max(0, min(y, h-1))%3*w:][:w] }
	gradients := newGradients(w, h, s)
	edges := newEdgeMap(dst, s)

	inside := func(y int) bool { return y >= 0 && y < h }
	for y := 0; y < h+5; y++ {
		s.Row(y)
		if inside(y) {
			rows.grey(grey(y), pixel.Row(src, y))
		}
		if y := y - 2; inside(y) {
			rows.blur(blurred(y), grey(y-2), grey(y-1), grey(y), grey(y+1), grey(y+2), s)
		}
		if y := y - 3; inside(y) {
			rows.gradient(gradients.row(y), blurred(y-1), blurred(y), blurred(y+1), s)
		}
		if y := y - 4; inside(y) {
			cells := edges.row(y)
			rows.suppress(cells[:w], gradients.row(y-1), gradients.row(y), gradients.row(y+1), int16(low), int16(high))
			rows.paint(pixel.Row(dst, y), pixel.Row(src, y), cells)
		}
		if y := y - 5; inside(y) {
			edges.seed(y)
		}
	}
	edges.grow()
	s.KeepInt32s(0, edges.stack)
}

// greyRow is the scalar edgeRows.grey.
func greyRow(out, pixels []byte) {
	for x := range out {
		if len(pixels) < 4 {
			break
		}
		p := pixel.Load(pixels)
		out[x] = uint8((9798*(p&0xff) + 19235*(p>>8&0xff) + 3735*(p>>16&0xff) + 1<<14) >> 15)
		pixels = pixels[4:]
	}
}

// blurRow is the scalar edgeRows.blur: first down, and then across the sums.
func blurRow(out, a, b, c, d, e []byte, s *filter.Scratch) {
	sums := s.Uint16s(0, len(out)+4)
	blurDown(sums[2:][:len(out)], a, b, c, d, e)
	reflectSums(sums)
	blurAcross(out, sums)
}

// blurDown adds five rows with the weights 1 4 6 4 1: at most 16 x 255.
func blurDown(sums []uint16, a, b, c, d, e []byte) {
	n := len(sums)
	a, b, c, d, e = a[:n], b[:n], c[:n], d[:n], e[:n]
	for x := range sums {
		sums[x] = uint16(a[x]) + uint16(e[x]) + 4*(uint16(b[x])+uint16(d[x])) + 6*uint16(c[x])
	}
}

// reflectSums fills the two sums on either side of a row.
func reflectSums(sums []uint16) {
	w := len(sums) - 4
	row := sums[2:][:w]
	sums[0], sums[1] = row[pixel.Reflect101(-2, w)], row[pixel.Reflect101(-1, w)]
	sums[w+2], sums[w+3] = row[pixel.Reflect101(w, w)], row[pixel.Reflect101(w+1, w)]
}

// blurAcross is blurDown for five neighbours of sums, with the division by
// 256: out[x] is centred on sums[x+2]. The largest total is 65280, and 128
// more still fit.
func blurAcross(out []byte, sums []uint16) {
	a, b, c, d := sums[0], sums[1], sums[2], sums[3]
	sums = sums[4:][:len(out)]
	for x, e := range sums {
		out[x] = uint8((a + e + 4*(b+d) + 6*c + 128) >> 8)
		a, b, c, d = b, c, d, e
	}
}

// paintRow is the scalar edgeRows.paint.
func paintRow(out, in, edges []byte) {
	out = out[:len(in)]
	for i := 0; i <= len(in)-4; i += 4 {
		white := -uint32(edges[i/4] >> 7) // all ones for edge, zero for the others
		pixel.Store(out[i:i+4], white&0xffffff|pixel.Load(in[i:i+4])&0xff000000)
	}
}
