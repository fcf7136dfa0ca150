package ui

import (
	"context"
	"encoding/json"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/result"
)

// phase is where a run stands for the page.
type phase string

const (
	idle      phase = ""
	sending   phase = "sending"
	watching  phase = "watching"
	fetching  phase = "fetching" // the result
	finished  phase = "finished"
	cancelled phase = "cancelled"
)

const (
	// streamTries is how often a lost event stream is waited for before the
	// page asks by itself.
	streamTries = 3
	pollEvery   = time.Second
)

// run is the host's run that the page watches.
type run struct {
	phase   phase
	view    result.RunView
	notice  string // a key of the text table: what is wrong with the watching
	trouble *Problem
	seconds int
	// unwanted is set when it was cancelled before its id was known.
	unwanted bool

	stream *stream
	halt   context.CancelFunc // ends the polling
}

func (r *run) active() bool  { return r.phase == sending || r.phase == watching || r.phase == fetching }
func (r *run) visible() bool { return r.active() || r.phase == cancelled }

// runStatus is where a run stands, as it is shown.
type runStatus struct {
	View    result.RunView
	Phase   phase
	Notice  string
	Seconds int
}

func (r *run) status() runStatus {
	return runStatus{View: r.view, Phase: r.phase, Notice: r.notice, Seconds: r.seconds}
}

// stop ends the watching, not the run.
func (r *run) stop() {
	if r.stream != nil {
		r.stream.close()
		r.stream = nil
	}
	if r.halt != nil {
		r.halt()
		r.halt = nil
	}
}

// startRun asks the host for the run.
func (l *Lab) startRun() {
	l.run, l.live = run{phase: sending}, &liveRace{}
	l.say(l.lang.T("run.sending"))
	body, err := json.Marshal(l.asked.Request)
	if err != nil {
		l.failRun(&Problem{Key: "error.answer", Detail: err.Error()})
		return
	}
	lang, seq := l.lang, l.seq
	l.ctx.Async(func() {
		r, err := send(lang, "POST", "/api/runs/", string(body))
		l.ctx.Dispatch(func(app.Context) {
			if seq != l.seq {
				return
			}
			var view result.RunView
			switch {
			case err != nil:
				l.failRun(&Problem{Key: "error.network", Detail: err.Error()})
			case !r.ok():
				l.failRun(problemOf(r))
			case json.Unmarshal([]byte(r.Body), &view) != nil:
				l.failRun(&Problem{Key: "error.answer"})
			default:
				l.run.phase = watching
				l.listen(view.ID)
				l.sawRun(view)
				l.announce(view.ID)
				if l.run.unwanted {
					l.cancelRun()
				}
			}
		})
	})
}

func (l *Lab) failRun(p *Problem) {
	l.run.stop()
	l.live = nil
	l.run.phase = finished
	l.run.trouble = p
	l.formRev++
	l.say(p.Sentence(l.lang))
}

// sawLanes takes in what the lanes of the run have done.
func (l *Lab) sawLanes(data string) {
	if l.run.phase != watching {
		return
	}
	if err := l.live.take(data, time.Now()); err != nil {
		l.run.notice = "error.stream"
	}
}

// sawRun takes in what the host says of the run.
func (l *Lab) sawRun(view result.RunView) {
	if l.run.phase != watching {
		return
	}
	before := l.run.view
	l.run.view, l.run.notice = view, ""
	l.live.images = view.Spec.Images
	if said := spokenProgress(l.lang, view); said != spokenProgress(l.lang, before) {
		l.say(said)
	}
	switch view.State {
	case result.Done:
		l.run.stop()
		l.run.phase = fetching
		l.fetchResult()
	case result.Failed:
		l.failRun(whyEnded(l.lang, view))
	case result.Interrupted:
		l.failRun(&Problem{Key: "error.interrupted"})
	case result.Cancelled:
		l.run.stop()
		l.live = nil
		l.run.phase = cancelled
		l.say(l.lang.T("run.cancelled"))
	}
}

// fetchResult reads the finished run with its figures.
func (l *Lab) fetchResult() {
	lang, seq, id := l.lang, l.seq, l.run.view.ID
	l.ctx.Async(func() {
		var view result.RunView
		trouble := getJSON(lang, runURL(id), &view)
		if trouble == nil && view.Result == nil && view.Sweep == nil {
			trouble = &Problem{Key: "error.answer"}
		}
		l.ctx.Dispatch(func(app.Context) {
			if seq != l.seq {
				return
			}
			if trouble != nil {
				l.failRun(trouble)
				return
			}
			l.took(view)
		})
	})
}

