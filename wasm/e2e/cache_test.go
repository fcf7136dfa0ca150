package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// loads collects what a page gets over the network: the paths of answers with a
// body.
type loads struct {
	mu    sync.Mutex
	byID  map[network.RequestID]string // the path of each request
	full  []network.RequestID          // answered with a body
	bytes map[string]float64           // as they travelled
}

func (l *loads) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var paths []string
	for _, id := range l.full {
		paths = append(paths, l.byID[id])
	}
	l.full = nil
	return paths
}

// TestSecondVisit opens the page twice: the second time the browser has all of
// it but for what the API says. The first time it is at most 2.4 MB.
func TestSecondVisit(t *testing.T) {
	s := serve(t)
	address := s.addresses()["loopback"]
	ctx := chromium(t)
	watch(t, ctx, address)
	l := &loads{bytes: map[string]float64{}, byID: map[network.RequestID]string{}}
	err := chromedp.Listen(ctx, func(ev any) {
		l.mu.Lock()
		defer l.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(ev.Request.URL); err == nil && u.Scheme == "http" {
				l.byID[ev.RequestID] = u.Path
			}
		case *network.EventResponseReceivedExtraInfo: // of what the network said, not the cache
			if ev.StatusCode == http.StatusOK {
				l.full = append(l.full, ev.RequestID)
			}
		case *network.EventLoadingFinished:
			l.bytes[l.byID[ev.RequestID]] += ev.EncodedDataLength
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	visit := func() []string {
		open(t, ctx, address)
		until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
		return l.take()
	}
	data := func(path string) bool { return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/static/") }

	first := visit()
	l.mu.Lock()
	total := 0.0
	for path, n := range l.bytes {
		if path != "" && !data(path) {
			total += n
		}
	}
	l.mu.Unlock()
	if len(first) < 8 || total < 1e6 || total > 2.4e6 {
		t.Errorf("the first visit loads %.0f bytes of the page by %d requests: %v", total, len(first), first)
	}
	t.Logf("first load: %.0f bytes", total)
	do(t, ctx, chromedp.Navigate("about:blank"))
	l.take()
	for _, path := range visit() {
		if !data(path) {
			t.Errorf("a second visit loads %s", path)
		}
	}
}
