package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// held makes the lab's runs wait until the test lets them go on.
func held(l *lab) (begun chan func(result.Progress), release chan error) {
	begun, release = make(chan func(result.Progress), 100), make(chan error, 100)
	l.execute = func(ctx context.Context, spec request.Spec, progress func(result.Progress)) (*result.Comparison, error) {
		begun <- progress
		select {
		case err := <-release:
			return resultOf(spec), err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return begun, release
}

func (l *lab) submit(t *testing.T) string {
	t.Helper()
	r := l.do("POST", "/api/runs/", `{"count":3}`)
	o := r.object(t, 202, "id", "state", "position", "progress", "created", "spec")
	id := o["id"].(string)
	if got := r.header.Get("Location"); got != "/api/runs/"+id+"/" {
		t.Errorf("Location %q", got)
	}
	return id
}

// event is one server-sent event.
type event struct {
	name  string
	view  result.RunView // of an event "run"
	queue result.Queue   // of an event "queue"
}

// events parses a stream until it ends.
func events(t *testing.T, body io.Reader, each func(event)) {
	t.Helper()
	var e event
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "data":
			into := any(&e.view)
			if e.name == "queue" {
				into = &e.queue
			}
			if err := json.Unmarshal([]byte(value), into); err != nil {
				t.Errorf("%v: %s", err, value)
			}
		case "":
			if e.name != "" {
				each(e)
			}
			e = event{}
		default:
			t.Errorf("line %q", lines.Text())
		}
	}
}

func TestRunFromBeginningToEnd(t *testing.T) {
	l := open(t, twoPhotos(t))
	begun, release := held(l)
	first, second := l.submit(t), l.submit(t)
	progress := <-begun

	v := l.do("GET", "/api/runs/"+second, "").object(t, 200)
	if v["state"] != "queued" || v["position"] != 1.0 || v["result"] != nil {
		t.Errorf("the second run: %v", v)
	}

	stream := l.open(t.Context(), "GET", "/api/runs/"+first+"/events/", nil)
	defer stream.Body.Close()
	if stream.StatusCode != 200 || stream.Header.Get("Content-Type") != "text/event-stream" || stream.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", stream.StatusCode, stream.Header)
	}
	var seen []result.RunView
	var queues []result.Queue
	var names []string
	events(t, stream.Body, func(e event) {
		names = append(names, e.name)
		if e.name == "queue" {
			queues = append(queues, e.queue)
			return
		}
		if e.name != "run" || e.view.ID != first {
			t.Errorf("event %+v", e)
		}
		seen = append(seen, e.view)
		switch {
		case len(seen) == 1:
			progress(result.Progress{Phase: result.PhaseTimed, Method: request.Threading, Done: 2, Total: 3})
		case e.view.Progress.Done == 2 && e.view.State == result.Running:
			release <- nil
		}
	})
	want := result.Queue{Runs: []result.QueuedRun{
		{ID: first, State: result.Running, Methods: request.GuideMethods(), Images: 3},
		{ID: second, State: result.Queued, Position: 1, Methods: request.GuideMethods(), Images: 3},
	}}
	if len(queues) == 0 || !reflect.DeepEqual(queues[0], want) {
		t.Errorf("the queue\n%+v, want first\n%+v", queues, want)
	}
	if got := strings.Join(names[:min(2, len(names))], " "); got != "run queue" {
		t.Errorf("the stream begins with the events %q", names)
	}
	if n := len(seen); n < 3 || seen[0].State != result.Running || seen[n-1].State != result.Done || seen[n-1].Result != nil {
		t.Errorf("seen %+v", seen)
	}

	done := l.do("GET", "/api/runs/"+first+"/", "", "Accept-Language: en").object(t, 200, "result", "started", "finished")
	if got := done["result"].(map[string]any)["performance"].(map[string]any)["recommendation"]; got != "A tie." {
		t.Errorf("recommendation %q", got)
	}
	// Who watches a run that has ended gets its end, and the stream ends.
	late := l.do("GET", "/api/runs/"+first+"/events", "")
	if !strings.HasPrefix(string(late.body), "event: run\ndata: {") || strings.Count(string(late.body), "event:") != 1 || !strings.Contains(string(late.body), `"state":"done"`) {
		t.Errorf("late: %s", late.body)
	}
	<-begun
	release <- nil
}

func TestCancel(t *testing.T) {
	l := open(t, twoPhotos(t))
	begun, _ := held(l)
	running, queued := l.submit(t), l.submit(t)
	<-begun
	stream := l.open(t.Context(), "GET", "/api/runs/"+queued+"/events/", nil)
	defer stream.Body.Close()
	for _, id := range []string{queued, running} {
		for range 2 { // a second time changes nothing
			v := l.do("DELETE", "/api/runs/"+id+"/", "").object(t, 200, "error", "error_en", "finished")
			if v["state"] != "cancelled" || v["error"].(map[string]any)["code"] != "cancelled" {
				t.Errorf("cancelled: %v", v)
			}
		}
	}
	var last result.RunView
	events(t, stream.Body, func(e event) { last = e.view })
	if last.State != result.Cancelled || last.Error.Error == last.ErrorEN.Error {
		t.Errorf("the last event: %+v", last)
	}
}

func TestUnknownRuns(t *testing.T) {
	l := open(t, twoPhotos(t))
	for _, r := range []reply{
		l.do("GET", "/api/runs/nope/", ""), l.do("DELETE", "/api/runs/nope", ""), l.do("GET", "/api/runs/nope/events/", ""),
		l.do("GET", "/api/runs/..%2f..%2fetc", ""),
	} {
		r.fault(t, 404, "not_found")
	}
}

// A client has four streams. Who leaves makes room.
func TestTooManyStreams(t *testing.T) {
	l := open(t, twoPhotos(t))
	begun, release := held(l)
	id := l.submit(t)
	<-begun
	watch := func(ctx context.Context) *http.Response {
		resp := l.open(ctx, "GET", "/api/runs/"+id+"/events/", nil)
		if resp.StatusCode == 200 { // it is counted once it speaks
			if _, err := resp.Body.Read(make([]byte, 1)); err != nil {
				t.Error(err)
			}
		}
		return resp
	}
	ctx, leave := context.WithCancel(t.Context())
	for i := range streamsPerClient {
		if i > 0 {
			ctx = t.Context()
		}
		resp := watch(ctx)
		defer resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Fatalf("stream %d: %d", i, resp.StatusCode)
		}
	}
	r := l.do("GET", "/api/runs/"+id+"/events/", "")
	r.fault(t, 429, "busy")
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	leave()
	for { // the server hears of it in its own time; the test's limit is go test's
		resp := watch(t.Context())
		if resp.StatusCode == 200 {
			defer resp.Body.Close()
			break
		}
		resp.Body.Close()
	}
	release <- nil
}

func TestStreams(t *testing.T) {
	s := newStreams()
	var leaves []func()
	for i := range streamsInAll {
		leave, ok := s.enter(fmt.Sprint(i / streamsPerClient))
		if !ok {
			t.Fatalf("stream %d was refused", i)
		}
		leaves = append(leaves, leave)
	}
	if _, ok := s.enter("another"); ok {
		t.Errorf("more than %d streams in all", streamsInAll)
	}
	for _, leave := range leaves {
		leave()
	}
	if s.all != 0 || len(s.byClient) != 0 {
		t.Errorf("left: %+v", s)
	}
}
