package results

import (
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestFilterParts(t *testing.T) {
	worker := func(seconds ...float64) result.WorkerAccount { return result.WorkerAccount{FilterSeconds: seconds} }
	res := func(workers ...result.WorkerAccount) result.MethodResult {
		return result.MethodResult{FiltersUsed: []string{"blur", "blur"}, Overhead: result.Overhead{Workers: workers}}
	}
	// A filter that stands twice has two parts.
	if got := FilterParts(res(worker(1, 2), worker(0.5, 0.25))); !slices.Equal(got, []FilterPart{{"blur", 1.5}, {"blur", 2.25}}) {
		t.Errorf("%v", got)
	}
	if got := FilterParts(res(worker())); got != nil {
		t.Errorf("parts that nobody told: %v", got)
	}
}

func TestIdeal(t *testing.T) {
	for _, tt := range []struct {
		shape request.Shape
		cores int
		want  float64
	}{
		{request.Shape{Processes: 1, Goroutines: 1}, 8, 1},
		{request.Shape{Processes: 2, Goroutines: 3}, 8, 6},
		{request.Shape{Processes: 4, Goroutines: 1}, 2, 2},
		{request.Shape{Processes: 4, Goroutines: 1}, 0, 0},
	} {
		if got := Ideal(tt.shape, tt.cores); got != tt.want {
			t.Errorf("Ideal(%+v, %d) = %v, want %v", tt.shape, tt.cores, got, tt.want)
		}
	}
}

func TestExpectedAndStopped(t *testing.T) {
	for met, want := range map[string]string{
		result.MetYes: "So it was: threads won.", result.MetNo: "Not here: threads did not win.",
		result.MetOpen: "Not decided: these rounds name no winner, and the guide expects threads.",
	} {
		if got := ExpectedText(i18n.EN, result.Expectation{Winner: request.Threading, Met: met}); got != want {
			t.Errorf("%s: %q, want %q", met, got, want)
		}
	}
	for stopped, want := range map[string]string{"": "", "budget": "7 rounds: the time was up before the precision asked for."} {
		if got := StoppedText(i18n.EN, result.TestInfo{Rounds: 7, Stopped: stopped}); got != want {
			t.Errorf("%q: %q, want %q", stopped, got, want)
		}
	}
}

// TestAccountsAreShown puts one of everything into a result.
func TestAccountsAreShown(t *testing.T) {
	c := comparison()
	switches := int64(12345)
	mp := c.Results["multiprocessing"]
	mp.FiltersUsed = []string{"blur", "edges"}
	mp.CPUUser, mp.CPUSystem, mp.ServerCPUTime = 3.25, 0.5, 0.012
	mp.Overhead.Workers[0].FilterSeconds = []float64{0.25, 0.75}
	mp.Overhead.Workers[0].BytesIn, mp.Overhead.Workers[0].BytesOut = 3_000_000, 1_500_000
	mp.Overhead.Processes = []result.ProcessAccount{{ProcessID: 4242, UserS: 1.5, VoluntarySwitches: &switches, Ended: "signal: killed"}}
	mp.StageBound = &result.StageBounds{Read: "io", Decode: "cpu", Filter: "cpu", Encode: "cpu", Write: "mixed"}
	mp.Chaos = []result.ChaosReport{{Round: 2, Text: text.Text{ES: "cayó uno", EN: "one fell"}}}
	c.Environment.CoresUsed = 2
	c.TestInfo = result.TestInfo{Rounds: 9, Stopped: "precision"}
	c.Performance.Expected = &result.Expectation{Winner: "threading", Met: "no", Claim: text.Text{EN: "The guide says so."}}
	html := strings.ReplaceAll(app.HTMLString(&View{Lang: i18n.EN, Result: c, RunID: "r1"}), "\u00a0", " ")
	for _, want := range []string{
		"1.80× of 2× · 90%", "3.25 + 0.50 s", "12 ms", "3.0 MB · 1.5 MB", "blur 0.250 s, edges 0.750 s", "4242", "12,345",
		"signal: killed", "one fell", "9 rounds: enough", "The guide says so.", "threads did not win", `data-met="no"`,
		"/api/runs/r1/report/", "/api/runs/r1/trace/", "/api/runs/r1/csv/", `data-testid="bounds-multiprocessing"`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}
