package client

import (
	"slices"
	"time"
)

// Loop is where a view's work runs.
type Loop interface {
	// Dispatch has f called on the UI's goroutine, and the view built again.
	Dispatch(f func())
	// Async has f called beside the UI's goroutine.
	Async(f func())
	// After is a Dispatch in a while.
	After(wait time.Duration, f func())
}

// Scope is how long something is wanted: a view, a run that is watched, a link
// that is tried. What was begun in a scope and comes after its end (an answer, an
// event of a stream, a tick) is dropped. Its methods are called on the UI's
// goroutine, but for Dispatch and After, which may be from anywhere. The nil scope
// has ended.
type Scope struct {
	loop  Loop
	over  bool
	ends  []func()
	outer *Scope
	inner []*Scope
}

func Begin(loop Loop) *Scope { return &Scope{loop: loop} }

// Within begins a scope that ends with this one at the latest.
func (s *Scope) Within() *Scope {
	inner := &Scope{loop: s.loop, outer: s}
	if s.over {
		inner.over = true
	} else {
		s.inner = append(s.inner, inner)
	}
	return inner
}

// End ends it, once: first the scopes within, then what was given to AtEnd.
func (s *Scope) End() {
	if s == nil || s.over {
		return
	}
	s.over = true
	for _, inner := range slices.Clone(s.inner) {
		inner.End()
	}
	for _, end := range s.ends {
		end()
	}
	s.ends = nil
	if s.outer != nil {
		s.outer.inner = slices.DeleteFunc(s.outer.inner, func(inner *Scope) bool { return inner == s })
	}
}

// AtEnd has f called when the scope ends; at once, if it has.
func (s *Scope) AtEnd(f func()) {
	if s == nil || s.over {
		f()
		return
	}
	s.ends = append(s.ends, f)
}

// Dispatch has f called on the UI's goroutine, unless the scope is over then.
func (s *Scope) Dispatch(f func()) { s.loop.Dispatch(s.unlessOver(f)) }

// After is a Dispatch in a while.
func (s *Scope) After(wait time.Duration, f func()) { s.loop.After(wait, s.unlessOver(f)) }

func (s *Scope) unlessOver(f func()) func() {
	return func() {
		if !s.over {
			f()
		}
	}
}

// Ask has ask called beside the UI's goroutine, where it may block, and then, on
// the UI's goroutine, what became of it. What ask fills in is then's to read.
func (s *Scope) Ask(ask func() *Problem, then func(*Problem)) {
	s.loop.Async(func() {
		problem := ask()
		s.Dispatch(func() { then(problem) })
	})
}

// Listen follows an event stream of the host's as long as the scope lasts.
func (s *Scope) Listen(host Host, url string, heard map[string]func(data string), lost func(gone bool)) {
	ears := make(map[string]func(string), len(heard))
	for event, hear := range heard {
		ears[event] = func(data string) { s.Dispatch(func() { hear(data) }) }
	}
	s.AtEnd(host.Listen(url, ears, func(gone bool) { s.Dispatch(func() { lost(gone) }) }))
}
