package measure

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/filters"
	"carriles/wasm/ui/i18n"
)

func TestBrowserRequest(t *testing.T) {
	got := BrowserRequest(request.Request{
		Filters: []string{"blur"}, Count: 4, Warmup: 1, Rounds: request.AutoRounds, PrecisionPercent: 5, BudgetS: 60,
		Workers: 2, Processes: 2, Threads: 2, Pool: "warm", Transport: "pipe", Methods: []string{"hybrid"},
		Chaos: &request.Chaos{KillAfter: 2},
	})
	want := request.Request{
		Filters: []string{"blur"}, Count: 4, Warmup: 1, Rounds: request.AutoRounds, PrecisionPercent: 5, BudgetS: 60, Pool: "warm",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestWorkKey(t *testing.T) {
	lab := []string{"a.jpg", "b.jpg"}
	base := request.Request{Filters: []string{"blur"}, Count: 5, Methods: []string{"sequential"}, Rounds: 3, Workers: 2, Pool: "warm"}
	other := request.Request{Filters: []string{"blur"}, Count: 5, Images: lab}
	if WorkKey(base, lab) != WorkKey(other, lab) {
		t.Error("how it is run changes what is computed")
	}
	for name, change := range map[string]func(*request.Request){
		"count":   func(r *request.Request) { r.Count = 6 },
		"filters": func(r *request.Request) { r.Filters = []string{"blur", "blur"} },
		"images":  func(r *request.Request) { r.Images = []string{"a.jpg"} },
		"engine":  func(r *request.Request) { r.Engine = "bild" },
		"params": func(r *request.Request) {
			r.FilterParams = map[string]filters.Values{"blur": {"radius": 3}}
		},
	} {
		changed := base
		change(&changed)
		if WorkKey(changed, lab) == WorkKey(base, lab) {
			t.Errorf("another %s gives the same key", name)
		}
	}
}

func TestWhyEnded(t *testing.T) {
	view := result.RunView{Error: &fault.ErrorBody{Error: "lleno"}, ErrorEN: &fault.ErrorBody{Error: "full"}}
	for lang, want := range map[i18n.Lang]string{i18n.ES: "lleno", i18n.EN: "full"} {
		if got := WhyEnded(lang, view).Sentence(lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := WhyEnded(i18n.EN, result.RunView{}).Sentence(i18n.EN); got != i18n.EN.T("error.failed") {
		t.Errorf("without a reason: %q", got)
	}
}

func TestWithOwn(t *testing.T) {
	var own []string
	for i := range maxOwnRuns + 2 {
		own = withOwn(own, fmt.Sprint(i))
	}
	if len(own) != maxOwnRuns || own[0] != "2" || own[maxOwnRuns-1] != fmt.Sprint(maxOwnRuns+1) {
		t.Errorf("%v", own)
	}
	few := []string{"a"}
	if got := withOwn(few, "b"); !reflect.DeepEqual(got, []string{"a", "b"}) || len(few) != 1 {
		t.Errorf("%v of %v", got, few)
	}
}

// TestBrowserJob looks at what the agent is told.
func TestBrowserJob(t *testing.T) {
	asked := Asked{
		Request:  request.Request{Filters: []string{"blur"}, Count: 3, Rounds: 5, Pool: request.Warm, Methods: []string{"hybrid"}},
		Browsers: []string{request.Browser, request.BrowserWorkers}, BrowserWorkers: 3,
	}
	limits := request.Limits{Count: 10, Workers: 4, Executions: 100, Pixels: 1e6}
	text, err := browserJob(asked, limits, []string{"a.jpg", "b.jpg"}, false)
	if err != nil {
		t.Fatal(err)
	}
	var job result.BrowserJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(job.Spec.Methods, asked.Browsers) || job.Spec.Workers != 3 || job.TimeoutS != 0 {
		t.Errorf("the job is %+v", job)
	}
	if s := job.Spec; s.Count != 3 || s.Rounds != 5 || s.Pool != request.Warm || !reflect.DeepEqual(s.Images, []string{"a.jpg", "b.jpg"}) || len(s.Steps) != 1 {
		t.Errorf("its batch is %+v", job.Spec)
	}
	asked.Request.Count = 11
	if _, err := browserJob(asked, limits, nil, false); err == nil {
		t.Error("a batch beyond the limits is asked for")
	}
}

// What is told of lanes is handed on whole, and of progress the newest; the check
// of the pixels between two rounds is no phase to be shown.
func TestFeed(t *testing.T) {
	f := &feed{}
	if !f.move(result.Progress{Phase: result.PhaseTimed, Overall: 1}) || f.grow("a") || f.grow("b") || f.move(result.Progress{Phase: result.PhaseVerify, Overall: 2}) {
		t.Error("not called once for all that waits")
	}
	p, lanes := f.take()
	if p.Phase != result.PhaseTimed || p.Overall != 2 || !reflect.DeepEqual(lanes, []string{"a", "b"}) {
		t.Errorf("%+v, %q", p, lanes)
	}
	if !f.grow("c") {
		t.Error("not called again")
	}
	if p, lanes = f.take(); p.Overall != 2 || !reflect.DeepEqual(lanes, []string{"c"}) {
		t.Errorf("then %+v, %q", p, lanes)
	}
}
