package jpeg

import (
	"image"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkDecode decodes the lab's photographs; MB/s are of pixels. Beside it
// is what the standard library takes for the same, with the conversion.
func BenchmarkDecode(b *testing.B) {
	for _, name := range lab(b) {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		dst := image.NewNRGBA(sizeOf(data))
		run := func(way string, decode func() error) {
			b.Run(filepath.Base(name)+"/"+way, func(b *testing.B) {
				b.SetBytes(int64(len(dst.Pix)))
				b.ReportAllocs()
				for b.Loop() {
					if err := decode(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		vector, plain := &Decoder{}, &Decoder{plain: true}
		run("vector", func() error { return vector.Decode(dst, data) })
		run("plain", func() error { return plain.Decode(dst, data) })
		run("standard", func() error {
			_, err := decodeStandard(data)
			return err
		})
	}
}
