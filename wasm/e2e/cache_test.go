package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// loads collects what a page gets over the network.
type loads struct {
	mu    sync.Mutex
	byID  map[network.RequestID]string  // the path of each request since forget
	full  []network.RequestID           // answered with a body
	bytes map[network.RequestID]float64 // as they travelled
}

// forget lets the next visit begin: what comes yet of requests before is of no
// interest. (What the browser's network says of one may come after the page has
// it.)
func (l *loads) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byID, l.full, l.bytes = map[network.RequestID]string{}, nil, map[network.RequestID]float64{}
}

// page lists the files of the page that were answered with a body, and adds
// their bytes up. What the API says and the photographs are none of these.
func (l *loads) page() (paths []string, bytes float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range l.full {
		path, known := l.byID[id]
		if known && !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/static/") {
			paths = append(paths, path)
			bytes += l.bytes[id]
		}
	}
	return paths, bytes
}

// TestSecondVisit opens the page twice: the second time the browser has all of
// it but for what the API says. The first time it is at most 2.4 MB.
func TestSecondVisit(t *testing.T) {
	s := serve(t)
	address := s.addresses()["network"] // where a browser takes gzip only
	ctx := chromium(t)
	watch(t, ctx, address)
	l := &loads{}
	l.forget()
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
			l.bytes[ev.RequestID] += ev.EncodedDataLength
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	visit := func() {
		open(t, ctx, address)
		until(t, ctx, "[...document.images].every(i => i.complete || i.loading === 'lazy')")
	}

	visit()
	// The page's program is the last that it needs, and most of it.
	first, total := l.page()
	for ; ctx.Err() == nil && (len(first) < 5 || total < 1e6); first, total = l.page() {
		time.Sleep(lookEvery)
	}
	if len(first) < 5 || total < 1e6 || total > 2.4e6 { // packed quickly: a release is a tenth smaller
		t.Errorf("the first visit loads %.0f bytes of the page by %d requests: %v", total, len(first), first)
	}
	t.Logf("first load: %.0f bytes by %d requests", total, len(first))
	do(t, ctx, navigate("about:blank"))
	l.forget()
	visit()
	if again, _ := l.page(); len(again) > 0 {
		t.Errorf("a second visit loads %v", again)
	}
}
