package batch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carriles/filters"
)

// FuzzParse: whatever the body is, Parse answers with an *Error or with a spec
// that obeys every limit.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/guide/*.json")
	if err != nil || len(paths) != 5 {
		f.Fatalf("%d bodies of the guide, %v", len(paths), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, byte(0))
	}
	f.Add([]byte(`{"methods":["threading"],"count":200,"rounds":5,"warmup":1,"workers":8,"engine":"bild","pool":"warm"}`), byte(1))
	f.Add([]byte(`{"method":"threading","num_iterations":20,"images":["a.jpg","uploads/x.png"],"count":50}`), byte(2))
	f.Add([]byte(`{"filter_params":{"heavy_sharpen":{"intensity":1e309}},"count":-0}`), byte(0))
	f.Fuzz(func(t *testing.T, body []byte, which byte) {
		ep := []Endpoint{one, all, stress}[which%3]
		lab := testLab()
		s, err := Parse(body, ep, lab)
		if err != nil {
			if _, ok := err.(*Error); !ok {
				t.Fatalf("a %T: %v", err, err)
			}
			return
		}
		checkSpec(t, s, ep, lab)
	})
}

func checkSpec(t *testing.T, s Spec, ep Endpoint, lab Lab) {
	t.Helper()
	count := lab.Limits.Count
	if ep.Stress {
		count = lab.Limits.Stress
	}
	within := func(name string, x, low, high int) {
		if x < low || x > high {
			t.Errorf("%s is %d, out of %d to %d", name, x, low, high)
		}
	}
	within("count", s.Count, 1, count)
	within("workers", s.Workers, 1, lab.Limits.Workers)
	within("rounds", s.Rounds, 1, maxRounds)
	within("warmup", s.Warmup, 0, maxWarmup)
	within("steps", len(s.Steps), 1, maxSteps)
	within("images", len(s.Images), 1, lab.Limits.Count)
	within("methods", len(s.Methods), 1, len(Methods()))
	within("executions", s.Executions(), 1, lab.Limits.Executions)
	for _, name := range s.Images {
		if !lab.Exists(name) {
			t.Errorf("image %q", name)
		}
	}
	for _, name := range s.Methods {
		if _, ok := LookupMethod(name); !ok {
			t.Errorf("method %q", name)
		}
	}
	engine, ok := filters.LookupEngine(s.Engine)
	if !ok || !slices.Contains(PoolKinds(), s.Pool) {
		t.Errorf("engine %q, pool %q", s.Engine, s.Pool)
	}
	for _, step := range s.Steps {
		f, ok := filters.Lookup(step.Filter)
		if _, lacks := engine.Lacks[step.Filter]; !ok || lacks || f.Name != step.Filter {
			t.Fatalf("filter %q with engine %s", step.Filter, s.Engine)
		}
		if len(step.Params) != len(f.Params) {
			t.Errorf("%s has the parameters %v", f.Name, step.Params)
		}
		for _, p := range f.Params {
			if !p.Allows(step.Params[p.Name]) {
				t.Errorf("%s.%s is %g", f.Name, p.Name, step.Params[p.Name])
			}
		}
		if w, h := f.Size(1, 1, step.Params); int64(w)*int64(h) > lab.Limits.Pixels {
			t.Errorf("%s gives %d x %d", f.Name, w, h)
		}
	}
}
