// Package filter is what a filter is made of: its declaration, its kernels and
// the memory that they take. It knows no filter by name; package filters has
// the list of them.
//
// What holds for all kernels: the same bytes everywhere. A server on amd64, one
// on arm64 and a browser must agree, so weights never come from package math:
// math.Exp is assembly on some of them, and even what is pure Go there
// (math.Sin) is compiled with fused multiply-adds on arm64, which round once
// where amd64 rounds twice. Wherever a kernel adds a float product to something,
// the product is converted explicitly: the language forbids to fuse across a
// conversion.
package filter

import (
	"image"
	"math"

	"carriles/executor/text"
)

// Kernel computes one filter: it reads src and writes every pixel of dst.
//
// Pixels are image.NRGBA: 8 bits a channel, straight (not premultiplied)
// alpha, 4 bytes a pixel, rows Stride bytes apart.
//
// dst and src never overlap, both have at least one pixel, and dst has the
// size that the filter's Size gives for src. v holds every declared parameter,
// in range. All temporary memory comes from s, so that a second image of the
// same size allocates nothing.
type Kernel func(dst, src *image.NRGBA, v Values, s *Scratch)

// Kernels has a filter's own kernels. The linker leaves methods out that nobody
// calls: a program that only shows the filters, as the page, carries no kernel.
type Kernels interface {
	// Scalar is the Kernel in plain Go, which is compiled everywhere.
	Scalar(dst, src *image.NRGBA, v Values, s *Scratch)
}

// VectorKernels is Kernels with one in vector instructions, in the builds that
// have them. The processor must have them too, see vector.Level.
type VectorKernels interface {
	// Vector gives the bytes of Scalar.
	Vector(dst, src *image.NRGBA, v Values, s *Scratch)
}

// Filter is one operation with its parameters, of which the API's catalogue, the
// validation and the page's form are derived, and its kernels.
type Filter struct {
	Name    string    `json:"name"`
	Aliases []string  `json:"aliases,omitempty"`
	Title   text.Text `json:"title"`
	Help    text.Text `json:"help"`
	Params  []Param   `json:"params"`

	// Size gives the size of the result, in pixels, for a source of w x h.
	Size func(w, h int, v Values) (int, int) `json:"-"`

	Kernels any `json:"-"`
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

// SameSize is the Size of the filters that keep the size of their source.
func SameSize(w, h int, _ Values) (int, int) { return w, h }

// Kind is the type of a parameter's value.
type Kind string

// The kinds of a parameter.
const (
	Int   Kind = "int"
	Float Kind = "float"
)

// Param declares one numeric parameter: everything that validation, the
// catalogue and the form need to know of it.
type Param struct {
	Name    string    `json:"name"`
	Kind    Kind      `json:"kind"`
	Unit    string    `json:"unit,omitempty"` // "px", "x", "sigma"; empty for a plain number
	Min     float64   `json:"min"`
	Max     float64   `json:"max"`
	Default float64   `json:"default"`
	Step    float64   `json:"step"` // of the form's control; validation does not use it
	Help    text.Text `json:"help"`
}

// Values holds the parameters of one step of a chain by their names.
type Values map[string]float64

// Int returns a whole-number parameter.
func (v Values) Int(name string) int { return int(v[name]) }

// Allows reports whether x is a value of this parameter: finite, in range and,
// for Int, whole.
func (p Param) Allows(x float64) bool {
	if math.IsNaN(x) || x < p.Min || x > p.Max {
		return false
	}
	return p.Kind != Int || x == math.Trunc(x)
}

// Allowed says in words what Allows accepts.
func (p Param) Allowed() text.Text {
	es, en := "un número de %s a %s", "a number from %s to %s"
	if p.Kind == Int {
		es, en = "un número entero de %s a %s", "a whole number from %s to %s"
	}
	return text.Sprintf(es, en, text.FormatNumber(p.Min), text.FormatNumber(p.Max))
}
