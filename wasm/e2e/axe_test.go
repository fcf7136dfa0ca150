package e2e

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe reads axe-core, which npm fetches beside the tests and nobody commits. A
// machine without npm goes without it and says so.
func axe(t *testing.T) string {
	t.Helper()
	const file = "axe/node_modules/axe-core/axe.min.js"
	if _, err := os.Stat(file); err != nil {
		if _, err := exec.LookPath("npm"); err != nil {
			t.Skip("the page was not looked at by axe-core: there is no npm to fetch it with")
		}
		out, err := exec.CommandContext(t.Context(), "npm", "ci", "--prefix", "axe", "--no-audit", "--no-fund", "--fetch-retries", "5").CombinedOutput()
		if err != nil {
			t.Fatalf("npm could not fetch axe-core: %v\n%s", err, out)
		}
	}
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// TestAxe has axe-core look at each view, in both languages, light and dark, for
// what WCAG 2.2 AA forbids. No rule looks at words and colours together: two looks
// have all of both.
func TestAxe(t *testing.T) {
	script := axe(t)
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	ctx := chromiumFor(t, longPatience)
	open(t, ctx, address)
	eval[bool](t, ctx, script+`;document.querySelector('main').insertAdjacentHTML('beforeend',
		'<img src="data:,"><p style="color: #999; background: #fff">faint</p>'), true`)
	if _, found := barriers(t, ctx); !strings.Contains(strings.Join(found, " "), "image-alt") || !strings.Contains(strings.Join(found, " "), "color-contrast") {
		t.Errorf("of two barriers that were put up it found %v", found)
	}
	looked := 0
	inEachLook := func(ctx context.Context, view string, show func(lang string, dark bool)) {
		for i, lang := range []string{"es", "en"} {
			dark := i > 0
			show(lang, dark)
			passes, violations := barriers(t, ctx)
			if passes < 10 {
				t.Errorf("%s: only %d rules had anything to look at", view, passes)
			}
			for _, v := range violations {
				t.Errorf("%s, %s, dark %v: %s", view, lang, dark, strings.TrimSpace(v))
			}
			looked++
		}
	}
	look := func(ctx context.Context) func(view string) {
		return func(view string) {
			eval[bool](t, ctx, script+";true")
			inEachLook(ctx, view, func(lang string, dark bool) { setLook(t, ctx, lang, dark) })
		}
	}
	eachLabView(t, ctx, address, look(ctx))
	leading := chromiumFor(t, longPatience) // with its own patience
	eachGuideView(t, leading, address, look(leading))
	eachClassView(t, leading, address, look(leading))
	// The wall has no buttons, and shows the run that was measured last.
	inEachLook(leading, "wall", func(lang string, dark bool) {
		do(t, leading, navigate(address+"/wall?lang="+lang), visible(id("verdict")))
		eval[bool](t, leading, script+";document.documentElement.dataset.theme = '"+colours(dark)+"', true")
	})
	if looked != 2*(viewsLooked+1) {
		t.Errorf("looked %d times, want %d views and the wall in 2 ways", looked, viewsLooked)
	}
}

// barriers has axe-core look at the page as it stands: how many rules found
// nothing wrong, and what the others found.
func barriers(t *testing.T, ctx context.Context) (passes int, violations []string) {
	t.Helper()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'],
	}).then(r => JSON.stringify([r.passes.length, r.violations.map(v => v.id + ': ' + v.help + ': ' +
		v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' (' + n.any.map(a => a.message).join('; ') + ')').join(' | '))]))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(found), &[]any{&passes, &violations}); err != nil {
		t.Fatalf("%s: %v", found, err)
	}
	return passes, violations
}
