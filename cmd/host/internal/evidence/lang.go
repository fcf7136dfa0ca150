package evidence

import (
	"fmt"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/text"
	"carriles/web/draw"
)

// language is the reader's: "en", or any other for Spanish, as in text.Text.
type language string

// Tag is the language for HTML.
func (l language) Tag() string {
	if l == "en" {
		return "en"
	}
	return "es"
}

// T gives a text of the table, with its verbs filled in.
func (l language) T(key string, args ...any) string {
	s := l.in(texts[key])
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// in picks the language from a text of a run.
func (l language) in(t text.Text) string { return t.In(string(l)) }

func (l language) method(name string) string { return draw.MethodTitle(string(l), name) }

const noBreak = text.NoBreak

// number writes x with so many decimals.
func (l language) number(x float64, decimals int) string { return text.Number(l.Tag(), x, decimals) }

// value, seconds, percent, ratio and bytes write figures as the page does.
func (l language) value(x float64) string       { return text.Value(l.Tag(), x) }
func (l language) seconds(x float64) string     { return text.Duration(l.Tag(), x) }
func (l language) percent(share float64) string { return text.Percent(l.Tag(), share) }
func (l language) ratio(x float64) string       { return text.Ratio(l.Tag(), x) }
func (l language) bytes(n int64) string         { return text.Bytes(l.Tag(), n) }

// exact writes a time for a table, where all have one unit: seconds with three
// decimals. inSeconds says which.
func (l language) exact(x float64) string     { return l.number(x, 3) }
func (l language) inSeconds(x float64) string { return text.Seconds(l.Tag(), x) }

// date writes a moment in UTC, so that it is the same for every reader.
func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// shape says in words how a method spreads the work.
func (l language) shape(s request.Shape) string {
	text := l.T("shape.process")
	if s.Processes != 1 {
		text = l.T("shape.processes", s.Processes)
	}
	if s.Goroutines == 1 {
		text += " × " + l.T("shape.goroutine")
	} else {
		text += " × " + l.T("shape.goroutines", s.Goroutines)
	}
	if s.MaxProcs < s.Goroutines {
		text += ", " + l.T("shape.gil")
	}
	return text
}

// known writes a figure, or that nothing is known of it.
func (l language) known(is bool, text string) string {
	if is {
		return text
	}
	return l.T("unknown")
}

// digest writes the beginning of a digest: enough to tell two apart.
func (l language) digest(d string) string { return l.known(d != "", d[:min(12, len(d))]) }

// bound says what limited a method.
func (l language) bound(b string) string {
	title := l.in(analysis.BoundTitle(b))
	return l.known(title != "", title)
}
