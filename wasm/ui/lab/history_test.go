package lab

import (
	"encoding/json"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestHistoryText(t *testing.T) {
	r := result.RunView{Spec: request.Spec{
		Steps: []request.Step{{Filter: "resize"}, {Filter: "blur"}}, Count: 8,
		Methods: []string{"threading", "multiprocessing"}, Sweep: &request.SweepPlan{Over: "width"},
	}}
	if got, want := HistoryText(i18n.EN, r), "resize + blur · 8 images · Threads, Processes · sweep over width"; got != want {
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
