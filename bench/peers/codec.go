package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"

	"carriles/bench/report"
	"carriles/executor/codec"
)

// How many levels a channel may differ by where two decoders read one file.
const (
	// The inverse DCT may round each of Y, Cb and Cr by one to another level.
	// Blue is Y + 1.772 Cb, the steepest: 2.8, and its own rounding makes 4.
	maxDecoder = 4
	// libjpeg also smooths the chroma of 4:2:0, whose rounding adds a level to
	// Cb and Cr: 1 + 2 x 1.772 is 4.5, and with blue's own 6.
	maxSmoothed = 6
)

// libraries are those whose files codec.py writes.
func libraries() []string { return []string{"OpenCV", "Pillow"} }

// checkCodec lets each side read the other's JPEGs. image/jpeg is the judge of
// what the pixels are; a file that comes out as others is an error.
func checkCodec(ctx context.Context, c config, _ *report.Results) error {
	dir, err := os.MkdirTemp("", "carriles-codec-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	photo, err := os.ReadFile(c.image)
	if err != nil {
		return err
	}
	var dec codec.Decoder
	var enc codec.Encoder
	pixels, _, err := dec.Decode(photo)
	if err != nil {
		return fmt.Errorf("%s: %w", c.image, err)
	}
	file, err := enc.Encode(pixels, codec.JPEG, nil)
	if err != nil {
		return err
	}
	ours := filepath.Join(dir, "ours.jpg")
	if err := os.WriteFile(ours, file, 0o644); err != nil {
		return err
	}
	if err := c.command(ctx, "codec.py", c.image, ours, dir).Run(); err != nil {
		return c.explain(err)
	}
	decoded, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return fmt.Errorf("our JPEG in image/jpeg: %w", err)
	}
	planes, ok := decoded.(*image.YCbCr)
	if !ok {
		return fmt.Errorf("our JPEG is a %T", decoded)
	}
	want := smoothed(planes)
	progress("codec: our JPEG has %d bytes", len(file))
	for _, library := range libraries() {
		got, err := os.ReadFile(filepath.Join(dir, library+".rgb"))
		if err != nil {
			return err
		}
		if err := judge("our JPEG read by "+library, got, want, maxSmoothed); err != nil {
			return err
		}
		if err := checkTheirs(library, filepath.Join(dir, library+".jpg")); err != nil {
			return err
		}
	}
	return nil
}

// checkTheirs reads a JPEG of a library as we do and as image/jpeg does.
func checkTheirs(library, path string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var dec codec.Decoder
	got, _, err := dec.Decode(file)
	if err != nil {
		return fmt.Errorf("the JPEG of %s: %w", library, err)
	}
	decoded, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return err
	}
	want := image.NewRGBA(decoded.Bounds())
	draw.Draw(want, want.Rect, decoded, decoded.Bounds().Min, draw.Src)
	return judge(fmt.Sprintf("%s's JPEG of %d bytes read by us", library, len(file)), got.Pix, want.Pix, maxDecoder)
}

// PixelsError says that a file came out as other pixels than it should.
type PixelsError struct {
	What string
	// Most is the largest difference of a channel in levels, of 0 to 255;
	// Allowed is the largest that rounding explains.
	Most, Allowed int
}

// Error gives the figures.
func (e *PixelsError) Error() string {
	return fmt.Sprintf("%s differs by up to %d levels from what image/jpeg reads; rounding explains %d", e.What, e.Most, e.Allowed)
}

// judge compares the bytes of two images of one layout.
func judge(what string, got, want []byte, allowed int) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s has %d bytes of pixels, not %d", what, len(got), len(want))
	}
	most, sum := 0, 0
	for i := range got {
		d := int(got[i]) - int(want[i])
		d = max(d, -d)
		most, sum = max(most, d), sum+d
	}
	if most > allowed {
		return &PixelsError{what, most, allowed}
	}
	progress("codec: %s: at most %d levels from image/jpeg, %.4f on average", what, most, float64(sum)/float64(len(got)))
	return nil
}

// smoothed gives the bytes R G B of a JPEG's planes as libjpeg shows them.
// Where image/jpeg repeats a chroma sample over the pixels that share it,
// libjpeg weights the nearest sample with 3/4 and the next one with 1/4 in each
// direction ("fancy upsampling", h2v2 in jdsample.c).
func smoothed(m *image.YCbCr) []byte {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	rgb := make([]byte, 0, 3*w*h)
	halved := m.SubsampleRatio == image.YCbCrSubsampleRatio420
	cw, ch := (w+1)/2, (h+1)/2
	for y := range h {
		near, next := halves(y, ch)
		for x := range w {
			at := m.COffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)
			cb, cr := m.Cb[at], m.Cr[at]
			if halved {
				l, r := halves(x, cw)
				mix := func(plane []byte) uint8 {
					a, b := plane[near*m.CStride:], plane[next*m.CStride:]
					return uint8((9*int(a[l]) + 3*int(a[r]) + 3*int(b[l]) + int(b[r]) + 8) / 16)
				}
				cb, cr = mix(m.Cb), mix(m.Cr)
			}
			r, g, b := color.YCbCrToRGB(m.Y[m.YOffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)], cb, cr)
			rgb = append(rgb, r, g, b)
		}
	}
	return rgb
}

// halves gives the chroma samples, of n in a line, that pixel i lies nearest
// and next to.
func halves(i, n int) (near, next int) {
	near = i / 2
	if i%2 == 0 {
		return near, max(near-1, 0)
	}
	return near, min(near+1, n-1)
}
