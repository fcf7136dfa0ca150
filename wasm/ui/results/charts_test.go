package results

import (
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// swept is a sweep over 1 and 2 workers: 4 s and 2.5 s of threads, 5 s and none
// of processes.
func swept() *result.Sweep {
	r := func(seconds float64) result.SweepResult {
		return result.SweepResult{Time: seconds, Speedup: 4 / seconds, Spread: result.Spread{Q1: seconds - 0.5, Q3: seconds + 0.5}}
	}
	return &result.Sweep{
		Over: request.OverWorkers, Methods: []string{"sequential", "threading", "multiprocessing"}, PixelsEqual: true,
		Points: []result.SweepPoint{
			{Value: 1, Results: map[string]result.SweepResult{"sequential": r(4), "threading": r(4), "multiprocessing": r(5)}},
			{Value: 2, Results: map[string]result.SweepResult{"sequential": r(4), "threading": r(2.5)}},
		},
		Fits: map[string]result.ScalingFits{
			"threading": {
				Amdahl: &result.ScalingFit{Serial: 0.25, Limit: 4, R2: 0.9, Fitted: []float64{1, 1.6}},
				USL:    &result.ScalingFit{Serial: 0.25, Coherency: 0.01, Peak: 8.7, R2: 0.95, Fitted: []float64{1, 1.55}},
			},
			"multiprocessing": {Why: text.Text{ES: "pocos puntos", EN: "too few points"}},
		},
		Crossovers: []result.Crossover{
			{Kind: "none", Text: text.Text{ES: "sin diferencia", EN: "no difference"}},
			{Kind: "from", Text: text.Text{ES: "desde 2", EN: "from 2 on"}},
		},
		Caution: text.Text{ES: "Una ronda sola", EN: "One round alone"},
	}
}

func TestFitTexts(t *testing.T) {
	want := []string{
		"Threads, Amdahl's law: 25% serial (R² 0.90). More workers approach 4.00×.",
		"Threads, Universal Scalability Law: 25% contention (R² 0.95). The best are 8.7 workers.",
		"Processes: too few points",
	}
	if got := strings.Join(FitTexts(i18n.EN, swept()), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("%s", got)
	}
	s := swept()
	s.Fits[request.Threading].Amdahl.R2 = -0.14 // worse than a flat line
	want[0] = "Threads: Amdahl's law does not describe these points (R² −0.14)."
	if got := strings.Join(FitTexts(i18n.EN, s), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("%s", got)
	}
}

func TestSweepView(t *testing.T) {
	html := strings.ReplaceAll(app.HTMLString(&SweepView{Lang: i18n.EN, Sweep: swept(), RunID: "s1"}), "\u00a0", " ")
	if got := testid(html, "verdict"); got != "from 2 on" {
		t.Errorf("the headline is %q, want the crossover", got)
	}
	for _, want := range []string{`data-chart="1"`, "2.500 s (2.000 to 3.000) · 1.60×", "no difference", "law-usl", "/api/runs/s1/csv/", "One round alone"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}
