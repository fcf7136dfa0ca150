//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package blur

import (
	"bytes"
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"carriles/filters/filter"
	"carriles/filters/vector"
)

// TestSumQuads compares all sums in vectors with the scalar one, also those
// that are not the widest of this processor: for every number of rows, with the
// largest channels and weights that there can be.
func TestSumQuads(t *testing.T) {
	if vector.Level() == vector.None {
		t.Skip("no vectors on this processor")
	}
	r := rand.New(rand.NewPCG(1, 2))
	const length = 3 * quadBlock
	rows := make([][]uint64, 2*maxTaps)
	for k := range rows {
		rows[k] = make([]uint64, length)
		for i := range rows[k] {
			for lane := range 4 {
				v := r.Uint64N(opaqueLevel + 1)
				if i%3 == 0 {
					v = opaqueLevel
				}
				rows[k][i] |= v << (16 * lane)
			}
		}
	}
	temp, got, want := make([]uint64, 2*length), make([]uint64, length), make([]uint64, length)
	for taps := 2; taps <= maxTaps; taps++ {
		weights := make([]int32, taps)
		left := int32(wholeWeight / 2)
		for k := range taps - 1 {
			weights[k] = r.Int32N(left + 1)
			left -= weights[k]
		}
		weights[taps-1] = left
		if slices.Max(weights) == wholeWeight/2 {
			continue // the kernel copies instead
		}
		a, b := rows[:taps], rows[taps:][:taps]
		sumQuads(want, a, b, weights, temp)
		for i, sum := range []func([]uint64, [][]uint64, [][]uint64, []int32, []uint64){sumQuadsVector, widestSum()} {
			clear(got)
			sum(got, a, b, weights, nil)
			if !slices.Equal(got, want) {
				t.Errorf("%d rows, weights %v: sum %d differs from the scalar one", taps, weights, i)
			}
		}
	}
}

func TestByteRows(t *testing.T) { checkByteRows(t, widestByteRows()) }

// checkByteRows compares sums in vectors with the scalar ones, on samples that are
// often the largest.
func checkByteRows(t *testing.T, vectors byteRows) {
	t.Helper()
	if vector.Level() == vector.None {
		t.Skip("no vectors on this processor")
	}
	r := rand.New(rand.NewPCG(3, 4))
	var s filter.Scratch
	for sigma := 0.1; sigma < BytesTo; sigma += 0.07 {
		src := image.NewNRGBA(image.Rect(0, 0, 1+r.IntN(150), 1+r.IntN(30)))
		for i := range src.Pix {
			src.Pix[i] = uint8(r.UintN(256))
			if i&3 == 3 || r.UintN(3) == 0 {
				src.Pix[i] = 255
			}
		}
		var got [2]*image.NRGBA
		for i, rows := range []byteRows{
			{plan: pairPlan, unpack: unpackBytes, across: acrossBytes, down: downBytes},
			vectors,
		} {
			got[i] = image.NewNRGBA(src.Rect)
			b := blurrer{byteRows: rows, scratch: &s}
			if !b.blurOpaque(got[i], src, byteWeights(sigma, &s)) {
				t.Fatalf("sigma %v: the image is opaque", sigma)
			}
		}
		vector.End()
		if !bytes.Equal(got[0].Pix, got[1].Pix) {
			t.Errorf("sigma %v of %v: other bytes", sigma, src.Rect)
		}
	}
}
