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
	ctx := growingRun(t, 5)

	// The first image is read for 500 ms and more: near the left end, whatever the
	// axis, there is a span.
	for x := 3; eval[bool](t, ctx, element(id("tip"))+".hidden"); x = 7 - x { // the page may move below the pointer
		point := eval[[]float64](t, ctx, `(() => {
			const canvas = `+growing+`;
			canvas.scrollIntoView({block: 'center'});
			const box = canvas.getBoundingClientRect();
			return [box.left + `+strconv.Itoa(x)+`, box.top + box.height / 2];
		})()`)
		do(t, ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, point[0], point[1]))
	}
	if got := text(t, ctx, "tip"); !strings.Contains(got, "ms") || !strings.Contains(got, "worker 1") || strings.Contains(got, "undefined") {
		t.Errorf("to the pointer a growing span says %q", got)
	}
	// The pointer stays where it is: only one that moves takes the mark.
	do(t, ctx, focused(id("growing-sequential")), chromedp.KeyEvent(kb.Home))
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
	do(t, ctx, click(id("cancel")), gone(id("growing-sequential")), gone(id("tip")))
}
