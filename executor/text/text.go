// Package text holds sentences in the two languages of the lab, and writes
// numbers as readers of Spanish and of English expect them. The page, the API
// and the report share it, so that a figure looks the same in all of them.
//
// It is a leaf: it imports nothing of this project.
package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Text is a sentence or a word in the two languages of the lab.
type Text struct {
	ES string `json:"es"`
	EN string `json:"en"`
}

// In returns the text in a language, "en" or (any other value) Spanish.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ES
}

// Lower is a title within a sentence, of which only the first letter is capital for
// being first. It is not empty, and begins with a letter of ASCII.
func Lower(title string) string { return strings.ToLower(title[:1]) + title[1:] }

// FormatNumber writes x as JSON would: the shortest text that reads back as x.
func FormatNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// Sprintf formats a sentence in both languages with the same arguments.
func Sprintf(es, en string, args ...any) Text {
	return Text{ES: fmt.Sprintf(es, args...), EN: fmt.Sprintf(en, args...)}
}

// The spaces that do not break: between a number and its unit, and between
// groups of thousands.
const (
	NoBreak       = "\u00a0"
	NarrowNoBreak = "\u202f"
)

// Number writes x with so many decimals, 0 or more: a comma in Spanish, a point
// in English ("en"); thousands apart from five digits on; a minus sign, unless
// nothing is left of the number.
func Number(lang string, x float64, decimals int) string {
	if math.Abs(x) < 0.5*math.Pow10(-decimals) {
		x = 0
	}
	whole, frac, hasFrac := strings.Cut(strconv.FormatFloat(x, 'f', decimals, 64), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	group, point := NarrowNoBreak, ","
	if lang == "en" {
		group, point = ",", "."
	}
	if len(whole) > 4 {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + group + whole[i:]
		}
	}
	if !hasFrac {
		return sign + whole
	}
	return sign + whole + point + frac
}

// NiceStep is the smallest of 1, 2 and 5 times a power of ten that is not below
// x, which is positive.
func NiceStep(x float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*base >= x*0.9999 {
			return m * base
		}
	}
	return 10 * base
}

// Decimals is how many decimals the multiples of a NiceStep need.
func Decimals(step float64) int {
	return max(0, -int(math.Floor(math.Log10(step)+1e-9)))
}

// Value spells a parameter as short as it can be, without groups, so that it can
// be read back.
func Value(lang string, x float64) string {
	s := FormatNumber(x)
	if lang != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Percent writes a share of one as a whole percentage; what is there but rounds
// to nothing is not shown as nothing.
func Percent(lang string, share float64) string {
	gap := NoBreak
	if lang == "en" {
		gap = ""
	}
	whole := Number(lang, 100*share, 0)
	if share > 0 && whole == "0" {
		whole = "<" + NoBreak + "1"
	}
	return whole + gap + "%"
}

// Ratio writes a speedup: "1,93×".
func Ratio(lang string, x float64) string { return Number(lang, x, 2) + "×" }

// Bytes writes an amount of memory in decimal units.
func Bytes(lang string, n int64) string {
	x := float64(n)
	switch {
	case x < 1e3:
		return Number(lang, x, 0) + NoBreak + "B"
	case x < 1e6:
		return Number(lang, x/1e3, 0) + NoBreak + "kB"
	case x < 1e7:
		return Number(lang, x/1e6, 1) + NoBreak + "MB"
	case x < 1e9:
		return Number(lang, x/1e6, 0) + NoBreak + "MB"
	}
	return Number(lang, x/1e9, 2) + NoBreak + "GB"
}

// Seconds writes a time of a table in which all have seconds, with three
// decimals.
func Seconds(lang string, x float64) string { return Number(lang, x, 3) + NoBreak + "s" }

// About is a time that is only guessed at, in seconds or minutes: "40 s", "3 min".
func About(lang string, seconds float64) string {
	switch {
	case seconds < 20:
		return Number(lang, max(1, math.Round(seconds)), 0) + NoBreak + "s"
	case seconds < 100:
		return Number(lang, 5*math.Round(seconds/5), 0) + NoBreak + "s"
	}
	return Number(lang, math.Round(seconds/60), 0) + NoBreak + "min"
}

// Duration writes one time in seconds that stands alone, with the unit that suits
// it.
func Duration(lang string, seconds float64) string {
	s := ScaleOf(seconds)
	return s.Write(lang, seconds) + NoBreak + s.Unit
}

// Scale is how a set of times is written, so that they can be compared: one
// unit and one number of decimals for all.
type Scale struct {
	Unit     string
	Factor   float64 // units in a second
	Decimals int
}

// ScaleOf chooses the scale for times in seconds. The shortest decides the
// unit, the longest the decimals; times that are 0 or less decide nothing.
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

// Write gives a time in seconds without the unit.
func (s Scale) Write(lang string, seconds float64) string {
	return Number(lang, seconds*s.Factor, s.Decimals)
}
