// Package runs keeps the queue of what users asked for, executes one timed run
// at a time and tells whoever watches how far it is.
//
// It speaks no HTTP and computes no pixels.
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
