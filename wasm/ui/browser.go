package ui

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// workerScript computes a batch with the host's own code, outside the page's
// thread.
const workerScript = "/web/compute.js"

// coalesce is how long progress may wait to be shown together with what comes
// after it: the worker tells of every image, and building the page's race takes
// a phone tens of milliseconds. The server's progress comes as often.
const coalesce = 250 * time.Millisecond

// browserRun is a batch in the page's Web Workers, by one method after the
// other.
type browserRun struct {
	phase   phase
	method  string   // that computes
	waiting []string // methods after it
	event   result.BrowserEvent
	trouble *Problem
	seconds int

	worker app.Value
	ears   *listeners
	feed   *feed
}

func (b *browserRun) active() bool { return b.phase == watching }
func (b *browserRun) visible() bool {
	return b.active() || b.phase == cancelled || b.trouble != nil
}

// browserStatus is where the browser's run stands, as it is shown.
type browserStatus struct {
	Method  string
	Event   result.BrowserEvent
	Phase   phase
	Seconds int
	Trouble *Problem
}

func (b *browserRun) status() browserStatus {
	return browserStatus{Method: b.method, Event: b.event, Phase: b.phase, Seconds: b.seconds, Trouble: b.trouble}
}

// stop ends the worker wherever it stands.
func (b *browserRun) stop() {
	if b.worker == nil {
		return
	}
	b.ears.drop()
	b.worker.Call("terminate")
	b.worker = nil
}

// browserResult is what the worker computed.
type browserResult struct {
	Result    result.MethodResult
	Line      *result.Timeline
	Starts    []result.BrowserStart
	Names     []string
	URLs      []string // of blobs; revoked when the result is dropped
	DownloadS float64
}

// dropBrowserResults forgets the results of methods and frees their pictures.
func (l *Lab) dropBrowserResults(methods ...string) {
	l.outcome.browsers = slices.DeleteFunc(l.outcome.browsers, func(b browserResult) bool {
		drop := slices.Contains(methods, b.Result.Method)
		if drop {
			for _, u := range b.URLs {
				app.Window().Get("URL").Call("revokeObjectURL", u)
			}
		}
		return drop
	})
}

// baselineOf finds the result of the browser's one worker with vectors; nil if
// it was not measured.
func baselineOf(results []browserResult) *browserResult {
	for i := range results {
		if results[i].Result.Method == request.Browser {
			return &results[i]
		}
	}
	return nil
}

// startBrowser runs the asked batch in Web Workers, by each method that was
// asked for.
func (l *Lab) startBrowser() {
	l.browser = browserRun{waiting: slices.Clone(l.asked.Browsers)}
	if l.live == nil {
		l.live = &liveRace{}
	}
	l.live.images = imagesOf(l.asked.Request.Request, l.form.LabImages())
	l.nextBrowser()
}

// browserJob is what the first worker of a method is told.
func browserJob(asked Checked, method string) result.BrowserJob {
	job := result.BrowserJob{Method: method, Request: BrowserRequest(asked.Request)}
	if method == request.BrowserWorkers {
		// Several workers are started like the host's: before the clock or in it.
		job.Workers, job.Request.Pool = asked.BrowserWorkers, asked.Request.Pool
	}
	return job
}

