package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// viewsLooked is how many views eachView shows.
const viewsLooked = 9 + 3 + 9

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
	do(t, ctx, click(id("auto")), click(id("method-check-hybrid")), click(id("method-check-browser-workers")))
	fill(t, ctx, "count", 100000)
	do(t, ctx, click(id("run")), visible(id("fault-count")))
	look("form")

	open(t, ctx, address)
	quick(t, ctx, 200)
	choose(t, ctx, "source", "http") // it must not be over while it is looked at
	fill(t, ctx, "latency_ms", 2000)
	do(t, ctx, click(id("run")), visible(id("cancel")))
	until(t, ctx, `(document.querySelector('`+string(id("progress"))+` progress')?.position || 0) > 0`)
	look("running")
	do(t, ctx, click(id("cancel")), gone(id("cancel")), enabled(id("run")))

	open(t, ctx, address)
	fill(t, ctx, "count", 4)
	do(t, ctx, click(id("method-check-browser")), click(id("method-check-browser-workers")),
		click(id("run")), visible(id("lanes-browser-workers")))
	until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	look("result")
	unfoldAll(t, ctx)
	look("history")
	do(t, ctx, click(chromedp.CSS(`[data-testid^="pair-"]`)), visible(id("close")))
	until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	look("pictures")
	do(t, ctx, click(id("close")))

	open(t, ctx, address)
	quick(t, ctx, 1)
	choose(t, ctx, "over", "workers")
	do(t, ctx, click(id("run")), visible(id("sweep-result")))
	until(t, ctx, `document.querySelector('`+string(id("sweep-result"))+`').dataset.shown === '2'`)
	look("sweep")

	do(t, ctx, navigate(address+"/waiting"), visible(id("press")), click(id("crowd-10")), click(id("span-0.2")), click(id("press")),
		visible(id("way-processes")), enabled(id("press")))
	look("waiting")

	do(t, ctx, navigate(address+"/?run=nosuch"), visible(id("error")))
	look("error")
}

// eachGuideView looks at the lesson as a presenter's tab shows it.
func eachGuideView(t *testing.T, ctx context.Context, address string, look func(view string)) {
	t.Helper()
	openClass(t, ctx, address) // whose tab leads from then on
	openGuide(t, ctx, address)
	do(t, ctx, visible(id("follow")))
	look("guide")

	atStep(t, ctx, "computing")
	do(t, ctx, click(id("run-0")), visible(id("verdict-0")), visible(id("lanes-threading")))
	look("guide-result")

	atStep(t, ctx, "costs")
	do(t, ctx, click(id("run-3")), visible(id("stress-3")))
	look("guide-stress")
}

// atStep goes to a step of the lesson.
func atStep(t *testing.T, ctx context.Context, step string) {
	t.Helper()
	do(t, ctx, click(id("step-"+step)))
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
	do(t, ctx, click(id("ask")), visible(id("round")))
	look("class-asked")

	openJoin(t, ctx, address)
	do(t, ctx, visible(id("predict")), click(id("predict-threading")))
	look("join-predict")
	do(t, ctx, click(id("send")))
	shows(t, ctx, "send", "✓")

	openClassAgain(t, ctx, address)
	do(t, ctx, click(id("measure")), enabled(id("reveal")))
	look("class-measured")
	openJoin(t, ctx, address)
	do(t, ctx, visible(id("closed")))
	look("join-closed")

	openClassAgain(t, ctx, address)
	do(t, ctx, click(id("reveal")), visible(id("votes")))
	openJoin(t, ctx, address)
	do(t, ctx, visible(id("own-verdict")))
	look("join-revealed")
	do(t, ctx, click(id("measure-here")), visible(id("own-time")))
	until(t, ctx, `document.querySelector('`+string(id("chart"))+`').dataset.browsers === '1'`)
	look("join-own")
	openClassAgain(t, ctx, address)
	until(t, ctx, `document.querySelector('`+string(id("chart"))+`')?.dataset.browsers === '1'`)
	look("class-revealed")
	do(t, ctx, click(id("end")), gone(id("chart")))
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
	press("lang", "document.documentElement.lang === '"+lang+"'")
	// Without a choice of the reader's the colours are the system's, and these
	// are light in the tests.
	press("theme", "(document.documentElement.dataset.theme || 'light') === '"+colours(dark)+"'")
}
