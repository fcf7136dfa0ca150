package results

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestEnvironmentLine(t *testing.T) {
	load := 0.256
	got := EnvironmentLine(i18n.ES, result.Environment{
		CPUModel: "AMD EPYC", CoresFound: 4, CoresUsed: 2, Engine: "native", SIMD: "none", LoadAverage: &load,
		OS: "linux", Arch: "amd64", GoVersion: "go1.27.4",
	})
	if want := "AMD EPYC · 2 de 4 núcleos · motor native · sin SIMD · carga 0,26 · linux amd64 · go1.27.4"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := EnvironmentLine(i18n.EN, result.Environment{}); got != "" {
		t.Errorf("an unknown environment: %q", got)
	}
}

func TestAxisTo(t *testing.T) {
	ms := i18n.Scale{Unit: "ms", Factor: 1000}
	for _, tt := range []struct {
		end   float64
		scale i18n.Scale
		want  []string
	}{
		{0.65, i18n.ScaleOf(0.65), []string{"0.0", "0.2", "0.4", "0.6"}},
		{0.34, i18n.ScaleOf(0.34), []string{"0.0", "0.1", "0.2", "0.3"}},
		{7, i18n.ScaleOf(7), []string{"0", "2", "4", "6"}},
		{0.07, ms, []string{"0", "20", "40", "60"}},
	} {
		axis := draw.AxisTo(tt.end)
		var got []string
		for _, tick := range axis.Ticks {
			got = append(got, tickText(i18n.EN, axis, tick, tt.scale))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("up to %v s: %q, want %q", tt.end, got, tt.want)
		}
	}
}

// While a run is measured its methods stand where their results will.
func TestRowsOfARunUnderWay(t *testing.T) {
	spec := request.Spec{Methods: []string{"multiprocessing", "sequential"}, Workforce: request.Workforce{Workers: 3}, Rounds: 5}
	r := &measure.Live{}
	if err := r.Take(lanesEvent(t, result.LanesHead{Seq: 1, Method: "sequential", Phase: result.PhaseWarmup, Round: 1, First: true, Workers: 1, NowS: 0.25}, 1), time.Now()); err != nil {
		t.Fatal(err)
	}
	v := &View{
		Lang: i18n.EN, Live: r,
		Under: underWay{
			Run:      measure.RunStatus{Phase: measure.Watching, View: result.RunView{State: result.Running, Spec: spec}},
			Browsers: []string{request.Browser, request.BrowserWorkers}, BrowserWorkers: 4, Heard: 1,
		},
	}
	var got []string
	for _, row := range v.raceRows() {
		got = append(got, fmt.Sprintf("%s %v %v %d", row.Method, row.Pending, row.Seconds, row.Shape.Lanes()+row.Workers))
	}
	if want := []string{"sequential true 0.25 1", "multiprocessing true 0 3", "browser true 0 1", "browser-workers true 0 4"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	html := app.HTMLString(v)
	for _, want := range []string{`data-testid="progress"`, `data-testid="growing-sequential"`, `data-testid="clock-browser"`, "0.25", "warm-up", "under way", `role="slider"`, `aria-valuenow="0"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	for _, not := range []string{`data-testid="verdict"`, `data-testid="lanes-`, `data-testid="time-`, `role="img"`, "aria-live"} {
		if strings.Contains(html, not) {
			t.Errorf("%q is shown", not)
		}
	}
	// Between two rounds the large line stays what it was.
	checked := v.Under
	checked.Run.View.Progress = result.Progress{Phase: result.PhaseVerify, Method: "sequential", Round: 1, Rounds: 6}
	checked.Run.View.Spec.Warmup = 1
	html = app.HTMLString(&View{Lang: i18n.EN, Live: r, Under: checked})
	if !strings.Contains(html, "round 1 of 6, a warm-up") || !strings.Contains(html, "Checking the pixels") {
		t.Error("between two rounds it does not say both which one it was and what goes on")
	}
	// With the host's result, and the browser under way, the rows are the same.
	under := v.Under
	under.Run, under.Browser = measure.RunStatus{}, measure.BrowserStatus{Phase: measure.Watching}
	v = &View{Lang: i18n.EN, Live: r, Result: comparison(), Under: under}
	got = nil
	for _, row := range v.raceRows() {
		got = append(got, fmt.Sprintf("%s %v", row.Method, row.Pending))
	}
	if want := []string{"sequential false", "multiprocessing false", "browser true", "browser-workers true"}; !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	html = app.HTMLString(v)
	if !strings.Contains(html, `data-testid="verdict"`) || !strings.Contains(html, `data-testid="browser-progress"`) {
		t.Error("the verdict and the browser's progress are not both shown")
	}
}

// lanesEvent is an event with so many spans, as it comes from the server.
func lanesEvent(t *testing.T, head result.LanesHead, spans int) string {
	t.Helper()
	lane := result.TimelineLane{ProcessID: 7}
	for i := range spans {
		lane.Spans = append(lane.Spans, result.TimelineSpan{Stage: "decode", Task: i, StartS: float64(i), EndS: float64(i) + 0.5})
	}
	data, err := json.Marshal(result.LanesEvent{LanesHead: head, Lanes: []result.TimelineLane{lane}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
