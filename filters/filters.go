// Package filters has the list of the lab's image filters, which stand each in
// a folder with its kernels, and the engines that compute them: in plain Go and
// in vector instructions, which give the same bytes.
//
// It starts no goroutine, does no I/O, reads no clock and registers nothing in
// an init. The same package compiles for the host and for the browser, and gives
// the same bytes on both.
package filters

import (
	"slices"

	"carriles/executor/text"
	"carriles/filters/blur"
	"carriles/filters/brightness"
	"carriles/filters/edges"
	"carriles/filters/filter"
	"carriles/filters/resize"
	"carriles/filters/sharpen"
	"carriles/filters/vector"
)

// What a filter is made of, see package filter.
type (
	Filter  = filter.Filter
	Kind    = filter.Kind
	Kernel  = filter.Kernel
	Param   = filter.Param
	Values  = filter.Values
	Scratch = filter.Scratch
)

// The kinds of a parameter.
const (
	Int   = filter.Int
	Float = filter.Float
)

// All lists the filters in the order in which they are shown.
func All() []Filter {
	return []Filter{
		resize.Filter(),
		blur.Filter(),
		brightness.Filter(),
		sharpen.Filter(),
		edges.Filter(),
	}
}

// Lookup finds a filter by its name or by one of its aliases.
func Lookup(name string) (Filter, bool) {
	for _, f := range All() {
		if f.Name == name || slices.Contains(f.Aliases, name) {
			return f, true
		}
	}
	return Filter{}, false
}

// Engine names of the API's "engine" field.
const (
	NativeName = "native"
	ScalarName = "scalar"
	BildName   = "bild"
)

// NoSIMD is the level of an engine that uses no vector instructions.
const NoSIMD = vector.None

// EngineInfo describes an engine without linking its code: the page and the
// validation need to know what it lacks, not how it computes.
type EngineInfo struct {
	Name string    `json:"name"`
	Help text.Text `json:"help"`
	// Lacks names the filters that the engine does not have, with the reason.
	Lacks map[string]text.Text `json:"lacks,omitempty"`
}

// Engines lists the engines, the default first.
func Engines() []EngineInfo {
	return []EngineInfo{
		{
			Name: NativeName,
			Help: text.Text{
				ES: "los filtros propios de Carriles, en Go, con las instrucciones vectoriales (SIMD) del procesador donde las tiene",
				EN: "Carriles' own kernels, in Go, with the processor's vector instructions (SIMD) where it has them",
			},
		},
		{
			Name: ScalarName,
			Help: text.Text{
				ES: "los filtros propios de Carriles, en Go sin instrucciones vectoriales; dan los mismos bytes que native",
				EN: "Carriles' own kernels, in Go without vector instructions; they give the same bytes as native",
			},
		},
		{
			Name: BildName,
			Help: text.Text{
				ES: "la biblioteca bild de Go; su desenfoque es más débil y su realce difiere en el borde; brillo y tamaño, en un nivel a lo sumo",
				EN: "Go's bild library; its blur is weaker and its sharpen differs at the border; brightness and resize by one level at most",
			},
			Lacks: map[string]text.Text{
				"edges": {
					ES: "bild no tiene el detector de bordes de Canny",
					EN: "bild has no Canny edge detector",
				},
			},
		},
	}
}

func LookupEngine(name string) (EngineInfo, bool) {
	for _, e := range Engines() {
		if e.Name == name {
			return e, true
		}
	}
	return EngineInfo{}, false
}

// Engine is an engine with its code.
type Engine struct {
	Name string
	// Kernel returns the engine's kernel of a filter in All, or nil if it lacks it.
	Kernel func(Filter) Kernel
}

// Scalar returns the engine in plain Go, to which the vector kernels are held.
func Scalar() Engine {
	return Engine{ScalarName, func(f Filter) Kernel { return f.Kernels.(filter.Kernels).Scalar }}
}

// Native returns the fastest kernels that this processor can run: the vector
// kernels of the build, and the scalar ones for the filters that have none.
func Native() Engine {
	return Engine{NativeName, func(f Filter) Kernel {
		if k, ok := f.Kernels.(filter.VectorKernels); ok && SIMD() != NoSIMD {
			return k.Vector
		}
		return f.Kernels.(filter.Kernels).Scalar
	}}
}

// SIMD names the widest vector instructions that the native kernels use here:
// "avx512" (some of them; the others AVX2), "avx2", "neon", "simd128", or NoSIMD,
// where the processor or the build has none.
func SIMD() string { return vector.Level() }

// SIMDOf is SIMD for the engine of that name: only native uses any.
func SIMDOf(engine string) string {
	if engine == NativeName {
		return SIMD()
	}
	return NoSIMD
}
