package measure

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
)

// workerScript computes a batch with the host's own code, outside the page's
// thread.
const workerScript = "/web/compute.js"

// coalesce is how long progress may wait to be shown together with what comes
// after it: the worker tells of every image, and building the page's race takes
// a phone tens of milliseconds. The server's progress comes as often.
const coalesce = 250 * time.Millisecond

// BrowserRun is a batch in the page's Web Workers, by one method after the
// other.
type BrowserRun struct {
	Phase   Phase
	Method  string // that computes
	Event   result.BrowserEvent
	Trouble *client.Problem
	Seconds int

	waiting []string      // methods after it
	working *client.Scope // of the method's worker
}

// Active reports whether it is not over.
func (b *BrowserRun) Active() bool { return b.Phase == Watching }

// Visible reports whether there is something to say of how far it is.
func (b *BrowserRun) Visible() bool {
	return b.Active() || b.Phase == Cancelled || b.Trouble != nil
}

// BrowserStatus is where the browser's run stands, as it is shown.
type BrowserStatus struct {
	Method  string
	Event   result.BrowserEvent
	Phase   Phase
	Seconds int
	Trouble *client.Problem
}

// Status is where it stands.
func (b *BrowserRun) Status() BrowserStatus {
	return BrowserStatus{Method: b.Method, Event: b.Event, Phase: b.Phase, Seconds: b.Seconds, Trouble: b.Trouble}
}

// BrowserResult is what the worker computed.
type BrowserResult struct {
	Result    result.MethodResult
	Line      *result.Timeline
	Starts    []result.BrowserStart
	Names     []string
	URLs      []string // of blobs; revoked when the result is dropped
	DownloadS float64
}

// dropBrowserResults forgets the results of methods and frees their pictures.
func (s *Session) dropBrowserResults(methods ...string) {
	s.Outcome.Browsers = slices.DeleteFunc(s.Outcome.Browsers, func(b BrowserResult) bool {
		drop := slices.Contains(methods, b.Result.Method)
		if drop {
			revokeURLs(b.URLs)
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

// startBrowser runs the asked batch in Web Workers, by each method that was
// asked for.
func (s *Session) startBrowser() {
	s.Browser = BrowserRun{waiting: slices.Clone(s.Asked.Browsers)}
	if s.Live == nil {
		s.Live = &Live{}
	}
	s.Live.Images = imagesOf(s.Asked.Request.Request, s.labImages())
	s.nextBrowser()
}

// browserJob is what the first worker of a method is told.
func browserJob(asked Asked, method string) result.BrowserJob {
	job := result.BrowserJob{Method: method, Request: BrowserRequest(asked.Request)}
	if method == request.BrowserWorkers {
		// Several workers are started like the host's: before the clock or in it.
		job.Workers, job.Request.Pool = asked.BrowserWorkers, asked.Request.Pool
	}
	return job
}

// nextBrowser starts the method that waits first. Each begins with a worker of
// its own, so that none finds the memory that another has left.
func (s *Session) nextBrowser() {
	method, waiting := s.Browser.waiting[0], s.Browser.waiting[1:]
	job := browserJob(s.Asked, method)
	job.Images, job.Limits = s.labImages(), s.Catalogue.Limits
	text, err := json.Marshal(job)
	if err != nil {
		s.failBrowser(err.Error())
		return
	}
	script := workerScript
	if method == request.BrowserPlain {
		script += "?simd=off"
	}
	working := s.scope.Within()
	s.Browser = BrowserRun{
		Phase: Watching, Method: method, waiting: waiting, working: working, Seconds: s.Browser.Seconds,
		Event: result.BrowserEvent{Phase: phaseStart},
	}
	s.tell(BrowserBegan)
	events := &feed{}
	working.AtEnd(s.hire(script, string(text), func(text string, pictures func() []string) {
		s.hearBrowser(working, events, text, pictures)
	}, func(detail string) {
		working.Dispatch(func() { s.failBrowser(detail) })
	}))
}

// phaseStart is the time before the worker's first word: it is loading.
const phaseStart = "start"

// hearBrowser takes in one event of the worker. It runs in the browser's
// callback: it only reads the event and leaves the rest to the UI's goroutine.
func (s *Session) hearBrowser(working *client.Scope, events *feed, text string, pictures func() []string) {
	var event result.BrowserEvent
	if json.Unmarshal([]byte(text), &event) != nil {
		return
	}
	switch event.Phase {
	case result.PhaseDone:
		working.Dispatch(func() { s.finishBrowser(event, pictures) })
	case result.PhaseError:
		working.Dispatch(func() { s.failBrowser(event.Error) })
	default:
		if events.put(event) {
			working.After(coalesce, func() { s.sawBrowser(events.take()) })
		}
	}
}

// sawBrowser takes in how far the worker has come.
func (s *Session) sawBrowser(event result.BrowserEvent, lanes []*result.LanesEvent) {
	for _, e := range lanes {
		data, err := json.Marshal(e)
		if err == nil {
			err = s.Live.Take(string(data), time.Now())
		}
		if err != nil {
			s.failBrowser(err.Error())
			return
		}
	}
	changed := event.Phase != s.Browser.Event.Phase
	s.Browser.Event = event
	if changed {
		s.tell(BrowserMoved)
	}
}

// feed holds the newest event that is not shown yet, and the lanes of all.
type feed struct {
	mu      sync.Mutex
	newest  result.BrowserEvent
	lanes   []*result.LanesEvent // none of them is left out
	waiting bool
}

// put keeps an event, and reports whether somebody must come and take it.
func (f *feed) put(event result.BrowserEvent) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	first := !f.waiting
	f.newest, f.waiting = event, true
	if event.Lanes != nil {
		f.lanes = append(f.lanes, event.Lanes)
	}
	return first
}

func (f *feed) take() (newest result.BrowserEvent, lanes []*result.LanesEvent) {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest, lanes = f.newest, f.lanes
	f.lanes, f.waiting = nil, false
	newest.Lanes = nil
	return newest, lanes
}

func (s *Session) finishBrowser(event result.BrowserEvent, pictures func() []string) {
	if event.Result == nil {
		s.failBrowser("")
		return
	}
	s.Browser.working.End()
	s.Browser.Phase = Finished
	s.dropBrowserResults(s.Browser.Method)
	s.Live.forget([]string{s.Browser.Method})
	s.Outcome.Browsers = append(s.Outcome.Browsers, BrowserResult{
		Result: *event.Result, Line: event.Timeline, Starts: event.Starts,
		Names: event.Outputs, URLs: pictures(), DownloadS: event.DownloadS,
	})
	order := request.BrowserMethods()
	slices.SortStableFunc(s.Outcome.Browsers, func(a, b BrowserResult) int {
		return slices.Index(order, a.Result.Method) - slices.Index(order, b.Result.Method)
	})
	s.tell(BrowserTook)
	if len(s.Browser.waiting) > 0 {
		s.nextBrowser()
		return
	}
	s.tell(WentIdle)
}

func (s *Session) failBrowser(detail string) {
	s.Browser.Trouble = &client.Problem{Key: "error.browser", Detail: detail}
	s.endBrowser(Finished, BrowserFailed)
}

// CancelBrowser ends the worker wherever it stands.
func (s *Session) CancelBrowser() { s.endBrowser(Cancelled, BrowserCancelled) }

func (s *Session) endBrowser(phase Phase, kind EventKind) {
	s.Browser.working.End()
	s.Browser.Phase = phase
	s.Live.forget(request.BrowserMethods())
	s.tell(kind)
	s.tell(WentIdle)
}
