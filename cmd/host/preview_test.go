package main

import (
	"bytes"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"carriles/cmd/host/internal/hosttest"
)

// TestPreviewsOfNewPhotographs puts a photograph with an awkward name into the
// folder of a running server: its preview is there when it is asked for.
func TestPreviewsOfNewPhotographs(t *testing.T) {
	s := start(t, smallPhotos(t))
	const name = "100% nueva #1?.png"
	if err := os.WriteFile(filepath.Join(s.dir, "images", name), hosttest.Encoded(t, "png", picture(600, 300, 7)), 0o644); err != nil {
		t.Fatal(err)
	}
	info := s.json("GET", "/api/image/info/", "", http.StatusOK)
	for i, entry := range info.list("images") {
		e := object(entry.(map[string]any))
		code, data := s.do("GET", e.text("preview_url"), "")
		preview, err := jpeg.Decode(bytes.NewReader(data))
		if code != http.StatusOK || err != nil {
			t.Errorf("preview %d of %s: %d, %v", i, e.text("name"), code, err)
			continue
		}
		if e.text("name") == name && preview.Bounds().Dx() != 480 {
			t.Errorf("the preview of 600 x 300 is %v, want 480 wide", preview.Bounds())
		}
		if code, _ := s.do("GET", e.text("url"), ""); code != http.StatusOK {
			t.Errorf("%s is answered %d", e.text("url"), code)
		}
	}
	if n := len(info.list("images")); n != len(smallPhotos(t))+1 {
		t.Errorf("%d photographs", n)
	}
	for _, path := range []string{"/static/previews/images/none.jpg.jpg", "/static/previews/images/..%2f..%2fx.jpg"} {
		if code, _ := s.do("GET", path, ""); code != http.StatusNotFound {
			t.Errorf("%s is answered %d", path, code)
		}
	}
}
