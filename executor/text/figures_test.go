package text

import "testing"

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		x        float64
		decimals int
		es, en   string
	}{
		{0, 0, "0", "0"},
		{1.5, 2, "1,50", "1.50"},
		{0.004, 2, "0,00", "0.00"},
		{-0.004, 2, "0,00", "0.00"}, // no minus before nothing
		{-0.006, 2, "−0,01", "−0.01"},
		{9999, 0, "9999", "9999"},
		{12345.678, 1, "12\u202f345,7", "12,345.7"},
		{-1234567, 0, "−1\u202f234\u202f567", "−1,234,567"},
	} {
		if es, en := Number("es", tt.x, tt.decimals), Number("en", tt.x, tt.decimals); es != tt.es || en != tt.en {
			t.Errorf("%g with %d decimals: %q, %q; want %q, %q", tt.x, tt.decimals, es, en, tt.es, tt.en)
		}
	}
}

func TestNiceStep(t *testing.T) {
	for x, want := range map[float64]float64{1: 1, 1.1: 2, 2: 2, 3: 5, 5: 5, 6: 10, 0.03: 0.05, 70: 100, 0.000999999: 0.001} {
		if got := NiceStep(x); got < want*0.999999 || got > want*1.000001 {
			t.Errorf("NiceStep(%g) = %g, want %g", x, got, want)
		}
	}
}

func TestDecimals(t *testing.T) {
	for step, want := range map[float64]int{0.1: 1, 0.05: 2, 0.02: 2, 0.2: 1, 1: 0, 5: 0, 20: 0, 0.001: 3} {
		if got := Decimals(step); got != want {
			t.Errorf("Decimals(%g) = %d, want %d", step, got, want)
		}
	}
}
