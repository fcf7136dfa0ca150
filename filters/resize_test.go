package filters

import (
	"fmt"
	"testing"
)

// TestExtremeRatios: windows as long as the image, windows of a pixel or two,
// one direction left out, and strips that very long windows narrow.
func TestExtremeRatios(t *testing.T) {
	var s Scratch
	for _, c := range []struct{ w, h, dw, dh int }{
		{5000, 3, 1, 7},
		{3, 5000, 9, 1},
		{2, 17000, 40, 2},
		{1, 1, 301, 203},
		{70, 90, 69, 1},
		{70, 90, 1, 89},
		{64, 33, 64, 99},
		{33, 64, 99, 64},
		{1030, 9, 1029, 8},
		{9, 10, 1100, 3},
	} {
		t.Run(fmt.Sprintf("%dx%d to %dx%d", c.w, c.h, c.dw, c.dh), func(t *testing.T) {
			v := Values{"width": float64(c.dw), "height": float64(c.dh)}
			for kind := range kinds {
				src := testImage(c.w, c.h, kind)
				checkNativeIsScalar(t, "resize", src, v, &s)
				checkAgainstReference(t, "resize", src, v, &s)
			}
		})
	}
}
