package results

import (
	"fmt"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// queueOf is a queue of n runs, "0", "1" and so on; the first one is measured.
func queueOf(n int) []result.QueuedRun {
	var queue []result.QueuedRun
	for i := range n {
		r := result.QueuedRun{ID: fmt.Sprint(i), State: result.Queued, Position: i, Methods: []string{request.Sequential, request.Threading}, Images: i + 1}
		if i == 0 {
			r.State = result.Running
		}
		queue = append(queue, r)
	}
	return queue
}

func TestQueueRows(t *testing.T) {
	for _, tt := range []struct {
		name  string
		queue []result.QueuedRun
		mine  []string
		want  string // each row: its place, a star for one's own, or how many are left out
	}{
		{"nobody", nil, nil, ""},
		{"one", queueOf(1), nil, "now"},
		{"as many as are named", queueOf(4), []string{"3"}, "now 1 2 3*"},
		{"thirty, one's own at the end", queueOf(30), []string{"29", "gone"}, "now 1 2 3 +25 29*"},
		{"one's own in between", queueOf(9), []string{"0", "6"}, "now* 1 2 3 +2 6* +2"},
		{"between two runs", queueOf(3)[1:], nil, "1 2"},
	} {
		var got []string
		for _, r := range QueueRows(i18n.EN, tt.queue, tt.mine) {
			switch {
			case r.Left > 0:
				got = append(got, fmt.Sprint("+", r.Left))
			case r.Mine:
				got = append(got, r.Place+"*")
			default:
				got = append(got, r.Place)
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, text, tt.want)
		}
	}
}

func TestQueuedText(t *testing.T) {
	r := queueOf(1)[0]
	if got := QueuedText(i18n.ES, r); got != "Secuencial, Hilos · 1 imagen" {
		t.Errorf("%q", got)
	}
	r.Over, r.Images = "workers", 8
	if got := QueuedText(i18n.EN, r); got != "Sequential, Threads · 8 images · sweep over workers" {
		t.Errorf("%q", got)
	}
}

// TestQueueBesideARun shows the queue while a run of the page waits behind
// others, and not else.
func TestQueueBesideARun(t *testing.T) {
	s := &measure.Session{Queue: queueOf(2)}
	show := func() string { return app.HTMLString(app.Div().Body(Waiting(i18n.EN, s))) }
	if html := show(); strings.Contains(html, "queue") {
		t.Errorf("without a run: %s", html)
	}
	s.Run.Phase = measure.Watching
	if html := show(); !strings.Contains(html, i18n.EN.T("queue.title")) || strings.Count(html, "<li") != 2 {
		t.Errorf("behind another: %s", html)
	}
	s.Queue = queueOf(1)
	if html := show(); strings.Contains(html, "queue") {
		t.Errorf("alone: %s", html)
	}
}
