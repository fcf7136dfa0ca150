package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
)

// world is a page's loop, its host and its Web Workers. Nothing happens in it but
// by a test, which says what is next.
type world struct {
	todo    []func() // dispatched, waited for, or an answer on its way
	sent    []string // "POST /api/runs/"
	secrets []string // of the requests to cancel
	answer  func(q client.Question) (client.Reply, error)
	streams []*stream
	workers []*hired
	near    bool // the page shares the host's machine
}

func (w *world) Dispatch(f func())               { w.todo = append(w.todo, f) }
func (w *world) Async(f func())                  { w.todo = append(w.todo, f) }
func (w *world) After(_ time.Duration, f func()) { w.todo = append(w.todo, f) }

func (w *world) Send(q client.Question) (client.Reply, error) {
	w.sent = append(w.sent, q.Method+" "+q.URL)
	if q.Method == "DELETE" {
		w.secrets = append(w.secrets, q.Secret)
	}
	return w.answer(q)
}

type stream struct {
	url    string
	heard  map[string]func(string)
	lost   func(bool)
	closed bool
}

func (w *world) Listen(url string, heard map[string]func(string), lost func(bool)) func() {
	s := &stream{url: url, heard: heard, lost: lost}
	w.streams = append(w.streams, s)
	return func() { s.closed = true }
}

type hired struct {
	job   result.BrowserJob
	heard func(kind, text string, pictures func() []string)
	over  bool
	goes  int // rounds that it was let begin
}

// finishes says that all is done.
func (h *hired) finishes() {
	c := &result.Comparison{Spec: request.Spec{Methods: h.job.Spec.Methods}, Results: map[string]*result.MethodResult{}}
	o := result.BrowserOutcome{Comparison: c}
	var urls []string
	for _, m := range h.job.Spec.Methods {
		c.Results[m], c.Timelines = &result.MethodResult{Method: m}, append(c.Timelines, result.Timeline{Method: m})
		o.Outputs, urls = append(o.Outputs, result.BrowserOutput{Method: m, Image: "a.jpg"}), append(urls, "blob:"+m)
	}
	h.heard(result.EventDone, written(o), func() []string { return urls })
}

func (w *world) hire(job string, heard func(kind, text string, pictures func() []string)) Agent {
	h := &hired{heard: heard}
	if err := json.Unmarshal([]byte(job), &h.job); err != nil {
		panic(err)
	}
	w.workers = append(w.workers, h)
	return Agent{Go: func() { h.goes++ }, End: func() { h.over = true }}
}

// run lets everything happen that can, in its order, but for the ticks that go on
// for ever while something is measured.
func (w *world) run() {
	for range 50 {
		if len(w.todo) == 0 {
			return
		}
		next := w.todo[0]
		w.todo = w.todo[1:]
		next()
	}
}

