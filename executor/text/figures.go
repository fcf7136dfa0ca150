package text

import (
	"math"
	"strconv"
	"strings"
)

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
