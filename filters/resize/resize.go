// Package resize changes an image's size: its declaration, and its kernels in plain Go and
// in vector instructions, which give the same bytes. It knows no other filter, and
// what holds for the kernels of all is told in package filter.
package resize

import (
	"image"

	"carriles/executor/text"
	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// Filter declares the resize filter: Lanczos with three lobes to exactly
// width x height, with antialiasing: on the way down the kernel is stretched by
// the ratio of the sizes. Ratios of the two directions are independent.
//
// It is Pillow's resize with LANCZOS (Resample.c) to the bit: weights are
// computed and normalised in floating point over the source pixels inside the
// image (that is the border rule: what lies outside has no weight), rounded to
// 22 fractional bits, and applied across, rounded and clamped to 8 bits, and
// then down. A direction whose size does not change is left out. A source that
// is not opaque is premultiplied before and divided after, in 8 bits, as
// Pillow's RGBA to RGBa to RGBA.
func Filter() filter.Filter {
	return filter.Filter{
		Name:  "resize",
		Title: text.Text{ES: "Cambio de tamaño", EN: "Resize"},
		Help: text.Text{
			ES: "lleva la imagen a un tamaño exacto con el filtro de Lanczos",
			EN: "brings the image to an exact size with the Lanczos filter",
		},
		Params: []filter.Param{
			{
				Name: "width", Kind: filter.Int, Unit: "px", Min: 1, Max: 16384, Default: 800, Step: 1,
				Help: text.Text{ES: "ancho del resultado", EN: "width of the result"},
			},
			{
				Name: "height", Kind: filter.Int, Unit: "px", Min: 1, Max: 16384, Default: 600, Step: 1,
				Help: text.Text{ES: "alto del resultado", EN: "height of the result"},
			},
		},
		Size:    func(_, _ int, v filter.Values) (int, int) { return v.Int("width"), v.Int("height") },
		Kernels: kernels{},
	}
}

type kernels struct{}

// Strip is how many columns of the result are computed at a time, so
// that the rows which one row of the result is made of stay in the cache.
const Strip = 512

// stripColumns narrows the strip where a row of the result is made of very
// many.
func stripColumns(width, rows int) int {
	return min(width, Strip, max(Strip*512/rows, 16))
}

// Scalar works strip by strip of columns. In a strip each source row is
// resampled across once and kept, as lanes of 32 bits, in a ring that is as
// long as the tallest window; each row of the result is then summed from it.
func (kernels) Scalar(dst, src *image.NRGBA, _ filter.Values, s *filter.Scratch) {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := dst.Rect.Dx(), dst.Rect.Dy()
	if sw == dw && sh == dh {
		pixel.Copy(dst, src)
		return
	}
	flat := opaque(src)
	across := lanczos(sw, dw, 0, s)
	down := lanczos(sh, dh, 1, s)
	strip := stripColumns(dw, down.longest)
	ring := s.Uint64s(0, down.longest*2*strip)
	sums := s.Uint64s(1, 2*strip)
	source := s.Uint64s(2, 2*sw)

	for x0 := 0; x0 < dw; x0 += strip {
		x1 := min(x0+strip, dw)
		n := x1 - x0
		left, _ := across.window(x0)
		right := across.end(x1 - 1)
		ringRow := func(y int) []uint64 { return ring[y%down.longest*2*strip:][:2*n] }

		next := 0
		for y := range dh {
			s.Row(y)
			first, weights := down.window(y)
			for ; next < first+len(weights); next++ {
				span := source[:2*(right-left)]
				spreadLanes(span, pixel.Row(src, next)[4*left:4*right], flat)
				across.apply(ringRow(next), span, left, x0)
			}
			total := sums[:2*n]
			startSums(total)
			i := 0
			for ; i+4 <= len(weights); i += 4 {
				addRows4(total, ringRow(first+i), ringRow(first+i+1), ringRow(first+i+2), ringRow(first+i+3),
					(*[4]int32)(weights[i:]))
			}
			for ; i < len(weights); i++ {
				addRow(total, ringRow(first+i), weights[i])
			}
			clampLanes(total)
			joinLanes(pixel.Row(dst, y)[4*x0:4*x1], total, flat)
		}
	}
}

// even spreads the first and third channel of pixel p.
func even(p uint64) uint64 { return (p | p<<16) & (0xff * pixel.Lanes32) }

// odd spreads the second and fourth channel of pixel p.
func odd(p uint64) uint64 { return (p>>8 | p<<8) & (0xff * pixel.Lanes32) }

// join is the inverse of even and odd, whose lanes must be at most 255.
func join(e, o uint64) uint32 { return uint32(e|e>>16) | uint32(o|o>>16)<<8 }

// spreadLanes writes the pixels of row as even lanes to the first half of out
// and as odd lanes to the second, premultiplied unless flat.
func spreadLanes(out []uint64, row []byte, flat bool) {
	n := len(out) / 2
	evens, odds := out[:n], out[n:][:n]
	for x := range evens {
		if len(row) < 4 {
			break
		}
		p := uint64(pixel.Load(row))
		if !flat {
			p = premultiply(p)
		}
		evens[x], odds[x] = even(p), odd(p)
		row = row[4:]
	}
}

// joinLanes is the inverse of spreadLanes.
func joinLanes(row []byte, in []uint64, flat bool) {
	n := len(in) / 2
	evens, odds := in[:n], in[n:][:n]
	for x := range evens {
		if len(row) < 4 {
			break
		}
		p := join(evens[x], odds[x])
		if !flat {
			p = unpremultiply(p)
		}
		pixel.Store(row, p)
		row = row[4:]
	}
}

// premultiply multiplies a pixel's colour with its alpha / 255, rounded
// (Pillow's MULDIV255).
func premultiply(p uint64) uint64 {
	a := p >> 24
	if a == 255 {
		return p
	}
	out := a << 24
	for shift := 0; shift < 24; shift += 8 {
		t := (p>>shift&0xff)*a + 128
		out |= (t + t>>8) >> 8 << shift
	}
	return out
}

// unpremultiply divides a pixel's colour by its alpha / 255, truncated and
// clamped (Pillow's rgba2rgbA); without alpha the colour stays as it is.
func unpremultiply(p uint32) uint32 {
	a := p >> 24
	if a == 255 || a == 0 {
		return p
	}
	return a<<24 |
		min((p>>16&0xff)*255/a, 255)<<16 |
		min((p>>8&0xff)*255/a, 255)<<8 |
		min((p&0xff)*255/a, 255)
}

func opaque(m *image.NRGBA) bool {
	for y := range m.Rect.Dy() {
		if !opaqueRow(pixel.Row(m, y)) {
			return false
		}
	}
	return true
}

func opaqueRow(row []byte) bool {
	all := uint32(0xff000000)
	for ; len(row) >= 4; row = row[4:] {
		all &= pixel.Load(row)
	}
	return all == 0xff000000
}
