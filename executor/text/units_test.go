package text

import (
	"strings"
	"testing"
)

func TestUnits(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Value("es", 2.5), "2,5"},
		{Value("en", 12345.5), "12345.5"},
		{Percent("es", 0.256), "26\u00a0%"},
		{Percent("en", 1), "100%"},
		{Percent("en", 0.004), "<\u00a01%"},
		{Percent("es", 0), "0\u00a0%"},
		{Ratio("es", 1.926), "1,93×"},
		{Bytes("en", 999), "999\u00a0B"},
		{Bytes("en", 1500), "2\u00a0kB"},
		{Bytes("es", 9_640_000), "9,6\u00a0MB"},
		{Bytes("es", 96_400_000), "96\u00a0MB"},
		{Bytes("es", 1_500_000_000), "1,50\u00a0GB"},
		{Seconds("es", 0.0125), "0,013\u00a0s"},
		{Duration("es", 0), "0,00\u00a0s"},
		{Duration("es", 0.0095), "9,5\u00a0ms"},
		{Duration("es", 0.0995), "100\u00a0ms"},
		{Duration("es", 0.1), "0,100\u00a0s"},
		{Duration("en", 1), "1.00\u00a0s"},
		{Duration("en", 123.45), "123.5\u00a0s"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestScaleIsCommonToAll(t *testing.T) {
	tests := []struct {
		times []float64
		want  Scale
	}{
		{nil, Scale{"s", 1, 2}},
		{[]float64{1.02, 0.53}, Scale{"s", 1, 3}},
		{[]float64{0.13, 0.14}, Scale{"s", 1, 3}},
		{[]float64{12, 0.53}, Scale{"s", 1, 2}},
		{[]float64{12, 1.5}, Scale{"s", 1, 2}},
		{[]float64{140, 0.5}, Scale{"s", 1, 1}},
		{[]float64{0.56, 0.09}, Scale{"ms", 1000, 0}},
		{[]float64{0.004, 0.0021}, Scale{"ms", 1000, 1}},
		{[]float64{0, 1.5}, Scale{"s", 1, 2}}, // an unknown time decides nothing
	}
	for _, tt := range tests {
		if got := ScaleOf(tt.times...); got != tt.want {
			t.Errorf("ScaleOf(%v) = %+v, want %+v", tt.times, got, tt.want)
		}
	}
}

func TestAbout(t *testing.T) {
	for seconds, want := range map[float64]string{0: "1 s", 0.4: "1 s", 7.6: "8 s", 42: "40 s", 97: "95 s", 100: "2 min", 3599: "60 min"} {
		if got := About("en", seconds); got != strings.ReplaceAll(want, " ", NoBreak) {
			t.Errorf("%g: %q, want %q", seconds, got, want)
		}
	}
}
