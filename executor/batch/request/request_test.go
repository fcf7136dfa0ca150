package request

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"carriles/executor/text"
)

func TestShapes(t *testing.T) {
	tests := []struct {
		method  string
		workers int
		want    Shape
		lanes   int
	}{
		{Sequential, 1, Shape{1, 1, 1, false}, 1},
		{Sequential, 8, Shape{1, 1, 1, false}, 1},
		{Threading, 1, Shape{1, 1, 1, false}, 1},
		{Threading, 4, Shape{1, 4, 4, false}, 4},
		{Multiprocessing, 1, Shape{1, 1, 1, false}, 1},
		{Multiprocessing, 4, Shape{4, 1, 1, false}, 4},
		{ThreadingGIL, 4, Shape{1, 4, 4, true}, 4},
		{PythonThreading, 4, Shape{1, 4, 4, false}, 4},
		{PythonMultiprocessing, 4, Shape{4, 1, 1, false}, 4},
		{Hybrid, 1, Shape{2, 2, 2, false}, 4}, // two processes of one thread would be multiprocessing
		{Hybrid, 2, Shape{2, 2, 2, false}, 4},
		{Hybrid, 8, Shape{2, 4, 4, false}, 8},
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

// bild spreads a filter over all processors of its process: where that is to be
// under a lock there is one.
func TestALockedLibraryHasOneProcessor(t *testing.T) {
	for _, tt := range []struct {
		engine   string
		released []string
		want     int
	}{{"native", nil, 4}, {"bild", nil, 1}, {"bild", []string{StageDecode}, 1}, {"bild", []string{StageFilter}, 4}} {
		s := Spec{Workforce: Workforce{Workers: 4}, Engine: tt.engine, GIL: &GIL{ReleasedIn: tt.released}}
		if got := s.Shape(ThreadingGIL); got.MaxProcs != tt.want || !got.Lock {
			t.Errorf("%s with %v: %+v, want %d processors", tt.engine, tt.released, got, tt.want)
		}
		if got := s.Shape(Threading); got.MaxProcs != 4 || got.Lock {
			t.Errorf("threading with %s: %+v", tt.engine, got)
		}
	}
}

func TestMethodsAreDescribed(t *testing.T) {
	for _, m := range Methods() {
		for _, text := range []text.Text{m.Title, m.Help, m.Subject} {
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
	if len(c.Engines) != 4 || c.Engines[1].Name != "scalar" || c.Engines[2].Name != "bild" || c.Engines[2].Lacks["edges"]["en"] == "" {
		t.Errorf("engines %+v", c.Engines)
	}
	if names := each(c.Methods, func(m struct{ Name string }) string { return m.Name }); strings.Join(names, " ") != "sequential threading threading-gil multiprocessing hybrid python-threading python-multiprocessing distributed swarm room" {
		t.Errorf("methods %v", names)
	}
	if names := each(c.Fields, func(f struct{ Name string }) string { return f.Name }); strings.Join(names, " ") != "count workers rounds warmup processes threads devices latency_ms precision_percent budget_s" {
		t.Errorf("fields %v", names)
	}
	if !reflect.DeepEqual(c.Shapes, map[string]Shape{Sequential: {1, 1, 1, false}, Threading: {1, 2, 2, false}, ThreadingGIL: {1, 2, 2, true}, Multiprocessing: {2, 1, 1, false}, Hybrid: {2, 2, 2, false}, Distributed: {1, 1, 1, false}, Swarm: {1, 1, 1, false}, WholeRoom: {1, 1, 1, false}, PythonThreading: {1, 2, 2, false}, PythonMultiprocessing: {2, 1, 1, false}}) {
		t.Errorf("shapes %+v", c.Shapes)
	}
	if strings.Join(c.Pools, " ") != "cold warm both" || strings.Join(c.DefaultChain, " ") != "resize blur brightness" ||
		c.MaxSteps != 16 || c.MaxUpload != 123 || c.PoolReason["es"] != "2: los núcleos" || c.Limits != testLab().Limits {
		t.Errorf("catalogue %s", data)
	}
}
