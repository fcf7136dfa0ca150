package analysis

import (
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

func TestHere(t *testing.T) {
	of := func(method string, seconds float64, failed int) *result.MethodResult {
		return &result.MethodResult{Method: method, Time: seconds, Samples: []float64{seconds}, Workers: 4, AllFailed: failed}
	}
	room := of(request.Distributed, 2, 0)
	h := HereOf(room, map[string]*result.MethodResult{
		request.Sequential: of(request.Sequential, 6, 0), request.Threading: of(request.Threading, 3, 0), request.Multiprocessing: of(request.Multiprocessing, 4, 0),
		request.Hybrid: of(request.Hybrid, 1, 1), request.PythonThreading: of(request.PythonThreading, 1, 0), request.Distributed: room,
	})
	want := result.Here{Sequential: 6, Best: request.Threading, BestTime: 3, Speedup: 3, OverBest: 1.5, Efficiency: 0.75, Lanes: 4, Rounds: 1}
	if h == nil {
		t.Fatal("nothing")
	}
	if want.Text = h.Text; *h != want {
		t.Errorf("%+v, want %+v", *h, want)
	}
	if en := "Distributed, with 4 lanes, was 3.00 times as fast as this machine one image after the other: each lane gave 0.75 of a core here. Against this machine's best (threads): 1.50 times."; h.Text.EN != en {
		t.Errorf("%q, want %q", h.Text.EN, en)
	}
	if es := "El modo distribuido, con 4 carriles, fue a 3,00 veces la velocidad de esta máquina una imagen tras otra: cada carril rindió 0,75 de un núcleo de aquí. Frente a lo mejor de esta máquina (los hilos): 1,50 veces."; h.Text.ES != es {
		t.Errorf("%q, want %q", h.Text.ES, es)
	}
	for name, own := range map[string]map[string]*result.MethodResult{
		"no sequential":           {request.Threading: of(request.Threading, 3, 0)},
		"a sequential that fails": {request.Sequential: of(request.Sequential, 3, 1)},
	} {
		if h := HereOf(room, own); h != nil {
			t.Errorf("%s: %+v", name, h)
		}
	}
}
