package microbench

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"testing"

	"carriles/executor/codec"
	"carriles/filters"
)

// photograph is a small JPEG of one colour.
func photograph(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{90, 140, 200, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// call is what a kernel was given.
type call struct {
	filter   string
	dst, src image.Point
	first    color.NRGBA // pixel of src
	params   filters.Values
}

// recording is an engine that computes nothing but notes its calls; it lacks
// one filter.
func recording(calls *[]call, without string) filters.Engine {
	return filters.Engine{Name: "recording", Kernel: func(f filters.Filter) filters.Kernel {
		if f.Name == without {
			return nil
		}
		return func(dst, src *image.NRGBA, v filters.Values, _ *filters.Scratch) {
			*calls = append(*calls, call{f.Name, dst.Rect.Size(), src.Rect.Size(), src.NRGBAAt(0, 0), v})
		}
	}}
}

// The comparison with other libraries holds for these parameters only.
func TestWhatIsMeasured(t *testing.T) {
	var calls []call
	p, err := Open(photograph(t, 40, 30), recording(&calls, ""))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Operations(), []string{"decode", "resize", "blur", "brightness", "sharpen", "edges", "encode"}; !slices.Equal(got, want) {
		t.Fatalf("operations %q, want %q", got, want)
	}
	for _, name := range p.Operations() {
		if err := p.Run(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	size := image.Pt(40, 30)
	want := []call{
		{filter: "resize", dst: image.Pt(800, 600), params: filters.Values{"width": 800, "height": 600}},
		{filter: "blur", dst: size, params: filters.Values{"radius": 2}},
		{filter: "brightness", dst: size, params: filters.Values{"factor": 1.2}},
		{filter: "sharpen", dst: size, params: filters.Values{"intensity": 1}},
		{filter: "edges", dst: size, params: filters.Values{"threshold1": 50, "threshold2": 150}},
	}
	if len(calls) != len(want) {
		t.Fatalf("%d calls, want %d: %v", len(calls), len(want), calls)
	}
	for i, w := range want {
		c := calls[i]
		if c.filter != w.filter || c.dst != w.dst || c.src != size || len(c.params) != len(w.params) {
			t.Errorf("call %d: %+v, want %+v", i, c, w)
		}
		for name, x := range w.params {
			if c.params[name] != x {
				t.Errorf("%s has %s %g, want %g", c.filter, name, c.params[name], x)
			}
		}
		f, _ := filters.Lookup(c.filter)
		for _, param := range f.Params {
			if x, ok := c.params[param.Name]; !ok || !param.Allows(x) {
				t.Errorf("%s has %s %g (%t), which the API would refuse", c.filter, param.Name, x, ok)
			}
		}
		// Quality 75 moves a flat colour by a few levels.
		if d := int(c.first.B) - 200; c.first.A != 255 || d < -4 || d > 4 {
			t.Errorf("%s was given the pixel %v", c.filter, c.first)
		}
	}
	if w, h := p.Size(); w != 40 || h != 30 {
		t.Errorf("size %dx%d", w, h)
	}
}

// Only the engine of our kernels can claim their instruction set.
func TestSIMD(t *testing.T) {
	for _, tt := range []struct {
		engine filters.Engine
		want   string
	}{{filters.Native(), filters.SIMD()}, {filters.Engine{Name: "other", Kernel: func(filters.Filter) filters.Kernel { return nil }}, "none"}} {
		p, err := Open(photograph(t, 8, 8), tt.engine)
		if err != nil {
			t.Fatal(err)
		}
		if p.SIMD() != tt.want {
			t.Errorf("%s: %q, want %q", tt.engine.Name, p.SIMD(), tt.want)
		}
	}
}

func TestLacks(t *testing.T) {
	var calls []call
	p, err := Open(photograph(t, 8, 8), recording(&calls, "edges"))
	if err != nil {
		t.Fatal(err)
	}
	if lacks := p.Lacks(); len(lacks) != 1 || *lacks[0] != (LackError{"recording", "edges"}) || lacks[0].Error() != "the engine recording has no edges" {
		t.Errorf("lacks %v", lacks)
	}
	for _, name := range []string{"edges", "nonsense"} {
		var unknown *UnknownError
		if err := p.Run(name); !errors.As(err, &unknown) || unknown.Operation != name {
			t.Errorf("%s: %v", name, err)
		}
		if ms, err := p.Time(name, 0, 1); err == nil || ms != nil {
			t.Errorf("%s took %v, %v", name, ms, err)
		}
	}
}

func TestTime(t *testing.T) {
	var calls []call
	p, err := Open(photograph(t, 8, 8), recording(&calls, ""))
	if err != nil {
		t.Fatal(err)
	}
	ms, err := p.Time("blur", 2, 5)
	if err != nil || len(ms) != 5 || len(calls) != 7 {
		t.Fatalf("%d times of %d calls, %v; want 5 of 7", len(ms), len(calls), err)
	}
	for _, x := range ms {
		if x < 0 {
			t.Errorf("%g ms", x)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	whole := photograph(t, 40, 30)
	for name, tt := range map[string]struct {
		data []byte
		code codec.Code
	}{
		"nothing": {nil, codec.NotAnImage},
		"text":    {[]byte("not an image"), codec.NotAnImage},
		"cut":     {whole[:len(whole)-20], codec.Corrupt},
	} {
		var e *codec.Error
		if _, err := Open(tt.data, filters.Native()); !errors.As(err, &e) || e.Code != tt.code {
			t.Errorf("%s: %v, want %s", name, err, tt.code)
		}
	}
}
