package measure

import (
	"encoding/json"
	"time"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
)

// Phase is where a run stands for the page.
type Phase string

// The phases of a run.
const (
	Idle      Phase = ""
	Sending   Phase = "sending"
	Watching  Phase = "watching"
	Fetching  Phase = "fetching" // the result
	Finished  Phase = "finished"
	Cancelled Phase = "cancelled"
)

const (
	// streamTries is how often a lost event stream is waited for before the
	// page asks by itself.
	streamTries = 3
	pollEvery   = time.Second
)

// Run is the host's run that is watched.
type Run struct {
	RunStatus
	Trouble *client.Problem

	// unwanted is set when it was cancelled before its id was known.
	unwanted bool
	secret   string        // what cancels it; empty: it is another's
	watching *client.Scope // of the stream, or of the asking in its place
}

// Active reports whether it is not over.
func (r *Run) Active() bool { return r.Phase == Sending || r.Phase == Watching || r.Phase == Fetching }

// Visible reports whether there is something to say of how far it is.
func (r *Run) Visible() bool { return r.Active() || r.Phase == Cancelled }

// RunStatus is where a run stands, as it is shown.
type RunStatus struct {
	View    result.RunView
	Phase   Phase
	Notice  string // a key of the text table: what is wrong with the watching
	Seconds int
}

// RunURL is where the host answers for a run.
func RunURL(id string) string { return "/api/runs/" + id + "/" }

func (s *Session) startRun() {
	s.Run = Run{RunStatus: RunStatus{Phase: Sending}}
	s.tell(RunSent)
	lang, asked := s.lang(), s.Asked.Request
	var view result.Accepted
	s.scope.Ask(func() *client.Problem {
		return client.Post(s.host, client.Question{Lang: lang, URL: "/api/runs/"}, asked, &view)
	}, func(trouble *client.Problem) {
		if trouble != nil {
			s.failRun(trouble)
			return
		}
		unwanted := s.Run.unwanted
		s.Run.Phase = Watching
		s.Run.secret = view.CancelToken
		rememberRun(view.ID, view.CancelToken)
		s.heard(Event{Kind: RunQueued, RunID: view.ID})
		s.watch(view.ID)
		s.sawRun(view.RunView)
		if unwanted {
			s.Cancel()
		}
	})
}

func (s *Session) endRun(phase Phase) {
	s.Run.watching.End()
	s.Run.Phase = phase
}

func (s *Session) failRun(p *client.Problem) {
	s.endRun(Finished)
	s.Live, s.Run.Trouble = nil, p
	s.tell(RunFailed)
	s.tell(WentIdle)
}

// sawRun takes in what the host says of the run.
func (s *Session) sawRun(view result.RunView) {
	before := s.Run.View
	s.Run.View, s.Run.Notice = view, ""
	s.Live.Images = view.Spec.Images
	s.heard(Event{Kind: RunMoved, Before: before})
	switch view.State {
	case result.Done:
		s.endRun(Fetching)
		s.askRun(s.scope, view.ID, func(view result.RunView, trouble *client.Problem) {
			if trouble == nil && view.Result == nil && view.Sweep == nil {
				trouble = &client.Problem{Key: "error.answer"}
			}
			if trouble != nil {
				s.failRun(trouble)
				return
			}
			s.took(view)
		})
	case result.Failed:
		s.failRun(WhyEnded(s.lang(), view))
	case result.Interrupted:
		s.failRun(&client.Problem{Key: "error.interrupted"})
	case result.Cancelled:
		s.endRun(Cancelled)
		s.Live = nil
		s.tell(RunCancelled)
		s.tell(WentIdle)
	}
}

// WhyEnded says why a run has no result, in the reader's language.
func WhyEnded(lang i18n.Lang, view result.RunView) *client.Problem {
	why := view.Error
	if lang == i18n.EN && view.ErrorEN != nil {
		why = view.ErrorEN
	}
	if why == nil {
		return &client.Problem{Key: "error.failed"}
	}
	return client.ProblemFrom(*why)
}

// askRun asks for a run, with its figures if it is done.
func (s *Session) askRun(scope *client.Scope, id string, then func(result.RunView, *client.Problem)) {
	lang := s.lang()
	var view result.RunView
	scope.Ask(func() *client.Problem { return client.Get(s.host, lang, RunURL(id), &view) },
		func(trouble *client.Problem) { then(view, trouble) })
}

// took takes in a finished run, and goes on with the browser.
func (s *Session) took(view result.RunView) {
	s.Run.Phase = Finished
	s.Outcome.Result, s.Outcome.Sweep, s.Outcome.RunID, s.Outcome.Ran = view.Result, view.Sweep, view.ID, view
	s.Outcome.Ran.Result, s.Outcome.Ran.Sweep = nil, nil
	s.Outcome.Lines, s.Outcome.LinesTrouble = nil, nil
	s.tell(RunTook)
	if view.Sweep == nil {
		s.fetchLines(view)
	}
	if len(s.Asked.Browsers) > 0 {
		s.startBrowser()
		return
	}
	s.tell(WentIdle)
}