// took shows a finished run.
func (l *Lab) took(view result.RunView) {
	l.run.phase = finished
	l.outcome.result, l.outcome.sweep, l.outcome.runID = view.Result, view.Sweep, view.ID
	l.outcome.lines, l.outcome.linesTrouble = nil, nil
	if view.Sweep != nil {
		l.say(l.lang.In(view.Sweep.Summary))
	} else {
		l.say(Headline(l.lang, view.Result))
		l.fetchLines(view)
	}
	l.loadHistory()
	if len(l.asked.Browsers) > 0 {
		l.startBrowser()
	}
	l.showAnswer()
}

// fetchLines reads what every lane of the run did when.
func (l *Lab) fetchLines(view result.RunView) {
	lang, seq := l.lang, l.seq
	l.ctx.Async(func() {
		lines, trouble := timelinesOf(lang, view)
		l.ctx.Dispatch(func(app.Context) {
			if seq != l.seq {
				return
			}
			if l.outcome.linesTrouble = trouble; trouble == nil {
				l.outcome.lines = lines
			}
			l.live.forget(view.Spec.Methods)
		})
	})
}

// timelinesOf asks for the lanes of a run that is done.
func timelinesOf(lang Lang, view result.RunView) (*timelines, *Problem) {
	var answer struct {
		Timelines []result.Timeline `json:"timelines"`
	}
	if trouble := getJSON(lang, runURL(view.ID)+"timeline/", &answer); trouble != nil {
		return nil, trouble
	}
	return &timelines{Lines: answer.Timelines, Images: view.Spec.Images}, nil
}

func runURL(id string) string { return "/api/runs/" + id + "/" }

// cancelRun asks the host to give the run up; its last event ends the watching.
func (l *Lab) cancelRun() {
	if l.run.phase == sending {
		l.run.unwanted = true
		return
	}
	lang, seq, id := l.lang, l.seq, l.run.view.ID
	l.ctx.Async(func() {
		r, err := send(lang, "DELETE", runURL(id), "")
		l.ctx.Dispatch(func(app.Context) {
			if seq == l.seq && l.run.phase == watching && (err != nil || !r.ok()) {
				l.run.notice = "error.cancel"
			}
		})
	})
}

// stream is the run's event stream with what must be released after it.
type stream struct {
	source app.Value
	ears   *listeners
}

func (s *stream) close() {
	s.ears.drop()
	s.source.Call("close")
}

// listen follows the run's events. A stream that is lost comes back by itself
// (that is what EventSource does); if it doesn't, the page asks every second.
func (l *Lab) listen(id string) {
	seq, lost := l.seq, 0
	source := app.Window().Get("EventSource").New(runURL(id) + "events/")
	ears := &listeners{on: source}
	ears.add("run", func(e app.Value) {
		var view result.RunView
		if json.Unmarshal([]byte(e.Get("data").String()), &view) != nil {
			return
		}
		l.ctx.Dispatch(func(app.Context) {
			if seq == l.seq {
				lost = 0
				l.sawRun(view)
			}
		})
	})
	ears.add("lanes", func(e app.Value) {
		data := e.Get("data").String()
		l.ctx.Dispatch(func(app.Context) {
			if seq == l.seq {
				l.sawLanes(data)
			}
		})
	})
	l.hearQueue(ears, seq)
	ears.add("error", func(app.Value) {
		const closed = 2 // EventSource.CLOSED: it will not try again
		gone := source.Get("readyState").Int() == closed
		l.ctx.Dispatch(func(app.Context) {
			if seq != l.seq || l.run.phase != watching || l.run.stream == nil {
				return
			}
			lost++
			l.run.notice = "error.stream"
			l.live.hold()
			if gone || lost >= streamTries {
				l.run.stop()
				l.poll(id)
			}
		})
	})
	l.run.stream = &stream{source: source, ears: ears}
}

// poll asks for the run's state until it is final or the watching is stopped.
func (l *Lab) poll(id string) {
	until, halt := context.WithCancel(l.ctx)
	l.run.halt = halt
	l.run.notice = "error.polling"
	lang := l.lang
	l.ctx.Async(func() {
		for until.Err() == nil {
			r, err := send(lang, "GET", runURL(id), "")
			l.ctx.Dispatch(func(app.Context) {
				var view result.RunView
				switch {
				case until.Err() != nil:
				case err != nil:
					l.run.notice = "error.lost"
				case !r.ok():
					l.failRun(problemOf(r)) // the host has forgotten it
				case json.Unmarshal([]byte(r.Body), &view) == nil:
					l.sawRun(view)
				}
			})
			select {
			case <-until.Done():
			case <-time.After(pollEvery):
			}
		}
	})
}

// tick counts the seconds while something is being measured.
func (l *Lab) tick(seq int) {
	l.ctx.After(time.Second, func(app.Context) {
		if seq != l.seq || !l.busy() {
			return
		}
		if l.run.active() {
			l.run.seconds++
		}
		if l.browser.active() {
			l.browser.seconds++
		}
		l.live.look(time.Now())
		l.tick(seq)
	})
}
