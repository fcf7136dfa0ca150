package analysis

import (
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// CeilingOf sums up the turns in which lanes at once did so many times the work of
// one; nil without any.
func CeilingOf(lanes int, arithmetic, memory []float64, at time.Time, other *float64) *result.Ceiling {
	c := &result.Ceiling{Lanes: lanes, MeasuredAt: at, OtherCores: other}
	c.Spread.Arithmetic, c.Spread.Memory = SpreadOf(arithmetic), SpreadOf(memory)
	c.Arithmetic, c.Memory = c.Spread.Arithmetic.Median, c.Spread.Memory.Median
	if c.Arithmetic <= 0 {
		return nil
	}
	// Less than half of what the further cores should add.
	if c.Arithmetic < 1+float64(lanes-1)/2 {
		c.Text = text.Text{
			ES: "Esta máquina no da ahora sus " + text.FormatNumber(float64(lanes)) + " núcleos: a la vez hacen solo " + number("es", c.Arithmetic) +
				" veces el trabajo de uno, y ningún método puede ganar más que eso.",
			EN: "This machine does not give its " + text.FormatNumber(float64(lanes)) + " cores now: at once they do only " + number("en", c.Arithmetic) +
				" times the work of one, and no method can gain more than that.",
		}
	}
	return c
}

// ceilingSlack is how far beyond the ceiling a speedup may lie for it to be told
// against it: the two are measured one after the other.
const ceilingSlack = 1.05

// CeilingBeaten tells whether a method was faster than its ceiling lets it be: then the
// cores gave less while that was measured, and it holds no longer.
func CeilingBeaten(results map[string]*result.MethodResult) bool {
	for _, r := range results {
		if r.OfCeiling > ceilingSlack {
			return true
		}
	}
	return false
}

// againstCeiling notes what part of the ceiling the speedups are, and says it: of
// the methods that compute on as many cores as the ceiling has lanes.
func againstCeiling(methods []string, results map[string]*result.MethodResult, c *result.Ceiling) text.Text {
	if c == nil {
		return text.Text{}
	}
	said := c.Text
	for _, m := range methods {
		r := results[m]
		if r.Speedup <= 0 || m == request.Sequential || request.MethodOf(m) == request.ThreadingGIL || min(r.Shape.Lanes(), r.Shape.Processes*r.Shape.MaxProcs) < c.Lanes {
			continue
		}
		r.OfCeiling = orZero(r.Speedup / c.Arithmetic)
		title := request.Described(m).Title
		if r.OfCeiling > ceilingSlack {
			said = joined(said, text.Text{
				ES: title.ES + ": " + number("es", r.Speedup) + "; antes de medir, los núcleos daban " + number("es", c.Arithmetic) + ".",
				EN: title.EN + ": " + number("en", r.Speedup) + "; before the measuring the cores gave " + number("en", c.Arithmetic) + ".",
			})
			continue
		}
		n := text.FormatNumber(float64(c.Lanes))
		said = joined(said, text.Text{
			ES: title.ES + ": " + number("es", r.Speedup) + " de los " + number("es", c.Arithmetic) + " que dan hoy aquí " + n + " núcleos.",
			EN: title.EN + ": " + number("en", r.Speedup) + " of the " + number("en", c.Arithmetic) + " that " + n + " cores give here today.",
		})
	}
	return said
}
