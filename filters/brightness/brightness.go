// Package brightness makes an image brighter or darker: its declaration, and its kernels in plain Go and
// in vector instructions, which give the same bytes. It knows no other filter, and
// what holds for the kernels of all is told in package filter.
package brightness

import (
	"image"

	"carriles/executor/text"
	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// Filter declares the brightness filter: each of R, G and B times
// factor, truncated to a whole number and clamped to 255; alpha is kept.
//
// It is Pillow's ImageEnhance.Brightness, a blend with black (Blend.c), whose
// factor is a 32-bit float: the product is rounded to 24 bits before it is
// truncated. A pixel depends on itself alone, so there is no border.
func Filter() filter.Filter {
	return filter.Filter{
		Name:  "brightness",
		Title: text.Text{ES: "Brillo", EN: "Brightness"},
		Help:  text.Text{ES: "multiplica cada canal por un factor", EN: "multiplies each channel by a factor"},
		Params: []filter.Param{{
			Name: "factor", Kind: filter.Float, Unit: "x", Min: 0, Max: 10, Default: 1.2, Step: 0.05,
			Help: text.Text{ES: "1 deja la imagen igual; más, la aclara", EN: "1 keeps the image as it is; more makes it lighter"},
		}},
		Size:    filter.SameSize,
		Kernels: kernels{},
	}
}

type kernels struct{}

func (kernels) Scalar(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	factor := float32(v["factor"])
	var table [256]uint8
	for i := range table {
		table[i] = uint8(min(factor*float32(i), 255))
	}
	for y := range src.Rect.Dy() {
		s.Row(y)
		in, out := pixel.Row(src, y), pixel.Row(dst, y)
		for len(in) >= 4 && len(out) >= 4 {
			p := pixel.Load(in)
			pixel.Store(out, uint32(table[uint8(p)])|
				uint32(table[uint8(p>>8)])<<8|
				uint32(table[uint8(p>>16)])<<16|
				p&0xff000000)
			in, out = in[4:], out[4:]
		}
	}
}
