package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var guideMethods = []string{"sequential", "threading", "multiprocessing"}

// open opens the page and waits until its form is there.
func open(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, navigate(address), visible(id("run")))
}

// beforePage has a script run before those of the page.
func beforePage(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	if err != nil {
		t.Fatal(err)
	}
}

// fill sets a form field as a user does: the page hears of it by its events.
func fill(t *testing.T, ctx context.Context, name string, value int) {
	t.Helper()
	do(t, ctx, visible(id(name)))
	eval[bool](t, ctx, fmt.Sprintf(`(() => {
		const field = document.querySelector('%s');
		field.value = '%d';
		field.dispatchEvent(new Event('input', {bubbles: true}));
		field.dispatchEvent(new Event('change', {bubbles: true}));
		return true;
	})()`, id(name), value))
}

// quick asks for one round of a few images: the least that shows all.
func quick(t *testing.T, ctx context.Context, images int) {
	t.Helper()
	fill(t, ctx, "count", images)
	fill(t, ctx, "rounds", 1)
	fill(t, ctx, "warmup", 0)
}

// TestLab goes through a lesson: compare on the server, then the same in this
// browser, on loopback and on an address of the network.
func TestLab(t *testing.T) {
	s := serve(t)
	for name, address := range s.addresses() {
		t.Run(name, func(t *testing.T) {
			ctx := chromium(t)
			watch(t, ctx, address)
			open(t, ctx, address)
			if secure := eval[bool](t, ctx, "isSecureContext"); secure != (name == "loopback") {
				t.Errorf("a secure context: %v; the test is of the other kind", secure)
			}
			quick(t, ctx, 2)
			do(t, ctx, click(id("run")), visible(id("verdict")))
			for _, m := range guideMethods {
				if got := text(t, ctx, "time-"+m); !strings.ContainsAny(got, "0123456789") {
					t.Errorf("%s shows the time %q", m, got)
				}
			}
			if files, _ := filepath.Glob(filepath.Join(s.static, "processed", "*.jpg")); len(files) == 0 {
				t.Error("no outputs in processed/")
			}
			inBrowser(t, ctx)
			// Only who shares the server's machine takes turns with it.
			if ratio, inTurns := text(t, ctx, "ratio-browser"), "in turns"; strings.Contains(ratio, inTurns) != (name == "loopback") {
				t.Errorf("%s: %q", name, ratio)
			}
		})
	}
}

// inBrowser runs the form's batch in the Web Worker. That the page's own thread
// goes on meanwhile, and shows how far it is, is TestResponsive's.
func inBrowser(t *testing.T, ctx context.Context) {
	t.Helper()
	do(t, ctx, click(id("method-check-browser")), click(id("run")))
	ratio := text(t, ctx, "ratio-browser")
	if !strings.ContainsAny(ratio, "0123456789") {
		t.Errorf("the ratio to the server is shown as %q", ratio)
	}
	do(t, ctx, visible(id("pixels-browser")))
	if got := eval[string](t, ctx, `document.querySelector('`+string(id("pixels-browser"))+`').dataset.equal`); got != "true" {
		t.Errorf("this browser's pixels equal the server's: %q, want true", got)
	}
}

func TestCancelInTheBrowser(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	open(t, ctx, address)
	for _, m := range guideMethods {
		do(t, ctx, click(id("method-check-"+m)))
	}
	quick(t, ctx, 200)
	do(t, ctx, click(id("method-check-browser")))
	clickWhenThere(t, ctx, "browser-cancel")
	do(t, ctx, click(id("run")))
	until(t, ctx, "window.pressed")
	do(t, ctx, gone(id("browser-cancel")), enabled(id("run")))
	if eval[bool](t, ctx, "!!"+element(id("lanes-browser"))) {
		t.Error("what was cancelled has a result")
	}
}

// clickWhenThere has the page itself press a button as soon as it appears: one
// that is there only while something is computed may be gone before a test that
// stands still for a moment has seen it.
func clickWhenThere(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	eval[bool](t, ctx, `(() => {
		const watcher = new MutationObserver(() => {
			const button = `+element(id(name))+`;
			if (button) {
				watcher.disconnect();
				window.pressed = true;
				button.click();
			}
		});
		watcher.observe(document.body, {childList: true, subtree: true});
		return true;
	})()`)
}

