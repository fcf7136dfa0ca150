// Package filters holds the five image filters of the lab: their parameters,
// their one visible list and their own kernels, in plain Go (engine.go) and in
// vector instructions (native_simd.go), which give the same bytes.
//
// It is a leaf. It imports nothing of this project, starts no goroutine, does
// no I/O, reads no clock and registers nothing in an init. The same package
// compiles for the host and for the browser, and gives the same bytes on both.
//
// Pixels are image.NRGBA: 8 bits a channel, straight (not premultiplied)
// alpha, 4 bytes a pixel, rows Stride bytes apart.
package filters

import (
	"image"

	"carriles/executor/text"
)

// Kernel computes one filter: it reads src and writes every pixel of dst.
//
// dst and src never overlap, both have at least one pixel, and dst has the
// size that the filter's Size gives for src. v holds every declared parameter,
// in range. All temporary memory comes from s, so that a second image of the
// same size allocates nothing.
type Kernel func(dst, src *image.NRGBA, v Values, s *Scratch)

// Filter is one operation with its parameters: what the API's catalogue, the
// validation and the page's form are derived from.
type Filter struct {
	Name    string    `json:"name"`
	Aliases []string  `json:"aliases,omitempty"`
	Title   text.Text `json:"title"`
	Help    text.Text `json:"help"`
	Params  []Param   `json:"params"`

	// Size gives the size of the result, in pixels, for a source of w x h.
	Size func(w, h int, v Values) (int, int) `json:"-"`
}

// All lists the filters in the order in which they are shown.
func All() []Filter {
	return []Filter{
		resizeFilter(),
		blurFilter(),
		brightnessFilter(),
		sharpenFilter(),
		edgesFilter(),
	}
}

// Lookup finds a filter by its name or by one of its aliases.
func Lookup(name string) (Filter, bool) {
	for _, f := range All() {
		if f.Name == name {
			return f, true
		}
		for _, a := range f.Aliases {
			if a == name {
				return f, true
			}
		}
	}
	return Filter{}, false
}

// Defaults returns the default of every parameter of f.
func (f Filter) Defaults() Values {
	v := make(Values, len(f.Params))
	for _, p := range f.Params {
		v[p.Name] = p.Default
	}
	return v
}

// Param returns the declaration of one parameter.
func (f Filter) Param(name string) (Param, bool) {
	for _, p := range f.Params {
		if p.Name == name {
			return p, true
		}
	}
	return Param{}, false
}

// sameSize is the Size of the filters that keep the size of their source.
func sameSize(w, h int, _ Values) (int, int) { return w, h }
