// Package microbench does what the benchmarks time: each of the five filters and
// the codec, once, on one photograph, with the parameters of the comparison
// with other libraries. The command `carriles bench`, the comparison with
// native peers and the one in WebAssembly all run this same code.
//
// It compiles for the host and for js/wasm. It starts no goroutine and opens
// no file, and it does not decide how many threads there are: who measures one
// thread sets GOMAXPROCS to 1, since bild spreads its filters over all of it.
package microbench

import (
	"fmt"
	"image"
	"time"

	"carriles/executor/codec"
	"carriles/filters"
)

// The two operations that are no filters.
const (
	Decode = "decode" // the photograph's file to NRGBA
	Encode = "encode" // the decoded photograph to a JPEG of quality 95
)

// Step is a filter with the parameters that it is measured with.
type Step struct {
	Filter string
	Params filters.Values
}

// Steps lists the measured filters: one pass of sharpen, whatever its default.
func Steps() []Step {
	return []Step{
		{"resize", filters.Values{"width": 800, "height": 600}},
		{"blur", filters.Values{"radius": 2}},
		{"brightness", filters.Values{"factor": 1.2}},
		{"sharpen", filters.Values{"intensity": 1}},
		{"edges", filters.Values{"threshold1": 50, "threshold2": 150}},
	}
}

// LackError says that an engine has no kernel for a filter.
type LackError struct{ Engine, Filter string }

func (e *LackError) Error() string {
	return fmt.Sprintf("the engine %s has no %s", e.Engine, e.Filter)
}

type operation struct {
	name string
	run  func() error
}

// Photo is a photograph, decoded, with all the memory that working on it
// takes. It must not be used by two goroutines at a time.
type Photo struct {
	file   []byte
	pixels *image.NRGBA
	simd   string
	lacks  []*LackError

	operations []operation
	out        []byte // what all filters write to: a large image has no room for several
	size       int
	dec        codec.Decoder
	enc        codec.Encoder
	scratch    filters.Scratch
}

// Open decodes a photograph, whose bytes it keeps, to be worked on by an
// engine. The error is a *codec.Error.
func Open(file []byte, engine filters.Engine) (*Photo, error) {
	// The timed decoder has memory of its own: it must not write into these
	// pixels.
	var first codec.Decoder
	pixels, _, err := first.Decode(file)
	if err != nil {
		return nil, err
	}
	p := &Photo{file: file, pixels: pixels, simd: filters.SIMDOf(engine.Name)}
	p.add(Decode, p.decode)
	for _, s := range Steps() {
		f, _ := filters.Lookup(s.Filter)
		kernel := engine.Kernel(f)
		if kernel == nil {
			p.lacks = append(p.lacks, &LackError{engine.Name, s.Filter})
			continue
		}
		w, h := f.Size(pixels.Rect.Dx(), pixels.Rect.Dy(), s.Params)
		p.size = max(p.size, 4*w*h)
		p.add(s.Filter, func() error {
			if p.out == nil {
				p.out = make([]byte, p.size)
			}
			kernel(&image.NRGBA{Pix: p.out[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}, pixels, s.Params, &p.scratch)
			return nil
		})
	}
	p.add(Encode, p.encode)
	return p, nil
}

func (p *Photo) add(name string, run func() error) {
	p.operations = append(p.operations, operation{name, run})
}

func (p *Photo) decode() error {
	_, _, err := p.dec.Decode(p.file)
	return err
}

func (p *Photo) encode() error {
	_, err := p.enc.Encode(p.pixels, codec.JPEG, nil)
	return err
}

func (p *Photo) Size() (width, height int) { return p.pixels.Rect.Dx(), p.pixels.Rect.Dy() }

// SIMD names the instruction set of the engine's kernels; "none" for plain Go.
func (p *Photo) SIMD() string { return p.simd }

// Lacks says which filters the engine does not have.
func (p *Photo) Lacks() []*LackError { return p.lacks }

// Operations names what Run can do, in the order in which it is shown: decode,
// the engine's filters, encode.
func (p *Photo) Operations() []string {
	names := make([]string, len(p.operations))
	for i, o := range p.operations {
		names[i] = o.name
	}
	return names
}

// Run does one operation once. Its result stays in memory that the next run
// uses again. The error is the codec's *codec.Error, or a *UnknownError.
func (p *Photo) Run(name string) error {
	for _, o := range p.operations {
		if o.name == name {
			return o.run()
		}
	}
	return &UnknownError{name}
}

// UnknownError names an operation that is not among Operations.
type UnknownError struct{ Operation string }

func (e *UnknownError) Error() string { return fmt.Sprintf("no operation %q", e.Operation) }

// Time does one operation as often as runs says, after warmup runs that do not
// count, and gives the milliseconds of each. The errors are those of Run.
func (p *Photo) Time(name string, warmup, runs int) ([]float64, error) {
	ms := make([]float64, 0, runs)
	for i := range warmup + runs {
		began := time.Now()
		if err := p.Run(name); err != nil {
			return nil, err
		}
		if took := time.Since(began); i >= warmup {
			ms = append(ms, float64(took)/float64(time.Millisecond))
		}
	}
	return ms, nil
}
