package draw

import (
	"testing"

	"carriles/executor/batch/request"
	"carriles/filters"
)

func TestSettingsText(t *testing.T) {
	step := func(name string, v filters.Values) request.Step { return request.Step{Filter: name, Params: v} }
	guide := request.Spec{
		Steps: []request.Step{step("resize", filters.Values{"width": 800, "height": 600}), step("sharpen", filters.Values{"intensity": 2})},
		Count: 5, Rounds: 5, Pool: "both", Engine: filters.NativeName, Source: request.SourceFile, Transport: request.TransportPath,
	}
	with := func(change func(*request.Spec)) request.Spec {
		s := guide
		change(&s)
		return s
	}
	for _, tt := range []struct {
		spec   request.Spec
		rounds int
		es, en string
	}{
		{guide, 0, "resize 800x600 → sharpen 2 · 5 imágenes · 5 rondas · desde cero y en marcha", "resize 800x600 → sharpen 2 · 5 images · 5 rounds · from nothing and running"},
		{with(func(s *request.Spec) { s.Pool, s.Auto = request.Warm, &request.Auto{PrecisionPercent: 5} }), 9,
			"resize 800x600 → sharpen 2 · 5 imágenes · 9 rondas · en marcha", "resize 800x600 → sharpen 2 · 5 images · 9 rounds · running"},
		{with(func(s *request.Spec) { s.Pool, s.Auto = request.Cold, &request.Auto{PrecisionPercent: 5} }), 0,
			"resize 800x600 → sharpen 2 · 5 imágenes · rondas automáticas · desde cero", "resize 800x600 → sharpen 2 · 5 images · automatic rounds · from nothing"},
		{with(func(s *request.Spec) {
			s.Steps = []request.Step{step("edges", filters.Values{"threshold1": 50, "threshold2": 150}), step("blur", filters.Values{"radius": 0.5}), step("nobody's", nil)}
			s.Count, s.Rounds, s.Pool, s.Engine, s.Transport = 1, 1, request.Warm, "bild", "shm"
			s.Source, s.LatencyMS = request.SourceHTTP, 250
			s.GIL, s.Chaos = &request.GIL{ReleasedIn: []string{"filter"}}, &request.Chaos{KillAfter: 2}
			s.Sweep = &request.SweepPlan{Over: request.OverWorkers, Values: []float64{1, 2}}
		}), 0,
			"edges 50/150 → blur 0,5 → nobody's · 1 imagen · 1 ronda · en marcha · servidor lento, 250 ms · motor bild · los bytes en memoria compartida · sueltan el candado al filtrar · se mata un proceso tras 2 · Trabajadores: 1, 2",
			"edges 50/150 → blur 0.5 → nobody's · 1 image · 1 round · running · slow server, 250 ms · engine bild · the bytes in shared memory · let the lock go while they filter · a process is killed after 2 · Workers: 1, 2"},
		{with(func(s *request.Spec) { s.Devices = 2 }), 0, "resize 800x600 → sharpen 2 · 5 imágenes · 5 rondas · desde cero y en marcha · 2 dispositivos", "resize 800x600 → sharpen 2 · 5 images · 5 rounds · from nothing and running · 2 devices"},
		{with(func(s *request.Spec) {
			s.Sweep = &request.SweepPlan{Over: request.OverIntensity, Values: []float64{1, 2}}
		}), 0, "resize 800x600 → sharpen · 5 imágenes · 5 rondas · desde cero y en marcha · Intensidad del realce: 1, 2", "resize 800x600 → sharpen · 5 images · 5 rounds · from nothing and running · Intensity of sharpen: 1, 2"},
		{with(func(s *request.Spec) {
			s.Methods, s.Variants = []string{"threading@pool=cold", "threading@pool=warm"}, []request.Variant{{Set: request.Request{Pool: request.Cold}}, {Set: request.Request{Pool: request.Warm}}}
		}), 0, "resize 800x600 → sharpen 2 · 5 imágenes · 5 rondas", "resize 800x600 → sharpen 2 · 5 images · 5 rounds"},
		{with(func(s *request.Spec) {
			s.Methods, s.Variants = []string{"threading", "threading@pool=warm"}, []request.Variant{{Set: request.Request{Pool: request.Warm}}}
		}), 0, "resize 800x600 → sharpen 2 · 5 imágenes · 5 rondas · desde cero y en marcha", "resize 800x600 → sharpen 2 · 5 images · 5 rounds · from nothing and running"},
	} {
		if got := SettingsText("es", tt.spec, tt.rounds); got != tt.es {
			t.Errorf("%q, want %q", got, tt.es)
		}
		if got := SettingsText("en", tt.spec, tt.rounds); got != tt.en {
			t.Errorf("%q, want %q", got, tt.en)
		}
	}
}
