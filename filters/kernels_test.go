package filters

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"carriles/filters/blur"
	"carriles/filters/pixel"
	"carriles/filters/resize"
)

// checkAgainstReference compares a kernel with its slow reference: exactly,
// but for blur, which may differ by one visible level.
//
// A pixel's visible level is its premultiplied one: the colour of a pixel of
// little alpha is divided by that alpha, which magnifies a difference of a
// fraction of a level as much, and its weight on a screen is as little.
func checkAgainstReference(t testing.TB, name string, src *image.NRGBA, v Values, s *Scratch) {
	t.Helper()
	got, want := apply(t, name, src, v, s), sampleOf(t, name).slow(src, v)
	if got.Rect != want.Rect {
		t.Fatalf("%s %v of %v: size %v, want %v", name, v, src.Rect, got.Rect, want.Rect)
	}
	for i := range got.Pix {
		d := int(got.Pix[i]) - int(want.Pix[i])
		a := int(max(got.Pix[i|3], want.Pix[i|3]))
		alpha := i&3 == 3
		switch {
		case d == 0:
		case name == "blur" && alpha && d >= -1 && d <= 1:
		case name == "blur" && !alpha && max(d, -d)*a <= 255+a/2:
		default:
			p := i / 4
			t.Fatalf("%s %v of %v, pixel (%d, %d) channel %d: %d, want %d (alpha %d)",
				name, v, src.Rect, p%got.Rect.Dx(), p/got.Rect.Dx(), i&3, got.Pix[i], want.Pix[i], a)
		}
	}
}

// TestAgainstReference compares all kernels with the slow references over odd
// sizes, single rows, columns and pixels, opaque or not, on images that are
// windows of larger ones.
func TestAgainstReference(t *testing.T) {
	sizes := [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 13}, {13, 1}, {3, 3}, {4, 5}, {5, 2}, {17, 16}, {33, 31}}
	var s Scratch
	for _, f := range All() {
		for _, size := range sizes {
			for kind := range kinds {
				src := testImage(size[0], size[1], kind)
				t.Run(fmt.Sprintf("%s/%dx%d/%s", f.Name, size[0], size[1], kinds[kind]), func(t *testing.T) {
					for _, v := range sampleOf(t, f.Name).params {
						checkAgainstReference(t, f.Name, src, v, &s)
					}
				})
			}
		}
	}
}

// TestWideImages crosses the kernels' strips of columns, which the small
// images above fit in.
func TestWideImages(t *testing.T) {
	var s Scratch
	for _, w := range []int{blur.Strip - 1, blur.Strip, blur.Strip + 1, 2*resize.Strip + 3} {
		src := testImage(w, 3, 1)
		checkAgainstReference(t, "blur", src, Values{"radius": 1.5}, &s)
		checkAgainstReference(t, "blur", src, Values{"radius": 12}, &s)
		checkAgainstReference(t, "sharpen", src, Values{"intensity": 2}, &s)
		checkAgainstReference(t, "resize", src, Values{"width": float64(w + resize.Strip), "height": 4}, &s)
		checkAgainstReference(t, "resize", src, Values{"width": float64(w), "height": 2}, &s)
		checkAgainstReference(t, "edges", src, Values{"threshold1": 20, "threshold2": 60}, &s)
	}
}

// TestSourceUntouched: a kernel reads src, whatever it does with dst.
func TestSourceUntouched(t *testing.T) {
	var s Scratch
	for _, f := range All() {
		src, copied := testImage(19, 11, 2), testImage(19, 11, 2)
		apply(t, f.Name, src, f.Defaults(), &s)
		if d, _ := difference(src, copied); d != 0 {
			t.Errorf("%s changed its source", f.Name)
		}
	}
}

// TestDestinationWindow writes into a window of a larger image and looks at
// the pixels around it.
func TestDestinationWindow(t *testing.T) {
	var s Scratch
	src := testImage(12, 9, 1)
	for _, f := range All() {
		v := f.Defaults()
		if f.Name == "resize" {
			v = Values{"width": 8, "height": 7}
		}
		w, h := f.Size(12, 9, v)
		whole := image.NewNRGBA(image.Rect(-3, -2, w+4, h+5))
		for i := range whole.Pix {
			whole.Pix[i] = 0x5a
		}
		window := whole.SubImage(image.Rect(0, 0, w, h)).(*image.NRGBA)
		Native().Kernel(f)(window, src, v, &s)
		if d, _ := difference(window, apply(t, f.Name, src, v, &s)); d != 0 {
			t.Errorf("%s: a window of a larger image gets other pixels", f.Name)
		}
		for y := whole.Rect.Min.Y; y < whole.Rect.Max.Y; y++ {
			for x := whole.Rect.Min.X; x < whole.Rect.Max.X; x++ {
				if !(image.Point{X: x, Y: y}).In(window.Rect) && whole.NRGBAAt(x, y).R != 0x5a {
					t.Fatalf("%s wrote to (%d, %d), outside of its window", f.Name, x, y)
				}
			}
		}
	}
}

// TestNothingAllocated: with a warmed Scratch no kernel allocates.
func TestNothingAllocated(t *testing.T) {
	for kind := range kinds {
		src := testImage(75, 50, kind)
		var s Scratch
		for _, f := range All() {
			for _, v := range sampleOf(t, f.Name).params {
				w, h := f.Size(75, 50, v)
				dst := image.NewNRGBA(image.Rect(0, 0, w, h))
				for _, e := range ours() {
					kernel := e.Kernel(f)
					if n := allocations(func() { kernel(dst, src, v, &s) }); n != 0 {
						t.Errorf("%s %v (%s) by %s: %v allocations", f.Name, v, kinds[kind], e.Name, n)
					}
				}
			}
		}
	}
}

// allocations is how often f allocates: the fewest of some counts, since what the
// runtime allocates meanwhile for itself is counted too.
func allocations(f func()) float64 {
	fewest := testing.AllocsPerRun(2, f)
	for n := 0; n < 4 && fewest > 0; n++ {
		fewest = min(fewest, testing.AllocsPerRun(2, f))
	}
	return fewest
}

// kinds are the contents of a test image.
var kinds = [...]string{"opaque noise", "noise with alpha", "black and white with alpha 0 and 255", "checks"}

// testImage returns a window of w x h, not at the origin and with padding, of
// a larger image full of other numbers. It is the same for the same arguments.
func testImage(w, h, kind int) *image.NRGBA {
	r := rand.New(rand.NewPCG(uint64(w)<<32|uint64(h), uint64(kind)))
	whole := image.NewNRGBA(image.Rect(-2, -1, w+9, h+3))
	for i := range whole.Pix {
		whole.Pix[i] = uint8(r.UintN(256))
	}
	m := whole.SubImage(image.Rect(3, 1, w+3, h+1)).(*image.NRGBA)
	for y := range h {
		row := pixel.Row(m, y)
		for i := range row {
			alpha := i&3 == 3
			switch kind {
			case 0:
				if alpha {
					row[i] = 255
				}
			case 2:
				row[i] = -(row[i] & 1)
			case 3:
				row[i] = uint8(-((i/4 + y) & 1))
				if alpha {
					row[i] = 255
				}
			}
		}
	}
	return m
}
