package filters

import (
	"bytes"
	"encoding/json"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"carriles/filters/pixel"
)

// goldenCase is one entry of testdata/golden/manifest.json: what Pillow 9.4 or
// OpenCV 4.6 made of an input.
type goldenCase struct {
	Input     string `json:"input"`
	Filter    string `json:"filter"`
	Params    Values `json:"params"`
	Expected  string `json:"expected"`
	Compare   string `json:"compare"`
	Tolerance int    `json:"tolerance"`
	Reference string `json:"reference"`
}

// TestGolden compares every case of the manifest, by both engines.
//
// brightness, sharpen and edges are whole-number arithmetic and have to be
// exact. resize and blur are given one level by the manifest: Pillow's weights
// come from another sine, and the blur's reference is a sum in float64, of
// which one in whole numbers can lie on the other side of a half. We
// use less of it than that where we can: resize repeats Pillow's rounding and
// is held to 0 here.
func TestGolden(t *testing.T) {
	var manifest struct {
		Cases []goldenCase `json:"cases"`
	}
	data, err := os.ReadFile(filepath.Join("testdata", "golden", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Cases) != 154 {
		t.Fatalf("the manifest has %d cases, want 154", len(manifest.Cases))
	}
	worst := map[string]int{}
	differing := map[string]int{}
	var s Scratch // shared on purpose: no kernel may rely on a clean one
	inputs := map[string]*image.NRGBA{}
	for _, c := range manifest.Cases {
		tolerance := c.Tolerance
		switch {
		case c.Compare == "exact", c.Filter == "resize":
			tolerance = 0
		case c.Compare != "max_abs_diff":
			t.Fatalf("%s: unknown comparison %q", c.Expected, c.Compare)
		}
		src := inputs[c.Input]
		if src == nil {
			src = readGolden(t, c.Input)
			inputs[c.Input] = src
		}
		want := readGolden(t, c.Expected)
		for _, e := range ours() {
			got := applyOf(t, e, c.Filter, src, c.Params, &s)
			if got.Rect != want.Rect {
				t.Errorf("%s (%s): size %v, want %v", c.Expected, e.Name, got.Rect, want.Rect)
				continue
			}
			d, n := difference(got, want)
			worst[c.Filter] = max(worst[c.Filter], d)
			differing[c.Filter] += n
			if d > tolerance {
				t.Errorf("%s (%s %v by %s, %s): differs by %d, allowed %d",
					c.Expected, c.Filter, c.Params, e.Name, c.Reference, d, tolerance)
			}
		}
	}
	t.Logf("%d cases; largest difference %v; differing channels %v", len(manifest.Cases), worst, differing)
}

// readGolden reads a file of testdata/golden as NRGBA.
func readGolden(t testing.TB, name string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out
}

// apply runs a native kernel.
func apply(t testing.TB, name string, src *image.NRGBA, v Values, s *Scratch) *image.NRGBA {
	t.Helper()
	return applyOf(t, Native(), name, src, v, s)
}

// ours are the engines that have to give the same bytes.
func ours() []Engine { return []Engine{Native(), Scalar()} }

// applyOf runs an engine's kernel into a new image that is full of rubbish, so
// that a pixel that the kernel forgets is seen.
func applyOf(t testing.TB, e Engine, name string, src *image.NRGBA, v Values, s *Scratch) *image.NRGBA {
	t.Helper()
	f, ok := Lookup(name)
	if !ok {
		t.Fatalf("no filter %q", name)
	}
	w, h := f.Size(src.Rect.Dx(), src.Rect.Dy(), v)
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range dst.Pix {
		dst.Pix[i] = 0xa5
	}
	e.Kernel(f)(dst, src, v, s)
	return dst
}

// difference returns the largest difference of two images of one size in any
// channel, and how many channels differ at all.
func difference(a, b *image.NRGBA) (largest, differing int) {
	for y := range a.Rect.Dy() {
		p, q := pixel.Row(a, y), pixel.Row(b, y)
		if bytes.Equal(p, q) {
			continue
		}
		for i := range p {
			d := int(p[i]) - int(q[i])
			if d < 0 {
				d = -d
			}
			if d > 0 {
				differing++
			}
			largest = max(largest, d)
		}
	}
	return largest, differing
}
