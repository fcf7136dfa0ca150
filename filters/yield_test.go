package filters

import (
	"image"
	"testing"
)

// Every kernel of ours can be interrupted: after some rows, of which it has many,
// again and again.
func TestKernelsCanBeInterrupted(t *testing.T) {
	src := testImage(75, 200, 0)
	for _, f := range All() {
		for _, v := range sampleOf(t, f.Name).params {
			w, h := f.Size(75, 200, v)
			if (w == 75 && h == 200 && f.Name == "resize") || (f.Name == "blur" && v["radius"] < 0.5) {
				continue // a copy
			}
			dst := image.NewNRGBA(image.Rect(0, 0, w, h))
			for _, e := range ours() {
				calls := 0
				s := Scratch{Yield: func() { calls++ }}
				e.Kernel(f)(dst, src, v, &s)
				if calls < h/20 || calls > 10*h {
					t.Errorf("%s %v by %s: interrupted %d times over %d rows", f.Name, v, e.Name, calls, h)
				}
			}
		}
	}
}
