package runs

import (
	"fmt"
	"strings"

	"carriles/executor/analysis"
	"carriles/executor/batch"
	"carriles/filters"
)

// performance judges the methods by their samples, and says it in words.
func performance(methods []string, results map[string]*batch.MethodResult, seconds map[string][]float64) batch.Performance {
	p := batch.Performance{Winner: analysis.Winner(methods, seconds)}
	for i, a := range methods {
		for _, b := range methods[i+1:] {
			p.Verdicts = append(p.Verdicts, verdict(a, b, seconds))
		}
	}
	if base := results[batch.Sequential]; base != nil {
		for name, r := range results {
			r.Speedup = analysis.Speedup(base.Time, r.Time)
			improvement := analysis.Improvement(base.Time, r.Time)
			switch name {
			case batch.Threading:
				p.ThreadingSpeedup, p.ThreadingImprovement = r.Speedup, improvement
			case batch.Multiprocessing:
				p.MPSpeedup, p.MPImprovement = r.Speedup, improvement
			}
		}
	}
	p.Summary = summary(methods, p)
	p.Recommendation = p.Summary.ES
	return p
}

func verdict(a, b string, seconds map[string][]float64) batch.Verdict {
	v := analysis.Compare(seconds[a], seconds[b])
	out := batch.Verdict{
		A: a, B: b, Ratio: v.Ratio, Low: v.Low, High: v.High, Rounds: v.Rounds, Basis: v.Basis, Outcome: "none",
	}
	switch v.Outcome {
	case analysis.OutcomeA:
		out.Outcome = a
	case analysis.OutcomeB:
		out.Outcome = b
	}
	out.Text = verdictText(out)
	return out
}

// verdictText is one pair's sentence: who is how many times as fast, with the
// interval, or that the samples show no difference.
func verdictText(v batch.Verdict) filters.Text {
	a, b := title(v.A), title(v.B)
	if v.Outcome == "none" {
		return filters.Text{
			ES: fmt.Sprintf("%s y %s: sin diferencia (%s)", a.ES, lower(b.ES), interval("es", v.Low, v.High)),
			EN: fmt.Sprintf("%s and %s: no difference (%s)", a.EN, lower(b.EN), interval("en", v.Low, v.High)),
		}
	}
	ratio, low, high := v.Ratio, v.Low, v.High
	if v.Outcome == v.B {
		a, b = b, a
		ratio, low, high = 1/ratio, 1/v.High, 1/v.Low
	}
	return filters.Text{
		ES: fmt.Sprintf("%s: %s veces la velocidad de %s (%s)", a.ES, number("es", ratio), lower(b.ES), interval("es", low, high)),
		EN: fmt.Sprintf("%s: %s times the speed of %s (%s)", a.EN, number("en", ratio), lower(b.EN), interval("en", low, high)),
	}
}

// summary is the comparison in one or two sentences, for large type.
func summary(methods []string, p batch.Performance) filters.Text {
	if len(methods) < 2 {
		return batch.Textf("Un solo método: no hay nada con que compararlo.", "One method only: there is nothing to compare it with.")
	}
	if p.Winner != "none" {
		first := filters.Text{
			ES: "Gana: " + lower(title(p.Winner).ES) + ".",
			EN: "The winner: " + lower(title(p.Winner).EN) + ".",
		}
		return join(first, against(methods, p, p.Winner))
	}
	tied := leaders(methods, p)
	if len(tied) == len(methods) {
		return batch.Textf("Ningún método gana: los tiempos no muestran diferencia.", "No method wins: the times show no difference.")
	}
	names := filters.Text{ES: listOf(tied, "es"), EN: listOf(tied, "en")}
	first := filters.Text{
		ES: "Empate entre " + names.ES + ".",
		EN: "A tie between " + names.EN + ".",
	}
	return join(first, against(methods, p, tied...))
}

// leaders are the methods that no other one beats.
func leaders(methods []string, p batch.Performance) []string {
	var out []string
	for _, m := range methods {
		beaten := false
		for _, v := range p.Verdicts {
			if (v.A == m || v.B == m) && v.Outcome != "none" && v.Outcome != m {
				beaten = true
			}
		}
		if !beaten {
			out = append(out, m)
		}
	}
	return out
}

// against tells how the leaders stand to the baseline.
func against(methods []string, p batch.Performance, leaders ...string) filters.Text {
	var es, en []string
	for _, m := range leaders {
		for _, v := range p.Verdicts {
			if v.A == batch.Sequential && v.B == m && v.Outcome == m {
				es = append(es, fmt.Sprintf("%s, %s veces la velocidad de secuencial", lower(title(m).ES), number("es", 1/v.Ratio)))
				en = append(en, fmt.Sprintf("%s, %s times the speed of sequential", lower(title(m).EN), number("en", 1/v.Ratio)))
			}
		}
	}
	if len(es) == 0 {
		return filters.Text{}
	}
	return filters.Text{ES: capital(strings.Join(es, "; ")) + ".", EN: capital(strings.Join(en, "; ")) + "."}
}

func join(a, b filters.Text) filters.Text {
	return filters.Text{ES: strings.TrimSpace(a.ES + " " + b.ES), EN: strings.TrimSpace(a.EN + " " + b.EN)}
}

func title(method string) filters.Text {
	m, _ := batch.LookupMethod(method)
	return m.Title
}

func listOf(methods []string, lang string) string {
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = lower(title(m).In(lang))
	}
	and := " y "
	if lang == "en" {
		and = " and "
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + and + names[last]
}

func interval(lang string, low, high float64) string {
	if lang == "en" {
		return number(lang, low) + " to " + number(lang, high)
	}
	return "de " + number(lang, low) + " a " + number(lang, high)
}

// number writes a ratio with two decimals and the language's decimal mark.
func number(lang string, x float64) string {
	s := fmt.Sprintf("%.2f", x)
	if lang == "es" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
