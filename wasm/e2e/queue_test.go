package e2e

import (
	"net/http"
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
