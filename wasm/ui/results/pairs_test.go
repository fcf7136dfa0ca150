package results

import (
	"testing"

	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"
)

func TestPairs(t *testing.T) {
	photos := []result.ImageInfo{{Name: "a b.jpg", URL: "/static/images/a%20b.jpg", PreviewURL: "/static/previews/a.jpg"}}
	res := result.MethodResult{Results: []result.TaskResult{
		{OriginalPath: "static/images/a b.jpg", ProcessedPath: "static/processed/a b_blur.jpg", PreviewPath: "/static/previews/x.jpg", Status: result.StatusSuccess, FileSize: 7, ProcessingTime: 0.5},
		{OriginalPath: "static/images/uploads/c.jpg", Status: result.StatusError, Error: "broken", ErrorText: &text.Text{ES: "rota", EN: "broken"}, Attempts: 3},
		{OriginalPath: "static/images/a b.jpg", ProcessedPath: "static/processed/again.jpg", Status: result.StatusSuccess},
		{OriginalPath: "static/images/uploads/c.jpg", Status: result.StatusError},
	}}
	pairs := Pairs(i18n.ES, res, photos)
	if len(pairs) != 3 {
		t.Fatalf("%d pairs, want the photograph once and both failures: %+v", len(pairs), pairs)
	}
	want := Pair{
		Name: "a b.jpg", Before: "/static/images/a%20b.jpg", BeforePreview: "/static/previews/a.jpg",
		After: "/static/processed/a%20b_blur.jpg", AfterPreview: "/static/previews/x.jpg", Seconds: 0.5, Bytes: 7,
	}
	if pairs[0] != want {
		t.Errorf("%+v, want %+v", pairs[0], want)
	}
	if pairs[1].Name != "uploads/c.jpg" || pairs[1].Error != "rota" || pairs[1].Attempts != 3 || pairs[1].After != "" {
		t.Errorf("%+v", pairs[1])
	}
	if pairs[1].Before != "/static/images/uploads/c.jpg" {
		t.Errorf("a photograph that is not listed: %q", pairs[1].Before)
	}
	if pairs[2].Error == "" {
		t.Error("a failure without a reason looks like a success")
	}
}

func TestBlobPairs(t *testing.T) {
	pairs := BlobPairs([]string{"a.jpg", "b.jpg"}, []string{"blob:1"}, nil)
	if len(pairs) != 1 || pairs[0].Name != "a.jpg" || pairs[0].After != "blob:1" || pairs[0].AfterPreview != "blob:1" {
		t.Errorf("%+v", pairs)
	}
}

func TestPathURL(t *testing.T) {
	for p, want := range map[string]string{
		"static/processed/a.jpg":  "/static/processed/a.jpg",
		"/static/processed/a.jpg": "/static/processed/a.jpg",
		"static/images/a b?#.jpg": "/static/images/a%20b%3F%23.jpg",
		"static/images/piña.jpg":  "/static/images/pi%C3%B1a.jpg",
	} {
		if got := PathURL(p); got != want {
			t.Errorf("PathURL(%q) = %q, want %q", p, got, want)
		}
	}
}
