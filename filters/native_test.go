package filters

import (
	"bytes"
	"image"
	"math"
	"testing"
)

// checkNativeIsScalar compares a native kernel with its scalar one, to the
// byte. Both write into images with padding, which has to stay as it is.
func checkNativeIsScalar(t testing.TB, name string, src *image.NRGBA, v Values, s *Scratch) {
	t.Helper()
	f, _ := Lookup(name)
	w, h := f.Size(src.Rect.Dx(), src.Rect.Dy(), v)
	results := [2]*image.NRGBA{}
	for i, e := range ours() {
		whole := image.NewNRGBA(image.Rect(0, 0, w+3, h))
		for j := range whole.Pix {
			whole.Pix[j] = uint8(j) | 1
		}
		e.Kernel(f)(whole.SubImage(image.Rect(0, 0, w, h)).(*image.NRGBA), src, v, s)
		results[i] = whole
	}
	if a, b := results[0].Pix, results[1].Pix; !bytes.Equal(a, b) {
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("%s %v of %v: byte %d (pixel %d, %d of %dx%d): native %d, scalar %d",
					name, v, src.Rect, i, i/4%(w+3), i/4/(w+3), w, h, a[i], b[i])
			}
		}
	}
}

// TestNativeIsScalar goes over every remainder that a row can leave after
// whole vectors, and every height at which borders meet.
func TestNativeIsScalar(t *testing.T) {
	var s Scratch
	for _, f := range All() {
		t.Run(f.Name, func(t *testing.T) {
			all := sampleOf(t, f.Name).params
			for w := 1; w <= 70; w++ {
				for _, h := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17} {
					kind := (w + h) % len(kinds)
					v := all[(w*7+h)%len(all)]
					checkNativeIsScalar(t, f.Name, testImage(w, h, kind), v, &s)
				}
			}
			for kind := range kinds {
				for _, v := range all {
					checkNativeIsScalar(t, f.Name, testImage(1037, 40, kind), v, &s)
				}
			}
		})
	}
}

// FuzzNative compares the native kernels with the scalar ones.
func FuzzNative(f *testing.F) {
	for which := range All() {
		f.Add(uint8(which), uint8(67), uint8(5), 0.12, 0.2, []byte{255, 0, 17, 255, 3, 200, 1})
		f.Add(uint8(which), uint8(33), uint8(9), 0.05, 0.15, []byte{0, 255, 128, 0, 9})
	}
	var s Scratch
	f.Fuzz(func(t *testing.T, which, w, h uint8, a, b float64, content []byte) {
		if !(a >= 0 && a <= 1 && b >= 0 && b <= 1) || len(content) == 0 {
			return
		}
		filter := All()[int(which)%len(All())]
		v := Values{}
		for i, p := range filter.Params {
			hi := p.Max
			if filter.Name == "resize" {
				hi = 200
			}
			v[p.Name] = p.Min + [2]float64{a, b}[i]*(hi-p.Min)
			if p.Kind == Int {
				v[p.Name] = math.Round(v[p.Name])
			}
		}
		checkNativeIsScalar(t, filter.Name, fuzzImage(int(w)%150+1, int(h)%40+1, content), v, &s)
	})
}
