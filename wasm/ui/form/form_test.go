package form

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"
)

func catalogue() request.Catalogue {
	return request.NewCatalogue(request.Lab{
		Limits:     request.Limits{Count: 100, Stress: 50, Workers: 16, Executions: 600, Pixels: 24_000_000},
		Pool:       2,
		PoolReason: text.Text{ES: "dos núcleos", EN: "two cores"},
	}, 1<<20)
}

func newForm(t *testing.T) (Form, request.Catalogue) {
	t.Helper()
	cat := catalogue()
	f := NewForm(cat, i18n.ES)
	f.SetPhotos([]result.ImageInfo{{Name: "a.jpg"}, {Name: "b.jpg"}}, nil)
	return f, cat
}

func TestFormStartsValid(t *testing.T) {
	f, cat := newForm(t)
	c := f.Check(cat)
	if len(c.Faults) > 0 {
		t.Fatalf("faults: %+v", c.Faults)
	}
	if !slices.Equal(c.Request.Methods, []string{"sequential", "threading", "multiprocessing"}) || len(c.Browsers) > 0 {
		t.Errorf("methods %v, browser %v", c.Request.Methods, c.Browsers)
	}
	if !slices.Equal(c.Request.Filters, []string{"resize", "blur", "brightness"}) {
		t.Errorf("filters %v", c.Request.Filters)
	}
	want := request.Request{Count: 5, Rounds: 3, Warmup: 1}
	if c.Request.Count != want.Count || c.Request.Rounds != want.Rounds || c.Request.Warmup != want.Warmup {
		t.Errorf("request %+v", c.Request)
	}
	// What the host would do anyway is not asked for.
	if c.Request.Workers != 0 || c.Request.Engine != "" || c.Request.Pool != "" || c.Request.Images != nil {
		t.Errorf("request says more than needed: %+v", c.Request)
	}
}

func TestRequestFromForm(t *testing.T) {
	f, cat := newForm(t)
	f.Chain = []string{"sharpen", "resize", "sharpen"}
	f.Params["sharpen"]["intensity"] = "4"
	f.Params["resize"]["width"] = "1600"
	f.Params["blur"]["radius"] = "not in the chain"
	f.Fields["count"], f.Fields["workers"], f.Fields["rounds"], f.Fields["warmup"] = "7", "3", "1", "0"
	f.Fields["engine"], f.Fields["pool"] = "bild", "warm"
	f.TogglePhoto("a.jpg")
	f.Methods = map[string]bool{"threading": true, request.Browser: true}
	c := f.Check(cat)
	if len(c.Faults) > 0 {
		t.Fatalf("faults: %+v", c.Faults)
	}
	r := c.Request
	if r.FilterParams["sharpen"]["intensity"] != 4 || r.FilterParams["resize"]["width"] != 1600 || r.FilterParams["resize"]["height"] != 600 {
		t.Errorf("params %v", r.FilterParams)
	}
	if _, there := r.FilterParams["blur"]; there {
		t.Error("the parameters of a filter outside the chain are sent")
	}
	if r.Count != 7 || r.Workers != 3 || r.Rounds != 1 || r.Warmup != 0 || r.Engine != "bild" || r.Pool != "warm" {
		t.Errorf("request %+v", r)
	}
	if !slices.Equal(r.Images, []string{"b.jpg"}) || !slices.Equal(r.Methods, []string{"threading"}) || !slices.Equal(c.Browsers, []string{request.Browser}) {
		t.Errorf("images %v, methods %v, browser %v", r.Images, r.Methods, c.Browsers)
	}
}

