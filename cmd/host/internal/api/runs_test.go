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

	"carriles/executor/batch/class"
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
	o := r.object(t, 202, "id", "state", "position", "progress", "created", "spec", "forecast")
	id := o["id"].(string)
	if got := r.header.Get("Location"); got != "/api/runs/"+id+"/" {
		t.Errorf("Location %q", got)
	}
	return id
}

// A forecast is told before a run, which it does not start, and while it waits;
// what could not be run has none.
func TestForecast(t *testing.T) {
	l := open(t, twoPhotos(t))
	sweep := `{"filters":["sharpen"],"over":"workers","values":[1,2,4],"count":3,"rounds":1}`
	o := l.do("POST", "/api/forecast/", sweep).object(t, 200, "total_s", "left_s", "from")
	if total := o["total_s"].(float64); total <= 0 || o["left_s"] != total || o["from"] != "reckoning" {
		t.Errorf("%v", o)
	}
	l.do("POST", "/api/forecast/", `{"over":"workers","values":[0,2]}`).object(t, 400, "error", "code", "field", "allowed", "faults")
	if len(l.runs.List()) > 0 || l.executed > 0 {
		t.Error("a forecast has started a run")
	}
	_, release := held(l)
	id := l.submit(t)
	view, err := l.runs.View(id)
	if err != nil || view.Forecast == nil || view.Forecast.TotalS <= 0 {
		t.Errorf("%+v, %v", view.Forecast, err)
	}
	release <- nil
	if _, err := l.runs.Wait(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if view, _ = l.runs.View(id); view.Forecast != nil {
		t.Errorf("a run that is done has %+v", view.Forecast)
	}
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
	if len(queues) > 0 && len(queues[0].Runs) == len(want.Runs) { // how long it takes is the machine's; each ends after the one before
		first, second := queues[0].Runs[0].EstimateS, queues[0].Runs[1].EstimateS
		if first <= 0 || second <= first {
			t.Errorf("they end in about %v and %v s", first, second)
		}
		want.Runs[0].EstimateS, want.Runs[1].EstimateS = first, second
	}
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

// Who has started a run may cancel it, by its secret or, where nobody keeps that,
// from the same address; the presenter any.
func TestWhoMayCancel(t *testing.T) {
	const curl, away, asPage = "127.0.0.1", "127.0.0.2", "Sec-Fetch-Site: same-origin"
	l := open(t, twoPhotos(t))
	begun, _ := held(l)
	l.submit(t)
	<-begun
	for _, tt := range []struct {
		name    string
		started []string // headers
		from    string
		headers []string // "SECRET" is the run's
		status  int
	}{
		{"curl", nil, curl, nil, 200},
		{"curl from elsewhere", nil, away, nil, 403},
		{"curl from elsewhere, with the secret", nil, away, []string{"X-Cancel-Token: SECRET"}, 200},
		{"curl with another secret", nil, curl, []string{"X-Cancel-Token: guess"}, 403},
		{"another's page beside curl", nil, curl, []string{asPage}, 403},
		{"the page that started it", []string{asPage}, curl, []string{asPage, "X-Cancel-Token: SECRET"}, 200},
		{"another page of the address", []string{asPage}, curl, []string{asPage}, 403},
		{"curl where a page started it", []string{asPage}, curl, nil, 403},
		{"the presenter", []string{asPage}, away, []string{asPage, asPresenter}, 200},
		{"somebody with a wrong token", nil, away, []string{"Authorization: Bearer guess"}, 403},
	} {
		o := l.do("POST", "/api/runs/", `{"count":3}`, tt.started...).object(t, 202, "cancel_token")
		id, secret := o["id"].(string), o["cancel_token"].(string)
		var headers []string
		for _, h := range tt.headers {
			headers = append(headers, strings.ReplaceAll(h, "SECRET", secret))
		}
		r := l.from(tt.from, "DELETE", "/api/runs/"+id+"/", "", headers...)
		if tt.status == 403 {
			r.fault(t, 403, "not_yours")
		}
		want := map[int]string{200: "cancelled", 403: "queued"}[tt.status]
		v := l.do("GET", "/api/runs/"+id+"/", "").object(t, 200)
		if r.code != tt.status || v["state"] != want || len(secret) < 20 {
			t.Errorf("%s: %d, the run is %v; want %d, %s", tt.name, r.code, v["state"], tt.status, want)
		}
		if _, told := v["cancel_token"]; told {
			t.Error("the secret is told to everybody")
		}
		l.do("DELETE", "/api/runs/"+id+"/", "", asPresenter).object(t, 200)
	}
}

// A full queue refuses everybody but the presenter, whose run is next.
func TestThePresentersRunIsNext(t *testing.T) {
	l := open(t, twoPhotos(t))
	begun, _ := held(l)
	l.submit(t)
	<-begun
	for i := range 33 {
		for range 2 {
			l.from(fmt.Sprint("127.0.1.", i), "POST", "/api/runs/", `{}`)
		}
	}
	l.from("127.0.1.99", "POST", "/api/runs/", `{}`).fault(t, 429, "busy")
	for i := range 3 {
		if o := l.do("POST", "/api/runs/", `{}`, asPresenter).object(t, 202); o["position"] != float64(i+1) {
			t.Errorf("the presenter's run %d has the position %v", i, o["position"])
		}
	}
}

// HEAD is GET without a body, and ends.
func TestHead(t *testing.T) {
	l := open(t, twoPhotos(t))
	held(l)
	id := l.submit(t)
	for _, path := range []string{
		"/api/health/", "/static/images/a.jpg", "/api/image/4k/", "/api/runs/" + id + "/", "/api/runs/" + id + "/events/", "/api/class/events/", "/", "/static/nothing", "/api/nothing",
	} {
		get := l.open(t.Context(), "GET", path, nil)
		get.Body.Close()
		head := l.do("HEAD", path, "")
		if head.code != get.StatusCode || head.header.Get("Content-Type") != get.Header.Get("Content-Type") || len(head.body) > 0 {
			t.Errorf("%s: %d %q with %d bytes, GET is %d %q", path, head.code, head.header.Get("Content-Type"), len(head.body),
				get.StatusCode, get.Header.Get("Content-Type"))
		}
		if strings.HasPrefix(path, "/static/images") && head.header.Get("Content-Length") != get.Header.Get("Content-Length") {
			t.Errorf("%s: a length of %q", path, head.header.Get("Content-Length"))
		}
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

// An address has a quarter of the streams. Who leaves makes room, and the
// presenter has one all the same.
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
	for i := range runStreams / anAddressOf {
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
	for _, seat := range []string{class.Seat("guess"), presenterToken, ""} {
		l.do("GET", "/api/runs/"+id+"/events/?seat="+seat, "").fault(t, 429, "busy")
	}
	presenter := l.open(t.Context(), "GET", "/api/runs/"+id+"/events/?seat="+class.Seat(presenterToken), nil)
	defer presenter.Body.Close()
	inClass := l.open(t.Context(), "GET", "/api/class/events/", nil)
	defer inClass.Body.Close()
	if presenter.StatusCode != 200 || inClass.StatusCode != 200 {
		t.Errorf("the presenter: %d; the class, which is counted apart: %d", presenter.StatusCode, inClass.StatusCode)
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
	const all, each = 256, 4
	s := newPlaces(all)
	var leaves []func()
	for i := range all {
		n := i / each
		// Eight to an address, four of each of its members.
		leave, ok := s.enter(who{fmt.Sprint(n / 2), 2 * each}, who{fmt.Sprint("member ", n), each})
		if !ok {
			t.Fatalf("stream %d was refused", i)
		}
		leaves = append(leaves, leave)
	}
	if _, ok := s.enter(who{"another", each}); ok {
		t.Errorf("more than %d streams in all", all)
	}
	leaves[0]()
	if _, ok := s.enter(who{"another", each}, who{"member 1", each}); ok {
		t.Error("a fifth of a member")
	}
	if _, ok := s.enter(who{"1", 2 * each}, who{"member 0", each}); ok {
		t.Error("a ninth of an address")
	}
	for _, leave := range leaves[1:] {
		leave()
	}
	if s.all != 0 || len(s.of) != 0 {
		t.Errorf("left: %+v", s)
	}
}
