package evidence

import (
	"reflect"
	"slices"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

// TestRequestAsksForTheSame sends the body of a spec through the parser: it
// must come out as it was.
func TestRequestAsksForTheSame(t *testing.T) {
	images := []string{"a.jpg", "uploads/ñ.png", "c.jpg"}
	lab := request.Lab{
		Limits: request.Limits{Count: 50, Stress: 50, Workers: 16, Executions: 10_000, Pixels: 1 << 28},
		Pool:   3, Images: images, Exists: func(name string) bool { return slices.Contains(images, name) },
	}
	sweep := request.Endpoint{Methods: request.GuideMethods(), MethodsField: true, Sweep: true}
	compare := request.Endpoint{Methods: request.GuideMethods(), MethodsField: true}
	stress := request.Endpoint{Methods: []string{request.Multiprocessing}, Stress: true}
	for _, c := range []struct {
		name, body, path string
		endpoint         request.Endpoint
	}{
		{"defaults", `{}`, "/api/process-batch/compare-all/", compare},
		{"fewer than the images", `{"count": 2, "images": ["c.jpg", "uploads/ñ.png", "a.jpg"]}`, "/api/process-batch/compare-all/", compare},
		{"hybrid", `{"methods": ["hybrid", "sequential"], "processes": 3, "threads": 4, "workers": 5}`, "/api/process-batch/compare-all/", compare},
		{"automatic", `{"rounds": "auto", "precision_percent": 3, "budget_s": 30, "warmup": 2}`, "/api/process-batch/compare-all/", compare},
		{"waiting", `{"source": "http", "latency_ms": 0}`, "/api/process-batch/compare-all/", compare},
		{"travelling", `{"transport": "pipe", "pool": "warm", "engine": "bild", "filters": ["blur", "blur"], "filter_params": {"blur": {"radius": 0.5}}}`, "/api/process-batch/compare-all/", compare},
		{"chaos", `{"chaos": {"kill_after": 2}}`, "/api/process-batch/compare-all/", compare},
		{"one", `{"rounds": 7}`, "/api/process-batch/threading/", request.Endpoint{Methods: []string{request.Threading}}},
		{"stress", `{"count": 40, "num_iterations": 3, "method": "threading"}`, "/api/process-batch/stress/", stress},
		{"automatic stress", `{"rounds": "auto", "method": "hybrid"}`, "/api/process-batch/stress/", stress},
		{"sweep", `{"over": "workers", "values": [1, 2, 4], "methods": ["sequential", "hybrid"], "rounds": 3}`, "/api/sweep/", sweep},
	} {
		want, err := request.Parse([]byte(c.body), c.endpoint, lab)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		path, body, err := requestOf(want)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, err := request.Parse(body, c.endpoint, lab)
		if err != nil {
			t.Fatalf("%s: %s: %v", c.name, body, err)
		}
		// Whom the number of workers comes from is not part of what is measured, and
		// images that are not reached need not be named.
		got.WorkersReason, want.WorkersReason = text.Text{}, text.Text{}
		got.Images, want.Images = got.UsedImages(), want.UsedImages()
		if path != c.path || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s %s asks for\n%+v\nwant\n%+v", c.name, path, body, got, want)
		}
	}
}

func TestCurl(t *testing.T) {
	got := curl("/api/process-batch/threading/", []byte(`{"images":["it's.jpg"]}`))
	want := `curl -X POST http://localhost:8000/api/process-batch/threading/ -H 'Content-Type: application/json' -d '{"images":["it'\''s.jpg"]}'`
	if got != want {
		t.Errorf("curl is\n%s\nwant\n%s", got, want)
	}
}
