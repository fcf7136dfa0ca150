// Package evidence lays a finished run out as files that are read without the
// lab: a trace for a timeline viewer, a table for a spreadsheet, a report of
// one page.
//
// It only arranges what a run holds. It measures nothing, judges nothing, opens
// no file and asks no network: pictures come from a function of the caller's.
package evidence

import (
	"fmt"
	"strings"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
	"carriles/web/draw"
)

// chainText spells a chain with its parameters, which stand in the order in
// which their filter declares them: "resize(width=800,height=600) blur(radius=3)".
func chainText(steps []request.Step, separator string) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		f, _ := filters.Lookup(s.Filter)
		var params []string
		for _, p := range f.Params {
			params = append(params, p.Name+"="+text.FormatNumber(s.Params[p.Name]))
		}
		parts[i] = s.Filter
		if len(params) > 0 {
			parts[i] += "(" + strings.Join(params, ",") + ")"
		}
	}
	return strings.Join(parts, separator)
}

// missing says why a run has no result to lay out; nil if it has one.
func missing(view result.RunView) error {
	switch {
	case !view.State.Final():
		return fault.Errorf(fault.CodeNotFound, "la medición no ha terminado todavía", "the run has not finished yet")
	case view.Result == nil && view.Sweep == nil:
		return fault.Errorf(fault.CodeNotFound, "la medición no llegó a dar un resultado", "the run gave no result")
	}
	return nil
}

// language is the reader's: "en", or any other for Spanish, as in text.Text.
type language string

func (l language) Tag() string {
	if l == "en" {
		return "en"
	}
	return "es"
}

func (l language) T(key string, args ...any) string {
	s := l.in(texts[key])
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

func (l language) in(t text.Text) string     { return t.In(string(l)) }
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

func (l language) bound(b string) string {
	title := l.in(analysis.BoundTitle(b))
	return l.known(title != "", title)
}