func TestCancelOnTheServer(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address, "/static/previews/") // the server stops while some are asked for
	open(t, ctx, address)
	slowly(t, ctx, 200, 200) // more than 40 s of waiting, which the test does not wait for
	do(t, ctx, click(id("run")))
	until(t, ctx, "!!window.carrilesLanes") // it is asked for now, and not of a server that has stopped
	outputs := func() int {
		files, err := filepath.Glob(filepath.Join(s.static, "processed", "*.*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	for outputs() == 0 {
		if ctx.Err() != nil {
			t.Fatal("no outputs in processed/")
		}
		time.Sleep(lookEvery)
	}
	do(t, ctx, click(id("cancel")), gone(id("cancel")), enabled(id("run")))
	s.stop() // waits for the workers
	if n := outputs(); n > 0 {
		t.Errorf("a cancelled run left %d files", n)
	}
}

// TestLanguages: the page keeps its reader's. A server that has measured nothing shows a
// recorded race, in both.
func TestLanguages(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	do(t, ctx, chromedp.EmulateViewport(1280, 900))
	open(t, ctx, address)
	recorded := func(word string) {
		t.Helper()
		if said := text(t, ctx, "replay"); !strings.Contains(said, word) {
			t.Errorf("beside an empty form stands %q, want a %s race", said, word)
		}
	}
	do(t, ctx, visible(id("replay")), gone(id("replay-open")))
	recorded("recorded")
	before, button := eval[string](t, ctx, "document.documentElement.lang"), text(t, ctx, "run")
	do(t, ctx, click(id("lang")))
	until(t, ctx, "document.documentElement.lang !== "+quoted(before)+" && "+element(id("run"))+".innerText.trim() !== "+quoted(button))
	recorded("grabada")
	after := eval[string](t, ctx, "document.documentElement.lang")
	open(t, ctx, address)
	if got := eval[string](t, ctx, "document.documentElement.lang"); got != after {
		t.Errorf("language %q after a reload, want %q", got, after)
	}
}

func TestWithoutWebAssembly(t *testing.T) {
	s := serve(t)
	ctx := chromium(t)
	beforePage(t, ctx, "delete window.WebAssembly")
	do(t, ctx, navigate(s.addresses()["loopback"]), visible(chromedp.CSS("#app-wasm-loader[role=alert]")))
	if got := eval[string](t, ctx, "document.querySelector('#app-wasm-loader').innerText"); !strings.Contains(got, "WebAssembly") {
		t.Errorf("the page says %q", got)
	}
}

// TestLostServer measures when the server has gone, before the page has heard how many
// images make a short batch: that answer comes last, and takes nothing away.
func TestLostServer(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	beforePage(t, ctx, `{
		const before = window.fetch;
		const held = new Promise(done => { window.letGo = done; });
		window.fetch = (url, options) => {
			const answer = before(url, options);
			if (!String(url).includes('within_s')) { return answer; }
			answer.then(() => { window.answered = true; });
			return held.then(() => answer).finally(() => setTimeout(() => { window.told = true; }, 500));
		};
	}`)
	open(t, ctx, address)
	until(t, ctx, "window.answered")
	s.stop()
	do(t, ctx, click(id("run")), visible(id("error")), holds("letGo() || true"), holds("told"), visible(id("error")))
}

// TestNarrow holds the page at a phone's width: nothing sticks out.
func TestNarrow(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	do(t, ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	open(t, ctx, address)
	check := func(when string) {
		if wide := eval[int](t, ctx, "document.documentElement.scrollWidth"); wide > 360 {
			t.Errorf("%s: the page is %d px wide at 360: %s", when, wide, eval[string](t, ctx, `[...document.querySelectorAll('body *')]
				.filter(e => e.getBoundingClientRect().right > 361 && !e.closest('.scroll'))
				.map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right)).join(', ')`))
		}
		if content := eval[string](t, ctx, "document.querySelector('meta[name=viewport]').content"); strings.Contains(content, "maximum-scale") || strings.Contains(content, "user-scalable") {
			t.Errorf("%s: the viewport forbids zoom: %s", when, content)
		}
	}
	check("empty")
	quick(t, ctx, 1)
	do(t, ctx, click(id("run")), visible(id("verdict")))
	check("with results")
	until(t, ctx, `document.querySelector('`+string(id("race"))+`').dataset.shown === '3'`)
	eval[bool](t, ctx, "document.querySelectorAll('details').forEach(d => d.open = true), true")
	choose(t, ctx, "over", "workers")
	choose(t, ctx, "source", "http")
	do(t, ctx, click(id("auto")), visible(id("budget_s")))
	check("with all unfolded")
	choose(t, ctx, "source", "file")
	do(t, ctx, click(id("auto")), visible(id("rounds")))
	do(t, ctx, click(id("run")), visible(id("sweep-result")))
	until(t, ctx, `document.querySelector('`+string(id("sweep-result"))+`').dataset.shown === '2'`)
	check("with a sweep")
}

// TestPicture takes the README's picture into the file CARRILES_PICTURE, and of the race
// as it is run again the pictures of a film into the folder CARRILES_FILM: equally far
// apart on the race's own clock, so that a slow browser makes the same film. The race
// itself goes to the file CARRILES_RECORDING, for hosts that have none yet. It tests
// nothing, and runs only when asked.
func TestPicture(t *testing.T) {
	file, folder := os.Getenv("CARRILES_PICTURE"), os.Getenv("CARRILES_FILM")
	if file == "" {
		t.Skip("CARRILES_PICTURE is not set")
	}
	s := serve(t)
	ctx := chromiumFor(t, longPatience)
	do(t, ctx, chromedp.EmulateViewport(1280, 960, chromedp.EmulateScale(2)))
	open(t, ctx, s.addresses()["loopback"])
	// With the lock and without: what the guide says of threads, and why.
	do(t, ctx, click(id("recipe-lock")))
	fill(t, ctx, "count", 8)
	fill(t, ctx, "rounds", 5)
	do(t, ctx, click(id("run")), visible(id("verdict")))
	eval[bool](t, ctx, "window.scrollTo(0, 0), true")
	until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	shot := func(file string, what chromedp.Action[[]byte]) {
		t.Helper()
		png, err := chromedp.Run(ctx, what)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shot(file, chromedp.CaptureScreenshot())
	if recording := os.Getenv("CARRILES_RECORDING"); recording != "" {
		data := eval[string](t, ctx, `(async () => {
			const json = async path => (await fetch(path)).json();
			const [{id}] = (await json('/api/runs/')).runs;
			const run = await json('/api/runs/' + id + '/');
			const {timelines} = await json('/api/runs/' + id + '/timeline/');
			return JSON.stringify({run, timelines}) + '\n';
		})()`)
		if err := os.WriteFile(recording, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.EmulateViewport(1180, 900))
	media(t, ctx, "prefers-reduced-motion", "no-preference")
	race := element(id("race"))
	eval[bool](t, ctx, race+".scrollIntoView({block: 'center'}), true")
	// The race's clock is this test's: it goes on by so many milliseconds at a time. First
	// how long it takes is found out.
	const pictures = 90
	length := eval[float64](t, ctx, `(() => {
		let at = 0, next = null;
		performance.now = () => at;
		window.requestAnimationFrame = f => { next = f; return 1; };
		window.cancelAnimationFrame = () => { next = null; };
		window.step = ms => { const f = next; next = null; at += ms; if (f) { f(at); } return next !== null; };
		const play = `+element(id("play"))+`;
		play.click();
		let length = 0;
		while (window.step(5) && length < 60000) { length += 5; }
		play.click();
		return length;
	})()`)
	for i := range pictures {
		shot(filepath.Join(folder, fmt.Sprintf("%03d.png", i)), chromedp.Screenshot(id("race")))
		eval[bool](t, ctx, fmt.Sprintf("window.step(%g)", length/pictures))
	}
	eval[bool](t, ctx, "window.step(60000), true") // over: all of it is shown
	shot(filepath.Join(folder, fmt.Sprintf("%03d.png", pictures)), chromedp.Screenshot(id("race")))
}
