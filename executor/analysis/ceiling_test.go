package analysis

import (
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

func TestCeilingOf(t *testing.T) {
	for _, tt := range []struct {
		lanes      int
		arithmetic []float64
		want       float64
		text       string
	}{
		{2, nil, 0, ""},
		{2, []float64{1.9, 1.65, 1.2}, 1.65, ""},
		{2, []float64{1.5, 1.5, 1.5}, 1.5, ""},
		{2, []float64{1.1, 1.2, 1.9}, 1.2, "This machine does not give its 2 cores now: at once they do only 1.20 times the work of one, and no method can gain more than that."},
		{8, []float64{4.4}, 4.4, "This machine does not give its 8 cores now: at once they do only 4.40 times the work of one, and no method can gain more than that."},
	} {
		c := CeilingOf(tt.lanes, tt.arithmetic, []float64{1.4, 1.2, 1.3}, time.Time{}, nil)
		if tt.want == 0 {
			if c != nil {
				t.Errorf("%+v of nothing", c)
			}
			continue
		}
		if c.Arithmetic != tt.want || c.Memory != 1.3 || c.Text.EN != tt.text || (c.Text.ES == "") != (tt.text == "") {
			t.Errorf("%d lanes, %v: %+v", tt.lanes, tt.arithmetic, c)
		}
	}
}

// Speedups are told against what two cores give; those of one lane and of one at a
// time are not.
func TestAgainstCeiling(t *testing.T) {
	method := func(speedup float64, processes, goroutines, procs int) *result.MethodResult {
		return &result.MethodResult{Speedup: speedup, Shape: request.Shape{Processes: processes, Goroutines: goroutines, MaxProcs: procs}}
	}
	results := map[string]*result.MethodResult{
		request.Sequential: method(1, 1, 1, 1), request.Threading: method(1.56, 1, 2, 2), request.ThreadingGIL: method(0.97, 1, 2, 2),
		request.Multiprocessing: method(1.98, 2, 1, 1),
	}
	methods := []string{request.Sequential, request.Threading, request.ThreadingGIL, request.Multiprocessing}
	said := againstCeiling(methods, results, &result.Ceiling{Lanes: 2, Arithmetic: 1.65})
	if want := "Threads: 1.56 of the 1.65 that 2 cores give here today. Processes: 1.98; before the measuring the cores gave 1.65."; said.EN != want {
		t.Errorf("%q, want %q", said.EN, want)
	}
	if want := "Hilos: 1,56 de los 1,65 que dan hoy aquí 2 núcleos. Procesos: 1,98; antes de medir, los núcleos daban 1,65."; said.ES != want {
		t.Errorf("%q, want %q", said.ES, want)
	}
	if !near(results[request.Threading].OfCeiling, 1.56/1.65) || results[request.Sequential].OfCeiling != 0 || results[request.ThreadingGIL].OfCeiling != 0 {
		t.Errorf("%+v", results)
	}
	if said := againstCeiling(methods, results, nil); said.EN != "" {
		t.Errorf("without a ceiling: %q", said.EN)
	}
	// Of more cores than a method has lanes nothing follows for it.
	if said := againstCeiling(methods, results, &result.Ceiling{Lanes: 4, Arithmetic: 3.2}); said.EN != "" {
		t.Errorf("two workers on four cores: %q", said.EN)
	}
	if !CeilingBeaten(results) {
		t.Error("processes are 1.2 times as fast as the ceiling lets them be, and it holds on")
	}
	delete(results, request.Multiprocessing)
	if CeilingBeaten(results) {
		t.Error("threads stay below the ceiling, and it is beaten")
	}
}