// fetchLines reads what every lane of the run did when.
func (s *Session) fetchLines(view result.RunView) {
	lang := s.lang()
	var lines *Timelines
	s.scope.Ask(func() (trouble *client.Problem) {
		lines, trouble = TimelinesOf(s.host, lang, view)
		return trouble
	}, func(trouble *client.Problem) {
		s.Outcome.Lines, s.Outcome.LinesTrouble = lines, trouble
		s.Live.forget(view.Spec.Methods)
	})
}

// Timelines are the lanes of a run's methods, and what is needed to name what
// is in them.
type Timelines struct {
	Lines  []result.Timeline
	Images []string // of the batch, cycled over its tasks
}

// Of finds a method's lanes; nil where there are none.
func (t *Timelines) Of(method string) *result.Timeline {
	if t == nil {
		return nil
	}
	for i := range t.Lines {
		if t.Lines[i].Method == method && len(t.Lines[i].Lanes) > 0 {
			return &t.Lines[i]
		}
	}
	return nil
}

// TimelinesOf asks for the lanes of a run that is done. It blocks.
func TimelinesOf(host client.Host, lang i18n.Lang, view result.RunView) (*Timelines, *client.Problem) {
	var answer struct {
		Timelines []result.Timeline `json:"timelines"`
	}
	if trouble := client.Get(host, lang, RunURL(view.ID)+"timeline/", &answer); trouble != nil {
		return nil, trouble
	}
	return &Timelines{Lines: answer.Timelines, Images: view.Spec.Images}, nil
}

// Recording is a finished comparison that the program brings along, for a host that has
// measured none: web/static/recorded.json, made by "make picture".
type Recording struct {
	Run       result.RunView    `json:"run"`
	Timelines []result.Timeline `json:"timelines"`
}

// Recorded asks for the race that the program brings along. It blocks.
func Recorded(host client.Host, lang i18n.Lang) (result.RunView, *Timelines, *client.Problem) {
	var answer Recording
	if trouble := client.Get(host, lang, "/web/recorded.json", &answer); trouble != nil {
		return result.RunView{}, nil, trouble
	}
	return answer.Run, &Timelines{Lines: answer.Timelines, Images: answer.Run.Spec.Images}, nil
}

// MayCancel reports whether the host will let this page give the run up: it has
// started it, or leads the class.
func (s *Session) MayCancel() bool {
	return s.Run.Phase == Sending || s.Run.secret != "" || client.Token() != ""
}

// Cancel asks the host to give the run up; its last event ends the watching.
func (s *Session) Cancel() {
	if s.Run.Phase == Sending {
		s.Run.unwanted = true
		return
	}
	q := client.Question{Lang: s.lang(), Method: "DELETE", URL: RunURL(s.Run.View.ID), Secret: s.Run.secret}
	s.scope.Ask(func() *client.Problem {
		return client.Ask(s.host, q, nil)
	}, func(trouble *client.Problem) {
		if trouble != nil && s.Run.Phase == Watching {
			s.Run.Notice = "error.cancel"
		}
	})
}

// watch follows the run's events. A stream that is lost comes back by itself;
// if it doesn't, the host is asked every second.
func (s *Session) watch(id string) {
	lost, watching := 0, s.scope.Within()
	s.Run.watching = watching
	watching.Listen(s.host, RunURL(id)+"events/", map[string]func(string){
		"run": func(data string) {
			var view result.RunView
			if json.Unmarshal([]byte(data), &view) == nil {
				lost = 0
				s.sawRun(view)
			}
		},
		"lanes": func(data string) {
			if s.Live.Take(data, time.Now()) != nil {
				s.Run.Notice = "error.stream"
			}
		},
		"queue": func(data string) {
			var queue result.Queue
			if json.Unmarshal([]byte(data), &queue) == nil {
				s.Queue = queue.Runs
			}
		},
	}, func(gone bool) {
		lost++
		s.Run.Notice = "error.stream"
		s.Live.hold()
		if gone || lost >= streamTries {
			watching.End()
			s.Run.watching = s.scope.Within()
			s.Run.Notice = "error.polling"
			s.poll(id, s.Run.watching)
		}
	})
}

// poll asks for the run's state until it is final or the watching ends.
func (s *Session) poll(id string, watching *client.Scope) {
	s.askRun(watching, id, func(view result.RunView, trouble *client.Problem) {
		switch {
		case trouble == nil:
			s.sawRun(view)
		case trouble.Key == "error.network":
			s.Run.Notice = "error.lost"
		default:
			s.failRun(trouble) // the host has forgotten it
		}
		watching.After(pollEvery, func() { s.poll(id, watching) })
	})
}
