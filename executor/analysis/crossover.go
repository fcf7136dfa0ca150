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
	s := series{a: subjectOf(a), b: subjectOf(b), axis: axis}
	if len(values) == len(verdicts) {
		for i, v := range verdicts {
			if v.Rounds > 0 {
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
		note := text.Sprintf(" %d de %d puntos no se pudieron comparar.", " %d of %d points could not be compared.", left, len(verdicts))
		c.Text.ES, c.Text.EN = c.Text.ES+note.ES, c.Text.EN+note.EN
	}
	return c
}

// series is who was faster, or OutcomeNone, at the points that could be
// compared.
type series struct {
	a, b     subject
	axis     request.SweepAxis
	values   []float64
	outcomes []string
}

// kind tells the kind, and the first and the last point at which a is faster.
func (s series) kind() (kind string, first, last int) {
	wins, end := s.count(s.a.name), len(s.outcomes)-1
	if wins == 0 {
		if s.count(s.b.name) == 0 {
			return CrossoverNone, 0, 0
		}
		return CrossoverNever, 0, 0
	}
	first = slices.Index(s.outcomes, s.a.name)
	for i, o := range s.outcomes {
		if o == s.a.name {
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
	betweenES, betweenEN := "Entre "+s.a.es+" y "+s.b.es, "Between "+s.a.en+" and "+s.b.en
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
		return betweenES + " " + s.a.winES() + " en todos los puntos.", betweenEN + ", " + s.a.winEN() + " at every point."
	case CrossoverFrom:
		at := s.axis.Phrase(s.values[first])
		restES, restEN := s.rest(s.outcomes[:first])
		return "A partir de " + at.ES + " " + s.a.winES() + "; por debajo " + restES + ".",
			"From " + at.EN + " on, " + s.a.winEN() + "; below, " + restEN + "."
	case CrossoverUntil:
		at := s.axis.Phrase(s.values[last])
		restES, restEN := s.rest(s.outcomes[last+1:])
		return "Hasta " + at.ES + " " + s.a.winES() + "; por encima " + restES + ".",
			"Up to " + at.EN + ", " + s.a.winEN() + "; above, " + restEN + "."
	}
	points, won, lost, equal := len(s.outcomes), s.count(s.a.name), s.count(s.b.name), s.count(OutcomeNone)
	return fmt.Sprintf("%s no hay un orden claro: de %d puntos, en %d %s, en %d %s y en %d no se ve diferencia.",
			betweenES, points, won, s.a.winES(), lost, s.b.winES(), equal),
		fmt.Sprintf("%s there is no clear order: of %d points, %s at %d, %s at %d, and %d show no difference.",
			betweenEN, points, s.a.winEN(), won, s.b.winEN(), lost, equal)
}

// rest says what is at the points where a is not faster.
func (s series) rest(outcomes []string) (es, en string) {
	switch equal := slices.Contains(outcomes, OutcomeNone); {
	case !slices.Contains(outcomes, s.b.name):
		return "no se ve diferencia con " + s.b.es, "no difference from " + s.b.en + " shows"
	case equal:
		return s.b.winES() + " o no se ve diferencia", s.b.winEN() + " or no difference shows"
	}
	return s.b.winES(), s.b.winEN()
}

// subject is a method as the subject of a sentence.
type subject struct {
	name, es, en string
	plural       bool
}

func subjectOf(name string) subject {
	m, _ := request.LookupMethod(name)
	return subject{name, m.Subject.ES, m.Subject.EN, m.Plural}
}

func (s subject) in(lang string) string { return text.Text{ES: s.es, EN: s.en}.In(lang) }

func (s subject) winES() string {
	if s.plural {
		return "ganan " + s.es
	}
	return "gana " + s.es
}

func (s subject) winEN() string {
	if s.plural {
		return s.en + " win"
	}
	return s.en + " wins"
}
