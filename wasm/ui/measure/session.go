// Package measure is the page's measuring without a view of it. The laboratory,
// the guide and the class are views on a Session: they tell it what to measure,
// read how it stands, and hear its events. It has no go-app component and renders
// nothing; who asks the host and who starts Web Workers is handed in, so that its
// tests let answers, events and ends come in any order.
//
// The hard cases: answers and events of a measurement that another has taken the
// place of are dropped by its scope; a stream that is lost is waited for, and then
// the host is asked every second; a run that is cancelled before it has an id is
// cancelled when it has one; one WentIdle ends whatever is measured, however it
// went.
//
// All that speaks to a Web Worker is in browser.go.
package measure

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
)

// Session is what a page measures and has measured, without a view of it: the
// host's run that it watches, the browser's after it, the lanes while they grow,
// the results, the queue. Its fields are for views to read; they change on the
// UI's goroutine only, and only by its methods.
type Session struct {
	// Catalogue is nil until Load has brought it; Images are the host's then.
	Catalogue *request.Catalogue
	Images    []result.ImageInfo
	Trouble   *client.Problem // of Load

	Asked   Asked
	Run     Run
	Browser BrowserRun
	Live    *Live // of the last measurement; nil before the first, and after a run that failed or was cancelled
	Outcome Outcome
	Queue   []result.QueuedRun // as the last event of the run's stream told it

	host  client.Host
	lang  func() i18n.Lang
	heard func(Event)
	hire  hiring
	near  func() bool // the page's machine is the host's

	life  *client.Scope // of the session
	scope *client.Scope // of what is measured or opened
}

// Asked is a batch that is to be measured.
type Asked struct {
	// Request is what the host is asked; its Methods are the host's, in the
	// catalogue's order.
	Request request.Request
	// Browsers are the browser's methods, in the order of request.BrowserMethods,
	// and BrowserWorkers how many workers the last of them has.
	Browsers       []string
	BrowserWorkers int
	// Photos are those that could be chosen then: what a result is shown beside.
	Photos []result.ImageInfo
}

// Outcome is what the last runs gave.
type Outcome struct {
	Result *result.Comparison
	Sweep  *result.Sweep // in place of Result
	RunID  string
	// Ran is the host's run: what it was asked for, when. It is without its result.
	Ran      result.RunView
	Browsers []BrowserResult // in the order of request.BrowserMethods
	// Contest is the comparison of the browser's methods that were measured
	// together last; nil if one of them has been measured again since.
	Contest *result.Comparison
	// Turns are the host's rounds between those of the browser's latest methods; nil
	// where it measured none.
	Turns *Turns

	Lines        *Timelines // of Result; nil until they are there
	LinesTrouble *client.Problem

	key string // what was computed
}

// Event is something that happened in a session, which stands already as it is
// after it.
type Event struct {
	Kind   EventKind
	RunID  string         // with RunQueued
	Before result.RunView // with RunMoved: how the run stood before
}

type EventKind int

// What happens in a session. Whatever is measured or opened ends with one
// WentIdle, however that is, unless the session is closed or measures something
// else before.
const (
	Loaded           EventKind = iota // the catalogue is there
	RunSent                           // the host is asked for a run
	RunQueued                         // the host has queued it
	RunMoved                          // it has come further
	RunFailed                         // it has no result: Run.Trouble
	RunCancelled                      // it was given up
	RunTook                           // its result is there
	BrowserBegan                      // the browser's methods have begun
	BrowserMoved                      // they are in another phase
	BrowserFailed                     // it has no result: Browser.Trouble
	BrowserCancelled                  // it was given up
	BrowserTook                       // its result is there
	WentIdle                          // nothing is measured any more
)

// New makes a session that lets go of everything at the end of life; the
// host's run goes on. lang is the reader's language, in which the host
// is asked; heard is told what happens, on the UI's goroutine.
func New(life *client.Scope, host client.Host, lang func() i18n.Lang, heard func(Event)) *Session {
	return &Session{host: host, lang: lang, heard: heard, hire: hireWorker, near: nearHost, life: life, scope: life.Within()}
}

func (s *Session) tell(kind EventKind) { s.heard(Event{Kind: kind}) }
func (s *Session) Busy() bool          { return s.Run.Active() || s.Browser.Active() }

// Knows reports whether a run is the one that is watched or shown.
func (s *Session) Knows(id string) bool { return id == s.Run.View.ID || id == s.Outcome.RunID }

// Forgive forgets why the last run failed: what was asked for is no longer what
// is about to be. Why a run could not be opened has nothing to do with that.
func (s *Session) Forgive() {
	if !s.Opened() {
		s.Run.Trouble = nil
	}
}

// Load asks for the catalogue and the photographs, which the browser's methods
// need.
func (s *Session) Load() {
	s.Trouble = nil
	lang := s.lang()
	var cat request.Catalogue
	var images result.ImagesInfo
	s.life.Ask(func() *client.Problem {
		if trouble := client.Get(s.host, lang, "/api/filters/", &cat); trouble != nil {
			return trouble
		}
		return client.Get(s.host, lang, "/api/image/info/", &images)
	}, func(trouble *client.Problem) {
		if s.Trouble = trouble; trouble == nil {
			s.Catalogue, s.Images = &cat, images.Images
			s.tell(Loaded)
		}
	})
}

// UploadPrefix begins the names of pictures that browsers sent. They are not
// part of the set that everybody sees.
const UploadPrefix = "uploads/"

// labImages names the host's default set.
func (s *Session) labImages() []string {
	var names []string
	for _, i := range s.Images {
		if !strings.HasPrefix(i.Name, UploadPrefix) {
			names = append(names, i.Name)
		}
	}
	return names
}

