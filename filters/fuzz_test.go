package filters

import (
	"image"
	"math"
	"testing"
)

// FuzzKernels compares the kernels with the slow references on small images
// of any content, size, padding and parameters.
func FuzzKernels(f *testing.F) {
	for _, name := range []string{"one.png", "row.png", "col.png", "tiny.png", "checker.png", "noise.png"} {
		m := readGolden(f, name)
		for which := range All() {
			f.Add(uint8(which), uint8(m.Rect.Dx()), uint8(m.Rect.Dy()), 0.2, 0.4, m.Pix)
		}
	}
	f.Add(uint8(1), uint8(9), uint8(30), 0.95, 0.0, []byte{255, 0, 0, 1, 0, 255, 0, 254})
	f.Add(uint8(0), uint8(20), uint8(20), 0.999, 0.001, []byte{255, 128, 3, 0, 3, 128, 255, 2})

	var s Scratch
	f.Fuzz(func(t *testing.T, which, w, h uint8, a, b float64, content []byte) {
		if !(a >= 0 && a <= 1 && b >= 0 && b <= 1) || len(content) == 0 {
			return
		}
		filter := All()[int(which)%len(All())]
		v := Values{}
		for i, p := range filter.Params {
			share := [2]float64{a, b}[i]
			hi := p.Max
			if filter.Name == "resize" {
				hi = 48 // the reference is slow, and the rest is more of the same
			}
			v[p.Name] = p.Min + share*(hi-p.Min)
			if p.Kind == Int {
				v[p.Name] = math.Round(v[p.Name])
			}
		}
		src := fuzzImage(int(w)%24+1, int(h)%24+1, content)
		checkAgainstReference(t, filter.Name, src, v, &s)
	})
}

// fuzzImage is a window of an image that content fills over and over.
func fuzzImage(w, h int, content []byte) *image.NRGBA {
	whole := image.NewNRGBA(image.Rect(0, 0, w+len(content)%3, h+1))
	for i := range whole.Pix {
		whole.Pix[i] = content[i%len(content)]
	}
	return whole.SubImage(image.Rect(whole.Rect.Max.X-w, 1, whole.Rect.Max.X, h+1)).(*image.NRGBA)
}
