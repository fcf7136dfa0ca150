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
	for _, c := range samples() {
		f, _ := Lookup(c.name)
		for _, e := range []Engine{Scalar(), Native()} {
			b.Run(c.name+"/"+e.Name, func(b *testing.B) { benchmarkKernel(b, src, e.Kernel(f), f, c.peers) })
		}
	}
}
