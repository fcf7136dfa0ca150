package analysis

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// CountWithin is of how many images, 1 to most, a batch may be to take so many
// seconds, and how long it takes then. runs are those of before, which tell the
// machine's pace; without any that does, it is reckoned.
func CountWithin(s request.Spec, cores int, runs []result.RunView, within float64, most int) result.Forecast {
	f := result.Forecast{From: FromReckoning, Count: 1}
	pace, known := Pace(runs, cores)
	if known {
		f.From = FromHistory
	} else {
		pace = 1
	}
	for n := 1; n <= most; n++ {
		s.Count = n
		seconds := pace * Reckon(s, cores)
		if n > 1 && seconds > within {
			break
		}
		f.Count, f.TotalS, f.LeftS = n, seconds, seconds
	}
	return f
}

// Trial is the little of a batch that tells a machine's pace where no run of before
// does: a few images by its first method.
func Trial(s request.Spec) request.Spec {
	s.Methods, s.Variants, s.Sweep, s.Chaos, s.Auto, s.Sample = s.Methods[:1], nil, nil, nil, nil, false
	s.Count, s.Rounds, s.Warmup, s.Pool = 2, 1, 1, request.Warm
	return s
}
