package analysis

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
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
	p := result.Performance{Verdicts: verdictsOf(methods, seconds)}
	p.Winner = winner(methods, p.Verdicts)
	if base := results[request.Sequential]; base != nil {
		for name, r := range results {
			r.Speedup = Speedup(base.Time, r.Time)
			improvement := Improvement(base.Time, r.Time)
			switch name {
			case request.Threading:
				p.ThreadingSpeedup, p.ThreadingImprovement = r.Speedup, &improvement
			case request.Multiprocessing:
				p.MPSpeedup, p.MPImprovement = r.Speedup, &improvement
			}
		}
	}
	p.Summary = summary(methods, p, obstacle)
	if obstacle == judgeable {
		p.Caution = joined(caution(p.Verdicts[0]), disturbance(env))
	}
	p.Recommendation = p.Advice("es")
	return p
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

func verdictsOf(methods []string, seconds map[string][]float64) []result.Verdict {
	verdicts := []result.Verdict{}
	for i, a := range methods {
		for _, b := range methods[i+1:] {
			verdicts = append(verdicts, verdict(a, b, seconds))
		}
	}
	return verdicts
}

// winner names the method that beats every other one; OutcomeNone if there is no
// such method, or only one.
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
	return OutcomeNone
}

// verdict compares two methods. Who wins is judged by the rounds' ratios; the
// ratio that is shown is that of the medians, which are the times that are
// shown, and the interval is widened to hold it.
func verdict(a, b string, seconds map[string][]float64) result.Verdict {
	v := Compare(seconds[a], seconds[b])
	shown := Speedup(SpreadOf(seconds[b]).Median, SpreadOf(seconds[a]).Median)
	if low, high := min(v.Low, shown), max(v.High, shown); v.Outcome == OutcomeNone || low > 1 || high < 1 {
		v.Ratio, v.Low, v.High = shown, low, high
	} // else the medians say the opposite of the rounds: the rounds' mean stands
	out := result.Verdict{
		A: a, B: b, Ratio: v.Ratio, Low: v.Low, High: v.High, Rounds: v.Rounds, Basis: v.Basis, Outcome: v.Outcome,
	}
	switch v.Outcome {
	case OutcomeA:
		out.Outcome = a
	case OutcomeB:
		out.Outcome = b
	}
	out.Text = verdictText(out)
	return out
}

// leaders are the methods that no other one beats.
func leaders(methods []string, verdicts []result.Verdict) []string {
	var out []string
	for _, m := range methods {
		beaten := false
		for _, v := range verdicts {
			if (v.A == m || v.B == m) && v.Outcome != OutcomeNone && v.Outcome != m {
				beaten = true
			}
		}
		if !beaten {
			out = append(out, m)
		}
	}
	return out
}

// seen is the verdict on two methods from the side of a: its ratio is how many
// times as fast as b it is.
func seen(verdicts []result.Verdict, a, b string) result.Verdict {
	for _, v := range verdicts {
		switch {
		case v.A == a && v.B == b:
			return v
		case v.A == b && v.B == a && v.Rounds > 0:
			v.A, v.B = a, b
			v.Ratio, v.Low, v.High = 1/v.Ratio, 1/v.High, 1/v.Low
			return v
		}
	}
	return result.Verdict{A: a, B: b, Outcome: OutcomeNone}
}
