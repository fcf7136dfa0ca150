package batch

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"carriles/executor/trace"
	"carriles/filters"
)

func TestShapes(t *testing.T) {
	tests := []struct {
		method  string
		workers int
		want    Shape
		lanes   int
	}{
		{Sequential, 1, Shape{1, 1, 1}, 1},
		{Sequential, 8, Shape{1, 1, 1}, 1},
		{Threading, 1, Shape{1, 1, 1}, 1},
		{Threading, 4, Shape{1, 4, 4}, 4},
		{Multiprocessing, 1, Shape{1, 1, 1}, 1},
		{Multiprocessing, 4, Shape{4, 1, 1}, 4},
		{ThreadingGIL, 4, Shape{1, 4, 1}, 4},
		{Hybrid, 1, Shape{2, 2, 2}, 4}, // two processes of one thread would be multiprocessing
		{Hybrid, 2, Shape{2, 2, 2}, 4},
		{Hybrid, 8, Shape{2, 4, 4}, 8},
	}
	for _, tt := range tests {
		m, ok := LookupMethod(tt.method)
		if got := m.Shape(DefaultWorkforce(tt.workers)); !ok || got != tt.want || got.Lanes() != tt.lanes {
			t.Errorf("%s with %d workers: %+v with %d lanes, want %+v with %d", tt.method, tt.workers, got, got.Lanes(), tt.want, tt.lanes)
		}
	}
	if _, ok := LookupMethod(Browser); ok {
		t.Error("the host runs the browser's method")
	}
}

func TestMethodsAreDescribed(t *testing.T) {
	for _, m := range Methods() {
		for _, text := range []filters.Text{m.Title, m.Help, m.Subject} {
			if text.ES == "" || text.EN == "" {
				t.Errorf("%s: a text is missing: %+v", m.Name, text)
			}
		}
	}
	for _, name := range GuideMethods() {
		if _, ok := LookupMethod(name); !ok {
			t.Errorf("the guide's method %s does not exist", name)
		}
	}
}

func TestSpec(t *testing.T) {
	s := Spec{
		Steps: []Step{{Filter: "blur"}, {Filter: "edges"}, {Filter: "blur"}}, Images: []string{"a", "b"},
		Count: 5, Rounds: 3, Warmup: 1, Methods: []string{Sequential, Threading},
	}
	var images []string
	for i := range s.Count {
		images = append(images, s.Image(i))
	}
	if got := strings.Join(images, ""); got != "ababa" {
		t.Errorf("images %s", got)
	}
	if got := strings.Join(s.FilterNames(), " "); got != "blur edges blur" {
		t.Errorf("filters %s", got)
	}
	if got := s.Executions(); got != 40 { // 5 images x (3 + 1) rounds x 2 methods
		t.Errorf("%d executions", got)
	}
}

