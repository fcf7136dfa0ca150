package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A page changes while a test looks at it: what was found may be drawn anew,
// moved or renamed before the next message to the browser arrives. Each step
// below is therefore one script, which looks and acts without anything in
// between. chromedp's own steps are several messages, and read a copy of the
// page that lags behind it.

// step is something done in a page.
type step = chromedp.Action[chromedp.Void]

// lookEvery is how often a page is asked for what has not come yet. It is asked
// from here and not by its own frames: some tests count these.
const lookEvery = 10 * time.Millisecond

// answer is what a script has given, or why it has not.
type answer[T any] struct {
	Value *T     `json:"value"`
	Why   string `json:"why"`
}

// awaited runs a script until its value is not null. That it throws, because
// something is not there yet, is no failure. Its clicks count as the user's.
func awaited[T any](script string) chromedp.Action[T] {
	whole := `(() => {
		try {
			return {value: (` + script + `) ?? null, why: ''};
		} catch (e) {
			return {value: null, why: String(e)};
		}
	})()`
	user := func(p *runtime.EvaluateParams) { p.UserGesture = new(true) }
	return func(ctx context.Context, target *chromedp.Target) (value T, err error) {
		last := "it is not so"
		ctx, done := context.WithTimeoutCause(ctx, awaitedFor, fmt.Errorf("not within %v", awaitedFor))
		defer done()
		for {
			a, err := chromedp.Evaluate[answer[T]](whole, user)(ctx, target)
			var protocol *cdproto.Error
			switch {
			case err == nil && a.Value != nil:
				return *a.Value, nil
			case err == nil && a.Why != "":
				last = a.Why
			case errors.As(err, &protocol):
				last = err.Error() // as when another page is just taking the place of this one
			case err != nil && ctx.Err() == nil:
				return value, fmt.Errorf("%s: %w", script, err)
			}
			select {
			case <-ctx.Done():
				return value, fmt.Errorf("%s: %w; last: %s", script, context.Cause(ctx), last)
			case <-time.After(lookEvery):
			}
		}
	}
}

// holds waits for a condition.
func holds(condition string) step { return done(awaited[bool]("(" + condition + ") ? true : null")) }

// done leaves the value of an action out.
func done[T any](do chromedp.Action[T]) step {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := do(ctx, target)
		return chromedp.Void{}, err
	}
}

// element is the script of what a selector finds; null if there is nothing.
func element(sel chromedp.CSS) string { return "document.querySelector(" + quoted(string(sel)) + ")" }

func present(sel chromedp.CSS) step { return holds(element(sel)) }

func gone(sel chromedp.CSS) step { return holds("!" + element(sel)) }

func enabled(sel chromedp.CSS) step { return holds("!" + element(sel) + ".matches(':disabled')") }

func visible(sel chromedp.CSS) step { return holds(element(sel) + ".getClientRects().length > 0") }

func hidden(sel chromedp.CSS) step { return holds(element(sel) + ".getClientRects().length === 0") }

// focused moves the keyboard to an element.
func focused(sel chromedp.CSS) step {
	return holds("(e => { e.focus(); return document.activeElement === e; })(" + element(sel) + ")")
}

// click presses an element as soon as a user could: it is to be seen, enabled,
// and nothing lies over it.
func click(sel chromedp.CSS) step {
	return holds(`(e => {
		if (e.getClientRects().length === 0) { throw new Error('it is not to be seen'); }
		if (e.matches(':disabled')) { throw new Error('it is disabled'); }
		e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
		const box = e.getBoundingClientRect();
		const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
		if (!e.contains(top) && !top?.closest('label')?.contains(e)) {
			throw new Error('over it lies ' + (top ? top.outerHTML.slice(0, 200) : 'nothing: it is outside the window'));
		}
		e.focus({preventScroll: true});
		e.click();
		return true;
	})(` + element(sel) + `)`)
}

// navigate opens an address and waits until the page has loaded.
func navigate(address string) step {
	return func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		if none, err = holds("window.left = true")(ctx, target); err != nil {
			return none, err
		}
		result, err := cdp.Call(ctx, target, page.Navigate, page.NavigateParams{URL: address})
		switch {
		case err != nil:
			return none, err
		case result.ErrorText != "":
			return none, fmt.Errorf("%s: %s", address, result.ErrorText)
		case result.LoaderID == "": // another place of the same page
			return none, nil
		}
		return holds("!window.left && document.readyState === 'complete'")(ctx, target)
	}
}

// files gives files to an input, as if they had been chosen.
func files(sel chromedp.CSS, names ...string) step {
	return func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		if none, err = present(sel)(ctx, target); err != nil {
			return none, err
		}
		found, err := chromedp.Evaluate[*runtime.RemoteObject](element(sel))(ctx, target)
		if err != nil {
			return none, err
		}
		_, err = cdp.Call(ctx, target, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: names, ObjectID: found.ObjectID})
		return none, err
	}
}

func do(t testing.TB, ctx context.Context, steps ...step) {
	t.Helper()
	for i, s := range steps {
		if err := chromedp.Do(ctx, s); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}

// until waits for a condition.
func until(t testing.TB, ctx context.Context, condition string) {
	t.Helper()
	do(t, ctx, holds(condition))
}

// text reads what a hook shows, once it is to be seen.
func text(t *testing.T, ctx context.Context, name string) string {
	t.Helper()
	s, err := chromedp.Run(ctx, awaited[string](`(e => e.getClientRects().length ? e.innerText : null)(`+element(id(name))+`)`))
	if err != nil {
		t.Fatalf("reading %s: %v", name, err)
	}
	return strings.TrimSpace(s)
}

// eval runs a script that gives a value, or a promise of one.
func eval[T any](t testing.TB, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}
