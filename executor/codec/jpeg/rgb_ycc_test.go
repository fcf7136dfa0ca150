package jpeg

import (
	"math"
	"math/rand/v2"
	"testing"
)

// flatMCU is 16x16 pixels of one colour.
func flatMCU(r, g, b uint8) []byte {
	pix := make([]byte, 16*64)
	for i := 0; i < len(pix); i += 4 {
		pix[i], pix[i+1], pix[i+2], pix[i+3] = r, g, b, r^g
	}
	return pix
}

// TestYCC compares a grid of colours with JFIF's equations, and the sums of
// different pixels with the plain conversion.
func TestYCC(t *testing.T) {
	var m, vector mcu
	vectors := vectorKernels().ycc
	for i := range 18 * 18 * 18 {
		r, g, b := uint8(i%18*15), uint8(i/18%18*15), uint8(i/324*15)
		pix := flatMCU(r, g, b)
		yccPlain(&m, pix, 64)
		vectors(&vector, pix, 64)
		if m != vector {
			t.Fatalf("colour %d %d %d: with vectors %v, without %v", r, g, b, vector, m)
		}
		red, green, blue := float64(r), float64(g), float64(b)
		for _, c := range []struct {
			name string
			got  int16
			want float64
		}{
			{"Y", m.upper[0], 0.299*red + 0.587*green + 0.114*blue - 128},
			{"Cb", m.chroma[0], -0.168735892*red - 0.331264108*green + 0.5*blue},
			{"Cr", m.chroma[8], 0.5*red - 0.418687589*green - 0.081312411*blue},
		} {
			// Half of the rounding, and three factors off by 2^-16 (and Y's of
			// blue by 2^-15, for the sum) times 255.
			if math.Abs(float64(c.got)-c.want) > 0.5+0.016 {
				t.Errorf("%s of %d %d %d is %d, want %.3f", c.name, r, g, b, c.got, c.want)
			}
			if c.got < -128 || c.got > 127 {
				t.Errorf("%s of %d %d %d is %d: not a sample", c.name, r, g, b, c.got)
			}
		}
	}
	for v := range 256 {
		yccPlain(&m, flatMCU(uint8(v), uint8(v), uint8(v)), 64)
		if y, cb, cr := m.lower[127], m.chroma[63], m.chroma[127]; y != int16(v)-128 || cb != 0 || cr != 0 {
			t.Errorf("grey of %d is %d %d %d", v, y, cb, cr)
		}
	}

	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		stride := 64 + r.IntN(9)
		pix := make([]byte, 16*stride)
		for i := range pix {
			pix[i] = uint8(r.Uint32())
		}
		yccPlain(&m, pix, stride)
		vectors(&vector, pix, stride)
		if m != vector {
			t.Fatalf("with vectors %v, without %v", vector, m)
		}
	}
}

// TestYCCPlaces: each pixel goes to its own place, and each 2x2 pixels to theirs.
func TestYCCPlaces(t *testing.T) {
	for at := range 256 {
		x, y := at%16, at/16
		pix := flatMCU(0, 0, 0)
		pix[64*y+4*x+2] = 255 // blue
		var m mcu
		yccPlain(&m, pix, 64)
		for i := range 256 {
			p, want := &m.upper, int16(-128)
			if i >= 128 {
				p = &m.lower
			}
			if i == at {
				want = 29 - 128 // 0.114 * 255 = 29.07
			}
			if p[i%128] != want {
				t.Fatalf("pixel %d is blue: Y %d is %d, want %d", at, i, p[i%128], want)
			}
		}
		for i := range 64 {
			cb, cr := int16(0), int16(0)
			if i == y/2*8+x/2 {
				cb, cr = 32, -5 // 255/4 of 0.5 and -0.0813: 31.9 and -5.2
			}
			if m.chroma[i/8*16+i%8] != cb || m.chroma[i/8*16+8+i%8] != cr {
				t.Fatalf("pixel %d is blue: Cb, Cr %d are %d, %d", at, i, m.chroma[i/8*16+i%8], m.chroma[i/8*16+8+i%8])
			}
		}
	}
}