func written(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// begin makes a session on a host that answers every question with what a run is
// by then.
func begin(view func() result.RunView) (*world, *Session, *[]EventKind) {
	w := &world{}
	w.answer = func(q client.Question) (client.Reply, error) {
		switch q.URL {
		case "/api/filters/":
			return client.Reply{Status: 200, Body: written(request.Catalogue{Limits: request.Limits{Count: 10, Workers: 4, Executions: 100, Pixels: 1e9}})}, nil
		case "/api/image/info/":
			return client.Reply{Status: 200, Body: written(result.ImagesInfo{Images: []result.ImageInfo{{Name: "a.jpg"}}})}, nil
		}
		return client.Reply{Status: 200, Body: written(view())}, nil
	}
	var kinds []EventKind
	s := New(client.Begin(w), w, func() i18n.Lang { return i18n.EN }, func(e Event) { kinds = append(kinds, e.Kind) })
	s.hire, s.near = w.hire, func() bool { return w.near }
	s.Load()
	w.run()
	return w, s, &kinds
}

func asked(methods, browsers []string) Asked {
	return Asked{Request: request.Request{Filters: []string{"blur"}, Methods: methods}, Browsers: browsers}
}

func done(id string) result.RunView {
	return result.RunView{ID: id, State: result.Done, Result: &result.Comparison{}}
}

// TestWayOfARun goes the usual way: the host, and then two of the browser's
// methods.
func TestWayOfARun(t *testing.T) {
	view := result.RunView{ID: "r", State: result.Queued}
	w, s, kinds := begin(func() result.RunView { return view })
	s.Measure(asked([]string{"threading"}, []string{request.Browser, request.BrowserPlain}))
	w.run()
	if s.Run.Phase != Watching || s.Run.View.ID != "r" || len(w.streams) != 1 || w.streams[0].url != "/api/runs/r/events/" {
		t.Fatalf("%+v, %d streams", s.Run, len(w.streams))
	}
	view = done("r")
	w.streams[0].heard["run"](written(result.RunView{ID: "r", State: result.Done}))
	w.run()
	if !w.streams[0].closed || s.Outcome.RunID != "r" || s.Outcome.Result == nil || len(w.workers) != 1 {
		t.Fatalf("%+v, %d workers", s.Outcome, len(w.workers))
	}
	h, both := w.workers[0], []string{request.Browser, request.BrowserPlain}
	if !slices.Equal(h.job.Spec.Methods, both) || h.job.Spec.Count == 0 {
		t.Errorf("the job %+v", h.job)
	}
	h.heard(result.EventLanes, written(result.LanesEvent{LanesHead: result.LanesHead{Seq: 1, Method: request.Browser, First: true}}), nil)
	h.heard(result.EventProgress, written(result.Progress{Phase: result.PhaseTimed, Method: request.Browser, Overall: 1}), nil)
	w.run()
	if s.Browser.Progress.Overall != 1 || s.Live.Of(request.Browser) == nil {
		t.Errorf("under way: %+v", s.Browser)
	}
	h.finishes()
	w.run()
	if !h.over || len(s.Outcome.Browsers) != 2 || s.Outcome.Contest == nil || s.Busy() {
		t.Errorf("after them: %+v", s.Outcome)
	}
	for i, b := range s.Outcome.Browsers {
		if b.Result.Method != both[i] || !slices.Equal(b.URLs, []string{"blob:" + both[i]}) || b.Line.Method != both[i] {
			t.Errorf("%s: %+v", both[i], b)
		}
	}
	want := []EventKind{Loaded, RunSent, RunQueued, RunMoved, RunMoved, RunTook, BrowserBegan, BrowserMoved, BrowserTook, WentIdle}
	if !slices.Equal(*kinds, want) {
		t.Errorf("heard %v, want %v", *kinds, want)
	}
}

// A page cancels what it has started, with the secret that it was given, and does
// not offer to cancel another's.
func TestOnlyWhatIsMineIsCancelled(t *testing.T) {
	w, s, _ := begin(func() result.RunView { return result.RunView{ID: "r", State: result.Running} })
	answer := w.answer
	w.answer = func(q client.Question) (client.Reply, error) {
		if q.Method == "POST" {
			return client.Reply{Status: 202, Body: `{"id":"r","state":"queued","cancel_token":"the secret"}`}, nil
		}
		return answer(q)
	}
	s.Open("another's")
	w.run()
	if s.MayCancel() {
		t.Error("another's run may be cancelled")
	}
	s.Measure(asked([]string{"threading"}, nil))
	if !s.MayCancel() {
		t.Error("what is being sent may not be given up")
	}
	w.run()
	s.Cancel()
	w.run()
	if !s.MayCancel() || !slices.Equal(w.secrets, []string{"the secret"}) {
		t.Errorf("it may cancel: %v; sent with %q", s.MayCancel(), w.secrets)
	}
	if got := secretOf([]string{"a one", "r two", "c three"}, "r"); got != "two" || secretOf(nil, "r") != "" {
		t.Errorf("of r the secret %q", got)
	}
}

// Another form makes up for a refusal of what the last one asked for, and not for a run
// that is not there.
func TestForgive(t *testing.T) {
	w, s, _ := begin(func() result.RunView { return result.RunView{} })
	w.answer = func(client.Question) (client.Reply, error) {
		return client.Reply{Status: 404, Body: `{"error":"there is none","code":"not_found"}`}, nil
	}
	s.Open("nosuch")
	w.run()
	if s.Forgive(); s.Run.Trouble == nil {
		t.Error("that the run is not there is forgotten")
	}
	s.Measure(asked([]string{"threading"}, nil))
	w.run()
	if s.Run.Trouble == nil {
		t.Fatal("a refusal is no trouble")
	}
	if s.Forgive(); s.Run.Trouble != nil {
		t.Errorf("of another form it is said: %v", s.Run.Trouble)
	}
}

// Where page and host share a machine, the host measures right before each counted
// round of the browser's; if it cannot once, the browser goes on alone.
func TestTurns(t *testing.T) {
	for _, tt := range []struct {
		name         string
		near, refuse bool
		asks         int // of the host, between three counted rounds
	}{{"near", true, false, 3}, {"near, and refused", true, true, 1}, {"elsewhere", false, false, 0}} {
		view := done("r")
		view.Result.Results = map[string]*result.MethodResult{"threading": {Method: "threading", Time: 1}, "hybrid": {Method: "hybrid", Time: 2}}
		view.Result.Spec = request.Spec{Methods: []string{"threading", "hybrid"}, Count: 3, Pool: request.Both, Rounds: 5, Steps: []request.Step{{Filter: "blur"}}}
		w, s, _ := begin(func() result.RunView { return view })
		w.near = tt.near
		answer, bodies := w.answer, []string{}
		w.answer = func(q client.Question) (client.Reply, error) {
			if q.URL != "/api/process-batch/threading/" {
				return answer(q)
			}
			bodies = append(bodies, q.Body)
			if tt.refuse {
				return client.Reply{Status: 429, Body: "{}"}, nil
			}
			return client.Reply{Status: 200, Body: written(result.MethodResult{Rounds: []result.Round{{Warmup: true, Seconds: 9}, {Seconds: 0.5}}})}, nil
		}
		s.Measure(asked([]string{"threading", "hybrid"}, []string{request.Browser}))
		w.run()
		w.streams[0].heard["run"](written(result.RunView{ID: "r", State: result.Done}))
		w.run()
		h := w.workers[0]
		if h.job.Turns != tt.near {
			t.Errorf("%s: the job takes turns: %v", tt.name, h.job.Turns)
		}
		if tt.near {
			for i, counted := range []bool{false, true, true, true} {
				h.heard(result.EventTurn, written(result.Turn{Counted: counted}), nil)
				w.run()
				if h.goes != i+1 {
					t.Errorf("%s: %d rounds were let begin, want %d", tt.name, h.goes, i+1)
				}
			}
		}
		h.finishes()
		w.run()
		if len(bodies) != tt.asks {
			t.Errorf("%s: the host was asked %d times, want %d: %v", tt.name, len(bodies), tt.asks, bodies)
		}
		for _, body := range bodies {
			for _, part := range []string{`"rounds":1`, `"warmup":1`, `"pool":"warm"`, `"count":3`, `"filters":["blur"]`} {
				if !strings.Contains(body, part) {
					t.Errorf("%s: %s lacks %s", tt.name, body, part)
				}
			}
		}
		switch turns := s.Outcome.Turns; {
		case !tt.near && turns != nil, tt.near && (turns == nil || turns.Against != "threading" || turns.Broken != tt.refuse):
			t.Errorf("%s: %+v", tt.name, turns)
		case tt.near && !tt.refuse && (len(turns.Rounds) != 3 || turns.Rounds[2].Seconds != 0.5):
			t.Errorf("%s: rounds %+v", tt.name, turns.Rounds)
		}
	}
}

func TestCancelledBeforeItsIdIsKnown(t *testing.T) {
	w, s, kinds := begin(func() result.RunView { return result.RunView{ID: "r", State: result.Queued} })
	s.Measure(asked([]string{"threading"}, nil))
	s.Cancel()
	w.run()
	if !slices.Contains(w.sent, "DELETE /api/runs/r/") {
		t.Fatalf("sent %v", w.sent)
	}
	w.streams[0].heard["run"](written(result.RunView{ID: "r", State: result.Cancelled}))
	w.run()
	if s.Run.Phase != Cancelled || s.Live != nil || !slices.Equal((*kinds)[len(*kinds)-2:], []EventKind{RunCancelled, WentIdle}) {
		t.Errorf("%+v, heard %v", s.Run, *kinds)
	}
}

// TestALostStream is waited for and then replaced by questions, which the end of
// the run ends.
func TestALostStream(t *testing.T) {
	view := result.RunView{ID: "r", State: result.Running}
	w, s, _ := begin(func() result.RunView { return view })
	s.Measure(asked([]string{"threading"}, nil))
	w.run()
	for i := range streamTries {
		if w.streams[0].closed {
			t.Fatalf("given up after %d losses", i)
		}
		w.streams[0].lost(false)
		w.run()
	}
	if !w.streams[0].closed {
		t.Fatal("a lost stream is not closed")
	}
	before := len(w.sent)
	w.run()
	if len(w.sent) == before {
		t.Error("the host is not asked in its place")
	}
	answer := w.answer
	w.answer = func(client.Question) (client.Reply, error) { return client.Reply{}, errors.New("no network") }
	w.run()
	if s.Run.Notice != "error.lost" || !s.Busy() {
		t.Errorf("without a network: %q, busy %v", s.Run.Notice, s.Busy())
	}
	w.answer, view = answer, done("r")
	for range 10 {
		w.run()
	}
	if s.Busy() || s.Outcome.RunID != "r" {
		t.Errorf("%+v", s.Run)
	}
	before = len(w.sent)
	if w.run(); len(w.sent) != before {
		t.Error("the host is asked on after the end")
	}
}

// TestProblems says why there is no result, and that it is over.
func TestProblems(t *testing.T) {
	refused := written(fault.ErrorBody{FaultBody: fault.FaultBody{Error: "full", Code: "busy"}})
	for _, tt := range []struct {
		name  string
		reply client.Reply
		err   error
		want  client.Problem
	}{
		{"no answer", client.Reply{}, errors.New("gone"), client.Problem{Key: "error.network", Detail: "gone"}},
		{"refused", client.Reply{Status: 429, Body: refused, RetryAfter: 7}, nil, client.Problem{Detail: "full", RetryAfter: 7}},
		{"nonsense", client.Reply{Status: 200, Body: "{"}, nil, client.Problem{Key: "error.answer"}},
	} {
		w, s, kinds := begin(func() result.RunView { return result.RunView{} })
		w.answer = func(client.Question) (client.Reply, error) { return tt.reply, tt.err }
		s.Measure(asked([]string{"threading"}, []string{request.Browser}))
		w.run()
		p := s.Run.Trouble
		if p == nil || p.Key != tt.want.Key || tt.want.Detail != "" && p.Detail != tt.want.Detail || p.RetryAfter != tt.want.RetryAfter {
			t.Errorf("%s: %+v, want %+v", tt.name, p, tt.want)
		}
		if want := []EventKind{Loaded, RunSent, RunFailed, WentIdle}; s.Busy() || !slices.Equal(*kinds, want) {
			t.Errorf("%s: heard %v, want %v", tt.name, *kinds, want)
		}
	}
}

// TestAnyOrder lets answers, events, losses, cancellations and other runs come in
// any order: what was asked for before the last measurement changes nothing any
// more, and each measurement that is not replaced goes idle once.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(300) {
		chance := rand.New(rand.NewPCG(seed, 7))
		number := 0
		w, s, kinds := begin(nil)
		states := []result.State{result.Queued, result.Running, result.Done, result.Failed, result.Cancelled, result.Interrupted}
		w.answer = func(q client.Question) (client.Reply, error) {
			id := fmt.Sprint(number) // the run that is asked for last
			if rest, ok := strings.CutPrefix(q.URL, "/api/runs/"); ok && rest != "" {
				id, _, _ = strings.Cut(rest, "/")
			}
			switch chance.IntN(8) {
			case 0:
				return client.Reply{}, errors.New("no network")
			case 1:
				return client.Reply{Status: 500, Body: "no"}, nil
			case 2, 3:
				return client.Reply{Status: 200, Body: written(result.RunView{ID: id, State: states[chance.IntN(len(states))]})}, nil
			}
			return client.Reply{Status: 200, Body: written(done(id))}, nil
		}
		idle := func() int {
			n := 0
			for _, k := range *kinds {
				if k == WentIdle {
					n++
				}
			}
			return n
		}
		step := func() {
			switch chance.IntN(12) {
			case 0:
				if len(w.streams) > 0 {
					st := w.streams[chance.IntN(len(w.streams))]
					id := strings.Split(st.url, "/")[3]
					st.heard["run"](written(result.RunView{ID: id, State: states[chance.IntN(len(states))]}))
				}
			case 1:
				if len(w.streams) > 0 {
					w.streams[chance.IntN(len(w.streams))].lost(chance.IntN(2) == 0)
				}
			case 2:
				if len(w.workers) > 0 {
					w.workers[chance.IntN(len(w.workers))].finishes()
				}
			case 3:
				if len(w.workers) > 0 {
					w.workers[chance.IntN(len(w.workers))].heard(result.EventBroken, "broken", nil)
				}
			case 4:
				if s.Run.Active() {
					s.Cancel()
				}
			case 5:
				if s.Browser.Active() && chance.IntN(3) == 0 {
					s.CancelBrowser()
				}
			default:
				if n := len(w.todo); n > 0 {
					i := chance.IntN(n)
					next := w.todo[i]
					w.todo = slices.Delete(w.todo, i, i+1)
					next()
				}
			}
		}
		for range 3 {
			number++
			*kinds = nil
			s.Measure(asked([]string{"threading"}, []string{request.Browser}))
			for range 150 {
				step()
				if n := idle(); n > 1 || n == 1 && s.Busy() || n == 0 && !s.Busy() {
					t.Fatalf("seed %d: idle %d times, busy %v: %v", seed, n, s.Busy(), *kinds)
				}
			}
			if id := s.Run.View.ID; id != "" && id != fmt.Sprint(number) {
				t.Fatalf("seed %d: the run %s is shown in place of %d", seed, id, number)
			}
			if chance.IntN(2) == 0 {
				number++
				*kinds = nil
				s.Open(fmt.Sprint(number))
				for range 20 {
					step()
				}
			}
		}
	}
}
