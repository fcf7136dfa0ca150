package measure

import (
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
	got := BrowserRequest(Body{Request: request.Request{
		Filters: []string{"blur"}, Count: 4, Warmup: 1, Rounds: request.AutoRounds, PrecisionPercent: 5, BudgetS: 60,
		Workers: 2, Processes: 2, Threads: 2, Pool: "warm", Transport: "pipe", Methods: []string{"hybrid"},
	}})
	want := request.Request{Filters: []string{"blur"}, Count: 4, Warmup: 1, Rounds: 5}
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

// TestBrowserJob looks at what the first of several workers is told, and one that
// computes alone.
func TestBrowserJob(t *testing.T) {
	asked := Asked{Request: Body{Request: request.Request{Pool: request.Warm}}, BrowserWorkers: 3}
	if job := browserJob(asked, request.BrowserWorkers); job.Workers != 3 || job.Request.Pool != request.Warm || job.Method != request.BrowserWorkers {
		t.Errorf("the job of many is %+v", job)
	}
	if job := browserJob(asked, request.Browser); job.Workers != 0 || job.Request.Pool != "" || job.Method != request.Browser {
		t.Errorf("the job of one is %+v", job)
	}
}
