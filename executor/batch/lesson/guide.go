package lesson

import (
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Expect is what the guide says of a batch: processes win with sharpen or edges
// in the chain, threads with resize and blur alone, and threads where images
// come from the slow server. It is nil for other chains, and where the method
// that should win is not compared with another one.
func Expect(spec request.Spec) *result.Expectation {
	e, ok := claimOn(spec)
	if !ok || len(spec.Methods) < 2 || !slices.Contains(spec.Methods, e.Winner) {
		return nil
	}
	return &e
}

func claimOn(spec request.Spec) (result.Expectation, bool) {
	computes := spec.Has("sharpen") || spec.Has("edges")
	locked := slices.Contains(spec.Methods, request.ThreadingGIL) && !slices.Contains(spec.Methods, request.Threading)
	switch {
	case spec.Source == request.SourceHTTP:
		return waitingClaim(), true
	case computes && locked:
		return lockedClaim(), true
	case computes:
		return computingClaim(), true
	case !slices.ContainsFunc(spec.Steps, func(s request.Step) bool { return s.Filter != "resize" && s.Filter != "blur" }):
		return filesClaim(), true
	}
	return result.Expectation{}, false
}

// Lesson is the lesson: the answer of GET /api/guide/.
type Lesson struct {
	Title   text.Text `json:"title"`
	Minutes int       `json:"minutes"`
	Steps   []Step    `json:"steps"`
}

// Step is one step of the lesson.
type Step struct {
	ID    string    `json:"id"`
	Title text.Text `json:"title"`
	// FromMinute and Minutes say when it begins and how long it takes.
	FromMinute int       `json:"from_minute"`
	Minutes    int       `json:"minutes"`
	Say        text.Text `json:"say"`
	// Ask is a question for the class before it is run; empty if none.
	Ask      text.Text `json:"ask"`
	Commands []Command `json:"commands"`
}

// Command is something that a step runs: a request, or a line for the shell.
type Command struct {
	Method string `json:"method,omitempty"` // "GET" or "POST"
	Path   string `json:"path,omitempty"`
	// Body is the JSON of a POST, as the guide writes it.
	Body string `json:"body,omitempty"`
	// Shell is a command that is not a request, such as ls.
	Shell    string              `json:"shell,omitempty"`
	Expected *result.Expectation `json:"expected,omitempty"`
}
