package e2e

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// openGuide opens the lesson and waits until it is there.
func openGuide(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, navigate(address+"/guide"), visible(id("step-title")))
}

// press presses a key of the page, as a clicker does.
func press(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	do(t, ctx, chromedp.KeyEvent(key))
}

// TestGuide gives a part of the lesson with the keyboard alone: it moves to a
// step, runs its command, and finds the winner beside the expected one, on
// loopback and on an address of the network.
func TestGuide(t *testing.T) {
	s := serve(t)
	for name, address := range s.addresses() {
		t.Run(name, func(t *testing.T) {
			ctx := chromium(t)
			watch(t, ctx, address)
			openGuide(t, ctx, address)
			first := text(t, ctx, "step-title")
			for range 4 {
				press(t, ctx, kb.ArrowRight)
			}
			until(t, ctx, `document.querySelector('[data-testid="step-computing"]').getAttribute('aria-current') === 'step'`)
			until(t, ctx, "document.activeElement.id === 'step-title'") // where the keyboard goes on
			// Neither what the guide expects nor the notes are read before.
			do(t, ctx, gone(id("expected-0")))
			if open := eval[bool](t, ctx, element(id("notes"))+".open"); open {
				t.Error("the notes are unfolded")
			}
			press(t, ctx, kb.PageDown) // as a clicker does
			do(t, ctx, visible(id("verdict-0")))
			if after, expected := text(t, ctx, "measured-0"), text(t, ctx, "expected-0"); after == "" || expected == "" {
				t.Errorf("expected %q, measured %q", expected, after)
			}
			do(t, ctx, visible(id("time-sequential")))

			// What a tab remembers survives a reload: the step, and what was measured.
			verdict := text(t, ctx, "verdict-0")
			openGuide(t, ctx, address)
			do(t, ctx, visible(id("lanes-sequential")))
			if again := text(t, ctx, "verdict-0"); again != verdict {
				t.Errorf("after a reload %q, before %q", again, verdict)
			}
			for range 4 {
				press(t, ctx, kb.PageUp)
			}
			until(t, ctx, `document.querySelector('[data-testid="previous"]').disabled`)
			if got := text(t, ctx, "step-title"); got != first {
				t.Errorf("the first step is %q, was %q", got, first)
			}
			do(t, ctx, click(id("run-0")), visible(id("answer-0")))
			do(t, ctx, click(id("copy-0")))
			until(t, ctx, `document.querySelector('[data-testid="command-0"] [role=status]').innerText !== ''`)
			do(t, ctx, click(id("clock-toggle")))
			until(t, ctx, `document.querySelector('[data-testid="clock"]').innerText !== '0:00'`)
			answer := text(t, ctx, "answer-0")
			openGuide(t, ctx, address)
			if again := text(t, ctx, "answer-0"); again != answer || !strings.Contains(answer, "healthy") {
				t.Errorf("after a reload the answer is %q, before %q", again, answer)
			}
		})
	}
}

// TestGuideNarrow holds the guide at a phone's width: nothing sticks out.
func TestGuideNarrow(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	do(t, ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	openGuide(t, ctx, address)
	narrow(t, ctx, "the first step")
	do(t, ctx, click(id("step-computing")))
	until(t, ctx, `document.querySelector('[data-testid="step-computing"]').getAttribute('aria-current') === 'step'`)
	do(t, ctx, click(id("run-0")), visible(id("verdict-0")))
	narrow(t, ctx, "with a result")
}

// narrow fails if something is wider than a phone.
func narrow(t *testing.T, ctx context.Context, when string) {
	t.Helper()
	if wide := eval[int](t, ctx, "document.documentElement.scrollWidth"); wide > 360 {
		t.Errorf("%s: the page is %d px wide at 360: %s", when, wide, eval[string](t, ctx, `[...document.querySelectorAll('body *')]
			.filter(e => e.getBoundingClientRect().right > 361 && !e.closest('.scroll'))
			.map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right)).join(', ')`))
	}
}

// quoted writes a text as a literal of JavaScript.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has its JSON
	}
	return string(b)
}
