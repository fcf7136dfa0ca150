package results

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// raced is a race of one method with two lanes: 0.25 s spawn, 0.5 s of two
// filters with a short wait between, and 0.5 s of waiting; and a lane that
// lost an attempt.
func raced() *measure.Timelines {
	cpu := 0.2
	return &measure.Timelines{
		Images: []string{"uploads/a b.jpg", "c.jpg"},
		Lines: []result.Timeline{{Method: "threading", WallS: 1.2, Lanes: []result.TimelineLane{
			{Worker: 0, ProcessID: 7, Spans: []result.TimelineSpan{
				{Stage: "spawn", Task: -1, EndS: 0.25},
				{Stage: "filter", Filter: "blur", Task: 0, StartS: 0.25, EndS: 0.5, CPUS: &cpu},
				{Stage: "idle", Task: -1, StartS: 0.5, EndS: 0.5001},
				{Stage: "filter", Filter: "edges", Task: 0, StartS: 0.5001, EndS: 0.7501},
				{Stage: "idle", Task: -1, StartS: 0.7501, EndS: 1.2501 - 0.0001},
			}},
			{Worker: 1, ProcessID: 7, Spans: []result.TimelineSpan{{Stage: "lost", Task: 1, EndS: 1}}},
		}}},
	}
}

func TestLaneSums(t *testing.T) {
	sums := LaneSums(raced().Lines[0])
	if len(sums) != 2 || sums[0].ProcessID != 7 || sums[1].Worker != 1 {
		t.Fatalf("%+v", sums)
	}
	want := map[string]float64{"spawn": 0.25, "filter": 0.5, "idle": 0.5}
	for i, stage := range stageOrder {
		if !near(sums[0].Seconds[i], want[stage]) {
			t.Errorf("%s: %v, want %v", stage, sums[0].Seconds[i], want[stage])
		}
	}
	if !near(sums[0].Total, 1.25) || !near(sums[1].Seconds[slices.Index(stageOrder, "lost")], 1) || !near(sums[1].Total, 1) {
		t.Errorf("%+v", sums)
	}
}

func TestRaceViewShowsLanesWhereTheyAreKnown(t *testing.T) {
	rows := []Row{{Method: "threading", Seconds: 1.2, Shares: []Segment{{Stage: "filter", Seconds: 1, Share: 1}}}, {Method: request.Browser, Seconds: 2}}
	html := app.HTMLString(&RaceView{Lang: i18n.ES, Rows: rows, Lines: raced()})
	for _, want := range []string{`data-testid="lanes-threading"`, `role="slider"`, `data-slower="10"`, "plainbar", "250,0", "1250,0"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if got := strings.Count(html, "<canvas"); got != 1 {
		t.Errorf("%d canvases, want one for the method with a timeline", got)
	}
	before := app.HTMLString(&RaceView{Lang: i18n.ES, Rows: rows})
	if strings.Contains(before, "<canvas") || strings.Count(before, "plainbar") != 2 {
		t.Error("without a timeline there should be plain bars only")
	}
}

func TestEverySpeedHasItsName(t *testing.T) {
	for _, n := range slower() {
		if i18n.ES.T("player.speed."+strconv.Itoa(n)) == "" {
			t.Errorf("%d times slower has no name", n)
		}
	}
}
