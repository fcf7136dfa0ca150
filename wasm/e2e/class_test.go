package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A button of the presenter's is disabled while the class is being told of the
// last one: the tests wait for that before they click.

// presenterToken is given to the server, which else makes one up.
const presenterToken = "e2e0presenter0token0of0tests"

// openClass opens the presenter's view.
func openClass(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(address+"/class#"+presenterToken), chromedp.WaitVisible(id("qr")), chromedp.WaitVisible(id("ask")))
}

// openClassAgain comes back to it in a tab that leads already.
func openClassAgain(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(address+"/class"), chromedp.WaitVisible(id("round")))
}

func openJoin(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(address+"/join"), chromedp.WaitVisible(id("members")))
}

// shows waits until a hook shows a text.
func shows(t *testing.T, ctx context.Context, name, part string) {
	t.Helper()
	until(t, ctx, `(document.querySelector('`+string(id(name))+`')?.innerText || '').includes(`+quoted(part)+`)`)
}

// TestClass has two students follow a presenter: both predict, the run is
// revealed to all, and one's own time arrives on the presenter's chart. On
// loopback and on an address of the network.
func TestClass(t *testing.T) {
	for _, name := range []string{"loopback", "network"} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, "-class-token", presenterToken)
			address := s.addresses()[name]
			presenter, students := chromium(t), []context.Context{chromium(t), chromium(t)}
			watch(t, presenter, address)
			openClass(t, presenter, address)
			if hash := eval[string](t, presenter, "location.href"); strings.Contains(hash, presenterToken) {
				t.Errorf("the token is still in the address: %s", hash)
			}
			if got := text(t, presenter, "address"); strings.Contains(got, "localhost") || strings.Contains(got, "127.0.0.1") {
				// A machine with loopback alone has no other.
				if !strings.Contains(s.addresses()["network"], labName) {
					t.Errorf("the class is joined at %s", got)
				}
			}
			until(t, presenter, `(i => i.complete && i.naturalWidth > 0)(document.querySelector('[data-testid="qr"]'))`)
			for _, student := range students {
				watch(t, student, address)
				openJoin(t, student, address)
			}
			until(t, presenter, `document.querySelector('[data-testid="members"]').innerText === '2'`)

			choose(t, presenter, "question", "computing/0")
			do(t, presenter, chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")))
			for i, student := range students {
				do(t, student, chromedp.WaitVisible(id("now")), chromedp.Click(id([]string{"predict-threading", "predict-none"}[i])),
					chromedp.WaitEnabled(id("send")), chromedp.Click(id("send")))
			}
			shows(t, presenter, "predictions", "2")
			if eval[bool](t, presenter, `!!document.querySelector('[data-testid="votes"]')`) {
				t.Error("the votes are shown before they are revealed")
			}
			do(t, presenter, chromedp.WaitEnabled(id("measure")), chromedp.Click(id("measure")), chromedp.WaitVisible(id("reveal")))
			for _, student := range students {
				do(t, student, chromedp.WaitVisible(id("closed")))
			}
			do(t, presenter, chromedp.WaitEnabled(id("reveal")), chromedp.Click(id("reveal")), chromedp.WaitVisible(id("votes")))
			shows(t, presenter, "votes-threading", "1")
			shows(t, presenter, "votes-none", "1")
			shows(t, presenter, "votes-sequential", "0")
			for _, student := range students {
				do(t, student, chromedp.WaitVisible(id("reveal")), chromedp.WaitVisible(id("own-verdict")))
			}
			do(t, students[0], chromedp.WaitEnabled(id("measure-here")), chromedp.Click(id("measure-here")), chromedp.WaitVisible(id("own-time")))
			for _, ctx := range []context.Context{presenter, students[1]} {
				until(t, ctx, `document.querySelector('[data-testid="chart"]').dataset.browsers === '1'`)
			}
			do(t, presenter, chromedp.WaitEnabled(id("end")), chromedp.Click(id("end")))
			until(t, students[0], `!document.querySelector('[data-testid="chart"]')`)

			// The guide, in the same tab, takes the class along.
			do(t, presenter, chromedp.Click(id("nav.guide")), chromedp.WaitVisible(id("follow")), chromedp.Click(id("follow")))
			first := text(t, presenter, "step-title")
			press(t, presenter, kb.PageDown)
			until(t, presenter, `document.querySelector('[data-testid="step-title"]').innerText.trim() !== `+quoted(first))
			title := text(t, presenter, "step-title")
			for _, student := range students {
				do(t, student, chromedp.WaitVisible(id("now")))
				until(t, student, `document.querySelector('[data-testid="now"]').innerText.trim() === `+quoted(title))
			}
			do(t, presenter, chromedp.Click(id("step-computing")))
			until(t, presenter, `document.querySelector('[data-testid="step-computing"]').getAttribute('aria-current') === 'step'`)
			do(t, presenter, chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")))
			do(t, students[1], chromedp.WaitVisible(id("predict-multiprocessing")), chromedp.Click(id("predict-multiprocessing")),
				chromedp.WaitEnabled(id("send")), chromedp.Click(id("send")))
			shows(t, presenter, "predictions", "1")
			do(t, presenter, chromedp.Click(id("run-0")), chromedp.WaitEnabled(id("reveal")), chromedp.Click(id("reveal")),
				chromedp.WaitVisible(id("votes")))
			do(t, students[0], chromedp.WaitVisible(id("reveal")))
		})
	}
}

