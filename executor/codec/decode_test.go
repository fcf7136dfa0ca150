package codec

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// TestStandardPixels: whoever decodes a JPEG, the pixels are the standard
// library's, and half a file is corrupt.
func TestStandardPixels(t *testing.T) {
	names, err := filepath.Glob("jpeg/testdata/decode/*.jpg")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	var d Decoder
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, f, err := d.Decode(data)
		want, wantErr := jpeg.Decode(bytes.NewReader(data))
		if wantErr != nil {
			expected := Corrupt
			if errors.As(wantErr, new(jpeg.UnsupportedError)) {
				expected = Unsupported
			}
			if codeOf(t, err) != expected {
				t.Errorf("%s: %v, want %s", name, err, expected)
			}
			continue
		}
		if err != nil || f != JPEG {
			t.Errorf("%s: %s, %v", name, f, err)
			continue
		}
		pixels := image.NewRGBA(want.Bounds())
		draw.Draw(pixels, pixels.Rect, want, image.Point{}, draw.Src)
		if m.Rect != pixels.Rect || !bytes.Equal(m.Pix, pixels.Pix) {
			t.Errorf("%s: not the standard library's pixels", name)
		}
		if _, _, err := d.Decode(data[:len(data)/2]); codeOf(t, err) != Corrupt {
			t.Errorf("half of %s: %v", name, err)
		}
	}
}
