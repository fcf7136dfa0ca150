package analysis

import (
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// PointOf is a comparison as a point of a sweep, at a value.
func PointOf(value float64, c *result.Comparison) result.SweepPoint {
	p := result.SweepPoint{
		Value: value, Results: map[string]result.SweepResult{},
		Winner: c.Performance.Winner, Verdicts: c.Performance.Verdicts,
	}
	for name, r := range c.Results {
		p.Results[name] = result.SweepResult{
			Time: r.Time, Samples: r.Samples, Rounds: r.Rounds, Spread: r.Spread, Throughput: r.Throughput, Speedup: r.Speedup,
			Workers: r.Workers, CPUTime: r.CPUTime, PeakMemoryBytes: r.PeakMemoryBytes, Bound: r.Bound,
			FailedCount: r.AllFailed, OutputDigest: r.OutputDigest,
		}
	}
	return p
}

// Conclude says what the points of a sweep show: it fits the laws, finds the
// crossovers and puts them into words. The rest of the sweep must be there.
func Conclude(s *result.Sweep) {
	s.Crossovers, s.Summary = Crossovers(*s.Spec.Sweep, s.Methods, s.Points), text.Text{}
	for _, c := range s.Crossovers {
		s.Summary = joined(s.Summary, c.Text)
	}
	if s.Over == request.OverWorkers || s.Over == request.OverDevices {
		s.Fits = fits(s)
	}
	s.Caution = disturbance(s.Environment)
	if len(s.Points) > 0 && len(s.Points[0].Verdicts) > 0 {
		s.Caution = joined(caution(s.Points[0].Verdicts[0]), s.Caution)
	}
}

// Crossovers says of every two methods where along the points of a sweep the one is
// faster than the other.
func Crossovers(plan request.SweepPlan, methods []string, points []result.SweepPoint) []result.Crossover {
	values := make([]float64, len(points))
	for i, p := range points {
		values[i] = p.Value
	}
	all := []result.Crossover{}
	for i, a := range methods {
		for _, b := range methods[i+1:] {
			verdicts := make([]result.Verdict, len(points))
			for n, p := range points {
				verdicts[n] = seen(p.Verdicts, a, b)
			}
			all = append(all, CrossoverOf(a, b, plan.Axis(), values, verdicts))
		}
	}
	return all
}

// fits fits the laws to every method whose workers, or devices, the sweep changes.
func fits(s *result.Sweep) map[string]result.ScalingFits {
	out := map[string]result.ScalingFits{}
	for _, m := range s.Methods {
		room := request.Described(m).Room
		if s.Over == request.OverDevices {
			if room {
				out[m] = fitsOver(s, m)
			}
			continue
		}
		if m == request.Sequential || m == request.Hybrid || room { // which have always one, four at least, or whoever is there
			continue
		}
		var workers []int
		var seconds [][]float64
		for _, p := range s.Points {
			workers = append(workers, p.Results[m].Workers)
			seconds = append(seconds, p.Results[m].Samples)
		}
		out[m] = FitScaling(workers, seconds, s.Environment.CoresUsed)
	}
	return out
}

// fitsOver fits the laws to a method of the room by how many devices took part.
func fitsOver(s *result.Sweep, method string) result.ScalingFits {
	var devices []int
	var seconds [][]float64
	for _, p := range s.Points {
		devices = append(devices, int(p.Value))
		seconds = append(seconds, p.Results[method].Samples)
	}
	return FitDevices(devices, seconds)
}
