package e2e

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestUpload brings an own picture, and a file that is none: the one is
// measured, the other refused by name.
func TestUpload(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	// The answer to an upload of which nothing was taken is an error.
	watch(t, ctx, address)
	open(t, ctx, address)

	own, bad := filepath.Join(t.TempDir(), "mía.png"), filepath.Join(t.TempDir(), "nota.png")
	img := image.NewNRGBA(image.Rect(0, 0, 64, 48))
	img.Set(3, 3, color.White)
	f, err := os.Create(own)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := os.WriteFile(bad, []byte("<svg/>"), 0o644); err != nil {
		t.Fatal(err)
	}
	uploaded := chromedp.CSS(`[data-testid^="photo-uploads/"]`)
	do(t, ctx, files(id("upload"), own, bad), present(uploaded))
	until(t, ctx, "document.body.innerText.includes('nota.png')") // the file that was refused is named
	// Only the own picture: the others are unchosen.
	eval[int](t, ctx, `[...document.querySelectorAll('[data-testid^="photo-"]')]
		.filter(c => c.checked && !c.dataset.testid.startsWith('photo-uploads/'))
		.map(c => c.click()).length`)
	quick(t, ctx, 1)
	do(t, ctx, click(id("run")), visible(id("verdict")))
	outputs, err := filepath.Glob(filepath.Join(s.static, "processed", "m-a-*_blur-sharpen_*.png"))
	if err != nil || len(outputs) != 3 {
		t.Errorf("outputs %v, %v; want one of each method", outputs, err)
	}
}

// TestBadValuesAreNamed types what is not allowed: it is said beside the
// field, and nothing is sent.
func TestBadValuesAreNamed(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	fill(t, ctx, "count", 100000)
	do(t, ctx, click(id("run")), visible(id("fault-count")))
	if got := text(t, ctx, "fault-count"); !strings.Contains(got, "200") {
		t.Errorf("the fault is %q, want what is allowed", got)
	}
	if runs := fetched[int](t, ctx, "/api/runs/", "a.runs.length"); runs != 0 {
		t.Errorf("%d runs were started, want none", runs)
	}
}
