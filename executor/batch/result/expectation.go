package result

import "carriles/executor/text"

// Expectation is what the lesson's guide says of a batch.
type Expectation struct {
	// Winner is the method that should win.
	Winner string `json:"winner"`
	// Claim is the guide's reason, and Note what is to be said of it.
	Claim text.Text `json:"claim"`
	Note  text.Text `json:"note"`
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
	case WinnerNone:
		e.Met = MetOpen
	default:
		e.Met = MetNo
	}
	return e
}
