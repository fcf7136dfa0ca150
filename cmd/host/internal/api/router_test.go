package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestRoutesThatAreNotThere(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, path := range []string{
		"/api/nothing", "/api/health/x", "/api/process-batch", "/api/process-batch/gpu/", "/api/runs/x/y/",
		"/api//health", "/static/", "/static/images", "/static/images/", "/static/nothing.jpg",
	} {
		e := l.do("GET", path, "").fault(t, 404, "not_found")
		if !strings.Contains(e.Error, strings.TrimSuffix(path, "/")) {
			t.Errorf("%s: %q", path, e.Error)
		}
	}
	for _, path := range []string{"/", "/anything", "/guia"} {
		if r := l.do("GET", path, ""); r.code != 200 || string(r.body) != "the page" {
			t.Errorf("%s: %d %s", path, r.code, r.body)
		}
	}
}

func TestMethodsThatAreNotTaken(t *testing.T) {
	l := open(t, twoPhotos(t))
	tests := []struct {
		path    string
		allowed []string
	}{
		{"/api/health/", []string{"GET"}},
		{"/api/stats", []string{"GET"}},
		{"/api/filters/", []string{"GET"}},
		{"/api/topology/", []string{"GET"}},
		{"/api/image/4k/", []string{"GET"}},
		{"/api/image/info/", []string{"GET"}},
		{"/api/image/slow/", []string{"GET"}},
		{"/api/images/", []string{"POST"}},
		{"/api/process-batch/sequential", []string{"POST"}},
		{"/api/process-batch/compare-all/", []string{"POST"}},
		{"/api/process-batch/stress/", []string{"POST"}},
		{"/api/runs/", []string{"GET", "POST"}},
		{"/api/runs/x", []string{"DELETE", "GET"}},
		{"/api/runs/x/events/", []string{"GET"}},
		{"/api/class/", []string{"GET"}},
		{"/api/class/join/", []string{"POST"}},
		{"/api/class/control", []string{"POST"}},
		{"/api/class/events/", []string{"GET"}},
	}
	for _, tt := range tests {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH"} {
			if slices.Contains(tt.allowed, method) {
				continue
			}
			r := l.do(method, tt.path, "")
			r.fault(t, 405, "method_not_allowed")
			allow := r.header.Values("Allow")
			if slices.Sort(allow); !slices.Equal(allow, tt.allowed) {
				t.Errorf("%s %s: Allow %q, want %q", method, tt.path, allow, tt.allowed)
			}
		}
	}
	if r := l.do("POST", "/static/images/a.jpg", ""); r.code == 201 || r.code == 500 {
		t.Errorf("a POST to a file: %d %s", r.code, r.body)
	}
	if r := l.do("HEAD", "/api/health/", ""); r.code != 200 || len(r.body) != 0 {
		t.Errorf("HEAD: %d with %d bytes", r.code, len(r.body))
	}
	l.quiet()
}

func TestAbout(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, slash := range []string{"", "/"} {
		h := l.do("GET", "/api/health"+slash, "").object(t, 200, "go_version", "uptime_seconds")
		if h["status"] != "healthy" || h["service"] != "carriles" || h["version"] != "v1" {
			t.Errorf("health %v", h)
		}
		l.do("GET", "/api/topology"+slash, "").object(t, 200, "topology", "pool", "pool_reason", "load")
		f := l.do("GET", "/api/filters"+slash, "").object(t, 200, "filters", "engines", "methods", "fields", "pools", "default_chain",
			"max_steps", "pool_reason", "shapes", "max_upload", "limits")
		if len(f["filters"].([]any)) != 5 || f["max_upload"] != float64(10<<20) {
			t.Errorf("filters %v", f)
		}
	}
	if r := l.do("POST", "/api/process-batch/sequential/", ""); r.code != 200 {
		t.Fatalf("%s", r.body)
	}
	s := l.do("GET", "/api/stats/", "").object(t, 200, "uptime_seconds", "images", "runs", "server", "load")
	if s["images"] != float64(2) || s["runs"].(map[string]any)["done"] != float64(1) {
		t.Errorf("stats %v", s)
	}
}

func TestListRuns(t *testing.T) {
	l := open(t, twoPhotos(t))
	if got := string(l.do("GET", "/api/runs/", "").body); got != "{\n \"runs\": []\n}\n" {
		t.Errorf("no runs: %s", got)
	}
	l.do("POST", "/api/process-batch/compare/", "")
	var list struct{ Runs []map[string]any }
	if err := json.Unmarshal(l.do("GET", "/api/runs", "").body, &list); err != nil || len(list.Runs) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	if r := list.Runs[0]; r["state"] != "done" || r["result"] != nil || r["spec"] == nil || r["created"] == nil {
		t.Errorf("listed %v", r)
	}
}