func TestFaultsStandAtTheirFields(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Form)
		field  string
		code   string
	}{
		{"no number", func(f *Form) { f.Params["resize"]["width"] = "abc" }, "filter_params.resize.width", fault.CodeWrongType},
		{"nothing", func(f *Form) { f.Params["resize"]["width"] = "" }, "filter_params.resize.width", fault.CodeWrongType},
		{"too large", func(f *Form) { f.Params["resize"]["width"] = "16385" }, "filter_params.resize.width", fault.CodeOutOfRange},
		{"not whole", func(f *Form) { f.Params["resize"]["width"] = "1,5" }, "filter_params.resize.width", fault.CodeOutOfRange},
		// An absent count means the default: a typed 0 must not become that.
		{"count zero", func(f *Form) { f.Fields["count"] = "0" }, "count", fault.CodeOutOfRange},
		{"warm-up", func(f *Form) { f.Fields["warmup"] = "99" }, "warmup", fault.CodeOutOfRange},
		{"no photo", func(f *Form) { f.TogglePhoto("a.jpg"); f.TogglePhoto("b.jpg") }, "images", fault.CodeNoImages},
		{"no method", func(f *Form) { f.Methods = nil }, "methods", fault.CodeOutOfRange},
		{"no filter", func(f *Form) { f.Chain = nil }, "filters", fault.CodeOutOfRange},
		{"latency", func(f *Form) { f.Fields["source"], f.Fields["latency_ms"] = "http", "6000" }, "latency_ms", fault.CodeOutOfRange},
		{"pipe with http", func(f *Form) { f.Fields["source"], f.Fields["transport"] = "http", "pipe" }, "transport", fault.CodeContradiction},
		{"browser with http", func(f *Form) { f.Fields["source"], f.Methods[request.Browser] = "http", true }, "methods", fault.CodeContradiction},
		{"browser in a sweep", func(f *Form) {
			f.Fields["over"], f.Fields["values"], f.Methods[request.Browser] = "workers", "1 2", true
		}, "methods", fault.CodeContradiction},
		{"hybrid too wide", func(f *Form) {
			f.Methods[request.Hybrid], f.Fields["processes"], f.Fields["threads"] = true, "8", "8"
		}, "threads", fault.CodeOutOfRange},
		{"precision", func(f *Form) { f.Auto, f.Fields["precision_percent"] = true, "0" }, "precision_percent", fault.CodeOutOfRange},
		{"kill after the last", func(f *Form) { f.Fields["chaos"] = "5" }, "chaos.kill_after", fault.CodeOutOfRange},
		{"kill of one", func(f *Form) { f.Fields["chaos"], f.Fields["count"] = "1", "1" }, "chaos", fault.CodeContradiction},
		{"no values", func(f *Form) { f.Fields["over"], f.Fields["values"] = "workers", " " }, "values", fault.CodeMissing},
		{"one value", func(f *Form) { f.Fields["over"], f.Fields["values"] = "workers", "2" }, "values", fault.CodeOutOfRange},
		{"a value that is none", func(f *Form) { f.Fields["over"], f.Fields["values"] = "workers", "1 dos" }, "values", fault.CodeWrongType},
		{"a value twice", func(f *Form) { f.Fields["over"], f.Fields["values"] = "workers", "1 2 1" }, "values[2]", fault.CodeDuplicate},
		{"a sweep of another batch", func(f *Form) { f.Fields["over"], f.Fields["values"] = "intensity", "1 2" }, "over", fault.CodeContradiction},
		{"engine lacks it", func(f *Form) { f.Fields["engine"], f.Chain = "bild", []string{"blur", "edges"} }, "filters[1]", fault.CodeEngineLacks},
		{"too many pixels", func(f *Form) { f.Params["resize"]["width"], f.Params["resize"]["height"] = "10000", "10000" }, "filter_params.resize", fault.CodeOutOfRange},
		{"too many executions", func(f *Form) { f.Fields["count"], f.Fields["rounds"] = "100", "2" }, "count", fault.CodeTooMany},
	}
	for _, tt := range tests {
		f, cat := newForm(t)
		tt.change(&f)
		c := f.Check(cat)
		if len(c.Faults) != 1 || c.Faults[0].Field != tt.field || c.Faults[0].Code != tt.code {
			t.Errorf("%s: %+v, want one %s at %s", tt.name, c.Faults, tt.code, tt.field)
			continue
		}
		if c.Faults[0].Text.ES == "" || c.Faults[0].Text.EN == "" {
			t.Errorf("%s: a language is missing: %+v", tt.name, c.Faults[0].Text)
		}
	}
}

