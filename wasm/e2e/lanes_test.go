package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestLanes looks at the race of a run: the spans on the canvas, what they say
// to the pointer and to the keyboard, their sums in the table, and the race run
// again.
func TestLanes(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	quick(t, ctx, 2)
	unfold(t, ctx, "workers")
	fill(t, ctx, "workers", 2) // on a machine with one processor too
	do(t, ctx, click(id("run")), visible(id("verdict")))
	until(t, ctx, `document.querySelector('`+string(id("race"))+`').dataset.shown === '3'`)
	for _, m := range guideMethods {
		// Decoding, filtering and encoding at least; the rest may be too short.
		if n := eval[int](t, ctx, coloursOf(string(id("lanes-"+m)))); n < 3 {
			t.Errorf("the lanes of %s have %d colours", m, n)
		}
	}

	move := func(x, y float64) {
		do(t, ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
	}
	// Where spans lie depends on how long the slowest method took.
	tip := ""
	for at := 0.0; at < 1 && !strings.Contains(tip, "image "); at += 0.005 {
		point := eval[[]float64](t, ctx, `(() => {
			const canvas = `+element(id("lanes-sequential"))+`;
			canvas.scrollIntoView({block: 'center'});
			const box = canvas.getBoundingClientRect();
			return [box.left + box.width * `+fmt.Sprint(at)+`, box.top + box.height / 2];
		})()`)
		move(point[0], point[1])
		tip = eval[string](t, ctx, "(tip => tip.hidden ? '' : tip.innerText)("+element(id("tip"))+")")
	}
	if !strings.Contains(tip, "ms") || !strings.Contains(tip, "image ") || !strings.Contains(tip, "worker 1") {
		t.Errorf("to the pointer a span says %q", tip)
	}
	move(1, 1)
	do(t, ctx, hidden(id("tip")))

	attribute := func(name, canvas string) string { return element(id(canvas)) + ".getAttribute('aria-" + name + "')" }
	do(t, ctx, focused(id("lanes-sequential")), chromedp.KeyEvent(kb.ArrowRight))
	first := text(t, ctx, "tip")
	until(t, ctx, attribute("valuetext", "lanes-sequential")+" === "+element(id("tip"))+".textContent")
	do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	until(t, ctx, attribute("valuenow", "lanes-sequential")+" === '2'")
	if second := text(t, ctx, "tip"); second == first {
		t.Errorf("the next span says the same: %q", second)
	}
	do(t, ctx, focused(id("lanes-multiprocessing")), chromedp.KeyEvent(kb.ArrowDown))
	until(t, ctx, "/worker 2/.test("+attribute("valuetext", "lanes-multiprocessing")+")")
	do(t, ctx, chromedp.KeyEvent(kb.Escape), hidden(id("tip")))

	unfold(t, ctx, "lanes-table")
	run := eval[string](t, ctx, "new URLSearchParams(location.search).get('run')")
	want := fetched[string](t, ctx, "/api/runs/"+run+"/timeline/", `a.timelines.find(m => m.method === 'sequential').lanes[0].spans
		.filter(s => s.stage === 'decode').reduce((sum, s) => sum + (s.end_s - s.start_s) * 1000, 0).toFixed(1)`)
	if got := strings.ReplaceAll(text(t, ctx, "lane-sum-sequential"), ",", ""); !strings.Contains(got, want) {
		t.Errorf("the row of sequential is %q, want %s ms of decoding in it", got, want)
	}

	media(t, ctx, "prefers-reduced-motion", "no-preference")
	const playing = `document.querySelector('[data-testid="race"]').dataset.playing !== undefined`
	// What was played is over soon: an observer remembers that it was.
	eval[bool](t, ctx, `(() => {
		new MutationObserver(() => { window.played = true; }).observe(
			document.querySelector('[data-testid="race"]'), {attributes: true, attributeFilter: ['data-playing']});
		return true;
	})()`)
	do(t, ctx, visible(id("play")), click(id("play")))
	until(t, ctx, `window.played === true && !(`+playing+`)`)
}

// TestRunByItsLink opens a run that was made elsewhere: from the list of
// earlier ones, by its address alone, and one that does not exist.
func TestRunByItsLink(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	run := measured(t, address+"/api/process-batch/compare/", `{"count": 1, "filters": ["blur"], "pool": "cold"}`)
	ctx := chromium(t)
	watch(t, ctx, address, "/api/runs/nosuch/")
	open(t, ctx, address)
	unfold(t, ctx, "run-"+run)
	do(t, ctx, click(id("run-"+run)))
	fromList := text(t, ctx, "verdict")
	until(t, ctx, "location.search === '?run="+run+"'")
	do(t, ctx, navigate(address+"/?run="+run))
	if got := text(t, ctx, "verdict"); got != fromList || got == "" {
		t.Errorf("by its address the run says %q, from the list %q", got, fromList)
	}
	// Over the verdict stands what was measured; the form has it, and the curl line.
	shows(t, ctx, "settings", "blur 2 · 1 image · ")
	until(t, ctx, `/"count":1[,}]/.test(`+element(id("curl"))+`.textContent) && /"filters":\["blur"\]/.test(`+element(id("curl"))+`.textContent)`)
	do(t, ctx, gone(id("changed")))
	if got := eval[string](t, ctx, element(id("count"))+".value"); got != "1" {
		t.Errorf("the form's count is %s", got)
	}
	fill(t, ctx, "count", 2)
	do(t, ctx, visible(id("changed")), click(id("restore")), gone(id("changed")))
	if got := eval[string](t, ctx, element(id("count"))+".value"); got != "1" {
		t.Errorf("put back, the form's count is %s", got)
	}
	// Measured again it is another run, beside which the first one is set.
	do(t, ctx, click(id("again")))
	until(t, ctx, "location.search !== '?run="+run+"'")
	do(t, ctx, visible(id("verdict")))
	again := eval[string](t, ctx, "new URLSearchParams(location.search).get('run')")
	choose(t, ctx, "compare-with", run)
	shows(t, ctx, "compared-said", "same")
	if rows := eval[int](t, ctx, element(id("compared-times"))+".querySelectorAll('tr').length"); rows != 3 {
		t.Errorf("%d rows of times", rows)
	}
	do(t, ctx, navigate(address+"/?run="+again+"&with="+run), visible(id("compared")), click(id("compare-close")), gone(id("compared")))
	do(t, ctx, navigate(address+"/?run="+run), visible(id("verdict")))
	until(t, ctx, `document.querySelector('`+string(id("race"))+`').dataset.shown === '2'`)
	if got := eval[string](t, ctx, `[...document.querySelectorAll('.evidence a')].map(a => a.getAttribute('href')).join()`); got !=
		fmt.Sprintf("/api/runs/%[1]s/report/?lang=%[2]s,/api/runs/%[1]s/trace/,/api/runs/%[1]s/csv/,/api/runs/%[1]s/", run, eval[string](t, ctx, "document.documentElement.lang")) {
		t.Errorf("the evidence is at %s", got)
	}
	do(t, ctx, navigate(address+"/?run=nosuch"), visible(id("error")))
}
