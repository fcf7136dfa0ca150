package filters

import (
	"fmt"
	"image"
	"testing"

	"carriles/filters/blur"
)

// TestBlurOfOneColour: a constant image is what it was, and what is opaque stays
// opaque.
func TestBlurOfOneColour(t *testing.T) {
	var s Scratch
	for sigma := 0.3; sigma < 8; sigma *= 1.17 {
		src := image.NewNRGBA(image.Rect(0, 0, 37, 23))
		for i := range src.Pix {
			src.Pix[i] = []uint8{255, 1, 254, 255}[i%4]
		}
		if d, _ := difference(apply(t, "blur", src, Values{"radius": sigma}, &s), src); d != 0 {
			t.Errorf("sigma %v: a constant image differs by %d", sigma, d)
		}
		noise := testImage(37, 23, 0)
		for i, v := range apply(t, "blur", noise, Values{"radius": sigma}, &s).Pix {
			if i%4 == 3 && v != 255 {
				t.Fatalf("sigma %v: an opaque image has alpha %d", sigma, v)
			}
		}
	}
}

// TestBlurStrips crosses the strips of every layer: of the image, of what is
// made smaller and of what is brought back.
func TestBlurStrips(t *testing.T) {
	var s Scratch
	for _, w := range []int{blur.Strip - 1, blur.Strip, blur.Strip + 1} {
		src := testImage(w, 3, 1)
		for _, sigma := range []float64{5, 12, 40} {
			checkAgainstReference(t, "blur", src, Values{"radius": sigma}, &s)
		}
	}
	tall := testImage(3, 200, 1)
	for _, sigma := range []float64{1.5, 5, 12, 40} {
		checkAgainstReference(t, "blur", tall, Values{"radius": sigma}, &s)
	}
}

// TestBlurSigmas goes over all sigmas: the vectors against the scalar loops, and
// these against the sum in real numbers.
func TestBlurSigmas(t *testing.T) {
	var s Scratch
	for sigma := 0.1; sigma <= 100; sigma *= 1.13 {
		for kind := range kinds {
			src := testImage(37, 23, kind)
			checkNativeIsScalar(t, "blur", src, Values{"radius": sigma}, &s)
			checkAgainstReference(t, "blur", src, Values{"radius": sigma}, &s)
		}
	}
}

// BenchmarkBlur times the blur below blur.PyramidFrom, where the time grows with
// sigma, and above.
func BenchmarkBlur(b *testing.B) {
	src := benchImage(b)
	f, _ := Lookup("blur")
	for _, e := range []Engine{Scalar(), Native()} {
		for _, sigma := range []float64{1, 2, 2.9, 3, 8, 20, 100} {
			b.Run(fmt.Sprintf("%s/%g", e.Name, sigma), func(b *testing.B) {
				benchmarkKernel(b, src, e.Kernel(f), f, Values{"radius": sigma})
			})
		}
	}
}

// TestByteStrips crosses the strips of opaque images, and goes round the ring
// of rows.
func TestByteStrips(t *testing.T) {
	var s Scratch
	for _, size := range [][2]int{{blur.Strip - 1, 3}, {blur.Strip, 3}, {blur.Strip + 1, 3}, {2*blur.Strip + 33, 2}, {3, 200}, {40, 100}} {
		src := testImage(size[0], size[1], 0)
		for _, sigma := range []float64{blur.BytesFrom, 2, 2.9, 3.45} {
			checkAgainstReference(t, "blur", src, Values{"radius": sigma}, &s)
			checkNativeIsScalar(t, "blur", src, Values{"radius": sigma}, &s)
		}
	}
}
