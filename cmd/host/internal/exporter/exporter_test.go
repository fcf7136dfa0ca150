package exporter

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func parse(t *testing.T, text []byte) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return families
}

func TestText(t *testing.T) {
	half := 0.5
	e := New()
	e.Of(func() Figures {
		return Figures{Version: "v1", Runs: map[string]int{"done": 3, "queued": 1}, Devices: 2, RoomDone: 7, CPU: &half, Streams: map[string]int{"runs": 4}}
	})
	text, err := e.Text()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`carriles_build_info{version="v1"} 1`, `carriles_runs{state="done"} 3`, `carriles_runs{state="queued"} 1`,
		"carriles_devices 2", `carriles_room_images_total{outcome="done"} 7`, `carriles_room_images_total{outcome="failed"} 0`,
		"carriles_cpu_usage_ratio 0.5", `carriles_event_streams{of="runs"} 4`, `carriles_runs_executed_total{outcome="failed"} 0`,
		"# TYPE carriles_room_images_total counter", "# TYPE carriles_devices gauge",
	} {
		if !slices.Contains(strings.Split(string(text), "\n"), line) {
			t.Errorf("no line %q", line)
		}
	}
	families := parse(t, text)
	if families["carriles_memory_bytes"] != nil {
		t.Error("memory that is not known is told")
	}
	known := []string{"version", "state", "outcome", "of", "le"}
	for name, f := range families {
		if f.GetHelp() == "" {
			t.Errorf("%s has no help", name)
		}
		for _, m := range f.Metric {
			for _, l := range m.Label {
				if !slices.Contains(known, l.GetName()) {
					t.Errorf("%s has the label %q, which nobody has looked at", name, l.GetName())
				}
			}
		}
	}
}

// TestOnceASecond counts how often the figures are asked for, with a clock of its own.
func TestOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		e := New()
		e.Of(func() Figures { asked++; return Figures{Waiting: asked} })
		scrape := func(want float64, when string) {
			t.Helper()
			text, err := e.Text()
			if err != nil {
				t.Fatal(err)
			}
			if got := parse(t, text)["carriles_queue_length"].Metric[0].GetGauge().GetValue(); got != want {
				t.Errorf("%s: the figures of the time %v, want %v", when, got, want)
			}
		}
		for range 100 {
			scrape(1, "at once")
		}
		time.Sleep(least)
		scrape(2, "a second later")
		time.Sleep(least)
		over := e.Hold()
		for range 5 {
			time.Sleep(time.Minute)
			scrape(3, "in a run")
		}
		over(nil)
		scrape(4, "after it")
		e.Hold()(errors.New("it failed"))
		time.Sleep(least)
		text, _ := e.Text()
		outcomes := parse(t, text)["carriles_runs_executed_total"].Metric
		if len(outcomes) != 2 || outcomes[0].GetCounter().GetValue() != 1 || outcomes[1].GetCounter().GetValue() != 1 {
			t.Errorf("%v", outcomes)
		}
		if took := parse(t, text)["carriles_run_duration_seconds"].Metric[0].GetHistogram(); took.GetSampleCount() != 2 || took.GetSampleSum() != 300 {
			t.Errorf("%v", took)
		}
	})
}
