package evidence

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// rowsOf reads a table back, and gives each row by the columns' names.
func rowsOf(t *testing.T, view result.RunView) []map[string]string {
	t.Helper()
	text, err := written(func(b *bytes.Buffer) error { return WriteCSV(b, view) })
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestCSV(t *testing.T) {
	view := comparison()
	view.Spec.Images[0] = hostileFormula
	view.Spec.Chaos = &request.Chaos{KillAfter: 2}
	rows := rowsOf(t, view)
	if len(rows) != 6 {
		t.Fatalf("%d rows, want 3 rounds of 2 methods", len(rows))
	}
	want := map[string]string{
		"run": "r1", "created": "2026-11-23T09:30:00Z", "over": "", "value": "", "method": "multiprocessing", "round": "2",
		"seconds": "0.625", "speedup": "2", "workers": "2", "engine": "native", "pool": "cold", "source": "file", "latency_ms": "0",
		"transport": "path", "kill_after": "2", "images": "3", "filters": "resize(width=800,height=600) blur(radius=2.5)",
		"image_names": "'" + hostileFormula + "; " + hostileTag + "; " + hostileEnd, "digest": "0123456789abcdef",
	}
	for _, name := range []string{"warmup", "order", "started_at", "cpu_user", "cpu_system", "server_cpu", "minor_faults", "major_faults", "queued", "other_cores", "stolen", "peak_memory_bytes", "clipped", "failed", "ceiling", "kernel"} {
		want[name] = "" // of a run that was stored before they were
	}
	for _, name := range []string{"version", "cpu_model", "cores"} {
		want[name] = rows[4][name]
	}
	if !reflect.DeepEqual(rows[4], want) {
		t.Errorf("row 5 is\n%v\nwant\n%v", rows[4], want)
	}
	if rows[0]["method"] != "sequential" || rows[0]["speedup"] != "1" || rows[2]["seconds"] != "0.75" {
		t.Errorf("sequential: %v", rows[:3])
	}
}

// TestCSVWithoutBase leaves the speedup out where no round of sequential
// belongs to the sample.
func TestCSVWithoutBase(t *testing.T) {
	fewer := comparison()
	fewer.Result.Results[request.Sequential].Samples = []float64{1}
	none := comparison()
	delete(none.Result.Results, request.Sequential)
	for name, view := range map[string]result.RunView{"fewer rounds": fewer, "not taking part": none} {
		for _, row := range rowsOf(t, view) {
			if row["method"] == request.Multiprocessing && row["speedup"] != "" {
				t.Errorf("sequential %s: speedup %q", name, row["speedup"])
			}
		}
	}
}

func TestCSVOfASweep(t *testing.T) {
	view := sweepRun()
	rows := rowsOf(t, view)
	if len(rows) != 3*2*3 {
		t.Fatalf("%d rows, want 3 samples of 2 methods at 3 values", len(rows))
	}
	last := rows[len(rows)-1]
	for column, want := range map[string]string{
		"over": "workers", "value": "4", "method": "multiprocessing", "round": "3", "seconds": "0.5", "speedup": "1", "workers": "4", "digest": "0123",
	} {
		if last[column] != want {
			t.Errorf("the last row's %s is %q, want %q", column, last[column], want)
		}
	}

	// What is swept over stands in the columns of the batch too.
	view.Spec.Sweep.Over, view.Sweep.Over = request.OverWidth, request.OverWidth
	view.Sweep.Points = view.Sweep.Points[:1]
	view.Sweep.Points[0].Value = 400
	if got := rowsOf(t, view)[0]["filters"]; got != "resize(width=400,height=300) blur(radius=2.5)" {
		t.Errorf("filters at width 400: %q", got)
	}

	view.Sweep.Over = "nothing"
	if err := WriteCSV(&bytes.Buffer{}, view); err == nil {
		t.Error("a sweep over nothing was written")
	}
}

func TestNoCSV(t *testing.T) {
	queued := failedRun()
	queued.State = result.Queued
	for name, view := range map[string]result.RunView{"failed": failedRun(), "queued": queued} {
		got, err := written(func(b *bytes.Buffer) error { return WriteCSV(b, view) })
		wantNotFound(t, name, got, err)
	}
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"":          "",
		"arroyo":    "arroyo",
		"ñ=1":       "ñ=1",
		"=1+1":      "'=1+1",
		"+1":        "'+1",
		"-1":        "'-1",
		"@SUM(A1)":  "'@SUM(A1)",
		"\t=1":      "'\t=1",
		"\r=1":      "'\r=1",
		"\n=1":      "'\n=1",
		"＝1+1":      "'＝1+1",
		"'=already": "'=already",
	} {
		if got := plainText(in); got != want {
			t.Errorf("plainText(%q) = %q, want %q", in, got, want)
		}
	}
}

// A row a round, the warm-up too, with all that was measured of it.
func TestCSVOfRounds(t *testing.T) {
	view := comparison()
	faults, other := int64(1200), 0.25
	round := func(n int, seconds float64, warmup bool) result.Round {
		return result.Round{
			Round: n, Warmup: warmup, Order: 2 * n, StartedAt: time.Date(2026, 11, 27, 10, 0, n, 0, time.UTC), Seconds: seconds, CPUUser: 0.5, CPUSystem: 0.125,
			MinorFaults: &faults, OtherCores: &other, ClippedS: 0.001, Digest: "abc",
		}
	}
	view.Result.Environment.Ceiling = &result.Ceiling{Arithmetic: 1.65}
	view.Result.Results[request.Sequential].Rounds = []result.Round{round(1, 2, true), round(2, 1, false)}
	view.Result.Results[request.Multiprocessing].Rounds = []result.Round{round(1, 4, true), round(2, 0.5, false)}
	rows := rowsOf(t, view)
	if len(rows) != 4 {
		t.Fatalf("%d rows, want 2 rounds of 2 methods", len(rows))
	}
	for name, want := range map[string]string{
		"method": "multiprocessing", "round": "2", "warmup": "false", "order": "4", "started_at": "2026-11-27T10:00:02Z", "seconds": "0.5", "speedup": "2",
		"cpu_user": "0.5", "cpu_system": "0.125", "minor_faults": "1200", "major_faults": "", "other_cores": "0.25", "stolen": "", "clipped": "0.001", "digest": "abc", "ceiling": "1.65",
	} {
		if rows[3][name] != want {
			t.Errorf("%s is %q, want %q", name, rows[3][name], want)
		}
	}
	if rows[2]["warmup"] != "true" || rows[2]["speedup"] != "0.5" {
		t.Errorf("the warm-up: %v", rows[2])
	}
}
