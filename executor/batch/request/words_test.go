package request

import (
	"strings"
	"testing"

	"carriles/executor/text"
)

func TestWords(t *testing.T) {
	for _, tt := range []struct{ field, value, es, en string }{
		{"workers", "8", "8 trabajadores", "8 workers"},
		{"workers", "1", "1 trabajador", "1 worker"},
		{"count", "1", "1 imagen", "1 image"},
		{"rounds", "3", "3 rondas", "3 rounds"},
		{"pool", "both", "desde cero y en marcha", "from nothing and running"},
		{"latency_ms", "200", "200 ms", "200 ms"},
		{"gil", "decode+filter+encode", "sueltan el candado al calcular", "let the lock go while they compute"},
		{"gil", "filter+encode", "sueltan el candado al filtrar, codificar", "let the lock go while they filter, encode"},
		{"gil", "", "no sueltan el candado al calcular", "hold the lock while they compute"},
		{"filters", "resize+sharpen", "resize → sharpen", "resize → sharpen"},
		{"intensity", "2.5", "intensidad 2,5", "intensity 2.5"},
		{"engine", "bild", "motor bild", "engine bild"},
		{"a field of later", "7", "a field of later 7", "a field of later 7"},
	} {
		if got := Words(tt.field, tt.value); got != (text.Text{ES: tt.es, EN: tt.en}) {
			t.Errorf("%s=%s: %+v", tt.field, tt.value, got)
		}
	}
	// Whatever a contestant may differ in has words: none shows the field's own name.
	for field, options := range map[string][]Option{"pool": Pools(), "source": Sources(), "transport": Transports(nil)} {
		for _, o := range options {
			if got := Words(field, o.Name); strings.Contains(got.EN, field) || got.ES == got.EN {
				t.Errorf("%s=%s is said as %+v", field, o.Name, got)
			}
		}
	}
	if got := Described("threading-gil@gil=decode+filter+encode").Title.ES; got != "Hilos con GIL · sueltan el candado al calcular" {
		t.Error(got)
	}
}
