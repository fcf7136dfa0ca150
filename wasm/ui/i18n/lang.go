// Package i18n is the page's language: every text that it says of itself, in
// Spanish and English, and how numbers, times and sizes are spelt in them. What
// the host says comes from it in both languages. It knows no go-app, and nothing
// of the page.
package i18n

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Lang is the page's language.
type Lang string

// The page's languages.
const (
	ES Lang = "es"
	EN Lang = "en"
)

// ParseLang reads a stored or a browser's language ("en-GB"): English where it
// says so, else Spanish.
func ParseLang(tag string) Lang {
	if strings.HasPrefix(strings.ToLower(tag), "en") {
		return EN
	}
	return ES
}

// T gives a text of the table, with its verbs filled in.
func (l Lang) T(key string, args ...any) string {
	s := l.In(texts[key])
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// Both gives a text of the table in both languages.
func Both(key string) text.Text { return texts[key] }

// In picks the page's language from a text of the host's.
func (l Lang) In(t text.Text) string { return t.In(string(l)) }

const NoBreak = text.NoBreak

// Number writes x with so many decimals.
func (l Lang) Number(x float64, decimals int) string { return text.Number(string(l), x, decimals) }

// Value spells a parameter as the form's fields show it: as short as it can
// be, without groups, so that it can be read back.
func (l Lang) Value(x float64) string { return text.Value(string(l), x) }

// Respell turns a typed number from one language's decimal mark to the other's
// and leaves alone what is no number.
func (l Lang) Respell(typed string) string {
	if x, ok := ParseNumber(typed); ok {
		return l.Value(x)
	}
	return typed
}

// ParseNumber reads a number typed with a comma or a point.
func ParseNumber(typed string) (float64, bool) {
	s := strings.Replace(strings.TrimSpace(typed), ",", ".", 1)
	// ParseFloat also reads "0x1p4", "1_000" and "inf".
	if s == "" || strings.Trim(s, "0123456789.-+eE") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil
}

// Percent, Ratio, Bytes, Duration and Seconds write figures with their units, as
// the report does.
func (l Lang) Percent(share float64) string    { return text.Percent(string(l), share) }
func (l Lang) Ratio(x float64) string          { return text.Ratio(string(l), x) }
func (l Lang) Bytes(n int64) string            { return text.Bytes(string(l), n) }
func (l Lang) Duration(seconds float64) string { return text.Duration(string(l), seconds) }
func (l Lang) About(seconds float64) string    { return text.About(string(l), seconds) }
func (l Lang) Seconds(x float64) string        { return text.Seconds(string(l), x) }

// Times writes how many times as long something takes: finer where it is close
// to one.
func (l Lang) Times(x float64) string {
	switch {
	case x < 2:
		return l.Number(x, 2)
	case x < 100:
		return l.Number(x, 1)
	}
	return l.Number(x, 0)
}

// Scale is a text.Scale in the page's language.
type Scale text.Scale

// ScaleOf chooses the scale for times in seconds, as text.ScaleOf.
func ScaleOf(seconds ...float64) Scale { return Scale(text.ScaleOf(seconds...)) }

// Write gives the number alone; the unit is set softer beside it.
func (s Scale) Write(l Lang, seconds float64) string { return text.Scale(s).Write(string(l), seconds) }

// Shape says in words how a method spreads the work.
func (l Lang) Shape(s request.Shape) string {
	processes := l.T("shape.process")
	if s.Processes != 1 {
		processes = l.T("shape.processes", s.Processes)
	}
	goroutines := l.T("shape.goroutine")
	if s.Goroutines != 1 {
		goroutines = l.T("shape.goroutines", s.Goroutines)
	}
	if s.Processes != 1 {
		goroutines = l.T("shape.each", goroutines)
	}
	return processes + " · " + goroutines
}

func (l Lang) Cores(n int) string {
	if n == 1 {
		return l.T("cores.one")
	}
	return l.T("cores.many", n)
}

func (l Lang) Images(n int) string {
	if n == 1 {
		return l.T("images.one")
	}
	return l.T("images.many", n)
}

// LocalTime is a moment as the reader's clock shows it.
func LocalTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

func MethodTitle(l Lang, name string) string { return l.In(request.Described(name).Title) }

// MethodTitles lists methods by their names for the reader.
func MethodTitles(l Lang, names []string) string {
	titles := make([]string, len(names))
	for i, name := range names {
		titles[i] = MethodTitle(l, name)
	}
	return strings.Join(titles, ", ")
}

func IsBrowser(method string) bool { return slices.Contains(request.BrowserMethods(), method) }

// LowerTitle is a method's name within a sentence.
func LowerTitle(l Lang, method string) string { return text.Lower(MethodTitle(l, method)) }

func StageTitle(l Lang, stage string) string { return l.In(result.StageTitle(stage)) }

// WinnerTitle names a winner for the reader.
func WinnerTitle(l Lang, name string) string {
	if name == "" {
		return l.T("unknown")
	}
	return l.In(result.WinnerTitle(name))
}

// Known writes a figure, or that nothing is known of it.
func Known(l Lang, is bool, text string) string {
	if !is {
		return l.T("unknown")
	}
	return text
}
