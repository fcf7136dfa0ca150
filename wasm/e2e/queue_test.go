package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// TestQueue measures while another's long run goes on: the page says how many
// are ahead and lists them, its own marked, as the class does; and it goes on by
// itself when that one is gone.
func TestQueue(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	other := posted[struct{ ID string }](t, http.StatusAccepted, address+"/api/runs/", `{"count": 200, "source": "http", "latency_ms": 1000}`)
	if other.ID == "" {
		t.Fatalf("the other run: %+v", other)
	}

	ctx := chromium(t)
	// The photographs' previews wait for the other run too, and give up.
	watch(t, ctx, address, "/static/previews/")
	open(t, ctx, address)
	quick(t, ctx, 1)
	do(t, ctx, click(id("run")), visible(id("progress")))
	until(t, ctx, `/1 (run is ahead|medición delante)/.test(document.querySelector('[data-testid="progress"]').innerText)`)
	until(t, ctx, `document.querySelector('[data-testid="queue"]').dataset.runs === '2'`)
	do(t, ctx, visible(id("queue-mine")))
	list := eval[[]string](t, ctx, `[...document.querySelectorAll('[data-testid="queue"] li')].map(i => i.innerText.replace(/\s+/g, ' '))`)
	mine := eval[int](t, ctx, `[...document.querySelectorAll('[data-testid="queue"] li')].findIndex(i => i.querySelector('[data-testid="queue-mine"]'))`)
	if len(list) != 2 || !strings.Contains(list[0], "200 im") || !strings.Contains(list[1], "1 im") || mine != 1 {
		t.Errorf("the queue %q, its own at %d", list, mine)
	}
	student := chromium(t)
	watch(t, student, address)
	openJoin(t, student, address)
	until(t, student, `document.querySelector('[data-testid="queue"]').dataset.runs === '2'`)
	if eval[bool](t, student, `!!document.querySelector('[data-testid="queue-mine"]')`) {
		t.Error("a run of another browser's is said to be one's own")
	}
	request, err := http.NewRequest(http.MethodDelete, address+"/api/runs/"+other.ID+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	cancelled, err := http.DefaultClient.Do(request)
	if err != nil || cancelled.StatusCode != http.StatusOK {
		t.Fatalf("cancelling the other run: %v, %v", err, cancelled)
	}
	cancelled.Body.Close()
	do(t, ctx, visible(id("verdict")))
	until(t, student, `document.querySelector('[data-testid="queue"]').dataset.runs === '0'`)
}

// TestThePresenterGoesNext has twenty clients in the queue, each at an address of its own:
// what the presenter measures comes right after the run under way, and another's run is
// shown without a way to cancel it.
func TestThePresenterGoesNext(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has all of 127.0.0.0/8")
	}
	s := serve(t, "-class-token", presenterToken)
	address := s.addresses()["loopback"]
	var first struct{ ID string }
	for i := range 21 {
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(i+1))}}
		client := http.Client{Transport: &http.Transport{DialContext: from.DialContext, DisableKeepAlives: true}}
		resp, err := client.Post(address+"/api/runs/", "application/json", strings.NewReader(`{"count": 200, "source": "http", "latency_ms": 1000}`))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			err = json.NewDecoder(resp.Body).Decode(&first)
		}
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusAccepted {
			t.Fatalf("client %d: %s, %v", i, resp.Status, err)
		}
	}

	presenter := chromium(t)
	watch(t, presenter, address)
	openClass(t, presenter, address)
	do(t, presenter, click(id("ask")), click(id("measure")))
	until(t, presenter, `document.querySelector('[data-testid="queue"]')?.dataset.runs === '22'`)
	until(t, presenter, `[...document.querySelectorAll('[data-testid="queue"] li')].findIndex(i => i.querySelector('[data-testid="queue-mine"]')) === 1`)

	student := chromium(t)
	watch(t, student, address, "/static/previews/") // they wait for the runs, and give up
	do(t, student, navigate(address+"/?run="+first.ID), visible(id("progress")))
	if eval[bool](t, student, "!!"+element(id("cancel"))) {
		t.Error("another's run may be cancelled")
	}
}
