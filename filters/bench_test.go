package filters

import (
	"image"
	"testing"
)

// benchImage is a golden photograph brought to 3840x2160: smoother than a
// camera's, which only edges would notice (fewer of them).
func benchImage(b *testing.B) *image.NRGBA {
	b.Helper()
	var s Scratch
	return apply(b, "resize", readGolden(b, "arroyo.png"), Values{"width": 3840, "height": 2160}, &s)
}

func benchmarkKernel(b *testing.B, src *image.NRGBA, kernel Kernel, f Filter, v Values) {
	b.Helper()
	w, h := f.Size(src.Rect.Dx(), src.Rect.Dy(), v)
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	var s Scratch
	kernel(dst, src, v, &s) // grows the scratch
	b.SetBytes(int64(len(src.Pix)))
	b.ReportAllocs()
	for b.Loop() {
		kernel(dst, src, v, &s)
	}
}

// BenchmarkKernel times each scalar and each native kernel on one thread, with
// the parameters of the comparison with other libraries.
func BenchmarkKernel(b *testing.B) {
	src := benchImage(b)
	for _, c := range []struct {
		filter string
		v      Values
	}{
		{"resize", Values{"width": 800, "height": 600}},
		{"blur", Values{"radius": 2}},
		{"brightness", Values{"factor": 1.2}},
		{"sharpen", Values{"intensity": 1}},
		{"edges", Values{"threshold1": 50, "threshold2": 150}},
	} {
		f, _ := Lookup(c.filter)
		for _, e := range []Engine{Scalar(), Native()} {
			b.Run(c.filter+"/"+e.Name, func(b *testing.B) { benchmarkKernel(b, src, e.Kernels[c.filter], f, c.v) })
		}
	}
}
