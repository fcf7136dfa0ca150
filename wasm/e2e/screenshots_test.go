package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScreenshots takes a picture of each view into the folder
// CARRILES_SCREENSHOTS, for people to look at. It tests nothing, and runs only
// when asked.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("CARRILES_SCREENSHOTS")
	if folder == "" {
		t.Skip("CARRILES_SCREENSHOTS is not set")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	for _, screen := range []struct {
		name          string
		width, height int
		projector     bool
	}{
		{"360", 360, 740, false}, {"1280", 1280, 800, false}, {"1920", 1920, 1080, false}, {"1920-projector", 1920, 1080, true},
	} {
		t.Run(screen.name, func(t *testing.T) {
			ctx := chromiumFor(t, longPatience)
			options := []chromedp.EmulateViewportOption{}
			if screen.width < 600 {
				options = append(options, chromedp.EmulateScale(2), chromedp.EmulateMobile)
			}
			do(t, ctx, chromedp.EmulateViewport(int64(screen.width), int64(screen.height), options...))
			if screen.projector {
				open(t, ctx, address)
				do(t, ctx, click(id("projector")))
			}
			eachView(t, ctx, address, func(view string) {
				for _, lang := range []string{"es", "en"} {
					for _, dark := range []bool{false, true} {
						setLook(t, ctx, lang, dark)
						shoot(t, ctx, filepath.Join(folder, fmt.Sprintf("%s-%s-%s-%s.jpg", view, screen.name, lang, colours(dark))))
					}
				}
			})
		})
	}
}

func colours(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}

// shoot takes a picture of the whole page, however long it is.
func shoot(t *testing.T, ctx context.Context, file string) {
	t.Helper()
	// What sticks to the window's edge would be in the middle of it.
	eval[bool](t, ctx, "document.querySelectorAll('.go').forEach(e => { e.style.position = 'static'; }), true")
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(80))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
