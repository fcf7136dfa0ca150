package lab

import (
	"encoding/json"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestHistoryText(t *testing.T) {
	r := result.RunView{Spec: request.Spec{
		Steps: []request.Step{{Filter: "resize", Params: filters.Values{"width": 800, "height": 600}}, {Filter: "blur", Params: filters.Values{"radius": 2}}}, Count: 8,
		Rounds: 3, Pool: request.Warm, Methods: []string{"threading", "multiprocessing"}, Sweep: &request.SweepPlan{Over: "width", Values: []float64{400, 800}},
	}}
	if got, want := HistoryText(i18n.EN, r), "resize 800x600 → blur 2 · 8 images · 3 rounds · running · Width of the image (px): 400, 800 · Threads, Processes"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.Spec.Sweep, r.Times = nil, map[string]float64{"threading": 1.25, "multiprocessing": 0.9}
	if got, want := HistoryText(i18n.ES, r), "resize 800x600 → blur 2 · 8 imágenes · 3 rondas · en marcha · Hilos 1,250\u00a0s, Procesos 0,900\u00a0s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestHistoryNamesTheWinner(t *testing.T) {
	var runs []result.RunView
	if err := json.Unmarshal([]byte(`[{"id": "a", "winner": "threading"}, {"id": "b", "winner": "none"}, {"id": "c"}]`), &runs); err != nil {
		t.Fatal(err)
	}
	html := app.HTMLString(&historyView{Lang: i18n.EN, Runs: runs})
	for _, want := range []string{"Won: threads.", "No winner."} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if strings.Contains(html, "winner-c") {
		t.Error("a winner of a run that names none")
	}
}
