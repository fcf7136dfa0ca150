package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// viewsLooked is how many views eachView shows.
const viewsLooked = 8 + 3 + 9

// eachView brings the page through its views and calls look at each. The server
// must have been started with presenterToken.
func eachView(t *testing.T, ctx context.Context, address string, look func(view string)) {
	t.Helper()
	eachLabView(t, ctx, address, look)
	eachGuideView(t, ctx, address, look)
	eachClassView(t, ctx, address, look)
}

func eachLabView(t *testing.T, ctx context.Context, address string, look func(view string)) {
	t.Helper()
	open(t, ctx, address)
	until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	look("lab")

	unfoldAll(t, ctx)
	choose(t, ctx, "source", "http")
	do(t, ctx, chromedp.Click(id("auto")), chromedp.Click(id("method-check-hybrid")), chromedp.Click(id("method-check-browser-workers")))
	fill(t, ctx, "count", 100000)
	do(t, ctx, chromedp.Click(id("run")), chromedp.WaitVisible(id("fault-count")))
	look("form")

	open(t, ctx, address)
	quick(t, ctx, 200)
	do(t, ctx, chromedp.Click(id("run")), chromedp.WaitVisible(id("cancel")))
	until(t, ctx, `(document.querySelector('`+string(id("progress"))+` progress')?.position || 0) > 0`)
	look("running")
	do(t, ctx, chromedp.Click(id("cancel")), chromedp.WaitNotPresent(id("cancel")), chromedp.WaitEnabled(id("run")))

	open(t, ctx, address)
	fill(t, ctx, "count", 4)
	do(t, ctx, chromedp.Click(id("method-check-browser")), chromedp.Click(id("method-check-browser-workers")),
		chromedp.Click(id("run")), chromedp.WaitVisible(id("lanes-browser-workers")))
	until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	look("result")
	unfoldAll(t, ctx)
	look("history")
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-testid^="pair-"]`)), chromedp.WaitVisible(id("close")))
	until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	look("pictures")
	do(t, ctx, chromedp.Click(id("close")))

	open(t, ctx, address)
	quick(t, ctx, 1)
	choose(t, ctx, "over", "workers")
	do(t, ctx, chromedp.Click(id("run")), chromedp.WaitVisible(id("sweep-result")))
	until(t, ctx, `document.querySelector('`+string(id("sweep-result"))+`').dataset.shown === '2'`)
	look("sweep")

	do(t, ctx, chromedp.Navigate(address+"/?run=nosuch"), chromedp.WaitVisible(id("error")))
	look("error")
}

// eachGuideView looks at the lesson as a presenter's tab shows it.
func eachGuideView(t *testing.T, ctx context.Context, address string, look func(view string)) {
	t.Helper()
	openClass(t, ctx, address) // whose tab leads from then on
	openGuide(t, ctx, address)
	do(t, ctx, chromedp.WaitVisible(id("follow")))
	look("guide")

	atStep(t, ctx, "computing")
	do(t, ctx, chromedp.Click(id("run-0")), chromedp.WaitVisible(id("verdict-0")), chromedp.WaitVisible(id("lanes-threading")))
	look("guide-result")

	atStep(t, ctx, "stress")
	do(t, ctx, chromedp.Click(id("run-0")), chromedp.WaitVisible(id("stress-0")))
	look("guide-stress")
}

// atStep goes to a step of the lesson.
func atStep(t *testing.T, ctx context.Context, step string) {
	t.Helper()
	do(t, ctx, chromedp.Click(id("step-"+step)))
	until(t, ctx, `document.querySelector('`+string(id("step-"+step))+`').getAttribute('aria-current') === 'step'`)
}

// eachClassView leads a class through a question, in one tab: now the
// presenter's, now a student's.
func eachClassView(t *testing.T, ctx context.Context, address string, look func(view string)) {
	t.Helper()
	openJoin(t, ctx, address)
	look("join")
	openClass(t, ctx, address)
	until(t, ctx, `(i => i.complete && i.naturalWidth > 0)(document.querySelector('`+string(id("qr"))+`'))`)
	look("class")

	choose(t, ctx, "question", "computing/0")
	do(t, ctx, chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")), chromedp.WaitVisible(id("round")))
	look("class-asked")

	openJoin(t, ctx, address)
	do(t, ctx, chromedp.WaitVisible(id("predict")), chromedp.Click(id("predict-threading")))
	look("join-predict")
	do(t, ctx, chromedp.WaitEnabled(id("send")), chromedp.Click(id("send")))
	shows(t, ctx, "send", "✓")

	openClassAgain(t, ctx, address)
	do(t, ctx, chromedp.WaitEnabled(id("measure")), chromedp.Click(id("measure")), chromedp.WaitEnabled(id("reveal")))
	look("class-measured")
	openJoin(t, ctx, address)
	do(t, ctx, chromedp.WaitVisible(id("closed")))
	look("join-closed")

	openClassAgain(t, ctx, address)
	do(t, ctx, chromedp.WaitEnabled(id("reveal")), chromedp.Click(id("reveal")), chromedp.WaitVisible(id("votes")))
	openJoin(t, ctx, address)
	do(t, ctx, chromedp.WaitVisible(id("own-verdict")))
	look("join-revealed")
	do(t, ctx, chromedp.WaitEnabled(id("measure-here")), chromedp.Click(id("measure-here")), chromedp.WaitVisible(id("own-time")))
	until(t, ctx, `document.querySelector('`+string(id("chart"))+`').dataset.browsers === '1'`)
	look("join-own")
	openClassAgain(t, ctx, address)
	until(t, ctx, `document.querySelector('`+string(id("chart"))+`')?.dataset.browsers === '1'`)
	look("class-revealed")
	do(t, ctx, chromedp.WaitEnabled(id("end")), chromedp.Click(id("end")), chromedp.WaitNotPresent(id("chart")))
}

func unfoldAll(t *testing.T, ctx context.Context) {
	t.Helper()
	eval[bool](t, ctx, "document.querySelectorAll('details').forEach(d => d.open = true), true")
}

// setLook shows the page in a language and in light or dark colours.
func setLook(t *testing.T, ctx context.Context, lang string, dark bool) {
	t.Helper()
	press := func(button, condition string) {
		if !eval[bool](t, ctx, condition) {
			eval[bool](t, ctx, `document.querySelector('`+string(id(button))+`').click(), true`)
			until(t, ctx, condition)
		}
	}
	theme := "light"
	if dark {
		theme = "dark"
	}
	press("lang", "document.documentElement.lang === '"+lang+"'")
	// Without a choice of the reader's the colours are the system's, and these
	// are light in the tests.
	press("theme", "(document.documentElement.dataset.theme || 'light') === '"+theme+"'")
}
