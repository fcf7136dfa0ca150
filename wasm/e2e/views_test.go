package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// eachView brings the page through its views and calls look at each.
func eachView(t *testing.T, ctx context.Context, address string, look func(view string)) {
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
