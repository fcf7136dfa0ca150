package measure

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// coalesce is how long progress may wait to be shown together with what comes
// after it: the worker tells of every image, and building the page's race takes
// a phone tens of milliseconds. The server's progress comes as often.
const coalesce = 250 * time.Millisecond

// BrowserRun is a batch in the page's Web Workers, by one method or several.
type BrowserRun struct {
	BrowserStatus

	working *client.Scope // of the agent
	turns   *Turns        // nil where the host does not measure between its rounds
}

// Active reports whether it is not over.
func (b *BrowserRun) Active() bool { return b.Phase == Watching }

// Visible reports whether there is something to say of how far it is.
func (b *BrowserRun) Visible() bool {
	return b.Active() || b.Phase == Cancelled || b.Trouble != nil
}

// BrowserStatus is where the browser's run stands, as it is shown.
type BrowserStatus struct {
	Progress result.Progress
	Phase    Phase
	Seconds  int
	Trouble  *client.Problem
}

// BrowserResult is what one of the browser's methods gave.
type BrowserResult struct {
	Result    result.MethodResult
	Line      *result.Timeline
	Starts    []result.BrowserStart
	Names     []string
	URLs      []string // of blobs; revoked when the result is dropped
	DownloadS float64
}

// dropBrowserResults forgets the results of methods and frees their pictures.
// A comparison that one of them was in is none any more.
func (s *Session) dropBrowserResults(methods ...string) {
	s.Outcome.Browsers = slices.DeleteFunc(s.Outcome.Browsers, func(b BrowserResult) bool {
		drop := slices.Contains(methods, b.Result.Method)
		if drop {
			revokeURLs(b.URLs)
			s.Outcome.Contest = nil
		}
		return drop
	})
}

// BaselineOf finds the result of the browser's one worker with vectors; nil if
// it was not measured.
func BaselineOf(results []BrowserResult) *BrowserResult {
	for i := range results {
		if results[i].Result.Method == request.Browser {
			return &results[i]
		}
	}
	return nil
}

// startBrowser has the asked batch measured by Web Workers.
func (s *Session) startBrowser() {
	s.Live.Images = imagesOf(s.Asked.Request, s.labImages())
	turns := s.turnsWith()
	job, err := browserJob(s.Asked, s.Catalogue.Limits, s.labImages(), turns != nil)
	if err != nil {
		s.failBrowser(err.Error())
		return
	}
	working := s.scope.Within()
	s.Browser = BrowserRun{BrowserStatus: BrowserStatus{Phase: Watching, Seconds: s.Browser.Seconds}, working: working, turns: turns}
	s.tell(BrowserBegan)
	said := &feed{}
	var agent Agent
	agent = s.hire(job, func(kind, text string, pictures func() []string) {
		if kind == result.EventTurn {
			var t result.Turn
			if err := json.Unmarshal([]byte(text), &t); err != nil {
				kind, text = result.EventBroken, err.Error()
			} else {
				working.Dispatch(func() { s.takeTurn(working, t, agent.Go) })
				return
			}
		}
		s.hearBrowser(working, said, kind, text, pictures)
	})
	working.AtEnd(agent.End)
}

// browserJob is what the agent is told, as JSON.
func browserJob(asked Asked, limits request.Limits, lab []string, turns bool) (string, error) {
	body, err := json.Marshal(BrowserRequest(asked.Request))
	if err != nil {
		return "", err
	}
	spec, err := request.Parse(body, request.Endpoint{MethodsField: true}, request.Lab{
		Limits: limits, Pool: 1, Images: lab,
		Exists: func(string) bool { return true }, // the download tells
	})
	if err != nil {
		return "", err
	}
	spec.Methods, spec.Workers = asked.Browsers, asked.BrowserWorkers
	job, err := json.Marshal(result.BrowserJob{Spec: spec, Turns: turns})
	return string(job), err
}

// hearBrowser takes in one message of the agent's. It runs in the browser's
// callback: it only reads the message and leaves the rest to the UI's goroutine.
func (s *Session) hearBrowser(working *client.Scope, said *feed, kind, text string, pictures func() []string) {
	var err error
	switch kind {
	case result.EventProgress:
		var p result.Progress
		if err = json.Unmarshal([]byte(text), &p); err == nil && said.move(p) {
			working.After(coalesce, func() { s.sawBrowser(said.take()) })
		}
	case result.EventLanes:
		if said.grow(text) {
			working.After(coalesce, func() { s.sawBrowser(said.take()) })
		}
	case result.EventDone:
		var o result.BrowserOutcome
		if err = json.Unmarshal([]byte(text), &o); err == nil {
			working.Dispatch(func() { s.finishBrowser(o, pictures()) })
		}
	case result.EventBroken:
		working.Dispatch(func() { s.failBrowser(text) })
	}
	if err != nil {
		working.Dispatch(func() { s.failBrowser(err.Error()) })
	}
}

