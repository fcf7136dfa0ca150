package i18n

import (
	"testing"

	"carriles/executor/batch/request"
)

func TestNumbers(t *testing.T) {
	tests := []struct {
		x        float64
		decimals int
		es, en   string
	}{
		{1.0249, 2, "1,02", "1.02"},
		{0.5, 0, "0", "0"},
		{1234.5, 1, "1234,5", "1234.5"},
		{12345.6, 1, "12\u202f345,6", "12,345.6"},
		{-1234567, 0, "−1\u202f234\u202f567", "−1,234,567"},
		{0, 2, "0,00", "0.00"},
	}
	for _, tt := range tests {
		if got := ES.Number(tt.x, tt.decimals); got != tt.es {
			t.Errorf("ES.Number(%v, %d) = %q, want %q", tt.x, tt.decimals, got, tt.es)
		}
		if got := EN.Number(tt.x, tt.decimals); got != tt.en {
			t.Errorf("EN.Number(%v, %d) = %q, want %q", tt.x, tt.decimals, got, tt.en)
		}
	}
}

func TestFigures(t *testing.T) {
	tests := []struct{ name, got, want string }{
		{"percent es", ES.Percent(0.416), "42\u00a0%"},
		{"percent en", EN.Percent(0.416), "42%"},
		{"percent nothing", EN.Percent(0), "0%"},
		{"percent little", ES.Percent(0.0049), "<\u00a01\u00a0%"},
		{"percent half", EN.Percent(0.005), "<\u00a01%"},
		{"percent one", EN.Percent(0.0051), "1%"},
		{"ratio", ES.Ratio(1.934), "1,93×"},
		{"times close", EN.Times(1.04), "1.04"},
		{"times", ES.Times(6.44), "6,4"},
		{"times far", EN.Times(250.4), "250"},
		{"bytes", EN.Bytes(999), "999\u00a0B"},
		{"kilobytes", ES.Bytes(2_500), "2\u00a0kB"},
		{"megabytes small", ES.Bytes(1_250_000), "1,2\u00a0MB"},
		{"megabytes", ES.Bytes(96_400_000), "96\u00a0MB"},
		{"gigabytes", ES.Bytes(1_250_000_000), "1,25\u00a0GB"},
		{"duration s", ES.Duration(1.023), "1,02\u00a0s"},
		{"duration ms", EN.Duration(0.0391), "39\u00a0ms"},
		{"duration short", EN.Duration(0.00441), "4.4\u00a0ms"},
		{"value", ES.Value(1.2), "1,2"},
		{"value en", EN.Value(1.2), "1.2"},
		{"value whole", ES.Value(16384), "16384"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestParseNumber(t *testing.T) {
	good := map[string]float64{"2,5": 2.5, " 2.5 ": 2.5, "-3": -3, "1e3": 1000, "800": 800}
	for typed, want := range good {
		if got, ok := ParseNumber(typed); !ok || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v, want %v", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"", " ", "abc", "1,2,3", "0x10", "1_000", "inf", "NaN", "12px", "1 000"} {
		if got, ok := ParseNumber(typed); ok {
			t.Errorf("ParseNumber(%q) = %v, want none", typed, got)
		}
	}
}

func TestRespell(t *testing.T) {
	for typed, want := range map[string]string{"1.2": "1,2", "1,2": "1,2", "abc": "abc", "": "", "800": "800"} {
		if got := ES.Respell(typed); got != want {
			t.Errorf("ES.Respell(%q) = %q, want %q", typed, got, want)
		}
	}
	if got := EN.Respell("1,25"); got != "1.25" {
		t.Errorf("EN.Respell = %q", got)
	}
}

func TestParseLang(t *testing.T) {
	for tag, want := range map[string]Lang{"en": EN, "en-GB": EN, "EN-us": EN, "es-ES": ES, "gl": ES, "": ES, "fr": ES} {
		if got := ParseLang(tag); got != want {
			t.Errorf("ParseLang(%q) = %q, want %q", tag, got, want)
		}
	}
}

func TestShapeInWords(t *testing.T) {
	tests := []struct {
		shape  request.Shape
		es, en string
	}{
		{request.Shape{Processes: 1, Goroutines: 1}, "1 proceso · 1 goroutine", "1 process · 1 goroutine"},
		{request.Shape{Processes: 1, Goroutines: 4}, "1 proceso · 4 goroutines", "1 process · 4 goroutines"},
		{request.Shape{Processes: 2, Goroutines: 1}, "2 procesos · 1 goroutine cada uno", "2 processes · 1 goroutine each"},
	}
	for _, tt := range tests {
		if got := ES.Shape(tt.shape); got != tt.es {
			t.Errorf("%+v: %q, want %q", tt.shape, got, tt.es)
		}
		if got := EN.Shape(tt.shape); got != tt.en {
			t.Errorf("%+v: %q, want %q", tt.shape, got, tt.en)
		}
	}
}
