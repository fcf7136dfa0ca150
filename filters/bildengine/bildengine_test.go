package bildengine

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carriles/filters"
)

func photo(t *testing.T) *image.NRGBA {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "golden", "higo.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(m.Bounds())
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out
}

// run applies a filter of an engine, into an image of rubbish.
func run(t *testing.T, e filters.Engine, name string, src *image.NRGBA, v filters.Values) *image.NRGBA {
	t.Helper()
	f, ok := filters.Lookup(name)
	if !ok || e.Kernel(f) == nil {
		t.Fatalf("%s has no %s", e.Name, name)
	}
	w, h := f.Size(src.Rect.Dx(), src.Rect.Dy(), v)
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range dst.Pix {
		dst.Pix[i] = 0xa5
	}
	var s filters.Scratch
	e.Kernel(f)(dst, src, v, &s)
	return dst
}

// largest returns the largest difference in any channel at least margin pixels
// away from the border, and the share of channels there that differ.
func largest(a, b *image.NRGBA, margin int) (int, float64) {
	worst, differ, all := 0, 0, 0
	for y := margin; y < a.Rect.Dy()-margin; y++ {
		for x := margin; x < a.Rect.Dx()-margin; x++ {
			p, q := a.Pix[y*a.Stride+4*x:], b.Pix[y*b.Stride+4*x:]
			for c := range 4 {
				d := int(p[c]) - int(q[c])
				worst = max(worst, d, -d)
				if d != 0 {
					differ++
				}
				all++
			}
		}
	}
	return worst, float64(differ) / float64(all)
}

// has are the filters that the engine has.
func has() []filters.Filter {
	return slices.DeleteFunc(filters.All(), func(f filters.Filter) bool { return Engine().Kernel(f) == nil })
}

// TestWhole: results have the right size and are written whole, also of one
// pixel, from a window of an image, and with alpha.
func TestWhole(t *testing.T) {
	big := image.NewNRGBA(image.Rect(-3, -3, 30, 30))
	for i := range big.Pix {
		big.Pix[i] = uint8(i * 37)
	}
	for i := 3; i < len(big.Pix); i += 4 {
		big.Pix[i] = 255
	}
	for _, f := range has() {
		name, v := f.Name, f.Defaults()
		if name == "resize" {
			v = filters.Values{"width": 11, "height": 3}
		}
		for _, r := range []image.Rectangle{image.Rect(2, 4, 3, 5), image.Rect(0, 0, 9, 1), image.Rect(1, 2, 14, 19)} {
			window := big.SubImage(r).(*image.NRGBA)
			alone := image.NewNRGBA(image.Rectangle{Max: r.Size()})
			draw.Draw(alone, alone.Rect, window, r.Min, draw.Src)
			got, want := run(t, Engine(), name, window, v), run(t, Engine(), name, alone, v)
			if d, _ := largest(got, want, 0); d != 0 {
				t.Errorf("%s: a window %v of an image gives other pixels", name, r)
			}
			for i := 3; i < len(got.Pix); i += 4 {
				if got.Pix[i] != 255 {
					t.Fatalf("%s: an opaque image becomes transparent (%d)", name, got.Pix[i])
				}
			}
		}
	}
	half := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		half.SetNRGBA(i%8, i/8, color.NRGBA{200, 100, 40, 128})
	}
	for _, f := range has() {
		name := f.Name
		v := filters.Values{"width": 5, "height": 5, "radius": 2, "factor": 1, "intensity": 1}
		c := run(t, Engine(), name, half, v).NRGBAAt(2, 2)
		for _, d := range []int{int(c.R) - 200, int(c.G) - 100, int(c.B) - 40, int(c.A) - 128} {
			if d < -5 || d > 5 {
				t.Errorf("%s of a flat half transparent area: %v", name, c)
				break
			}
		}
	}
}

// TestAgainstNative measures on a photograph what the package's documentation
// says of the differences.
func TestAgainstNative(t *testing.T) {
	src := photo(t)
	both := func(name string, v filters.Values) (bild, native *image.NRGBA) {
		return run(t, Engine(), name, src, v), run(t, filters.Native(), name, src, v)
	}

	for _, factor := range []float64{0, 0.35, 1, 1.2, 2.75, 10} {
		bild, native := both("brightness", filters.Values{"factor": factor})
		d, share := largest(bild, native, 0)
		t.Logf("brightness %v: by up to %d, %.2f %%", factor, d, 100*share)
		if d > 1 {
			t.Errorf("brightness %v: differs by %d, want at most 1", factor, d)
		}
	}

	for _, n := range []int{1, 3} {
		bild, native := both("sharpen", filters.Values{"intensity": float64(n)})
		if d, _ := largest(bild, native, n); d != 0 {
			t.Errorf("sharpen %d: differs by %d inside of the outermost %d pixels", n, d, n)
		}
		d, _ := largest(bild, native, 0)
		t.Logf("sharpen %d: by up to %d at the border", n, d)
		if d == 0 {
			t.Errorf("sharpen %d: the borders do not differ, and the documentation says so", n)
		}
	}

	bild, native := both("resize", filters.Values{"width": 120, "height": 80})
	d, share := largest(bild, native, 0)
	t.Logf("resize: by up to %d, %.2f %%", d, 100*share)
	if d != 1 {
		t.Errorf("resize: differs by %d, the documentation says one level", d)
	}

	// Radius 2 is five taps of a sigma of 2, and so less of a blur than native's.
	bild, native = both("blur", filters.Values{"radius": 2})
	d, share = largest(bild, native, 0)
	t.Logf("blur: by up to %d, %.2f %%", d, 100*share)
	if a, b, c := contrast(src), contrast(bild), contrast(native); !(a > b && b > c) {
		t.Errorf("contrasts %.2f, bild %.2f, native %.2f: want them to fall", a, b, c)
	}
}

// contrast is the mean difference of a pixel's green to its right neighbour's.
func contrast(m *image.NRGBA) float64 {
	sum, n := 0, 0
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() - 1 {
			p := m.Pix[y*m.Stride+4*x:]
			d := int(p[1]) - int(p[5])
			sum += max(d, -d)
			n++
		}
	}
	return float64(sum) / float64(n)
}