func TestOutputDigest(t *testing.T) {
	tests := []struct {
		digests []string
		want    string // by sha256sum
	}{
		{nil, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{[]string{"abc"}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{[]string{"a", "b"}, "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78"},
		{[]string{"b", "a"}, ""},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		got := OutputDigest(tt.digests)
		if tt.want != "" && got != tt.want {
			t.Errorf("%q: %s, want %s", tt.digests, got, tt.want)
		}
		if seen[got] {
			t.Errorf("%q: the digest of another list", tt.digests)
		}
		seen[got] = true
	}
	for _, failed := range [][]string{{""}, {"a", ""}, {"", "a"}} {
		if got := OutputDigest(failed); got != "" {
			t.Errorf("%q: %s, want none", failed, got)
		}
	}
}

func TestErrorBody(t *testing.T) {
	invalid := Invalid([]Fault{
		{Code: CodeOutOfRange, Field: "count", Text: Textf("cuenta %d", "count %d", 9), Allowed: Textf("de 1 a 5", "1 to 5")},
		{Code: CodeUnknownField, Field: "x", Text: Textf("no hay x", "no x"), Allowed: Textf("uno de: a", "one of: a")},
	}).Because(errors.New("secret"))
	tests := []struct {
		err  *Error
		lang string
		want string
	}{
		{Errorf(CodeBusy, "espere %d", "wait %d", 3), "es", `{"error":"espere 3","code":"busy"}`},
		{Errorf(CodeBusy, "espere %d", "wait %d", 3), "en", `{"error":"wait 3","code":"busy"}`},
		{invalid, "es", `{"error":"cuenta 9","code":"out_of_range","field":"count","allowed":"de 1 a 5","faults":[` +
			`{"error":"cuenta 9","code":"out_of_range","field":"count","allowed":"de 1 a 5"},` +
			`{"error":"no hay x","code":"unknown_field","field":"x","allowed":"uno de: a"}]}`},
		{invalid, "en", `{"error":"count 9","code":"out_of_range","field":"count","allowed":"1 to 5","faults":[` +
			`{"error":"count 9","code":"out_of_range","field":"count","allowed":"1 to 5"},` +
			`{"error":"no x","code":"unknown_field","field":"x","allowed":"one of: a"}]}`},
	}
	for _, tt := range tests {
		if got, err := json.Marshal(tt.err.Body(tt.lang)); err != nil || string(got) != tt.want {
			t.Errorf("\n got %s, %v\nwant %s", got, err, tt.want)
		}
	}
	if got := invalid.Error(); got != "count 9; no x: secret" {
		t.Errorf("for the log: %q", got)
	}
	if cause := errors.Unwrap(invalid); cause == nil || cause.Error() != "secret" {
		t.Errorf("cause %v", cause)
	}
}

func TestStageTimes(t *testing.T) {
	span := func(s trace.Stage, from, to time.Duration) trace.Span {
		return trace.Span{Stage: s, Start: from, End: to}
	}
	got := StageTimesOf([]trace.Span{
		span(trace.Receive, 0, time.Second), // not the pipeline's
		span(trace.Read, 1*time.Second, 2*time.Second),
		span(trace.Decode, 2*time.Second, 4*time.Second),
		span(trace.Filter, 4*time.Second, 7*time.Second),
		span(trace.Filter, 7*time.Second, 8*time.Second),
		span(trace.Encode, 8*time.Second, 13*time.Second),
		span(trace.Write, 13*time.Second, 19*time.Second),
		span(trace.Send, 19*time.Second, 30*time.Second),
	})
	if want := (StageTimes{Read: 1, Decode: 2, Filter: 4, Encode: 5, Write: 6}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Total() != 18 {
		t.Errorf("total %g, want 18", got.Total())
	}
	if twice := got.Plus(got); twice != (StageTimes{Read: 2, Decode: 4, Filter: 8, Encode: 10, Write: 12}) {
		t.Errorf("twice %+v", twice)
	}
	if busy := (WorkerAccount{WallS: 10, IdleS: 4}).Busy(); busy != 6 {
		t.Errorf("busy %g, want 6", busy)
	}
}

func TestStates(t *testing.T) {
	for s, final := range map[State]bool{Queued: false, Running: false, Done: true, Failed: true, Cancelled: true} {
		if s.Final() != final {
			t.Errorf("%s.Final() is %v", s, !final)
		}
	}
}

// The page's form is built from nothing but this.
func TestCatalogue(t *testing.T) {
	data, err := json.Marshal(NewCatalogue(testLab(), 123))
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Filters []struct {
			Name   string
			Title  map[string]string
			Help   map[string]string
			Params []struct {
				Name           string
				Kind           string
				Min, Max, Step *float64
				Default        *float64
				Help           map[string]string
			}
		}
		Engines []struct {
			Name  string
			Help  map[string]string
			Lacks map[string]map[string]string
		}
		Methods      []struct{ Name string }
		Fields       []struct{ Name string }
		Pools        []string
		DefaultChain []string          `json:"default_chain"`
		MaxSteps     int               `json:"max_steps"`
		PoolReason   map[string]string `json:"pool_reason"`
		Shapes       map[string]Shape
		MaxUpload    int64 `json:"max_upload"`
		Limits       Limits
	}
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	var params []string
	for _, f := range c.Filters {
		if f.Title["es"] == "" || f.Title["en"] == "" || f.Help["es"] == "" || f.Help["en"] == "" {
			t.Errorf("%s lacks a text", f.Name)
		}
		for _, p := range f.Params {
			params = append(params, f.Name+"."+p.Name+":"+p.Kind)
			if p.Min == nil || p.Max == nil || p.Step == nil || p.Default == nil || p.Help["es"] == "" || p.Help["en"] == "" {
				t.Errorf("%s.%s lacks something: %+v", f.Name, p.Name, p)
			}
		}
	}
	want := "resize.width:int resize.height:int blur.radius:float brightness.factor:float sharpen.intensity:int edges.threshold1:float edges.threshold2:float"
	if got := strings.Join(params, " "); got != want {
		t.Errorf("parameters\n got %s\nwant %s", got, want)
	}
	if len(c.Engines) != 3 || c.Engines[1].Name != "scalar" || c.Engines[2].Name != "bild" || c.Engines[2].Lacks["edges"]["en"] == "" {
		t.Errorf("engines %+v", c.Engines)
	}
	if names := namesOf(c.Methods, func(m struct{ Name string }) string { return m.Name }); strings.Join(names, " ") != "sequential threading threading-gil multiprocessing hybrid" {
		t.Errorf("methods %v", names)
	}
	if names := namesOf(c.Fields, func(f struct{ Name string }) string { return f.Name }); strings.Join(names, " ") != "count workers rounds warmup processes threads latency_ms precision_percent budget_s" {
		t.Errorf("fields %v", names)
	}
	if !reflect.DeepEqual(c.Shapes, map[string]Shape{Sequential: {1, 1, 1}, Threading: {1, 2, 2}, ThreadingGIL: {1, 2, 1}, Multiprocessing: {2, 1, 1}, Hybrid: {2, 2, 2}}) {
		t.Errorf("shapes %+v", c.Shapes)
	}
	if strings.Join(c.Pools, " ") != "cold warm" || strings.Join(c.DefaultChain, " ") != "resize blur brightness" ||
		c.MaxSteps != 16 || c.MaxUpload != 123 || c.PoolReason["es"] != "2: los núcleos" || c.Limits != testLab().Limits {
		t.Errorf("catalogue %s", data)
	}
}
