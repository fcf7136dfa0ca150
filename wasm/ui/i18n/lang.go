// Package i18n is the page's language: every text that it says of itself, in
// Spanish and English, and how numbers, times and sizes are spelt in them. What
// the host says comes from it in both languages. It knows no go-app, and nothing
// of the page.
package i18n

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"carriles/executor/batch/request"
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
func (l Lang) Value(x float64) string {
	s := text.FormatNumber(x)
	if l == ES {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

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

// Percent writes a share of one as a whole percentage; what is there but
// rounds to nothing is not shown as nothing.
func (l Lang) Percent(share float64) string {
	gap := NoBreak
	if l == EN {
		gap = ""
	}
	whole := l.Number(100*share, 0)
	if share > 0 && whole == "0" {
		whole = "<" + NoBreak + "1"
	}
	return whole + gap + "%"
}

// Ratio writes a speedup: "1,93×".
func (l Lang) Ratio(x float64) string { return l.Number(x, 2) + "×" }

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

// Bytes writes an amount of memory in decimal units.
func (l Lang) Bytes(n int64) string {
	x := float64(n)
	switch {
	case x < 1e3:
		return l.Number(x, 0) + NoBreak + "B"
	case x < 1e6:
		return l.Number(x/1e3, 0) + NoBreak + "kB"
	case x < 1e7:
		return l.Number(x/1e6, 1) + NoBreak + "MB"
	case x < 1e9:
		return l.Number(x/1e6, 0) + NoBreak + "MB"
	}
	return l.Number(x/1e9, 2) + NoBreak + "GB"
}

// Duration writes one time that stands alone, with the unit that suits it.
func (l Lang) Duration(seconds float64) string {
	s := ScaleOf(seconds)
	return l.Number(seconds*s.Factor, s.Decimals) + NoBreak + s.Unit
}

// Seconds writes a time of a table in which all have seconds.
func (l Lang) Seconds(x float64) string { return l.Number(x, 3) + NoBreak + "s" }

// Scale is how a set of times is written, so that they can be compared: one
// unit and one number of decimals for all.
type Scale struct {
	Unit     string
	Factor   float64 // units in a second
	Decimals int
}

// ScaleOf chooses the scale for times in seconds. The shortest decides the
// unit, the longest the decimals.
func ScaleOf(seconds ...float64) Scale {
	shortest, longest := math.Inf(1), 0.0
	for _, s := range seconds {
		if s > 0 {
			shortest, longest = min(shortest, s), max(longest, s)
		}
	}
	switch {
	case longest < 10 && shortest >= 0.1 && shortest < 1:
		return Scale{Unit: "s", Factor: 1, Decimals: 3}
	case math.IsInf(shortest, 1), longest < 100 && shortest >= 0.1:
		return Scale{Unit: "s", Factor: 1, Decimals: 2}
	case shortest >= 0.1:
		return Scale{Unit: "s", Factor: 1, Decimals: 1}
	case longest < 0.01:
		return Scale{Unit: "ms", Factor: 1000, Decimals: 1}
	}
	return Scale{Unit: "ms", Factor: 1000, Decimals: 0}
}

// Write gives the number alone; the unit is set softer beside it.
func (s Scale) Write(l Lang, seconds float64) string {
	return l.Number(seconds*s.Factor, s.Decimals)
}

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

// Images counts images in words.
func (l Lang) Images(n int) string {
	if n == 1 {
		return l.T("images.one")
	}
	return l.T("images.many", n)
}
