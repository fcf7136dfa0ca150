package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestQueue measures while another's long run goes on: the page says how many
// are ahead, and goes on by itself when that one is gone.
func TestQueue(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	response, err := http.Post(address+"/api/runs/", "application/json", strings.NewReader(`{"count": 200}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var other struct{ ID string }
	if err := json.NewDecoder(response.Body).Decode(&other); err != nil || other.ID == "" {
		t.Fatalf("the other run: %v, %+v", err, other)
	}

	ctx := chromium(t)
	// The photographs' previews wait for the other run too, and give up.
	watch(t, ctx, address, "/static/previews/")
	open(t, ctx, address)
	quick(t, ctx, 1)
	do(t, ctx, chromedp.Click(id("run")), chromedp.WaitVisible(id("progress")))
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`/1 (run is ahead|medición delante)/.test(document.querySelector('[data-testid="progress"]').innerText)`)); err != nil {
		t.Fatal(err)
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
	do(t, ctx, chromedp.WaitVisible(id("verdict")))
}
