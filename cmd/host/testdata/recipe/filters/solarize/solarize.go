// Package solarize inverts what is bright: its declaration, and its kernel in
// plain Go. It knows no other filter, and what holds for the kernels of all is
// told in package filter.
package solarize

import (
	"image"

	"carriles/executor/text"
	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// Filter declares the solarize filter: each of R, G and B from threshold on
// becomes 255 less itself; alpha is kept. It is Pillow's ImageOps.solarize. A
// pixel depends on itself alone, so there is no border.
func Filter() filter.Filter {
	return filter.Filter{
		Name:  "solarize",
		Title: text.Text{ES: "Solarizar", EN: "Solarize"},
		Help:  text.Text{ES: "invierte lo claro", EN: "inverts what is bright"},
		Params: []filter.Param{{
			Name: "threshold", Kind: filter.Int, Min: 0, Max: 256, Default: 128, Step: 1,
			Help: text.Text{ES: "desde qué nivel se invierte; con 256, nada", EN: "from which level on it inverts; with 256, nothing"},
		}},
		Size:    filter.SameSize,
		Kernels: kernels{},
	}
}

// kernels has no Vector: the engine "native" computes with Scalar too.
type kernels struct{}

func (kernels) Scalar(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	var table [256]uint32
	for i := range table {
		if table[i] = uint32(i); i >= v.Int("threshold") {
			table[i] = uint32(255 - i)
		}
	}
	for y := range src.Rect.Dy() {
		s.Row(y)
		in, out := pixel.Row(src, y), pixel.Row(dst, y)
		for len(in) >= 4 && len(out) >= 4 {
			p := pixel.Load(in)
			pixel.Store(out, table[uint8(p)]|table[uint8(p>>8)]<<8|table[uint8(p>>16)]<<16|p&0xff000000)
			in, out = in[4:], out[4:]
		}
	}
}
