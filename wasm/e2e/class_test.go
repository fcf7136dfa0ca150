package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// presenterToken is given to the server, which else makes one up.
const presenterToken = "e2e0presenter0token0of0tests"

// openClass opens the presenter's view.
func openClass(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, navigate(address+"/class#"+presenterToken), visible(id("qr")), visible(id("ask")))
}

// openClassAgain comes back to it in a tab that leads already.
func openClassAgain(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, navigate(address+"/class"), visible(id("round")))
}

func openJoin(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, navigate(address+"/join"), visible(id("members")))
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

			if name == "network" { // else they have come by one that is not shown
				shows(t, presenter, "arrived", "2")
			}

			choose(t, presenter, "question", "computing/0")
			do(t, presenter, click(id("ask")))
			for i, student := range students {
				do(t, student, visible(id("now")), click(id([]string{"predict-threading", "predict-none"}[i])),
					click(id("send")))
			}
			shows(t, presenter, "predictions", "2")
			if eval[bool](t, presenter, `!!document.querySelector('[data-testid="votes"]')`) {
				t.Error("the votes are shown before they are revealed")
			}
			do(t, presenter, click(id("measure")), visible(id("reveal")))
			for _, student := range students {
				do(t, student, visible(id("closed")))
			}
			do(t, presenter, click(id("reveal")), visible(id("votes")))
			shows(t, presenter, "votes-threading", "1")
			shows(t, presenter, "votes-none", "1")
			shows(t, presenter, "votes-sequential", "0")
			for _, student := range students {
				do(t, student, visible(id("reveal")), visible(id("own-verdict")))
			}
			do(t, students[0], click(id("measure-here")), visible(id("own-time")))
			for _, ctx := range []context.Context{presenter, students[1]} {
				until(t, ctx, `document.querySelector('[data-testid="chart"]').dataset.browsers === '1'`)
			}
			do(t, presenter, click(id("end")))
			until(t, students[0], `!document.querySelector('[data-testid="chart"]')`)

			// The guide, in the same tab, takes the class along.
			do(t, presenter, click(id("nav.guide")), visible(id("follow")), click(id("follow")))
			first := text(t, presenter, "step-title")
			press(t, presenter, kb.ArrowRight)
			until(t, presenter, `document.querySelector('[data-testid="step-title"]').innerText.trim() !== `+quoted(first))
			title := text(t, presenter, "step-title")
			for _, student := range students {
				do(t, student, visible(id("now")))
				until(t, student, `document.querySelector('[data-testid="now"]').innerText.trim() === `+quoted(title))
			}
			do(t, presenter, click(id("step-computing")))
			until(t, presenter, `document.querySelector('[data-testid="step-computing"]').getAttribute('aria-current') === 'step'`)
			do(t, presenter, click(id("ask")))
			do(t, students[1], visible(id("predict-multiprocessing")), click(id("predict-multiprocessing")),
				click(id("send")))
			shows(t, presenter, "predictions", "1")
			do(t, presenter, click(id("run-0")), click(id("reveal")),
				visible(id("votes")))
			do(t, students[0], visible(id("reveal")))
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
	choose(t, ctx, "question", "table/3") // the longest
	do(t, ctx, click(id("ask")),
		click(id("measure")))
	until(t, ctx, "sessionStorage.getItem('carriles.round') !== null") // the run's id has come
	openClassAgain(t, ctx, address)
	do(t, ctx, enabled(id("reveal")))
	// The guide has the same round, and may reveal it: the answer is not told before.
	do(t, ctx, click(id("nav.guide")), visible(id("step-table")))
	atStep(t, ctx, "table")
	do(t, ctx, visible(id("reveal")), gone(id("verdict-3")))
	openClassAgain(t, ctx, address)
	do(t, ctx, click(id("reveal")), visible(id("votes")))
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
	// A page that comes back as it was does not load: that it is there is all
	// there is to see.
	move := func(to, hook string) {
		t.Helper()
		eval[bool](t, ctx, "setTimeout(() => history."+to+"()), true")
		do(t, ctx, visible(id(hook)))
	}
	move("back", "ask")
	do(t, ctx, click(id("ask")), visible(id("measure")))
	move("forward", "predict")
}

// TestClassWithoutTheToken looks at the class from a tab that does not lead.
func TestClassWithoutTheToken(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address, "401")
	do(t, ctx, navigate(address+"/class"), visible(id("no-token")))
	// The address with a token, typed over the one without, loads nothing new.
	eval[bool](t, ctx, "location.hash = 'another-wrong-token-of-any-length', true")
	do(t, ctx, click(id("ask")), visible(id("error")))
	do(t, ctx, navigate(address+"/guide"), navigate(address+"/class#a-wrong-token-of-any-length"),
		click(id("ask")), visible(id("error")))
}

// TestClassComesBack restarts the server under a student and a presenter.
func TestClassComesBack(t *testing.T) {
	s := serve(t, "-class-token", presenterToken, "-addr", fmt.Sprintf(":%d", keptPort(t)))
	address := s.addresses()["loopback"]
	presenter, student := chromium(t), chromium(t)
	for _, ctx := range []context.Context{presenter, student} {
		watch(t, ctx, address, "net::ERR")
	}
	openClass(t, presenter, address)
	openJoin(t, student, address)
	s.stop()
	for _, ctx := range []context.Context{presenter, student} {
		do(t, ctx, visible(id("reconnecting")))
	}
	serve(t, "-class-token", presenterToken, "-addr", fmt.Sprintf(":%d", s.port))
	for _, ctx := range []context.Context{presenter, student} {
		do(t, ctx, gone(id("reconnecting")))
	}
	until(t, presenter, `document.querySelector('[data-testid="members"]').innerText === '1'`)
	do(t, presenter, click(id("ask")))
	do(t, student, visible(id("predict")))
}

// keptPort is a port that a server may come back to: systems give those below
// 32768 to nobody who does not ask for one by its number.
func keptPort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + rand.IntN(10000)
		if l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("a hundred ports are taken")
	return 0
}

// TestClassInBothLanguages holds both pages in each at a phone's width.
func TestClassInBothLanguages(t *testing.T) {
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	do(t, ctx, chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	openClass(t, ctx, address)
	do(t, ctx, click(id("ask")))
	do(t, ctx, visible(id("round")))
	for path, hook := range map[string]string{"/class": "round", "/join": "predict"} {
		do(t, ctx, navigate(address+path), visible(id(hook)))
		narrow(t, ctx, path)
		one := eval[string](t, ctx, "document.querySelector('main').innerText")
		do(t, ctx, click(id("lang")))
		until(t, ctx, "document.querySelector('main').innerText !== "+quoted(one))
		narrow(t, ctx, path+" in the other language")
	}
}
