package codec

import (
	"encoding/binary"
	"image"
	"testing"
)

// FuzzDecode: any bytes end in an image of the size that Probe says, or in an
// *Error.
func FuzzDecode(f *testing.F) {
	small := gradient(9, 6)
	for _, data := range [][]byte{
		encodeJPEG(f, small), encodePNG(f, small),
		encodeJPEG(f, image.NewGray(small.Rect)), encodePNG(f, image.NewGray16(small.Rect)),
		encodePNG(f, paletted(small.Rect, 4)), encodePNG(f, image.NewNRGBA64(small.Rect)),
		encodeGIF(f, 9, 6, paletted(image.Rect(1, 1, 5, 5), 3), paletted(small.Rect, 3)),
		withEXIF(encodeJPEG(f, small), tiffOrientation(binary.BigEndian, 6)),
		withEXIF(encodePNG(f, small), tiffOrientation(binary.LittleEndian, 7)),
		jpegOfSize(8, 8, 1), jpegOfSize(8, 8, 4), pngOfSize(20000, 20000), pngOfSize(0, 1),
	} {
		f.Add(data)
	}
	var d Decoder
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Probe(data)
		if err == nil && info.Width*info.Height > 1<<16 {
			return // as good as a small one, and slow
		}
		m, format, decodeErr := d.Decode(data)
		if err != nil && codeOf(t, decodeErr) != codeOf(t, err) {
			t.Fatalf("Probe: %v; Decode: %v", err, decodeErr)
		}
		if codeOf(t, decodeErr) != "" {
			return
		}
		if format != info.Format || m.Rect != image.Rect(0, 0, info.Width, info.Height) ||
			m.Stride != 4*info.Width || len(m.Pix) != m.Stride*info.Height {
			t.Fatalf("%v, but %s of %v, stride %d, %d bytes", info, format, m.Rect, m.Stride, len(m.Pix))
		}
	})
}
