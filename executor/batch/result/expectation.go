package result

import "carriles/executor/text"

// Expectation is what the lesson's guide says of a batch.
type Expectation struct {
	// Winner is the method that should win.
	Winner string `json:"winner"`
	// Claim is the guide's reason, and Notes what is to be said of it for each
	// outcome; Note is that of Met, empty before there are samples. None says a
	// figure: it would contradict what was measured.
	Claim text.Text `json:"claim"`
	Notes Notes     `json:"notes"`
	Note  text.Text `json:"note"`
	// Met is MetYes, MetNo or MetOpen; empty before there are samples.
	Met string `json:"met,omitempty"`
}

// Notes are what is to be said of an expectation that was met, was not, or may be.
type Notes struct {
	Yes  text.Text `json:"yes"`
	No   text.Text `json:"no"`
	Open text.Text `json:"open"`
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
		e.Met, e.Note = MetYes, e.Notes.Yes
	case WinnerNone:
		e.Met, e.Note = MetOpen, e.Notes.Open
	default:
		e.Met, e.Note = MetNo, e.Notes.No
	}
	return e
}