// TestPresenterLoadsAgain loads the presenter's page while its run goes on, and
// once more before the reveal: the run is neither lost nor made twice.
func TestPresenterLoadsAgain(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	openClass(t, ctx, address)
	choose(t, ctx, "question", "gil/1") // the longest
	do(t, ctx, chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")),
		chromedp.WaitEnabled(id("measure")), chromedp.Click(id("measure")))
	until(t, ctx, "sessionStorage.getItem('carriles.round') !== null") // the run's id has come
	openClassAgain(t, ctx, address)
	do(t, ctx, chromedp.WaitEnabled(id("reveal")))
	// The guide shows the same round, and may reveal it.
	do(t, ctx, chromedp.Click(id("nav.guide")), chromedp.WaitVisible(id("step-gil")))
	atStep(t, ctx, "gil")
	do(t, ctx, chromedp.WaitVisible(id("verdict-1")))
	openClassAgain(t, ctx, address)
	do(t, ctx, chromedp.WaitEnabled(id("reveal")), chromedp.Click(id("reveal")), chromedp.WaitVisible(id("votes")))
	if runs := fetched[int](t, ctx, "/api/runs/", "a.runs.length"); runs != 1 {
		t.Errorf("%d runs were made for one round", runs)
	}
}

// TestManyPagesLater leaves pages that follow the class for others, more often
// than a browser opens connections to one server: it keeps pages that one has
// left, and these must not keep their streams. Back on such a page, the class is
// followed again.
func TestManyPagesLater(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	for range 4 {
		openClass(t, ctx, address)
		openJoin(t, ctx, address)
	}
	// A page that comes back as it was does not load, and chromedp would wait for
	// that: its own navigation, clicks and polls are of no use here.
	there := make(chan struct{}, 2)
	if err := chromedp.Listen(ctx, func(ev any) {
		if _, ok := ev.(*page.EventFrameNavigated); ok {
			there <- struct{}{}
		}
	}); err != nil {
		t.Fatal(err)
	}
	move := func(to, hook string) {
		t.Helper()
		eval[bool](t, ctx, "setTimeout(() => history."+to+"()), true")
		select {
		case <-there:
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
		appears(t, ctx, hook)
	}
	move("back", "ask")
	eval[bool](t, ctx, `document.querySelector('`+string(id("ask"))+`').click(), true`)
	appears(t, ctx, "measure")
	move("forward", "predict")
}

// appears waits in the page until a hook is there.
func appears(t *testing.T, ctx context.Context, hook string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(done => {
		const look = () => document.querySelector('`+string(id(hook))+`') ? done(true) : requestAnimationFrame(look);
		look();
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("waiting for %s: %v", hook, err)
	}
}

// TestClassWithoutTheToken looks at the class from a tab that does not lead.
func TestClassWithoutTheToken(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address, "401")
	do(t, ctx, chromedp.Navigate(address+"/class"), chromedp.WaitVisible(id("no-token")))
	// The address with a token, typed over the one without, loads nothing new.
	eval[bool](t, ctx, "location.hash = 'another-wrong-token-of-any-length', true")
	do(t, ctx, chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")), chromedp.WaitVisible(id("error")))
	do(t, ctx, chromedp.Navigate(address+"/guide"), chromedp.Navigate(address+"/class#a-wrong-token-of-any-length"),
		chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")), chromedp.WaitVisible(id("error")))
}

// TestClassComesBack restarts the server under a student and a presenter.
func TestClassComesBack(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	presenter, student := chromium(t), chromium(t)
	for _, ctx := range []context.Context{presenter, student} {
		watch(t, ctx, address, "net::ERR")
	}
	openClass(t, presenter, address)
	openJoin(t, student, address)
	s.stop()
	for _, ctx := range []context.Context{presenter, student} {
		do(t, ctx, chromedp.WaitVisible(id("reconnecting")))
	}
	serve(t, "-class-token", presenterToken, "-addr", fmt.Sprintf(":%d", s.port))
	for _, ctx := range []context.Context{presenter, student} {
		do(t, ctx, chromedp.WaitNotPresent(id("reconnecting")))
	}
	until(t, presenter, `document.querySelector('[data-testid="members"]').innerText === '1'`)
	do(t, presenter, chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")))
	do(t, student, chromedp.WaitVisible(id("predict")))
}

// TestClassInBothLanguages holds both pages in each at a phone's width.
func TestClassInBothLanguages(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	do(t, ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	openClass(t, ctx, address)
	do(t, ctx, chromedp.WaitEnabled(id("ask")), chromedp.Click(id("ask")))
	do(t, ctx, chromedp.WaitVisible(id("round")))
	for path, hook := range map[string]string{"/class": "round", "/join": "predict"} {
		do(t, ctx, chromedp.Navigate(address+path), chromedp.WaitVisible(id(hook)))
		narrow(t, ctx, path)
		one := eval[string](t, ctx, "document.querySelector('main').innerText")
		do(t, ctx, chromedp.Click(id("lang")))
		until(t, ctx, "document.querySelector('main').innerText !== "+quoted(one))
		narrow(t, ctx, path+" in the other language")
	}
}