// begin drops what was measured before, and what still comes of it.
func (s *Session) begin(a Asked) {
	s.scope.End()
	s.scope = s.life.Within()
	s.Asked, s.Run, s.Browser, s.Live = a, Run{}, BrowserRun{}, &Live{}
}

// Opened reports whether what is shown was measured elsewhere or before, and not
// asked for here.
func (s *Session) Opened() bool { return len(s.Asked.Request.Filters) == 0 }

// Spec is what the shown result was measured with; nil if none is shown.
func (o Outcome) Spec() *request.Spec {
	switch {
	case o.Result != nil || o.Sweep != nil:
		return &o.Ran.Spec
	case o.Contest != nil:
		return &o.Contest.Spec
	}
	return nil
}

// Again has what is shown measured once more.
func (s *Session) Again() {
	spec := s.Outcome.Spec()
	if spec == nil || s.Busy() {
		return
	}
	a := s.Asked
	if a.Request = request.Of(*spec); s.Outcome.Result == nil && s.Outcome.Sweep == nil {
		a.Request.Methods = nil
	}
	s.Measure(a)
}

// Measure has a batch measured: by the host's methods, and then by the
// browser's, which need Load. Results of the same work stay beside it.
func (s *Session) Measure(a Asked) {
	s.begin(a)
	key := WorkKey(a.Request, s.labImages())
	if key != s.Outcome.key || len(a.Request.Methods) > 0 {
		s.dropOutcome()
	}
	s.Outcome.key = key
	s.tick()
	if len(a.Request.Methods) > 0 {
		s.startRun()
	} else {
		s.startBrowser()
	}
}

// Open shows a run of before, or goes on watching one that is still under way.
func (s *Session) Open(id string) {
	s.begin(Asked{})
	s.dropOutcome()
	s.Run = Run{RunStatus: RunStatus{Phase: Fetching, View: result.RunView{ID: id}}, secret: secretOf(secrets(), id)}
	s.askRun(s.scope, id, func(view result.RunView, trouble *client.Problem) {
		switch {
		case trouble != nil:
			s.failRun(trouble)
		case view.State == result.Done && (view.Result != nil || view.Sweep != nil):
			s.Run.View = view
			s.took(view)
		default:
			s.Run.Phase = Watching
			if !view.State.Final() {
				s.watch(id)
				s.tick()
			}
			s.sawRun(view)
		}
	})
}

func (s *Session) dropOutcome() {
	s.dropBrowserResults(request.BrowserMethods()...)
	s.Outcome = Outcome{}
}

// tick counts the seconds while something is being measured.
func (s *Session) tick() {
	s.scope.After(time.Second, func() {
		if !s.Busy() {
			return
		}
		if s.Run.Active() {
			s.Run.Seconds++
		}
		if s.Browser.Active() {
			s.Browser.Seconds++
		}
		s.Live.look(time.Now())
		s.tick()
	})
}

// BrowserRequest is what a browser is asked of a batch, in as many rounds as the
// host and with the same kind of pool; of both, with the one that is judged.
func BrowserRequest(r request.Request) request.Request {
	alone := r.InBrowser()
	alone.Rounds, alone.Warmup, alone.Pool = r.Rounds, r.Warmup, r.Pool
	alone.PrecisionPercent, alone.BudgetS = r.PrecisionPercent, r.BudgetS
	if alone.Pool == "" || alone.Pool == request.Both {
		alone.Pool = request.Warm // it is set beside what runs already
	}
	return alone
}

// WorkKey identifies what a request computes, whoever computes it and however
// often: two results may be set side by side only if their keys are equal.
func WorkKey(req request.Request, lab []string) string {
	key, err := json.Marshal(request.Request{
		Filters: req.Filters, FilterParams: req.FilterParams,
		Count: req.Count, Images: imagesOf(req, lab), Engine: req.Engine, Source: req.Source, LatencyMS: req.LatencyMS,
	})
	if err != nil {
		return ""
	}
	return string(key)
}

// imagesOf names the images that a request's tasks cycle over: the lab's, unless
// it names others.
func imagesOf(req request.Request, lab []string) []string {
	if len(req.Images) == 0 {
		return lab
	}
	return req.Images
}

// keyRuns is where a browser remembers the ids of the runs that it asked for:
// that is how it knows its own in the queue, which does not say whose they are.
const keyRuns = "carriles.runs"

// OwnRuns are the ids of the runs that this browser asked for, the newest last.
func OwnRuns() []string {
	var ids []string
	dom.KeptIn(dom.ForGood, keyRuns, &ids)
	return ids
}

// keySecrets is where it remembers, for as many of them, what cancels them: the
// id, a space, the host's secret.
const keySecrets = "carriles.secrets"

func secrets() []string {
	var all []string
	dom.KeptIn(dom.ForGood, keySecrets, &all)
	return all
}

// rememberRun keeps a run as this browser's own, and what cancels it.
func rememberRun(id, secret string) {
	dom.KeepIn(dom.ForGood, keyRuns, withOwn(OwnRuns(), id))
	dom.KeepIn(dom.ForGood, keySecrets, withOwn(secrets(), id+" "+secret))
}

// secretOf is what cancels a run; empty if this browser did not ask for it.
func secretOf(all []string, id string) string {
	for _, line := range all {
		if of, secret, _ := strings.Cut(line, " "); of == id {
			return secret
		}
	}
	return ""
}

// maxOwnRuns is how many of its runs a browser remembers as its own.
const maxOwnRuns = 50

// withOwn is the list of a browser's own runs with one more, the newest last.
func withOwn(own []string, id string) []string {
	own = append(slices.Clone(own), id)
	return own[max(0, len(own)-maxOwnRuns):]
}
