package analysis

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Judge compares methods by their samples, and says in words what these carry. It
// notes each method's speedup in its result.
func Judge(methods []string, results map[string]*result.MethodResult, env result.Environment) result.Performance {
	seconds := map[string][]float64{}
	obstacle := obstacleOf(methods, results)
	for _, m := range methods {
		if obstacle == judgeable {
			seconds[m] = results[m].Samples
		}
	}
	p := result.Performance{Verdicts: Compare(methods, seconds)}
	p.Winner = winner(methods, p.Verdicts)
	if base := results[request.Sequential]; base != nil {
		for name, r := range results {
			r.Speedup = Speedup(base.Time, r.Time)
			eachPool(base, r, func(base, own *result.Figure) { own.Speedup = Speedup(base.Time, own.Time) })
			improvement := Improvement(base.Time, r.Time)
			switch name {
			case request.Threading:
				p.ThreadingSpeedup, p.ThreadingImprovement = r.Speedup, &improvement
			case request.Multiprocessing:
				p.MPSpeedup, p.MPImprovement = r.Speedup, &improvement
			}
		}
	}
	p.Ceiling = againstCeiling(methods, results, env.Ceiling)
	p.Starting = startingText(methods, results)
	p.Summary = summary(methods, p, obstacle, results)
	if obstacle == judgeable {
		p.Caution = joined(caution(p.Verdicts[0]), disturbance(env))
		if p.Disturbed = disturbed(env); p.Disturbed {
			p.Summary = joined(text.Text{
				ES: "Medición perturbada: cierre lo demás y mida otra vez.",
				EN: "Disturbed: close what else is at work and measure again.",
			}, p.Summary)
		}
	}
	p.Recommendation = p.Advice("es")
	return p
}

// eachPool goes through the pools with which both methods were measured.
func eachPool(a, b *result.MethodResult, do func(a, b *result.Figure)) {
	if a.FromNothing != nil && b.FromNothing != nil {
		do(a.FromNothing, b.FromNothing)
	}
	if a.Running != nil && b.Running != nil {
		do(a.Running, b.Running)
	}
}

// obstacle is why methods cannot be compared.
type obstacle int

const (
	judgeable obstacle = iota
	onlyOne
	nothingDone // every image failed: the times are those of failing
	unequalWork // some methods failed where others did not
)

func obstacleOf(methods []string, results map[string]*result.MethodResult) obstacle {
	first := results[methods[0]]
	if len(methods) == 1 {
		return onlyOne
	}
	for _, m := range methods {
		if results[m].AllFailed != first.AllFailed {
			return unequalWork
		}
	}
	if first.AllFailed > 0 && first.AllFailed == first.AllImages {
		return nothingDone
	}
	return judgeable
}

// winner names the method that beats every other one; result.WinnerNone if there
// is no such method, or only one.
func winner(methods []string, verdicts []result.Verdict) string {
	for _, m := range methods {
		beaten := 0
		for _, v := range verdicts {
			if v.Outcome == m {
				beaten++
			}
		}
		if beaten > 0 && beaten == len(methods)-1 {
			return m
		}
	}
	return result.WinnerNone
}

// leaders are the methods that no other one beats.
func leaders(methods []string, verdicts []result.Verdict) []string {
	var out []string
	for _, m := range methods {
		beaten := false
		for _, v := range verdicts {
			if (v.A == m || v.B == m) && beats(v) && v.Outcome != m {
				beaten = true
			}
		}
		if !beaten {
			out = append(out, m)
		}
	}
	return out
}

// beats reports whether one of the two is the faster.
func beats(v result.Verdict) bool { return v.Outcome == v.A || v.Outcome == v.B }

// seen is the verdict on two methods from the side of a: its ratio is how many
// times as fast as b it is.
func seen(verdicts []result.Verdict, a, b string) result.Verdict {
	for _, v := range verdicts {
		switch {
		case v.A == a && v.B == b:
			return v
		case v.A == b && v.B == a && v.Rounds > 0:
			v.A, v.B = a, b
			v.Ratio = 1 / v.Ratio
			if v.Level > 0 {
				v.Low, v.High = 1/v.High, 1/v.Low
			}
			return v
		}
	}
	return result.Verdict{A: a, B: b, Outcome: OutcomeUnknown}
}
