package analysis

import (
	"fmt"
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// The kinds of a crossover.
const (
	CrossoverAlways  = "always"  // a is faster at every point
	CrossoverNever   = "never"   // a is faster at no point, b at one at least
	CrossoverFrom    = "from"    // a is faster from one point on, and at none before
	CrossoverUntil   = "until"   // a is faster up to one point, and at none after
	CrossoverUnclear = "unclear" // a is faster here and there
	CrossoverNone    = "none"    // no point shows a difference
)

// CrossoverOf says where along a sweep method a is faster than b. values are
// the points on the axis, ascending; verdicts[i] is the comparison of a and b
// at values[i], in either order of the two.
//
// From is the first point of CrossoverFrom and the last of CrossoverUntil, else
// 0. It is a point that was measured: where exactly the times cross, between it
// and its neighbour, the sweep does not tell. Points that could not be compared
// (no rounds) are left out, and the text says so. values and verdicts of unequal
// number: CrossoverNone.
func CrossoverOf(a, b string, axis request.SweepAxis, values []float64, verdicts []result.Verdict) result.Crossover {
	s := series{a: request.Described(a), b: request.Described(b), axis: axis}
	if len(values) == len(verdicts) {
		for i, v := range verdicts {
			if v.Rounds > 0 {
				if !beats(v) {
					v.Outcome = noDifference
				}
				s.values = append(s.values, values[i])
				s.outcomes = append(s.outcomes, v.Outcome)
			}
		}
	}
	c := result.Crossover{A: a, B: b}
	var first, last int
	c.Kind, first, last = s.kind()
	switch c.Kind {
	case CrossoverFrom:
		c.From = s.values[first]
	case CrossoverUntil:
		c.From = s.values[last]
	}
	c.Text.ES, c.Text.EN = s.sentence()
	if left := len(verdicts) - len(s.values); left > 0 && len(s.values) > 0 {
		c.Text = joined(c.Text, text.Sprintf("%d de %d puntos no se pudieron comparar.", "%d of %d points could not be compared.", left, len(verdicts)))
	}
	return c
}

// noDifference is at a point where the two are equal or it cannot be told yet.
const noDifference = ""

// series is who was faster, or noDifference, at the points that could be
// compared.
type series struct {
	a, b     request.Method
	axis     request.SweepAxis
	values   []float64
	outcomes []string
}

// kind tells the kind, and the first and the last point at which a is faster.
func (s series) kind() (kind string, first, last int) {
	wins, end := s.count(s.a.Name), len(s.outcomes)-1
	if wins == 0 {
		if s.count(s.b.Name) == 0 {
			return CrossoverNone, 0, 0
		}
		return CrossoverNever, 0, 0
	}
	first = slices.Index(s.outcomes, s.a.Name)
	for i, o := range s.outcomes {
		if o == s.a.Name {
			last = i
		}
	}
	switch {
	case last-first+1 != wins:
		return CrossoverUnclear, first, last
	case first == 0 && last == end:
		return CrossoverAlways, first, last
	case last == end:
		return CrossoverFrom, first, last
	case first == 0:
		return CrossoverUntil, first, last
	}
	return CrossoverUnclear, first, last
}

func (s series) count(outcome string) int {
	n := 0
	for _, o := range s.outcomes {
		if o == outcome {
			n++
		}
	}
	return n
}

// sentence says it in Spanish and in English.
func (s series) sentence() (es, en string) {
	betweenES, betweenEN := "Entre "+s.a.Subject.ES+" y "+s.b.Subject.ES, "Between "+s.a.Subject.EN+" and "+s.b.Subject.EN
	kind, first, last := s.kind()
	switch kind {
	case CrossoverNone:
		if len(s.outcomes) == 0 {
			return betweenES + " no hay ningún punto que comparar.", betweenEN + " there is no point to compare."
		}
		return betweenES + " no se ve diferencia en ningún punto.", betweenEN + " no difference shows at any point."
	case CrossoverNever:
		s.a, s.b = s.b, s.a
		return s.sentence()
	case CrossoverAlways:
		return betweenES + " " + winES(s.a) + " en todos los puntos.", betweenEN + ", " + winEN(s.a) + " at every point."
	case CrossoverFrom:
		at := s.axis.Phrase(s.values[first])
		restES, restEN := s.rest(s.outcomes[:first])
		return "A partir de " + at.ES + " " + winES(s.a) + "; por debajo " + restES + ".",
			"From " + at.EN + " on, " + winEN(s.a) + "; below, " + restEN + "."
	case CrossoverUntil:
		at := s.axis.Phrase(s.values[last])
		restES, restEN := s.rest(s.outcomes[last+1:])
		return "Hasta " + at.ES + " " + winES(s.a) + "; por encima " + restES + ".",
			"Up to " + at.EN + ", " + winEN(s.a) + "; above, " + restEN + "."
	}
	points, won, lost, equal := len(s.outcomes), s.count(s.a.Name), s.count(s.b.Name), s.count(noDifference)
	return fmt.Sprintf("%s no hay un orden claro: de %d puntos, en %d %s, en %d %s y en %d no se ve diferencia.",
			betweenES, points, won, winES(s.a), lost, winES(s.b), equal),
		fmt.Sprintf("%s there is no clear order: of %d points, %s at %d, %s at %d, and %d show no difference.",
			betweenEN, points, winEN(s.a), won, winEN(s.b), lost, equal)
}

// rest says what is at the points where a is not faster.
func (s series) rest(outcomes []string) (es, en string) {
	switch equal := slices.Contains(outcomes, noDifference); {
	case !slices.Contains(outcomes, s.b.Name):
		return "no se ve diferencia con " + s.b.Subject.ES, "no difference from " + s.b.Subject.EN + " shows"
	case equal:
		return winES(s.b) + " o no se ve diferencia", winEN(s.b) + " or no difference shows"
	}
	return winES(s.b), winEN(s.b)
}

// winES says in Spanish that a method wins, and winEN in English.
func winES(m request.Method) string {
	if m.Plural {
		return "ganan " + m.Subject.ES
	}
	return "gana " + m.Subject.ES
}

func winEN(m request.Method) string {
	if m.Plural {
		return m.Subject.EN + " win"
	}
	return m.Subject.EN + " wins"
}
