package filters

import (
	"image"
	"image/color"
	"slices"
	"testing"
)

// greyImage makes an opaque grey image from its rows.
func greyImage(rows ...[]uint8) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, len(rows[0]), len(rows)))
	for y, row := range rows {
		for x, v := range row {
			m.SetNRGBA(x, y, color.NRGBA{v, v, v, 255})
		}
	}
	return m
}

// TestByHand compares small images with results worked out on paper.
func TestByHand(t *testing.T) {
	for _, c := range []struct {
		name      string
		filter    string
		v         Values
		src, want *image.NRGBA
	}{
		{
			"brightness truncates and clamps", "brightness", Values{"factor": 1.2},
			greyImage([]uint8{0, 1, 4, 5, 100, 212, 213, 255}),
			greyImage([]uint8{0, 1, 4, 6, 120, 254, 255, 255}),
		},
		{
			"brightness in 32-bit floats: 0.35 x 20 is 7", "brightness", Values{"factor": 0.35},
			greyImage([]uint8{0, 2, 3, 20, 255}),
			greyImage([]uint8{0, 0, 1, 7, 89}),
		},
		{
			// A corner sees the centre four times, an edge twice.
			"sharpen reflects without the edge pixel", "sharpen", Values{"intensity": 1},
			greyImage([]uint8{100, 100, 100}, []uint8{100, 110, 100}, []uint8{100, 100, 100}),
			greyImage([]uint8{60, 80, 60}, []uint8{80, 190, 80}, []uint8{60, 80, 60}),
		},
		{
			// 10 x 190 - (190 + 4 x 80 + 4 x 60) = 1150; 10 x 60 - (60 + 4 x 80 + 4 x 190) < 0.
			"sharpen clamps after each pass", "sharpen", Values{"intensity": 2},
			greyImage([]uint8{100, 100, 100}, []uint8{100, 110, 100}, []uint8{100, 100, 100}),
			greyImage([]uint8{0, 0, 0}, []uint8{0, 255, 0}, []uint8{0, 0, 0}),
		},
		{
			// exp(-i^2/2) / 2.50663 x 255 = 101.7, 61.7, 13.8, 1.1, 0.03
			"blur of a single pixel", "blur", Values{"radius": 1},
			greyImage([]uint8{0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0}),
			greyImage([]uint8{0, 0, 0, 1, 14, 62, 102, 62, 14, 1, 0, 0, 0}),
		},
		{
			// Half of the weights see the edge pixel go on: the same as a step.
			"blur extends the edge", "blur", Values{"radius": 50},
			greyImage([]uint8{200, 200}, []uint8{200, 200}),
			greyImage([]uint8{200, 200}, []uint8{200, 200}),
		},
		{
			"resize of two pixels to one is their mean, halves up", "resize", Values{"width": 1, "height": 1},
			greyImage([]uint8{0, 255}),
			greyImage([]uint8{128}),
		},
		{
			"resize of one pixel repeats it", "resize", Values{"width": 3, "height": 2},
			greyImage([]uint8{77}),
			greyImage([]uint8{77, 77, 77}, []uint8{77, 77, 77}),
		},
		{
			// Blurred 0 0 16 80 175 239 255 255; dx of columns 2 to 5 is 320 636
			// 636 320: of the two equal ones the left one wins.
			"edges of a step", "edges", Values{"threshold1": 100, "threshold2": 635},
			greyImage([]uint8{0, 0, 0, 0, 255, 255, 255, 255}, []uint8{0, 0, 0, 0, 255, 255, 255, 255}),
			greyImage([]uint8{0, 0, 0, 255, 0, 0, 0, 0}, []uint8{0, 0, 0, 255, 0, 0, 0, 0}),
		},
		{
			"edges need more than the threshold", "edges", Values{"threshold1": 100, "threshold2": 636},
			greyImage([]uint8{0, 0, 0, 0, 255, 255, 255, 255}, []uint8{0, 0, 0, 0, 255, 255, 255, 255}),
			greyImage(make([]uint8, 8), make([]uint8, 8)),
		},
	} {
		var s Scratch
		got := apply(t, c.filter, c.src, c.v, &s)
		if got.Rect != c.want.Rect || !slices.Equal(got.Pix, c.want.Pix) {
			t.Errorf("%s:\n got %v\nwant %v", c.name, got.Pix, c.want.Pix)
		}
	}
}

// TestAlpha: the three filters that keep alpha keep it, and a blur lets no
// colour of a transparent pixel bleed into its neighbours.
func TestAlpha(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	src.SetNRGBA(0, 0, color.NRGBA{200, 10, 0, 255})
	src.SetNRGBA(1, 0, color.NRGBA{0, 255, 0, 0})
	src.SetNRGBA(2, 0, color.NRGBA{200, 10, 0, 7})
	var s Scratch
	for _, name := range []string{"brightness", "sharpen", "edges"} {
		f, _ := Lookup(name)
		got := apply(t, name, src, f.Defaults(), &s)
		for x, want := range []uint8{255, 0, 7} {
			if a := got.NRGBAAt(x, 0).A; a != want {
				t.Errorf("%s: alpha %d became %d", name, want, a)
			}
		}
	}
	for _, sigma := range []float64{1, 20} {
		got := apply(t, "blur", src, Values{"radius": sigma}, &s)
		for x := range 3 {
			if c := got.NRGBAAt(x, 0); c.R != 200 || c.G != 10 || c.A == 0 {
				t.Errorf("blur %v: pixel %d is %v, want the colour 200 10 0", sigma, x, c)
			}
		}
	}
}
