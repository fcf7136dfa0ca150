package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"carriles/executor/topology"
)

// TestDashboard has every query of the dashboard find its metrics, by name and label, in
// what a server tells that has done something; and "carriles metrics" print the same.
func TestDashboard(t *testing.T) {
	s := start(t, smallPhotos(t))
	s.post("/api/process-batch/sequential/", `{"filters":["brightness"],"count":1}`, 200)
	var table strings.Builder
	if err := runMetrics([]string{"-host", s.url}, &table, &table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"workers", "0", "cpu", "No machine is in the room", "scale_up"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	var families map[string]*dto.MetricFamily
	eventually(t, "what the run has done is told, and how busy the processors are", func() bool {
		code, text := s.do("GET", "/metrics", "")
		parser := expfmt.NewTextParser(model.UTF8Validation)
		var err error
		if families, err = parser.TextToMetricFamilies(bytes.NewReader(text)); err != nil || code != 200 {
			t.Fatalf("%d, %v: %s", code, err, text)
		}
		_, busy := topology.Busy()
		return families["carriles_runs_executed_total"].Metric[0].GetCounter().GetValue() == 1 && (!busy || families["carriles_cpu_usage_ratio"] != nil)
	})
	told := map[string][]string{} // the labels of each name
	for name, f := range families {
		var labels []string
		for _, l := range f.Metric[0].Label {
			labels = append(labels, l.GetName())
		}
		if f.GetType().String() == "HISTOGRAM" {
			told[name+"_sum"], told[name+"_count"] = labels, labels
			name, labels = name+"_bucket", append(labels, "le")
		}
		told[name] = labels
	}
	data, err := os.ReadFile("../../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(data, &dashboard); err != nil || len(dashboard.Panels) < 10 {
		t.Fatalf("%d panels, %v", len(dashboard.Panels), err)
	}
	named, label := regexp.MustCompile(`\b(carriles|process|go)_\w+`), regexp.MustCompile(`{{(\w+)}}`)
	shown := map[string]bool{}
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			names := named.FindAllString(q.Expr, -1)
			if len(names) == 0 {
				t.Errorf("%s asks for nothing of ours: %s", p.Title, q.Expr)
			}
			for _, name := range names {
				shown[name] = true
				labels, ok := told[name]
				if !ok && q.Expr != "" && !(strings.HasPrefix(name, "process_") && families["process_cpu_seconds_total"] == nil) {
					t.Errorf("%s asks for %s, which nobody tells", p.Title, name)
				}
				for _, l := range label.FindAllStringSubmatch(q.LegendFormat, -1) {
					if ok && !slices.Contains(labels, l[1]) {
						t.Errorf("%s names the label %s, which %s has not", p.Title, l[1], name)
					}
				}
			}
		}
	}
	for _, name := range []string{"carriles_devices", "carriles_queue_length", "carriles_runs"} {
		if !shown[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}
