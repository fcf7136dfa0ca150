// Package runs keeps the queue of what users asked for, executes one timed run
// at a time and tells whoever watches how far it is.
//
// It speaks no HTTP and computes no pixels.
package runs

import (
	"time"

	"carriles/executor/batch"
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
func next(s batch.State, h happening) (batch.State, bool) {
	switch {
	case s == batch.Queued && h == starts:
		return batch.Running, true
	case s == batch.Running && h == succeeds:
		return batch.Done, true
	case s == batch.Running && h == fails:
		return batch.Failed, true
	case !s.Final() && h == isCancelled:
		return batch.Cancelled, true
	case !s.Final() && h == isInterrupted:
		return batch.Interrupted, true
	}
	return s, false
}

// after is a run's view when something has happened to it; false if that cannot
// happen in its state.
func (r *run) after(h happening, why *batch.Error, now time.Time) (batch.RunView, bool) {
	v := r.view
	state, ok := next(v.State, h)
	if !ok {
		return v, false
	}
	v.State = state
	if state == batch.Running {
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
func (m *Manager) move(r *run, h happening, why *batch.Error) {
	if v, ok := r.after(h, why, m.now()); ok {
		m.note(v)
		m.become(r, v, why)
	}
}

// become gives a run its state; m.mu is held.
func (m *Manager) become(r *run, v batch.RunView, why *batch.Error) {
	r.view, r.err = v, why
	if v.State.Final() {
		r.cancel()
		close(r.done)
	}
}
