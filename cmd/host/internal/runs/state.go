// Package runs keeps the queue of what users asked for, executes one timed run
// at a time and tells whoever watches how far it is.
//
// It speaks no HTTP and computes no pixels.
//
// # Hard cases
//
// A long queue. Clients take turns, and while more than 8 runs wait a client may
// have 2, waiting or running; one more is answered 429 (queue.go).
//
// Two runs at a time. There is one token for the machine. A timed run holds it,
// and so does whatever decodes images outside of runs (uploads, previews): these
// wait for each other (Manager.Exclusive).
//
// Lanes that grow. A run's stream has, beside its view, what has become known of
// a round's lanes since the event before, in seconds of its clock. Within the
// clock a settled task costs a lock and a copy of its spans (contest.Live; 0.06 µs);
// the tick that tells of progress, four times a second and only if somebody
// watches, writes the JSON outside of that lock, once for all (0.2 ms for 400
// spans). The events of each method's latest round are kept as they were written,
// so who comes in the middle of one hears all of it, and a slow watcher misses
// none. At most 2000 spans a method are kept, and so sent at once: of larger
// batches the shortest spans of each task are joined to their neighbours; what
// does not fit then is only in the result.
//
// The queue is everybody's. The class's events list it, and each run's own stream
// has it as events "queue", so that a page needs no second connection to see it;
// it is encoded once for all who watch, when it has changed. It names no client: a
// browser knows its own runs by their ids (waiting.go).
//
// What is kept: 200 runs, 2 GiB of results, 7 days; in memory the newest 20
// results (history.go).
package runs

import (
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// happening is what can become of a run.
type happening int

const (
	starts happening = iota
	succeeds
	fails
	isCancelled
	isInterrupted // its server died
)

// next is the life of a run: the state that follows, and false for what cannot
// happen in a state. It is pure.
func next(s result.State, h happening) (result.State, bool) {
	switch {
	case s == result.Queued && h == starts:
		return result.Running, true
	case s == result.Running && h == succeeds:
		return result.Done, true
	case s == result.Running && h == fails:
		return result.Failed, true
	case !s.Final() && h == isCancelled:
		return result.Cancelled, true
	case !s.Final() && h == isInterrupted:
		return result.Interrupted, true
	}
	return s, false
}

// after is a run's view when something has happened to it; false if that cannot
// happen in its state.
func (r *run) after(h happening, why *fault.Error, now time.Time) (result.RunView, bool) {
	v := r.view
	state, ok := next(v.State, h)
	if !ok {
		return v, false
	}
	v.State = state
	if state == result.Running {
		v.Started = &now
	}
	if state.Final() {
		v.Finished = &now
	}
	if why != nil {
		es, en := why.Body("es"), why.Body("en")
		v.Error, v.ErrorEN = &es, &en
	}
	return v, true
}

// move changes a run's state, if that can happen; m.mu is held.
func (m *Manager) move(r *run, h happening, why *fault.Error) {
	if v, ok := r.after(h, why, m.now()); ok {
		m.note(v)
		m.become(r, v, why)
	}
}

// become gives a run its state; m.mu is held.
func (m *Manager) become(r *run, v result.RunView, why *fault.Error) {
	r.view, r.err = v, why
	if v.State.Final() {
		r.cancel()
		close(r.done)
	}
}
