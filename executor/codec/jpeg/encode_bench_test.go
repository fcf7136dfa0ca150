package jpeg

import (
	"bytes"
	"image/jpeg"
	"testing"
)

// BenchmarkEncode is of a photograph of 3840x2160 at quality 95, in bytes of
// pixels.
func BenchmarkEncode(b *testing.B) {
	m := sourcePhotograph(b, "arroyo.jpg")
	for _, c := range []struct {
		name string
		e    *Encoder
	}{{"vector", &Encoder{}}, {"plain", &Encoder{plain: true}}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(m.Pix)))
			var out []byte
			for b.Loop() {
				var err error
				if out, err = c.e.Encode(out[:0], m, Options{Quality: 95}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("standard library", func(b *testing.B) {
		b.SetBytes(int64(len(m.Pix)))
		var out bytes.Buffer
		for b.Loop() {
			out.Reset()
			if err := jpeg.Encode(&out, opaque(m), &jpeg.Options{Quality: 95}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEncodeParts is what an MCU goes through, in bytes of pixels.
func BenchmarkEncodeParts(b *testing.B) {
	m := sourcePhotograph(b, "arroyo.jpg")
	at := 1000*m.Stride + 4*1600
	tables := scaledTable(&standardQuantisation[0], 95)
	q := newQuantiser(&tables)
	for name, k := range map[string]kernels{"vector": vectorKernels(), "plain": plainKernels()} {
		var s mcu
		b.Run("ycc/"+name, func(b *testing.B) {
			b.SetBytes(1024)
			for b.Loop() {
				k.ycc(&s, m.Pix[at:], m.Stride)
			}
		})
		samples := s.upper
		b.Run("transform/"+name, func(b *testing.B) {
			b.SetBytes(512)
			for b.Loop() {
				s.upper = samples
				k.transform(&s.upper, &q)
			}
		})
	}
	var s mcu
	yccPlain(&s, m.Pix[at:], m.Stride)
	masks := transformPlain(&s.upper, &q)
	var w bitWriter
	b.Run("block", func(b *testing.B) {
		b.SetBytes(256)
		for b.Loop() {
			w.at = 0
			w.block(&s.upper, 0, masks[0], dcCodes[0], acCodes[0], 0)
		}
	})
	src, out := make([]byte, 3600), make([]byte, 0, 8192)
	for i := range src {
		src[i] = byte(i * i >> 3)
	}
	b.Run("stuffing", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			out = appendStuffed(out[:0], src)
		}
	})
}
