package pipeline

import (
	"bytes"
	"image"
	"testing"

	"carriles/executor/codec"
)

// A picture comes back as it went, with its alpha if it has any, and lines that are
// longer than it stay behind.
func TestPixels(t *testing.T) {
	opaque := &image.NRGBA{Pix: []byte{1, 2, 3, 255, 4, 5, 6, 255, 99, 99, 99, 99, 7, 8, 9, 255, 10, 11, 12, 255}, Stride: 12, Rect: image.Rect(0, 0, 2, 2)}
	clear := &image.NRGBA{Pix: []byte{1, 2, 3, 255, 4, 5, 6, 7}, Stride: 8, Rect: image.Rect(0, 0, 2, 1)}
	for _, tt := range []struct {
		name   string
		m      *image.NRGBA
		format codec.Format
		want   []byte
	}{
		{"opaque", opaque, codec.JPEG, []byte{0, 0, 0, 2, 0, 0, 0, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		{"with alpha", clear, codec.WebP, []byte{0, 0, 0, 2, 0, 0, 0, 1, 4, 1, 1, 2, 3, 255, 4, 5, 6, 7}},
	} {
		buf := bytes.Repeat([]byte{77}, 50)
		data := PackPixels(&buf, tt.m, tt.format)
		if !bytes.Equal(data, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, data, tt.want)
		}
		var m image.NRGBA
		format, err := UnpackPixels(data, &m)
		if err != nil || format != tt.format.Output() || m.Rect != tt.m.Rect {
			t.Errorf("%s: %v, %v, %v", tt.name, format, m.Rect, err)
			continue
		}
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				if m.NRGBAAt(x, y) != tt.m.NRGBAAt(x, y) {
					t.Errorf("%s: %d, %d is %v", tt.name, x, y, m.NRGBAAt(x, y))
				}
			}
		}
		for n := range data {
			if _, err := UnpackPixels(data[:n], &m); err == nil {
				t.Errorf("%s: %d of its bytes are taken for it", tt.name, n)
			}
		}
	}
	for _, head := range [][]byte{
		{0, 0, 0, 0, 0, 0, 0, 1, 3, 0}, {255, 255, 255, 255, 0, 0, 0, 1, 3, 0}, {0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 1, 1}, {0, 0, 0, 1, 0, 0, 0, 1, 3, 9, 1, 1, 1},
	} {
		if _, err := UnpackPixels(head, &image.NRGBA{}); err == nil {
			t.Errorf("%v is taken for a picture", head)
		}
	}
}