// TestExtrasFromForm asks for everything that is not of every batch; the values
// of a sweep come in the order in which they were typed, for the host sorts
// them.
func TestExtrasFromForm(t *testing.T) {
	f, cat := newForm(t)
	f.Fields["source"], f.Fields["latency_ms"] = "http", "50"
	f.Auto, f.Fields["precision_percent"], f.Fields["budget_s"] = true, "3", "30"
	f.Methods[request.Hybrid], f.Fields["processes"], f.Fields["threads"] = true, "3", "4"
	f.Fields["chaos"] = "2"
	f.SweepOver(cat, "width", i18n.ES)
	if f.Fields["values"] != "400 800 1600 2400 3200" {
		t.Errorf("the axis begins with %q", f.Fields["values"])
	}
	f.Fields["values"] = "800; 400,0"
	c := f.Check(cat)
	if len(c.Faults) > 0 {
		t.Fatalf("faults: %+v", c.Faults)
	}
	r := c.Request
	if r.Source != "http" || r.LatencyMS == nil || *r.LatencyMS != 50 || r.Rounds != request.AutoRounds ||
		r.PrecisionPercent != 3 || r.BudgetS != 30 || r.Processes != 3 || r.Threads != 4 ||
		r.Chaos == nil || r.Chaos.KillAfter != 2 || r.Over != "width" || !slices.Equal(r.Values, []float64{800, 400}) {
		t.Errorf("request %+v", r)
	}
	for _, lang := range []i18n.Lang{i18n.ES, i18n.EN} {
		if got := PlanText(lang, c); !strings.Contains(got, "30 s") || !strings.Contains(got, "2") {
			t.Errorf("the plan is %q", got)
		}
	}
}

