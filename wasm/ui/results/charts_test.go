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
				USL:    &result.ScalingFit{Serial: 0.25, Coherency: 0.01, Peak: 9, R2: 0.95, Fitted: []float64{1, 1.55}},
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
		"Threads, Universal Scalability Law: 25% contention (R² 0.95). The best are 9 workers.",
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

// What a law says ends where it is believed: at the cores, or at twice what was
// measured.
func TestFitTextsReach(t *testing.T) {
	fit := func(limit, peak float64, reach int) result.ScalingFit {
		return result.ScalingFit{Serial: 0.25, R2: 0.9, Limit: limit, Peak: peak, Reach: reach}
	}
	between := fit(4, 8, 8)
	between.Intervals = &result.FitIntervals{Serial: result.Range{Low: 0.2, High: 0.3}}
	for _, tt := range []struct {
		fit  result.ScalingFit
		want string
	}{
		{fit(4, 8, 8), "25% serial (R² 0.90). More workers approach 4.00×."},
		{fit(8, 8, 8), "25% serial (R² 0.90). It gains as far as there are cores: 8."},
		{fit(4, 4, 4), "25% serial (R² 0.90). It gains up to 4 workers; of more nothing is said."},
		{fit(0, 3, 4), "25% serial (R² 0.90). The best are 3 workers."},
		{between, "25% (20% to 30%) serial (R² 0.90). More workers approach 4.00×."},
	} {
		s := &result.Sweep{Methods: []string{"threading"}, Fits: map[string]result.ScalingFits{"threading": {Cores: 8, Amdahl: &tt.fit}}}
		if got := strings.Join(FitTexts(i18n.EN, s), "\n"); got != "Threads, Amdahl's law: "+tt.want {
			t.Errorf("%s", got)
		}
	}
	all := fit(8, 8, 8)
	devices := &result.Sweep{Over: request.OverDevices, Methods: []string{"swarm"}, Fits: map[string]result.ScalingFits{"swarm": {Cores: 8, Amdahl: &all}}}
	if got := strings.Join(FitTexts(i18n.EN, devices), "\n"); got != "Swarm, Amdahl's law: 25% serial (R² 0.90). It gains as far as was measured: 8 devices." {
		t.Errorf("%s", got)
	}
	s := &result.Sweep{Methods: []string{"threading"}, Fits: map[string]result.ScalingFits{"threading": {Cores: 2, BestWorkers: 2, BestSpeedup: 2, Why: text.Text{EN: "Two cores."}}}}
	if got := strings.Join(FitTexts(i18n.EN, s), "|"); got != "Threads: the fastest measured with a core for each worker is 2, 2.00×.|Threads: Two cores." {
		t.Errorf("%s", got)
	}
}

func TestSweepView(t *testing.T) {
	html := strings.ReplaceAll(app.HTMLString(&SweepView{Lang: i18n.EN, Sweep: swept(), RunID: "s1"}), "\u00a0", " ")
	if got := testid(html, "verdict"); got != "from 2 on" {
		t.Errorf("the headline is %q, want the crossover", got)
	}
	for _, want := range []string{`data-chart="1"`, "2.500 s (2.000 to 3.000 s) · 1.60×", "no difference", "law-usl", "/api/runs/s1/csv/", "One round alone"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}
