package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// slowly asks for a batch whose images come from a slow server: a round of one
// worker then lasts at least that long, whatever the machine.
func slowly(t *testing.T, ctx context.Context, images, latency int) {
	t.Helper()
	only(t, ctx, "sequential", "threading")
	quick(t, ctx, images)
	choose(t, ctx, "source", "http")
	fill(t, ctx, "latency_ms", latency)
}

const growing = `document.querySelector('[data-testid="growing-sequential"]')`

// TestLanesGrow watches the lanes of a run while it is measured: they grow
// before there is a verdict, and are then the result's, in the same places.
func TestLanesGrow(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	slowly(t, ctx, 8, 150) // 1.2 s of waiting: several of the server's ticks
	eval[bool](t, ctx, `(() => {
		window.seen = [];
		new MutationObserver(() => {
			const race = document.querySelector('[data-testid="race"]');
			if (race && race.dataset.spans && !document.querySelector('[data-testid="verdict"]') && seen.at(-1) !== race.dataset.spans) {
				seen.push(race.dataset.spans);
				race.querySelectorAll('canvas').forEach(c => { c.grew = true; });
			}
		}).observe(document.body, {attributes: true, childList: true, subtree: true, attributeFilter: ['data-spans']});
		return true;
	})()`)
	do(t, ctx, chromedp.Click(id("run")))
	until(t, ctx, growing+" && "+growing+".dataset.spans >= 10")
	if n := eval[int](t, ctx, coloursOf(string(id("growing-sequential")))); n < 3 {
		t.Errorf("the growing lane has %d colours", n)
	}
	if got := eval[string](t, ctx, growing+".closest('[aria-live]') === null ? '' : 'live'"); got != "" {
		t.Error("screen readers are told of every span")
	}
	do(t, ctx, chromedp.WaitVisible(id("verdict")))
	seen := eval[[]string](t, ctx, "window.seen")
	if len(slices.Compact(seen)) < 4 { // none yet, and two ticks of the slow round at least, and the other method
		t.Errorf("before the verdict the race showed %q spans", seen)
	}
	until(t, ctx, `document.querySelector('`+string(id("race"))+`').dataset.shown === '2'`)
	for _, m := range []string{"sequential", "threading"} {
		if !eval[bool](t, ctx, `document.querySelector('`+string(id("lanes-"+m))+`').grew === true`) {
			t.Errorf("the lanes of %s are not where they have grown", m)
		}
	}
	if eval[bool](t, ctx, "!!"+growing) {
		t.Error("after the run its lanes still grow")
	}
	// The same again, for who has nothing against motion: a frame is painted after
	// the other while the lanes grow, and none once they don't.
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "no-preference"}},
	}); err != nil {
		t.Fatal(err)
	}
	eval[bool](t, ctx, `(() => {
		window.painted = 0;
		window.frame = window.requestAnimationFrame.bind(window);
		window.requestAnimationFrame = f => window.frame(at => { window.painted++; f(at); });
		return true;
	})()`)
	do(t, ctx, chromedp.Click(id("run")))
	until(t, ctx, growing+" && "+growing+".dataset.spans >= 10 && window.painted >= 10")
	do(t, ctx, chromedp.WaitVisible(id("verdict")))
	until(t, ctx, `document.querySelector('`+string(id("race"))+`').dataset.shown === '2'`)
	still, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(done => window.frame(() => {
		const before = window.painted; // one that was asked for may still come
		window.frame(() => window.frame(() => done(window.painted === before)));
	}))`, chromedp.EvalAwaitPromise))
	if err != nil || !still {
		t.Errorf("frames are painted of lanes that do not grow (%v)", err)
	}
}

// TestLanesForTheLate opens a run in the middle of a round, finds its lanes so
// far, and cancels it.
func TestLanesForTheLate(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	slowly(t, ctx, 50, 300) // 15 s of waiting, which the test does not wait for
	do(t, ctx, chromedp.Click(id("run")))
	until(t, ctx, growing+" && "+growing+".dataset.spans >= 20")
	known := eval[int](t, ctx, "Number("+growing+".dataset.spans)")
	link := eval[string](t, ctx, "location.href")
	do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(link))
	until(t, ctx, fmt.Sprintf("%s && %s.dataset.spans >= %d", growing, growing, known))
	// Not by a pointer, under which a page that is being built moves.
	eval[bool](t, ctx, `document.querySelector('`+string(id("cancel"))+`').click(), true`)
	do(t, ctx, chromedp.WaitNotPresent(id("cancel")), chromedp.WaitNotPresent(id("growing-sequential")), chromedp.WaitEnabled(id("run")))
	if state := fetched[string](t, ctx, "/api/runs/"+link[strings.Index(link, "=")+1:]+"/", "a.state"); state != "cancelled" {
		t.Errorf("the run is %s", state)
	}
}

// TestBrowserLanesGrow has the browser's own methods measured: theirs grow too,
// one method after the other, beside what is measured already.
func TestBrowserLanesGrow(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	only(t, ctx)
	quick(t, ctx, 20) // some seconds: the page is drawn anew four times in one
	for _, m := range []string{"browser", "browser-workers"} {
		do(t, ctx, chromedp.Click(id("method-check-"+m)))
	}
	fill(t, ctx, "browser_workers", 2)
	eval[bool](t, ctx, `(() => {
		window.grown = {};
		new MutationObserver(() => {
			for (const c of document.querySelectorAll('canvas.growing')) {
				window.grown[c.dataset.method] = Math.max(window.grown[c.dataset.method] || 0, c.dataset.spans || 0);
			}
		}).observe(document.body, {attributes: true, childList: true, subtree: true, attributeFilter: ['data-spans']});
		return true;
	})()`)
	do(t, ctx, chromedp.Click(id("run")), chromedp.WaitVisible(id("growing-browser-workers")), chromedp.WaitVisible(id("lanes-browser")), chromedp.WaitVisible(id("lanes-browser-workers")))
	for _, m := range []string{"browser", "browser-workers"} {
		// Read, decode, filter and encode of a task at least.
		if n := eval[int](t, ctx, "window.grown['"+m+"']"); n < 4 {
			t.Errorf("the lanes of %s grew to %d spans", m, n)
		}
	}
}
