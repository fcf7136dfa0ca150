package results

import (
	"strings"
	"testing"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/filters"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func sharpened(times int) request.Spec {
	return request.Spec{
		Steps: []request.Step{{Filter: "sharpen", Params: filters.Values{"intensity": float64(times)}}}, Images: []string{"a.jpg"},
		Count: 5, Rounds: 3, Pool: request.Warm, Methods: []string{request.Sequential, request.Threading},
	}
}

type nobody struct{}

func (nobody) Again()             {}
func (nobody) Restore()           {}
func (nobody) CompareWith(string) {}

// Over the verdict stands what was measured, in as many rounds as were; beside it what
// can be done with it.
func TestAResultIsAnExperiment(t *testing.T) {
	c := comparison()
	c.Spec, c.TestInfo.Rounds = sharpened(2), 4
	view := func(changed bool) string {
		return app.HTMLString(&View{Lang: i18n.EN, Result: c, RunID: "r1", Session: &measure.Session{}, Around: nobody{}, Changed: changed, Others: []Other{{"r2", "the other"}}})
	}
	html := view(false)
	if got, want := testid(html, "settings"), "What was measured: sharpen 2 · 5 images · 4 rounds · running"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if strings.Index(html, `"settings"`) > strings.Index(html, `"verdict"`) {
		t.Error("it stands below the verdict")
	}
	for hook, want := range map[string]bool{"changed": false, "again": true, "compare-with": true} {
		if strings.Contains(html, `data-testid="`+hook+`"`) != want {
			t.Errorf("%s is there: %v", hook, !want)
		}
	}
	if got := testid(view(true), "changed"); !strings.HasPrefix(got, "The form has changed since: “Measure” will measure something else.") {
		t.Errorf("%q", got)
	}
	sweep := &SweepView{Lang: i18n.ES, Sweep: &result.Sweep{Spec: sharpened(2)}, Session: &measure.Session{}, Around: nobody{}}
	if got, want := testid(app.HTMLString(sweep), "settings"), "Con qué se midió: sharpen 2 · 5 imágenes · 3 rondas · en marcha"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPairsThatAllTieAreFolded(t *testing.T) {
	c := comparison()
	pair := result.Verdict{A: request.Sequential, B: request.Threading, Outcome: analysis.OutcomeEqual, Rounds: 3}
	for _, tt := range []struct {
		outcome string
		want    string
	}{{analysis.OutcomeEqual, "Every pair ties · 2"}, {request.Threading, ""}} {
		other := pair
		other.Outcome = tt.outcome
		c.Performance.Verdicts = []result.Verdict{pair, other}
		html := app.HTMLString(&View{Lang: i18n.EN, Result: c})
		if tt.want == "" && strings.Contains(html, "Every pair ties") || !strings.Contains(html, tt.want) {
			t.Errorf("with %s: %s", tt.outcome, html)
		}
	}
}

func TestTwoRunsSideBySide(t *testing.T) {
	run := func(s request.Spec, seconds float64, others float64) result.RunView {
		c := comparison()
		c.Spec, c.Results = s, map[string]*result.MethodResult{request.Sequential: {Time: seconds}, request.Threading: {Time: seconds / 2}}
		c.Environment = result.Environment{CPUModel: "a processor", CoresUsed: 2, CoresFound: 2, Version: "v1", OtherCores: &others}
		return result.RunView{Spec: s, Result: c}
	}
	c := &Compared{Lang: i18n.EN, This: run(sharpened(4), 3, 0), Other: run(sharpened(2), 2, 0), Around: nobody{}}
	delete(c.Other.Result.Results, request.Threading)
	html := app.HTMLString(c)
	if got, want := testid(html, "compared-said"), "Settings that differ: Filters."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if n := strings.Count(html, `<tr class="differs">`); n != 1 {
		t.Errorf("%d rows are marked", n)
	}
	for _, want := range []string{"This one took 1.50 times as long as the other", "sharpen 4", "sharpen 2", "a processor · 2 of 2 cores"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if strings.Contains(html, "hybrid") {
		t.Error("a setting of a method that nobody ran")
	}
	// What other programs did meanwhile is no setting, though it stands in the table.
	same := &Compared{Lang: i18n.EN, This: run(sharpened(4), 3, 0.4), Other: run(sharpened(4), 3, 0), Around: nobody{}}
	if got, want := testid(app.HTMLString(same), "compared-said"), "The settings are the same."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
