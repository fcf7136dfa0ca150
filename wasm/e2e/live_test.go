package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// slowly asks for a batch whose images come from a slow server: a round of one
// worker then lasts at least that long, whatever the machine.
func slowly(t *testing.T, ctx context.Context, images, latency int) {
	t.Helper()
	only(t, ctx, "sequential", "threading")
	quick(t, ctx, images)
	choose(t, ctx, "pool", "cold")
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
	slowly(t, ctx, 20, 300) // 6 s of waiting: many of the server's ticks, whatever stands still for a moment
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
	do(t, ctx, click(id("run")))
	until(t, ctx, growing+" && "+growing+".dataset.spans >= 10")
	if n := eval[int](t, ctx, coloursOf(string(id("growing-sequential")))); n < 3 {
		t.Errorf("the growing lane has %d colours", n)
	}
	if got := eval[string](t, ctx, growing+".closest('[aria-live]') === null ? '' : 'live'"); got != "" {
		t.Error("screen readers are told of every span")
	}
	do(t, ctx, visible(id("verdict")))
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
	media(t, ctx, "prefers-reduced-motion", "no-preference")
	eval[bool](t, ctx, `(() => {
		window.painted = 0;
		window.frame = window.requestAnimationFrame.bind(window);
		window.requestAnimationFrame = f => window.frame(at => { window.painted++; f(at); });
		return true;
	})()`)
	do(t, ctx, click(id("run")))
	until(t, ctx, growing+" && "+growing+".dataset.spans >= 10 && window.painted >= 10")
	do(t, ctx, visible(id("verdict")))
	until(t, ctx, `document.querySelector('`+string(id("race"))+`').dataset.shown === '2'`)
	// Those that were asked for may still come.
	eval[bool](t, ctx, `new Promise(done => {
		const look = before => {
			const now = window.painted;
			if (now === before) {
				done(true);
			} else {
				window.frame(() => window.frame(() => look(now)));
			}
		};
		look(-1);
	})`)
}

// growingRun has a page measure for longer than a test takes, until so many spans
// of the first method are drawn.
func growingRun(t *testing.T, spans int) context.Context {
	t.Helper()
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	slowly(t, ctx, 200, 500) // 100 s of waiting
	do(t, ctx, click(id("run")))
	until(t, ctx, fmt.Sprintf("%s && %s.dataset.spans >= %d", growing, growing, spans))
	return ctx
}

// TestLanesForTheLate opens a run in the middle of a round, finds its lanes so
// far, and cancels it.
func TestLanesForTheLate(t *testing.T) {
	ctx := growingRun(t, 20)
	known := eval[int](t, ctx, "Number("+growing+".dataset.spans)")
	link := eval[string](t, ctx, "location.href")
	do(t, ctx, navigate("about:blank"), navigate(link))
	until(t, ctx, fmt.Sprintf("%s && %s.dataset.spans >= %d", growing, growing, known))
	do(t, ctx, click(id("cancel")), gone(id("cancel")), gone(id("growing-sequential")), enabled(id("run")))
	if state := fetched[string](t, ctx, "/api/runs/"+link[strings.Index(link, "=")+1:]+"/", "a.state"); state != "cancelled" {
		t.Errorf("the run is %s", state)
	}
}

// TestBrowserLanesGrow has the browser's own methods measured: theirs grow too.
// What is measured is cancelled then: how long it takes is the machine's affair,
// and the page tells of it four times a second.
func TestBrowserLanesGrow(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	fourThreads(t, ctx)
	open(t, ctx, address)
	only(t, ctx)
	quick(t, ctx, 200)
	eval[bool](t, ctx, `(() => {
		window.grown = {};
		new MutationObserver(() => {
			for (const c of document.querySelectorAll('canvas.growing')) {
				window.grown[c.dataset.method] = Math.max(window.grown[c.dataset.method] || 0, c.dataset.spans || 0);
			}
		}).observe(document.body, {attributes: true, childList: true, subtree: true, attributeFilter: ['data-spans']});
		return true;
	})()`)
	for _, m := range []string{"browser", "browser-workers"} {
		do(t, ctx, click(id("method-check-"+m)))
		if m == "browser-workers" {
			fill(t, ctx, "browser_workers", 2)
		}
		do(t, ctx, click(id("run")))
		// Read, decode, filter and encode of a task at least.
		until(t, ctx, "window.grown['"+m+"'] >= 4")
		do(t, ctx, click(id("browser-cancel")), gone(id("growing-"+m)), enabled(id("run")), click(id("method-check-"+m)))
	}
	// Both after the other: what is measured already stands beside what grows.
	quick(t, ctx, 1)
	for _, m := range []string{"browser", "browser-workers"} {
		do(t, ctx, click(id("method-check-"+m)))
	}
	do(t, ctx, click(id("run")), visible(id("lanes-browser")), visible(id("lanes-browser-workers")), gone("canvas.growing"))
}
