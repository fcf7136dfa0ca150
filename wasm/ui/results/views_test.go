package results

import (
	"regexp"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func comparison() *result.Comparison {
	mp := processes()
	return &result.Comparison{
		Results: map[string]*result.MethodResult{
			"sequential":      {Time: 3.6, Samples: []float64{3.6}, Shape: request.Shape{Processes: 1, Goroutines: 1}, OutputDigest: "d", ProcessedCount: 5, SuccessCount: 5},
			"multiprocessing": &mp,
		},
		Performance: result.Performance{
			Summary:  text.Text{ES: "Procesos gana.", EN: "Processes win."},
			Verdicts: []result.Verdict{{Text: text.Text{ES: "de 1,7 a 1,9", EN: "from 1.7 to 1.9"}}},
		},
	}
}

func browserOutcome() []measure.BrowserResult {
	return []measure.BrowserResult{{Result: result.MethodResult{
		Method: request.Browser, Time: 7.2, Samples: []float64{7.2}, OutputDigest: "d", ProcessedCount: 5, SuccessCount: 5, Shape: request.Shape{Processes: 1, Goroutines: 1},
	}}}
}

// testid finds the text of the element with a hook of the browser tests.
func testid(html, id string) string {
	_, rest, ok := strings.Cut(html, `data-testid="`+id+`"`)
	if !ok {
		return "(none)"
	}
	_, rest, _ = strings.Cut(rest, ">")
	inner, _, _ := strings.Cut(rest, "</p>")
	inner, _, _ = strings.Cut(inner, "</h2>")
	return strings.TrimSpace(strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(inner, "")), " "))
}

// Beside the room's methods stands what this machine took.
func TestTheSameBatchHere(t *testing.T) {
	c := comparison()
	if got := HereText(i18n.EN, c); got != "" {
		t.Errorf("without the room: %q", got)
	}
	c.Results["swarm"] = &result.MethodResult{Method: "swarm", Time: 1, Samples: []float64{1}, Here: &result.Here{Text: text.Text{ES: "El enjambre, 3 veces.", EN: "The swarm, 3 times."}}}
	html := app.HTMLString(&View{Lang: i18n.ES, Result: c, RunID: "r1"})
	if got := testid(html, "here"); got != "El enjambre, 3 veces." {
		t.Errorf("%q", got)
	}
}

func TestResultsView(t *testing.T) {
	v := &View{Lang: i18n.ES, Result: comparison(), RunID: "r1", Browsers: browserOutcome()}
	es := app.HTMLString(v)
	for id, want := range map[string]string{
		"verdict":               "Procesos gana.",
		"time-sequential":       "3,60 s",
		"time-multiprocessing":  "2,00 s",
		"time-browser":          "7,20 s",
		"speedup-sequential":    "1,00×",
		"speedup-browser":       "(none)",
		"ratio-browser":         "Este navegador tarda 2,0 veces lo que el método secuencial.",
		"pixels":                "Falló alguna imagen: no se puede decir si los píxeles son los mismos.",
		"pixels-browser":        "✓ Este navegador da los mismos píxeles que el servidor.",
		"speedup-nosuch-method": "(none)",
	} {
		if got := strings.ReplaceAll(testid(es, id), "\u00a0", " "); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	for _, want := range []string{"de 1,7 a 1,9", `href="/api/runs/r1/"`, "download=", `role="img"`, "method-multiprocessing", "arranque"} {
		if !strings.Contains(es, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	en := app.HTMLString(&View{Lang: i18n.EN, Result: comparison(), RunID: "r1", Browsers: browserOutcome()})
	for _, spanish := range []string{"arranque", "Secuencial", "Memoria", "veces", "3,60"} {
		if strings.Contains(en, spanish) {
			t.Errorf("Spanish in the English page: %q", spanish)
		}
	}
}

func TestResultsOfTheBrowserAlone(t *testing.T) {
	html := app.HTMLString(&View{Lang: i18n.EN, Browsers: browserOutcome()})
	if got := testid(html, "verdict"); !strings.HasPrefix(got, "This browser: 7.20") {
		t.Errorf("verdict %q", got)
	}
	if got := testid(html, "speedup-browser"); got != "(none)" {
		t.Errorf("a speedup over nothing: %q", got)
	}
	if got := testid(html, "pixels-browser"); !strings.Contains(got, "not known") {
		t.Errorf("pixels %q", got)
	}
}

// TestBrowserMethodsSideBySide has the baseline's lanes and those of two
// workers in 7.2 and 3.6 seconds.
func TestBrowserMethodsSideBySide(t *testing.T) {
	all := append(browserOutcome(), measure.BrowserResult{
		Result: result.MethodResult{
			Method: request.BrowserWorkers, Time: 3.6, Samples: []float64{3.6}, OutputDigest: "d", Workers: 2,
			Environment: &result.Environment{SIMD: "simd128"},
		},
		Line: &result.Timeline{Method: request.BrowserWorkers, WallS: 3.6, Lanes: []result.TimelineLane{
			{Spans: []result.TimelineSpan{{Stage: "receive", EndS: 0.1}}}, {Worker: 1, Spans: []result.TimelineSpan{{Stage: "idle", Task: -1, EndS: 3.6}}},
		}},
	})
	html := app.HTMLString(&View{Lang: i18n.EN, Browsers: all})
	for id, want := range map[string]string{
		"speedup-browser":         "1.00×",
		"speedup-browser-workers": "2.00×",
		"shape-browser-workers":   "2 Web Workers · vectors (simd128)",
		"ratio-browser-workers":   "Browser, several workers: 2.00× the speed of this browser with one worker and vectors.",
		"pixels-browser":          "✓ All 2 methods of this browser give the same pixels.",
	} {
		if got := strings.ReplaceAll(testid(html, id), "\u00a0", " "); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	for _, want := range []string{`data-testid="lanes-browser-workers"`, "Web Worker 2</td>"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}

func TestProgressIsARealOne(t *testing.T) {
	html := app.HTMLString(progressBar("x", 3, 8))
	if !strings.Contains(html, `max="8"`) || !strings.Contains(html, `value="3"`) {
		t.Errorf("%s", html)
	}
	if html := app.HTMLString(progressBar("x", 0, 0)); strings.Contains(html, "value") {
		t.Errorf("without a total it claims one: %s", html)
	}
}

func TestASweepSaysWhereItStands(t *testing.T) {
	view := result.RunView{ID: "r", State: result.Running, Progress: result.Progress{
		Phase: result.PhaseTimed, Method: "threading", Round: 2, Rounds: 3, Point: 4, Points: 5, Value: 400,
	}}
	if got, want := runSentence(i18n.EN, measure.Watching, view), "Point 4 of 5 (400) · Threads · round 2 of 3"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
