//go:build goexperiment.simd && !scalar

package blur

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"

	"carriles/filters/filter"
	"carriles/filters/vector"
)

func TestPartnerPlans(t *testing.T) { checkBytePlans(t, partnerPlan, 2, levelRoom) }

// TestPartnerRows compares the sums in vectors that are not the widest of this
// processor with the scalar ones, on samples that are often the largest.
func TestPartnerRows(t *testing.T) {
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
			partnerRows(),
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
