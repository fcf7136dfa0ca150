package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/web"
)

// validateTrace checks what the Trace Event Format asks of each type of event,
// and what Perfetto asks beyond it: spans of a thread that are disjoint or
// nested, in the order of their start, and a name for every process and thread.
func validateTrace(data []byte) error {
	var file struct {
		TraceEvents []map[string]any `json:"traceEvents"`
		Unit        string           `json:"displayTimeUnit"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	if file.Unit != "ms" && file.Unit != "ns" {
		return fmt.Errorf("displayTimeUnit is %q", file.Unit)
	}
	if len(file.TraceEvents) == 0 {
		return errors.New("no events")
	}
	type thread struct{ pid, tid float64 }
	processes, threads := map[float64]bool{}, map[thread]bool{}
	open := map[thread][]float64{} // the ends of the spans around the next one
	last := math.Inf(-1)
	for i, e := range file.TraceEvents {
		number := func(field string) (float64, error) {
			x, ok := e[field].(float64)
			if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
				return 0, fmt.Errorf("event %d: %s is %v", i, field, e[field])
			}
			return x, nil
		}
		pid, err1 := number("pid")
		tid, err2 := number("tid")
		ts, err3 := number("ts")
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		name, _ := e["name"].(string)
		if name == "" {
			return fmt.Errorf("event %d has no name", i)
		}
		t := thread{pid, tid}
		args, _ := e["args"].(map[string]any)
		switch e["ph"] {
		case "M":
			field := map[string]string{
				"process_name": "name", "thread_name": "name", "process_labels": "labels",
				"process_sort_index": "sort_index", "thread_sort_index": "sort_index",
			}[name]
			if field == "" || args[field] == nil || args[field] == "" {
				return fmt.Errorf("event %d: metadata %q with the args %v", i, name, args)
			}
			processes[pid] = processes[pid] || name == "process_name"
			threads[t] = threads[t] || name == "thread_name"
		case "X":
			dur, err := number("dur")
			if err != nil {
				return err
			}
			if ts < last || ts < 0 || dur < 0 {
				return fmt.Errorf("event %d: ts %v, dur %v, after ts %v", i, ts, dur, last)
			}
			last = ts
			if !processes[pid] || !threads[t] {
				return fmt.Errorf("event %d: thread %v has no metadata", i, t)
			}
			for n := len(open[t]); n > 0 && open[t][n-1] <= ts; n-- {
				open[t] = open[t][:n-1]
			}
			if n := len(open[t]); n > 0 && ts+dur > open[t][n-1] {
				return fmt.Errorf("event %d ends at %v, within one that ends at %v", i, ts+dur, open[t][n-1])
			}
			open[t] = append(open[t], ts+dur)
		default:
			return fmt.Errorf("event %d is of type %v", i, e["ph"])
		}
	}
	return nil
}

func TestValidateTraceSeesFaults(t *testing.T) {
	const names = `{"name":"process_name","ph":"M","pid":1,"tid":2,"ts":0,"args":{"name":"p"}},{"name":"thread_name","ph":"M","pid":1,"tid":2,"ts":0,"args":{"name":"t"}}`
	span := func(ts, dur string) string {
		return `,{"name":"read","ph":"X","pid":1,"tid":2,"ts":` + ts + `,"dur":` + dur + `,"args":{}}`
	}
	for _, c := range []struct {
		name, events string
		ok           bool
	}{
		{"two in turn", names + span("0", "5") + span("5", "5"), true},
		{"one in the other", names + span("0", "5") + span("2", "3"), true},
		{"overlap", names + span("0", "5") + span("4", "5"), false},
		{"overlap with the outer", names + span("0", "9") + span("1", "1") + span("4", "6"), false},
		{"out of order", names + span("5", "5") + span("0", "5"), false},
		{"negative", names + span("-1", "5"), false},
		{"negative length", names + span("0", "-5"), false},
		{"no length", names + strings.Replace(span("0", "1"), `"dur":1,`, "", 1), false},
		{"no number", names + span(`"0"`, "1"), false},
		{"no metadata", strings.TrimPrefix(span("0", "1"), ","), false},
		{"no thread's name", strings.Split(names, ",{")[0] + span("0", "1"), false},
		{"no process", names + strings.Replace(span("0", "1"), `"pid":1,`, "", 1), false},
		{"metadata without args", strings.Replace(names, `{"name":"t"}`, `{}`, 1), false},
		{"a type of its own", strings.Replace(names, `"M"`, `"Q"`, 1), false},
		{"empty", "", false},
	} {
		err := validateTrace([]byte(`{"displayTimeUnit":"ms","traceEvents":[` + c.events + `]}`))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTrace(t *testing.T) {
	got, err := written(func(b *bytes.Buffer) error { return WriteTrace(b, comparison()) })
	if err != nil {
		t.Fatal(err)
	}
	if err := validateTrace([]byte(got)); err != nil {
		t.Error(err)
	}
	want, err := os.ReadFile("testdata/trace.json")
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	if len(gotLines) != len(wantLines) {
		t.Errorf("%d lines, want %d", len(gotLines), len(wantLines))
	}
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Errorf("line %d is\n%s\nwant\n%s", i+1, gotLines[i], wantLines[i])
		}
	}
}

// TestTraceSpansMeet has spans that meet at times which no float64 holds: read
// back, none may reach into the next by a rounding.
func TestTraceSpansMeet(t *testing.T) {
	view := comparison()
	lane := result.TimelineLane{}
	for i := range 10_000 {
		lane.Spans = append(lane.Spans, result.TimelineSpan{Stage: "read", Task: i, StartS: float64(i) / 3e4, EndS: float64(i+1) / 3e4})
	}
	view.Result.Timelines = []result.Timeline{{Method: request.Sequential, Lanes: []result.TimelineLane{lane}}}
	got, err := written(func(b *bytes.Buffer) error { return WriteTrace(b, view) })
	if err != nil {
		t.Fatal(err)
	}
	if err := validateTrace([]byte(got)); err != nil {
		t.Error(err)
	}
}

func TestNoTrace(t *testing.T) {
	empty := comparison()
	empty.Result.Timelines = nil
	noLanes := comparison()
	noLanes.Result.Timelines = []result.Timeline{{Method: request.Sequential}}
	running := comparison()
	running.State = result.Running
	for name, view := range map[string]result.RunView{
		"no timelines": empty, "no lanes": noLanes, "running": running, "failed": failedRun(), "sweep": sweepRun(),
	} {
		got, err := written(func(b *bytes.Buffer) error { return WriteTrace(b, view) })
		wantNotFound(t, name, got, err)
	}
}

// wantNotFound checks for a sentence in both languages, and nothing written.
func wantNotFound(t *testing.T, name, got string, err error) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.CodeNotFound || e.Text.ES == "" || e.Text.EN == "" || got != "" {
		t.Errorf("%s: wrote %q, error %v", name, got, err)
	}
}

func TestTraceOfFaultySpans(t *testing.T) {
	for name, s := range map[string]result.TimelineSpan{
		"ends before its start": {Stage: "read", StartS: 2, EndS: 1},
		"no number":             {Stage: "read", StartS: 0, EndS: math.NaN()},
		"endless":               {Stage: "read", StartS: 0, EndS: math.Inf(1)},
	} {
		view := comparison()
		view.Result.Timelines[0].Lanes[0].Spans = []result.TimelineSpan{s}
		if err := WriteTrace(&bytes.Buffer{}, view); err == nil {
			t.Errorf("a span that %s was written", name)
		}
	}
}

func TestFullDisk(t *testing.T) {
	for name, write := range map[string]func(*fullDisk) error{
		"trace":  func(d *fullDisk) error { return WriteTrace(d, comparison()) },
		"csv":    func(d *fullDisk) error { return WriteCSV(d, comparison()) },
		"report": func(d *fullDisk) error { return WriteReport(d, comparison(), web.Assets(), allPictures, "es") },
	} {
		for _, left := range []int{0, 1000} {
			if err := write(&fullDisk{left}); !errors.Is(err, errFull) {
				t.Errorf("%s on a disk of %d bytes: %v", name, left, err)
			}
		}
	}
}
