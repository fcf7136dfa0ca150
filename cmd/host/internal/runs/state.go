// Package runs keeps the queue of what users asked for, executes one timed run
// at a time and tells whoever watches how far it is.
//
// It speaks no HTTP and computes no pixels.
package runs

import "carriles/executor/batch"

// happening is what can become of a run.
type happening int

const (
	starts happening = iota
	succeeds
	fails
	isCancelled
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
	}
	return s, false
}
