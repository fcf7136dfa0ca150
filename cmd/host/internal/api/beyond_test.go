package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"carriles/executor/batch/lesson"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

func TestSweepBodies(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, tt := range []struct{ path, body, code, field string }{
		{"sweep", `{}`, "missing", "over"},
		{"sweep", `{"over":"luck"}`, "unknown_name", "over"},
		{"sweep", `{"over":"latency_ms"}`, "contradiction", "over"},
		{"sweep/", `{"over":"intensity","filters":["sharpen"],"values":[1,11]}`, "out_of_range", "values[1]"},
		{"runs", `{"values":[1,2]}`, "missing", "over"},
		{"process-batch/compare-all", `{"over":"workers"}`, "unknown_field", "over"},
	} {
		e := l.do("POST", "/api/"+tt.path, tt.body).fault(t, 400, tt.code)
		if e.Field != tt.field || e.Allowed == "" {
			t.Errorf("%s %s: %+v", tt.path, tt.body, e)
		}
	}
	l.quiet()
}

// The slow endpoint gives the image that is named, and nothing outside of the
// lab's images.
func TestSlowImageByName(t *testing.T) {
	l := open(t, twoPhotos(t))
	r := l.do("GET", "/api/image/slow/?delay=0&name=b.png", "")
	if r.code != 200 || string(r.body) != string(pngOf(t, 20, 10)) {
		t.Errorf("b.png: %d with %d bytes", r.code, len(r.body))
	}
	for _, name := range []string{"c.jpg", "../processed/x.jpg", "../../etc/passwd", "%2fetc%2fpasswd", "ATTRIBUTION.md", "."} {
		l.do("GET", "/api/image/slow/?delay=0&name="+name, "").fault(t, 404, "not_found")
	}
}

func TestGuideIsServed(t *testing.T) {
	l := open(t, twoPhotos(t))
	r := l.do("GET", "/api/guide/", "")
	var g lesson.Lesson
	if err := json.Unmarshal(r.body, &g); err != nil || r.code != 200 {
		t.Fatalf("%d, %v", r.code, err)
	}
	if want := lesson.Guide(); len(g.Steps) != len(want.Steps) || g.Minutes != 45 || g.Title != want.Title {
		t.Errorf("%d steps of %d minutes, %+v", len(g.Steps), g.Minutes, g.Title)
	}
}

// The timelines have an address of their own and stand in no other answer.
func TestTimeline(t *testing.T) {
	l := open(t, twoPhotos(t))
	r := l.do("POST", "/api/process-batch/compare-all/", `{"count":2}`)
	if r.code != 200 || strings.Contains(string(r.body), "timelines") {
		t.Errorf("%d; %s", r.code, r.body)
	}
	id := l.runs.List()[0].ID
	var line struct {
		State     result.State      `json:"state"`
		Timelines []result.Timeline `json:"timelines"`
	}
	if err := json.Unmarshal(l.do("GET", "/api/runs/"+id+"/timeline/", "").body, &line); err != nil {
		t.Fatal(err)
	}
	if line.State != result.Done || len(line.Timelines) != 1 || line.Timelines[0].Method != request.Sequential {
		t.Errorf("timeline %+v", line)
	}
	if r := l.do("GET", "/api/runs/"+id+"/", ""); r.code != 200 || strings.Contains(string(r.body), "timelines") {
		t.Errorf("the run: %d; %s", r.code, r.body)
	}
	l.do("GET", "/api/runs/nope/timeline", "").fault(t, 404, "not_found")
}

// What this system lacks is refused with the reason, by every endpoint.
func TestLackingTransport(t *testing.T) {
	l := open(t, twoPhotos(t))
	l.lacks[request.TransportShm] = text.Sprintf("aquí no", "not here")
	for _, path := range runners {
		e := l.do("POST", "/api/"+path, `{"transport":"shm"}`).fault(t, 400, "unavailable")
		if e.Field != "transport" || e.Error != "aquí no" || e.Allowed != "uno de: path, pipe, pixels" {
			t.Errorf("%s: %+v", path, e)
		}
	}
	var c request.Catalogue
	if err := json.Unmarshal(l.do("GET", "/api/filters/", "").body, &c); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.Transports, func(o request.Option) bool { return o.Name == request.TransportShm })
	if i < 0 || c.Transports[i].Lacks == nil || len(c.Sources) != 2 || len(c.SweepAxes) != 5 {
		t.Errorf("catalogue %+v", c)
	}
	l.quiet()
}

// What a run leaves as evidence is a file, or a sentence that says why there is
// none.
func TestEvidence(t *testing.T) {
	l := open(t, twoPhotos(t))
	if r := l.do("POST", "/api/process-batch/compare-all/", `{"count":2}`); r.code != 200 {
		t.Fatalf("%d: %s", r.code, r.body)
	}
	id := l.runs.List()[0].ID
	for file, want := range map[string]struct{ kind, inside string }{
		"csv":            {"text/csv; charset=utf-8", "run,"},
		"report":         {"text/html; charset=utf-8", `<html lang="es"`},
		"report?lang=en": {"text/html; charset=utf-8", `<html lang="en"`},
		"report?lang=xx": {"text/html; charset=utf-8", `<html lang="es"`},
	} {
		r := l.do("GET", "/api/runs/"+id+"/"+file, "")
		if r.code != 200 || r.header.Get("Content-Type") != want.kind || !strings.Contains(string(r.body), want.inside) {
			t.Errorf("%s: %d, %s, %.200s", file, r.code, r.header, r.body)
		}
		disposition := "attachment"
		if strings.HasPrefix(file, "report") { // it is read in a tab
			disposition = "inline"
			if policy := r.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-same-origin") {
				t.Errorf("%s: the policy %q", file, policy)
			}
		}
		if name := r.header.Get("Content-Disposition"); !strings.HasPrefix(name, disposition+";") || !strings.Contains(name, id) {
			t.Errorf("%s: %q", file, name)
		}
	}
	l.do("GET", "/api/runs/"+id+"/trace/", "").fault(t, 404, "not_found") // its lanes are empty
	for _, file := range []string{"trace", "csv", "report"} {
		l.do("GET", "/api/runs/nope/"+file+"/", "").fault(t, 404, "not_found")
	}
}
