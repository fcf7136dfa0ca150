package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestGrowingLanesAnswer asks the lanes of a run for their spans while it is
// still measured, with the pointer and with the keyboard; the axis, which gets
// longer meanwhile, leaves the span marked.
func TestGrowingLanesAnswer(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	slowly(t, ctx, 50, 300) // 15 s of waiting, which the test does not wait for
	do(t, ctx, chromedp.Click(id("run")))
	until(t, ctx, growing+" && "+growing+".dataset.spans >= 5")

	// The first image is read for 300 ms and more: near the left end, whatever the
	// axis, there is a span.
	point := eval[[]float64](t, ctx, `(() => {
		const canvas = `+growing+`;
		canvas.scrollIntoView({block: 'center'});
		const box = canvas.getBoundingClientRect();
		return [box.left + 3, box.top + box.height / 2];
	})()`)
	do(t, ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, point[0], point[1]), chromedp.WaitVisible(id("tip")))
	if got := text(t, ctx, "tip"); !strings.Contains(got, "ms") || !strings.Contains(got, "worker 1") || strings.Contains(got, "undefined") {
		t.Errorf("to the pointer a growing span says %q", got)
	}
	// The pointer stays where it is: only one that moves takes the mark.
	do(t, ctx, chromedp.Focus(id("growing-sequential")), chromedp.KeyEvent(kb.Home))
	until(t, ctx, growing+`.getAttribute('aria-valuenow') === '1'`)
	said := ""
	for i := 2; i <= 5 && !strings.Contains(said, "image 1 ("); i++ { // past its start and waiting, as far as there were any
		do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
		until(t, ctx, growing+`.getAttribute('aria-valuenow') === '`+strconv.Itoa(i)+`'`)
		said = eval[string](t, ctx, growing+`.getAttribute('aria-valuetext')`)
	}
	if !strings.Contains(said, "image 1 (") || !strings.Contains(said, ".jpg)") {
		t.Errorf("the first worker's spans begin with %q", said)
	}
	axis := eval[string](t, ctx, `document.querySelector('.axis').textContent`)
	until(t, ctx, `document.querySelector('.axis').textContent !== `+quoted(axis))
	if got := text(t, ctx, "tip"); got != said {
		t.Errorf("on a longer axis the span says %q, before %q", got, said)
	}
	eval[bool](t, ctx, `document.querySelector('`+string(id("cancel"))+`').click(), true`)
	do(t, ctx, chromedp.WaitNotPresent(id("growing-sequential")), chromedp.WaitNotPresent(id("tip")))
}