// sawBrowser takes in how far the agent has come.
func (s *Session) sawBrowser(p result.Progress, lanes []string) {
	for _, text := range lanes {
		if err := s.Live.Take(text, time.Now()); err != nil {
			s.failBrowser(err.Error())
			return
		}
	}
	before := s.Browser.Progress
	s.Browser.Progress = p
	if p.Phase != before.Phase || p.Method != before.Method {
		s.tell(BrowserMoved)
	}
}

// feed holds the newest progress that is not shown yet, and all that was told of
// lanes.
type feed struct {
	mu      sync.Mutex
	newest  result.Progress
	lanes   []string // none of them is left out
	waiting bool
}

// move keeps a progress, and reports whether somebody must come and take it.
// While pixels are checked between two rounds, it is still the round that is shown.
func (f *feed) move(p result.Progress) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.Phase == result.PhaseVerify {
		p.Phase = f.newest.Phase
	}
	f.newest = p
	return f.call()
}

// grow does the same for an event of lanes.
func (f *feed) grow(text string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lanes = append(f.lanes, text)
	return f.call()
}

func (f *feed) call() bool {
	first := !f.waiting
	f.waiting = true
	return first
}

func (f *feed) take() (newest result.Progress, lanes []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest, lanes = f.newest, f.lanes
	f.lanes, f.waiting = nil, false
	return newest, lanes
}

// finishBrowser takes in what the methods gave. Results of others of the same
// work stay beside it.
func (s *Session) finishBrowser(o result.BrowserOutcome, urls []string) {
	s.Browser.working.End()
	s.Browser.Phase = Finished
	methods := o.Comparison.Spec.Methods
	s.dropBrowserResults(methods...)
	s.Live.forget(methods)
	s.Outcome.Contest, s.Outcome.Turns = o.Comparison, s.Browser.turns
	for i, method := range methods {
		b := BrowserResult{
			Result: *o.Comparison.Results[method], Line: &o.Comparison.Timelines[i], Starts: o.Starts[method], DownloadS: o.DownloadS,
		}
		for n, out := range o.Outputs {
			if out.Method == method && n < len(urls) {
				b.Names, b.URLs = append(b.Names, out.Image), append(b.URLs, urls[n])
			}
		}
		s.Outcome.Browsers = append(s.Outcome.Browsers, b)
	}
	order := request.BrowserMethods()
	slices.SortStableFunc(s.Outcome.Browsers, func(a, b BrowserResult) int {
		return slices.Index(order, a.Result.Method) - slices.Index(order, b.Result.Method)
	})
	s.tell(BrowserTook)
	s.tell(WentIdle)
}

func (s *Session) failBrowser(detail string) {
	s.Browser.Trouble = &client.Problem{Key: "error.browser", Detail: detail}
	s.endBrowser(Finished, BrowserFailed)
}

// CancelBrowser ends the agent, and its workers, wherever they stand.
func (s *Session) CancelBrowser() { s.endBrowser(Cancelled, BrowserCancelled) }

func (s *Session) endBrowser(phase Phase, kind EventKind) {
	s.Browser.working.End()
	s.Browser.Phase = phase
	s.Live.forget(request.BrowserMethods())
	s.tell(kind)
	s.tell(WentIdle)
}

// workerScript is the agent's: it has a batch computed with the host's own code,
// outside the page's thread.
const workerScript = "/web/compute.js"

// hiring starts the agent's Web Worker with a job. heard gets its
// messages, as result.BrowserJob specifies them, and addresses of the pictures
// that came along, which are made when they are asked for. It is not called on the
// UI's goroutine, nor before hiring has returned.
type hiring func(job string, heard func(kind, text string, pictures func() []string)) Agent

// Agent is a Web Worker with a job.
type Agent struct {
	Go  func() // lets it begin the round that it has asked for
	End func()
}

// hireWorker is the browser's hiring. What the browser says of a worker that does
// not start or breaks, is its last word.
func hireWorker(job string, heard func(kind, text string, pictures func() []string)) Agent {
	worker := app.Window().Get("Worker").New(dom.Asset(workerScript))
	ears := &dom.Listeners{On: worker}
	ears.Add("message", func(e app.Value) {
		data := e.Get("data")
		heard(data.Get("type").String(), data.Get("text").String(), func() []string { return objectURLs(data.Get("blobs")) })
	})
	ears.Add("error", func(e app.Value) {
		detail := ""
		if m := e.Get("message"); m.Truthy() {
			detail = m.String()
		}
		heard(result.EventBroken, detail, nil)
	})
	worker.Call("postMessage", map[string]any{"type": "run", "job": job})
	return Agent{
		Go: func() { worker.Call("postMessage", map[string]any{"type": "go"}) },
		End: func() {
			ears.Drop()
			worker.Call("terminate")
		},
	}
}

func objectURLs(blobs app.Value) []string {
	var urls []string
	if !blobs.Truthy() {
		return nil
	}
	for i := range blobs.Length() {
		urls = append(urls, app.Window().Get("URL").Call("createObjectURL", blobs.Index(i)).String())
	}
	return urls
}

func revokeURLs(urls []string) {
	for _, u := range urls {
		app.Window().Get("URL").Call("revokeObjectURL", u)
	}
}
