package resize

import (
	"math"
	"testing"
)

// TestSines compares our functions with package math.
func TestSines(t *testing.T) {
	check := func(name string, x, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s(%v) = %v, want %v", name, x, got, want)
		}
	}
	for x := 0.0; x <= math.Pi/2; x += 0.01 {
		check("sine", x, sine(x), math.Sin(x), 5e-16)
	}
	for x := 0.0; x <= 3; x += 1.0 / 64 {
		check("sinPi", x, sinPi(x), math.Sin(math.Pi*x), 2e-15)
	}
}
