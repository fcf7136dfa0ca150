package request

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// FuzzParse: whatever the body is, Parse answers with an *fault.Error or with a spec
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
	f.Add([]byte(`{"processes":2,"threads":4,"source":"http","latency_ms":0,"rounds":"auto","precision_percent":1,"budget_s":600}`), byte(1))
	f.Add([]byte(`{"transport":"pipe","chaos":{"kill_after":4},"count":5}`), byte(2))
	f.Add([]byte(`{"rounds":"auto","method":"hybrid"}`), byte(2))
	f.Add([]byte(`{"methods":["threading-gil"],"gil":{"released_in":["decode","encode"]}}`), byte(1))
	f.Add([]byte(`{"over":"workers","values":[1,8,2],"chaos":{"kill_after":1}}`), byte(3))
	f.Add([]byte(`{"over":"intensity","filters":["heavy_sharpen"],"rounds":"auto"}`), byte(3))
	f.Add([]byte(`{"over":"latency_ms","source":"http"}`), byte(3))
	f.Add([]byte(`{"over":"width","filter_params":{"resize":{"width":1,"height":16384}},"values":[1,2]}`), byte(3))
	f.Fuzz(func(t *testing.T, body []byte, which byte) {
		ep := []Endpoint{one, all, stress, sweeping}[which%4]
		lab := fewTransports()
		s, err := Parse(body, ep, lab)
		if err != nil {
			if _, ok := err.(*fault.Error); !ok {
				t.Fatalf("a %T: %v", err, err)
			}
			return
		}
		checkSpec(t, s, ep, lab)
		checkExtras(t, s, ep, lab)
		checkAgain(t, s, ep, lab)
	})
}

// checkAgain: the request that asks for a spec again does.
func checkAgain(t *testing.T, want Spec, ep Endpoint, lab Lab) {
	t.Helper()
	path, r := Of(want).Endpoint()
	if len(want.Methods) == 1 && want.Sweep == nil && !want.Sample {
		if ep = one; path != BatchPath+want.Methods[0]+"/" {
			t.Errorf("%v are asked for at %s", want.Methods, path)
		}
		ep.Methods = want.Methods
	}
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(body, ep, lab)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	for _, s := range []*Spec{&got, &want} {
		// Not part of what is measured, or not of this batch.
		s.WorkersReason, s.Images = text.Text{}, s.UsedImages()
		if !slices.Contains(s.Methods, Hybrid) {
			s.Processes, s.Threads = 0, 0
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s asks for\n%+v\nwant\n%+v", body, got, want)
	}
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
	within("rounds", s.Rounds, 1, MaxRounds)
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
	if known := func(e filters.EngineInfo) bool { return e.Name == s.Engine }; !slices.ContainsFunc(filters.Engines(), known) || !slices.Contains(PoolKinds(), s.Pool) {
		t.Errorf("engine %q, pool %q", s.Engine, s.Pool)
	}
	checkSteps(t, s, lab)
}

func checkSteps(t *testing.T, s Spec, lab Lab) {
	t.Helper()
	engine := lookupEngine(s.Engine)
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

// checkExtras: what a spec says beyond the common body holds together.
func checkExtras(t *testing.T, s Spec, ep Endpoint, lab Lab) {
	t.Helper()
	for _, n := range []int{s.Processes, s.Threads} {
		if n < 1 || n > lab.Limits.Workers || s.Processes*s.Threads > lab.Limits.Workers {
			t.Errorf("%d processes with %d threads", s.Processes, s.Threads)
		}
	}
	if !slices.Contains(optionNames(Sources()), s.Source) || !slices.Contains(available(Transports(lab.Lacks)), s.Transport) {
		t.Errorf("source %q, transport %q", s.Source, s.Transport)
	}
	if http := s.Source == SourceHTTP; !http && s.LatencyMS != 0 || http && s.Transport != TransportPath || s.LatencyMS < 0 || s.LatencyMS > MaxLatencyMS {
		t.Errorf("source %q, %d ms, transport %q", s.Source, s.LatencyMS, s.Transport)
	}
	if a := s.Auto; a != nil && (s.Rounds < MinAutoRounds || a.PrecisionPercent < 1 || a.PrecisionPercent > 50 || a.BudgetS < 1 || a.BudgetS > 600) {
		t.Errorf("%d automatic rounds, %+v", s.Rounds, *a)
	}
	if c := s.Chaos; c != nil && (c.KillAfter < 1 || c.KillAfter >= s.Count) {
		t.Errorf("a worker is killed after %d of %d images", c.KillAfter, s.Count)
	}
	if (s.Sweep != nil) != ep.Sweep {
		t.Fatalf("sweep %+v", s.Sweep)
	}
	if s.Sweep == nil {
		return
	}
	axes := SweepAxes(lab.Limits, lab.Pool)
	i := slices.IndexFunc(axes, func(a SweepAxis) bool { return a.Name == s.Sweep.Over })
	if i < 0 || !axes[i].fits(s) {
		t.Fatalf("a sweep over %q of %+v", s.Sweep.Over, s)
	}
	values := s.Sweep.Values
	if len(values) < 2 || len(values) > maxSweep || !slices.IsSorted(values) || len(slices.Compact(slices.Clone(values))) != len(values) {
		t.Errorf("values %v", values)
	}
	// Each point is a batch that could have been asked for by itself.
	for _, v := range values {
		if !axes[i].Param.Allows(v) {
			t.Errorf("%s %g", s.Sweep.Over, v)
		}
		point := axes[i].At(s, v)
		checkSpec(t, point, ep, lab)
		checkExtras(t, point, Endpoint{}, lab)
	}
}
