package jpeg

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// randomBlock fills a block and a quantization table, in the order of place. Of
// four kinds, the last are what only a hostile file has: everything is cut,
// clipped, or wraps around.
func randomBlock(random *rand.Rand, kind int, coef, quant *[64]int16) {
	for i := range coef {
		coef[i], quant[i] = 0, int16(1+random.IntN(60))
		switch {
		case kind == 0 && random.IntN(8) == 0, kind == 1:
			coef[i] = int16(random.IntN(41) - 20)
		case kind == 2:
			coef[i] = int16(random.Uint32())
		case kind == 3:
			coef[i], quant[i] = int16(random.Uint32()), int16(random.Uint32())
		}
	}
}

// TestIDCTSlow: the samples are those of the matrix, for every kind of block,
// with vectors and without.
func TestIDCTSlow(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var coef, quant [64]int16
	var work idctWork
	for i := range 20000 {
		randomBlock(random, i%4, &coef, &quant)
		var block [64]int
		var table [64]int32
		for k := range block {
			block[k], table[k] = int(coef[places[k]]), int32(quant[places[k]])
		}
		samples := slowIDCT(&block, &table)
		const stride = 11 // what is between the rows must not change
		want, plain, vector := make([]byte, 8*stride), make([]byte, 8*stride), make([]byte, 8*stride)
		for y := range 8 {
			copy(want[y*stride:], samples[8*y:8*y+8])
		}
		idctPlain(plain, stride, &coef, &quant)
		if !bytes.Equal(plain, want) {
			t.Fatalf("coefficients %v, table %v:\n%v, want\n%v", coef, quant, plain, want)
		}
		if !vectors || !hasVectors() {
			continue
		}
		idctVector(vector, stride, &coef, &quant, &work)
		if !bytes.Equal(vector, want) {
			t.Fatalf("with vectors, coefficients %v, table %v:\n%v, want\n%v", coef, quant, vector, want)
		}
	}
}

// TestIDCTFlat: a block of only a DC coefficient, of any size.
func TestIDCTFlat(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 20000 {
		var coef, quant [64]int16
		coef[0], quant[0] = int16(random.Uint32())>>random.IntN(16), int16(random.IntN(1<<(1+i%16)))
		want, got := make([]byte, 64), make([]byte, 64)
		idctPlain(want, 8, &coef, &quant)
		idctFlat(got, 8, coef[0], quant[0])
		if !bytes.Equal(got, want) {
			t.Fatalf("%d times %d: %v, want %v", coef[0], quant[0], got, want)
		}
	}
}

// TestIDCT compares with the definition (T.81, A.3.3) in floating point. That
// of 32 bits must be within one of it: it rounds once, and has three bits and
// more after the point before that.
func TestIDCT(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	var coef, quant [64]int16
	for i := range 300 {
		randomBlock(random, i%2, &coef, &quant)
		var got [64]byte
		idctPlain(got[:], 8, &coef, &quant)
		for y := range 8 {
			for x := range 8 {
				sum := 0.0
				for u := range 8 {
					for v := range 8 {
						at := place(uint8(v), uint8(u))
						c := float64(coef[at]) * float64(quant[at]) / 4
						if u == 0 {
							c /= math.Sqrt2
						}
						if v == 0 {
							c /= math.Sqrt2
						}
						sum += c * math.Cos(float64((2*x+1)*u)*math.Pi/16) * math.Cos(float64((2*y+1)*v)*math.Pi/16)
					}
				}
				want := max(0, min(255, sum+128))
				if math.Abs(float64(got[8*y+x])-want) > 1 {
					t.Fatalf("sample (%d, %d) is %d, want %.2f", x, y, got[8*y+x], want)
				}
			}
		}
	}
}

func BenchmarkIDCT(b *testing.B) {
	var coef, quant [64]int16
	var work idctWork
	randomBlock(rand.New(rand.NewPCG(9, 10)), 1, &coef, &quant)
	dst := make([]byte, 64)
	b.Run("plain", func(b *testing.B) {
		b.SetBytes(64)
		for b.Loop() {
			idctPlain(dst, 8, &coef, &quant)
		}
	})
	b.Run("vector", func(b *testing.B) {
		b.SetBytes(64)
		for b.Loop() {
			idctVector(dst, 8, &coef, &quant, &work)
		}
	})
}
