package evidence

import (
	"fmt"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
	"carriles/web/draw"
)

// language is the reader's: "en", or any other for Spanish, as in filters.Text.
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

// value writes a number as short as it can be.
func (l language) value(x float64) string {
	s := text.FormatNumber(x)
	if l.Tag() == "es" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// seconds writes a time that stands alone: in milliseconds below a tenth of a
// second.
func (l language) seconds(x float64) string {
	s, unit := l.secondsAnd(x)
	return s + noBreak + unit
}

func (l language) secondsAnd(x float64) (figure, unit string) {
	if x == 0 || x >= 0.1 {
		return l.like(x, x), "s"
	}
	return l.like(x, x), "ms"
}

// like writes a time as secondsAnd writes another one beside it, without the
// unit.
func (l language) like(other, x float64) string {
	switch {
	case other >= 0.1 && other < 1:
		return l.number(x, 3)
	case other == 0 || other >= 1 && other < 100:
		return l.number(x, 2)
	case other >= 100:
		return l.number(x, 1)
	case other < 0.001:
		return l.number(x*1000, 2)
	}
	return l.number(x*1000, 1)
}

// exact writes a time for a table, where all have one unit: seconds with three
// decimals. inSeconds says which.
func (l language) exact(x float64) string     { return l.number(x, 3) }
func (l language) inSeconds(x float64) string { return l.exact(x) + noBreak + "s" }

func (l language) percent(share float64) string {
	if l.Tag() == "en" {
		return l.number(100*share, 0) + "%"
	}
	return l.number(100*share, 0) + noBreak + "%"
}

func (l language) ratio(x float64) string { return l.number(x, 2) + "×" }

// bytes writes an amount of memory in decimal units.
func (l language) bytes(n int64) string {
	x := float64(n)
	switch {
	case x < 1e3:
		return l.number(x, 0) + noBreak + "B"
	case x < 1e6:
		return l.number(x/1e3, 0) + noBreak + "kB"
	case x < 1e9:
		return l.number(x/1e6, 0) + noBreak + "MB"
	}
	return l.number(x/1e9, 2) + noBreak + "GB"
}

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

// bound says what limited a method.
func (l language) bound(b string) string {
	switch b {
	case "cpu", "io", "mixed":
		return l.T("bound." + b)
	}
	return l.T("unknown")
}
