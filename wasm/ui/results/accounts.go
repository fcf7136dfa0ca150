package results

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
)

// FilterPart is what one filter of the chain took of all workers together.
type FilterPart struct {
	Name    string
	Seconds float64
}

// FilterParts splits a method's filter stage by the filters of its chain, in
// order. It is nil where the accounts do not tell.
func FilterParts(r result.MethodResult) []FilterPart {
	parts := make([]FilterPart, len(r.FiltersUsed))
	known := false
	for _, w := range r.Overhead.Workers {
		if len(w.FilterSeconds) != len(parts) {
			continue
		}
		for i, s := range w.FilterSeconds {
			parts[i].Seconds += s
			known = true
		}
	}
	if !known {
		return nil
	}
	for i, name := range r.FiltersUsed {
		parts[i].Name = name
	}
	return parts
}

// Ideal is the speedup that a shape could have at most on so many cores: one
// lane a core, without anything shared. It is 0 where the cores are not known.
func Ideal(s request.Shape, cores int) float64 { return float64(min(s.Lanes(), cores)) }

// Travelled is how many bytes of images and outputs went between the server
// and the workers.
func Travelled(r result.MethodResult) (in, out int64) {
	for _, w := range r.Overhead.Workers {
		in, out = in+w.BytesIn, out+w.BytesOut
	}
	return in, out
}

// ExpectedText says whether what the guide expects was seen.
func ExpectedText(l i18n.Lang, e result.Expectation) string {
	switch e.Met {
	case result.MetYes:
		return l.T("expected.yes", i18n.LowerTitle(l, e.Winner))
	case result.MetNo:
		return l.T("expected.no", i18n.LowerTitle(l, e.Winner))
	}
	return l.T("expected.open", i18n.LowerTitle(l, e.Winner))
}

// StoppedText says why an automatic number of rounds ended; empty if the number
// was asked for.
func StoppedText(l i18n.Lang, info result.TestInfo) string {
	switch info.Stopped {
	case "precision", "budget", "limit":
		return l.T("stopped."+info.Stopped, info.Rounds)
	}
	return ""
}

// counted writes a kernel's count, or that the system does not tell.
func counted(l i18n.Lang, n *int64) string {
	if n == nil {
		return l.T("unknown")
	}
	return l.Number(float64(*n), 0)
}
