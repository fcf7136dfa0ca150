package batch

import (
	"slices"

	"carriles/filters"
)

// Expectation is what the lesson's guide says of a batch.
type Expectation struct {
	// Winner is the method that should win.
	Winner string `json:"winner"`
	// Claim is the guide's reason, and Note what is to be said of it.
	Claim filters.Text `json:"claim"`
	Note  filters.Text `json:"note"`
	// Met is MetYes, MetNo or MetOpen; empty before there are samples.
	Met string `json:"met,omitempty"`
}

// Whether an expectation was met.
const (
	MetYes  = "yes"  // the samples name the same winner
	MetNo   = "no"   // they name another one
	MetOpen = "open" // they name none
)

// Against is the expectation set beside the winner of a comparison, a method's
// name or "none".
func (e Expectation) Against(winner string) Expectation {
	switch winner {
	case e.Winner:
		e.Met = MetYes
	case "none":
		e.Met = MetOpen
	default:
		e.Met = MetNo
	}
	return e
}

// Expect is what the guide says of a batch: processes win with sharpen or edges
// in the chain, threads with resize and blur alone, and threads where images
// come from the slow server. It is nil for other chains, and where the method
// that should win is not compared with another one.
func Expect(spec Spec) *Expectation {
	e, ok := claimOn(spec)
	if !ok || len(spec.Methods) < 2 || !slices.Contains(spec.Methods, e.Winner) {
		return nil
	}
	return &e
}

func claimOn(spec Spec) (Expectation, bool) {
	computes := hasStep("sharpen")(spec) || hasStep("edges")(spec)
	locked := slices.Contains(spec.Methods, ThreadingGIL) && !slices.Contains(spec.Methods, Threading)
	switch {
	case spec.Source == SourceHTTP:
		return waitingClaim(), true
	case computes && locked:
		return lockedClaim(), true
	case computes:
		return computingClaim(), true
	case !slices.ContainsFunc(spec.Steps, func(s Step) bool { return s.Filter != "resize" && s.Filter != "blur" }):
		return filesClaim(), true
	}
	return Expectation{}, false
}

// Guide is the lesson: the answer of GET /api/guide/.
type Guide struct {
	Title   filters.Text `json:"title"`
	Minutes int          `json:"minutes"`
	Steps   []GuideStep  `json:"steps"`
}

// GuideStep is one step of the lesson.
type GuideStep struct {
	ID    string       `json:"id"`
	Title filters.Text `json:"title"`
	// FromMinute and Minutes say when it begins and how long it takes.
	FromMinute int          `json:"from_minute"`
	Minutes    int          `json:"minutes"`
	Say        filters.Text `json:"say"`
	// Ask is a question for the class before it is run; empty if none.
	Ask      filters.Text `json:"ask"`
	Commands []Command    `json:"commands"`
}

// Command is something that a step runs: a request, or a line for the shell.
type Command struct {
	Method string `json:"method,omitempty"` // "GET" or "POST"
	Path   string `json:"path,omitempty"`
	// Body is the JSON of a POST, as the guide writes it.
	Body string `json:"body,omitempty"`
	// Shell is a command that is not a request, such as ls.
	Shell    string       `json:"shell,omitempty"`
	Expected *Expectation `json:"expected,omitempty"`
}
