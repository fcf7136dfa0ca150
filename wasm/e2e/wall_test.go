package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// wallSizes are those of projectors.
var wallSizes = [][2]int64{{1280, 720}, {1920, 1080}}

// TestTheWall leads a question by one key, pressed where a clicker's keys go: in
// the wall's window. The wall shows the question, the lanes as they grow, no answer
// before the reveal, and then all of it within its edges.
func TestTheWall(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	console, student := chromium(t), chromium(t)
	openClass(t, console, address)
	wall, done := chromedp.NewContext(console) // another window of the same browser
	defer done()
	if err := chromedp.Do(wall); err != nil {
		t.Fatal(err)
	}
	watch(t, wall, address)
	do(t, wall, chromedp.EmulateViewport(1280, 720), navigate(address+"/wall?lang=en"), visible(id("stage-welcome")))
	onTheWall(t, wall, "welcome", id("address"))
	openJoin(t, student, address)
	shows(t, wall, "here", "1")

	do(t, console, click(id("nav.guide")), visible(id("follow")), click(id("follow")), click(id("step-computing")))
	do(t, wall, visible(id("stage-step")))
	onTheWall(t, wall, "step", id("ask"))
	press(t, wall, " ") // ask
	do(t, wall, visible(id("stage-question")))
	do(t, student, visible(id("predict-threading")), click(id("predict-threading")), click(id("send")))
	shows(t, wall, "predicted", "1 of 1")
	onTheWall(t, wall, "question", id("settings"), id("predicted"))

	press(t, wall, kb.PageDown) // measure
	do(t, wall, visible(id("stage-race")))
	until(t, wall, `Number(document.querySelector('[data-testid="growing"]')?.dataset.spans) > 0 || !document.querySelector('[data-testid="stage-race"]')`)
	onTheWall(t, wall, "race")
	do(t, wall, visible(id("stage-measured")))
	until(t, console, element(id("lead"))+"?.disabled === false")
	for _, name := range []string{"verdict", "expected", "votes"} {
		if eval[bool](t, wall, "!!"+element(id(name))) {
			t.Errorf("%s is on the wall before it is revealed", name)
		}
	}
	onTheWall(t, wall, "measured", id("settings"))

	press(t, wall, " ") // reveal
	do(t, wall, visible(id("stage-verdict")))
	until(t, wall, `document.querySelector('[data-drawing=race]').dataset.shown === '3'`)
	onTheWall(t, wall, "verdict", id("verdict"), id("settings"), id("expected"), id("votes"), "canvas[data-method=multiprocessing]")
	do(t, student, visible(id("reveal")), visible(id("sentence")))
	press(t, wall, kb.PageUp) // back
	do(t, wall, visible(id("stage-step")))
}

// onTheWall fails if something of the wall lies outside of it, at a projector's
// sizes. With CARRILES_SCREENSHOTS it keeps a picture of each.
func onTheWall(t *testing.T, ctx context.Context, stage string, whole ...chromedp.CSS) {
	t.Helper()
	var selectors []string
	for _, sel := range whole {
		selectors = append(selectors, quoted(string(sel)))
	}
	for _, size := range wallSizes {
		do(t, ctx, chromedp.EmulateViewport(size[0], size[1]))
		outside := eval[[]string](t, ctx, `(all => [
			...(document.documentElement.scrollHeight > innerHeight + 1 ? ['the page scrolls'] : []),
			...all.filter(s => { const r = document.querySelector(s)?.getBoundingClientRect();
				return !r || r.height < 4 || r.top < 0 || r.left < 0 || r.bottom > innerHeight + 1 || r.right > innerWidth + 1; }),
		])([`+strings.Join(selectors, ",")+`])`)
		if len(outside) > 0 {
			t.Errorf("%s at %v: outside of the wall: %q", stage, size, outside)
		}
		if dir := os.Getenv("CARRILES_SCREENSHOTS"); dir != "" {
			png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("wall-%s-%d.png", stage, size[0])), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