func TestForecastText(t *testing.T) {
	for _, tt := range []struct {
		forecast *result.Forecast
		want     string
	}{
		{nil, ""},
		{&result.Forecast{TotalS: 42, From: "reckoning"}, "It will take about 40 s, by what such work took on another machine."},
		{&result.Forecast{TotalS: 200, From: "history"}, "It will take about 3 min, by what runs before took."},
	} {
		if got := strings.ReplaceAll(ForecastText(i18n.EN, tt.forecast), i18n.NoBreak, " "); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestWhatDoesNotMatterIsNotRead types nonsense into fields that are not shown.
func TestWhatDoesNotMatterIsNotRead(t *testing.T) {
	f, cat := newForm(t)
	for _, name := range []string{"latency_ms", "processes", "threads", "precision_percent", "budget_s"} {
		f.Fields[name] = "x"
	}
	if c := f.Check(cat); len(c.Faults) > 0 || c.Request.LatencyMS != nil || c.Request.Processes != 0 || c.Request.BudgetS != 0 {
		t.Errorf("faults %+v, request %+v", c.Faults, c.Request)
	}
	f.Auto, f.Fields["precision_percent"], f.Fields["budget_s"], f.Fields["rounds"] = true, "5", "60", "x"
	f.SweepOver(cat, request.OverWorkers, i18n.ES)
	f.Fields["workers"] = "x"
	if c := f.Check(cat); len(c.Faults) > 0 || c.Request.Workers != 0 {
		t.Errorf("faults %+v, request %+v", c.Faults, c.Request)
	}
}

// Devices are asked for where a method of the room is, and a sweep may go over them then.
func TestDevicesOfTheRoom(t *testing.T) {
	f, cat := newForm(t)
	f.Fields["devices"] = "x"
	if c := f.Check(cat); len(c.Faults) > 0 || c.Request.Devices != 0 {
		t.Errorf("without the room: faults %+v, %+v", c.Faults, c.Request)
	}
	f.SweepOver(cat, request.OverDevices, i18n.ES)
	if c := f.Check(cat); len(c.Faults) != 1 || c.Faults[0].Field != "over" {
		t.Errorf("over devices without the room: %+v", c.Faults)
	}
	f.Methods[request.Swarm] = true
	f.Fields["devices"] = "0"
	if c := f.Check(cat); len(c.Faults) > 0 || c.Request.Over != request.OverDevices || len(c.Request.Values) < 4 || c.Request.Values[0] != 1 {
		t.Errorf("over devices: faults %+v, %+v", c.Faults, c.Request)
	}
	f.SweepOver(cat, "", i18n.ES)
	f.Fields["devices"] = "3"
	if c := f.Check(cat); len(c.Faults) > 0 || c.Request.Devices != 3 {
		t.Errorf("three devices: faults %+v, %+v", c.Faults, c.Request)
	}
}

func TestPlanText(t *testing.T) {
	body := func(change func(*request.Request)) Checked {
		c := Checked{}
		change(&c.Request)
		return c
	}
	browser := body(func(b *request.Request) { b.Rounds, b.PrecisionPercent, b.BudgetS = request.AutoRounds, 5, 60 })
	browser.Browsers = []string{request.Browser}
	tests := []struct {
		c    Checked
		want string
	}{
		{Checked{Faults: []fault.Fault{{}}}, "What is marked must be mended first."},
		{body(func(b *request.Request) { b.Rounds, b.Warmup = 3, 1 }), "3 interleaved rounds after one of warm-up."},
		{
			body(func(b *request.Request) { b.Rounds, b.Over, b.Values = 2, "workers", []float64{1, 2, 4} }),
			"A sweep of 3 points. At each: 2 interleaved rounds, without warm-up.",
		},
		{
			body(func(b *request.Request) { b.Rounds, b.Chaos = 2, &request.Chaos{KillAfter: 7} }),
			"2 interleaved rounds, without warm-up. In each round a process is killed after 7 images.",
		},
		{browser, "Rounds until a precision of ±5%, 5 at least, or until 60 s are over; of warm-up: 0."},
	}
	for _, tt := range tests {
		if got := PlanText(i18n.EN, tt.c); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestEveryFaultIsNamed(t *testing.T) {
	f, cat := newForm(t)
	f.Params["resize"]["width"], f.Params["blur"]["radius"], f.Fields["rounds"] = "x", "-1", "0"
	if got := len(f.Check(cat).Faults); got != 3 {
		t.Errorf("%d faults, want 3: %+v", got, f.Check(cat).Faults)
	}
}

func TestOnlyTheBrowserIsEnough(t *testing.T) {
	f, cat := newForm(t)
	f.Methods = map[string]bool{request.Browser: true}
	c := f.Check(cat)
	if len(c.Faults) > 0 || len(c.Request.Methods) != 0 || !slices.Equal(c.Browsers, []string{request.Browser}) {
		t.Errorf("%+v", c)
	}
}

// TestBrowserWorkers asks for several Web Workers, of a browser with four
// threads and of one that says nothing.
func TestBrowserWorkers(t *testing.T) {
	tests := []struct {
		name  string
		cores int
		typed string // empty: as it starts
		want  int    // 0: a fault
	}{
		{"all", 4, "", 4},
		{"some", 4, "3", 3},
		{"one", 0, "1", 1},
		{"none", 4, "0", 0},
		{"too many", 4, "5", 0},
		{"no number", 4, "x", 0},
	}
	for _, tt := range tests {
		f, cat := newForm(t)
		f.SetCores(tt.cores)
		if tt.typed != "" {
			f.BrowserWorkers = tt.typed
		}
		f.Methods = map[string]bool{request.BrowserWorkers: true, request.Browser: true}
		f.Fields["pool"] = request.Warm
		c := f.Check(cat)
		if _, wrong := c.Fault(browserWorkersField); wrong != (tt.want == 0) || c.BrowserWorkers != tt.want {
			t.Errorf("%s: %d workers, faults %+v; want %d", tt.name, c.BrowserWorkers, c.Faults, tt.want)
			continue
		}
		if tt.want > 0 && (!slices.Equal(c.Browsers, []string{request.Browser, request.BrowserWorkers}) || c.Request.Pool != request.Warm) {
			t.Errorf("%s: %v, %q", tt.name, c.Browsers, c.Request.Pool)
		}
	}
}

func TestChainEdits(t *testing.T) {
	f := Form{Chain: []string{"resize", "blur"}}
	f.AddStep("resize")
	if !f.Twin(2) || f.Twin(0) || f.Twin(1) {
		t.Error("the second resize, and only it, is a twin")
	}
	if at := f.MoveStep(2, -1); at != 1 || !slices.Equal(f.Chain, []string{"resize", "resize", "blur"}) {
		t.Errorf("moved to %d: %v", at, f.Chain)
	}
	if at := f.MoveStep(0, -1); at != 0 {
		t.Errorf("the first was moved to %d", at)
	}
	if at := f.MoveStep(2, 1); at != 2 {
		t.Errorf("the last was moved to %d", at)
	}
	f.DropStep(0)
	if !slices.Equal(f.Chain, []string{"resize", "blur"}) {
		t.Errorf("dropped: %v", f.Chain)
	}
}

func TestOwnPhotographs(t *testing.T) {
	cat := catalogue()
	f := NewForm(cat, i18n.ES)
	// A name under uploads/ in the lab's list is somebody else's picture.
	f.SetPhotos([]result.ImageInfo{{Name: "a.jpg"}, {Name: "uploads/other.jpg"}}, []result.ImageInfo{{Name: "uploads/old.jpg"}})
	if got := f.Chosen(); !slices.Equal(got, []string{"a.jpg"}) {
		t.Errorf("chosen at first: %v", got)
	}
	if f.Check(cat).Request.Images != nil {
		t.Error("the default set is named though nothing else is chosen")
	}
	f.AddOwn([]result.ImageInfo{{Name: "uploads/new.jpg"}, {Name: "uploads/old.jpg"}})
	if got := f.Check(cat).Request.Images; !slices.Equal(got, []string{"a.jpg", "uploads/new.jpg"}) {
		t.Errorf("images: %v", got)
	}
	f.DropOwn("uploads/new.jpg")
	f.DropOwn("a.jpg") // not one's own: stays
	if got := f.LabImages(); !slices.Equal(got, []string{"a.jpg"}) || len(f.Own()) != 1 {
		t.Errorf("lab %v, own %v", got, f.Own())
	}
}

func TestWorkforceForTheShapes(t *testing.T) {
	f, cat := newForm(t)
	for typed, want := range map[string]int{"4": 4, "": 2, "x": 2, "0": 2, "17": 2, "16": 16} {
		f.Fields["workers"] = typed
		if got := f.Workforce(cat); got != (request.Workforce{Workers: want, Processes: 2, Threads: 2}) {
			t.Errorf("with %q workers: %+v, want %d", typed, got, want)
		}
	}
}

func TestFormRespells(t *testing.T) {
	f, _ := newForm(t)
	if got := f.Params["brightness"]["factor"]; got != "1,2" {
		t.Fatalf("factor starts as %q", got)
	}
	f.Params["blur"]["radius"] = "2,x"
	f.Respell(i18n.EN)
	if f.Params["brightness"]["factor"] != "1.2" || f.Params["blur"]["radius"] != "2,x" {
		t.Errorf("respelled: %v", f.Params)
	}
}

// The form's method is compared with each value of what is chosen, as the host
// understands it.
func TestVariantsFromForm(t *testing.T) {
	for kind, want := range map[string]string{
		"": "multiprocessing", "pool": "multiprocessing@pool=cold multiprocessing@pool=warm", "control": "multiprocessing multiprocessing@control",
		"engine":  "multiprocessing@engine=native multiprocessing@engine=scalar multiprocessing@engine=bild",
		"workers": "multiprocessing@workers=1 multiprocessing@workers=2 multiprocessing@workers=4",
	} {
		f, cat := newForm(t)
		f.Methods = map[string]bool{request.Multiprocessing: true}
		f.Fields[variantsField] = kind
		c := f.Check(cat)
		if len(c.Faults) > 0 {
			t.Errorf("%s: %+v", kind, c.Faults)
			continue
		}
		body, err := json.Marshal(c.Request)
		if err != nil {
			t.Fatal(err)
		}
		lab := cat.Lab()
		lab.Images, lab.Exists = []string{"a.jpg"}, func(string) bool { return true }
		s, err := request.Parse(body, runs, lab)
		if got := strings.Join(s.Methods, " "); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", kind, got, err, want)
		}
	}
}