// nextBrowser starts the method that waits first. Each begins with a worker of
// its own, so that none finds the memory that another has left.
func (l *Lab) nextBrowser() {
	method := l.browser.waiting[0]
	waiting := l.browser.waiting[1:]
	job := browserJob(l.asked, method)
	job.Images, job.Limits = l.form.LabImages(), l.cat.Limits
	text, err := json.Marshal(job)
	if err != nil {
		l.failBrowser(err.Error())
		return
	}
	script := asset(workerScript)
	if method == request.BrowserPlain {
		script += "?simd=off"
	}
	l.browser = browserRun{
		phase: watching, method: method, waiting: waiting, seconds: l.browser.seconds,
		event: result.BrowserEvent{Phase: phaseStart}, feed: &feed{},
	}
	l.say(MethodTitle(l.lang, method) + ": " + l.lang.T("browser.started"))
	seq := l.seq
	worker := app.Window().Get("Worker").New(script)
	ears := &listeners{on: worker}
	ears.add("message", func(e app.Value) { l.heard(seq, e.Get("data")) })
	ears.add("error", func(e app.Value) {
		detail := ""
		if m := e.Get("message"); m.Truthy() {
			detail = m.String()
		}
		l.ctx.Dispatch(func(app.Context) {
			if seq == l.seq && l.browser.active() {
				l.failBrowser(detail)
			}
		})
	})
	l.browser.worker, l.browser.ears = worker, ears
	worker.Call("postMessage", map[string]any{"type": "run", "job": string(text)})
}

// phaseStart is the time before the worker's first word: it is loading.
const phaseStart = "start"

// heard takes in one message of the worker. It runs in the browser's callback:
// it only reads the message and leaves the rest to the UI's goroutine.
func (l *Lab) heard(seq int, data app.Value) {
	var event result.BrowserEvent
	if data.Get("type").String() != "event" || json.Unmarshal([]byte(data.Get("event").String()), &event) != nil {
		return
	}
	switch event.Phase {
	case result.PhaseDone:
		blobs := data.Get("blobs")
		l.ctx.Dispatch(func(app.Context) {
			if seq == l.seq && l.browser.active() {
				l.finishBrowser(event, blobs)
			}
		})
	case result.PhaseError:
		l.ctx.Dispatch(func(app.Context) {
			if seq == l.seq && l.browser.active() {
				l.failBrowser(event.Error)
			}
		})
	default:
		if l.browser.feed.put(event) {
			l.ctx.After(coalesce, func(app.Context) {
				if seq == l.seq && l.browser.active() {
					l.sawBrowser(l.browser.feed.take())
				}
			})
		}
	}
}

// sawBrowser takes in how far the worker has come.
func (l *Lab) sawBrowser(event result.BrowserEvent, lanes []*result.LanesEvent) {
	for _, e := range lanes {
		data, err := json.Marshal(e)
		if err == nil {
			err = l.live.take(string(data), time.Now())
		}
		if err != nil {
			l.failBrowser(err.Error())
			return
		}
	}
	changed := event.Phase != l.browser.event.Phase
	l.browser.event = event
	if changed {
		l.say(browserPhase(l.lang, event))
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

func (l *Lab) finishBrowser(event result.BrowserEvent, blobs app.Value) {
	l.browser.stop()
	l.browser.phase = finished
	if event.Result == nil {
		l.failBrowser("")
		return
	}
	l.dropBrowserResults(l.browser.method)
	l.live.forget([]string{l.browser.method})
	l.outcome.browsers = append(l.outcome.browsers, browserResult{
		Result: *event.Result, Line: event.Timeline, Starts: event.Starts,
		Names: event.Outputs, URLs: objectURLs(blobs), DownloadS: event.DownloadS,
	})
	order := request.BrowserMethods()
	slices.SortStableFunc(l.outcome.browsers, func(a, b browserResult) int {
		return slices.Index(order, a.Result.Method) - slices.Index(order, b.Result.Method)
	})
	l.say(BrowserSentence(l.lang, *event.Result, l.outcome.result))
	if len(l.browser.waiting) > 0 {
		l.nextBrowser()
		return
	}
	l.showAnswer()
}

func (l *Lab) failBrowser(detail string) {
	l.browser.stop()
	l.browser.phase = finished
	l.browser.trouble = &Problem{Key: "error.browser", Detail: detail}
	l.live.forget(request.BrowserMethods())
	l.say(l.lang.T("error.browser"))
}

func (l *Lab) cancelBrowser() {
	l.browser.stop()
	l.browser.phase = cancelled
	l.live.forget(request.BrowserMethods())
	l.say(l.lang.T("browser.cancelled"))
}
