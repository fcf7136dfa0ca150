package runs

import (
	"context"
	"strings"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// sweep makes the comparison of a spec at each of its values, one after the
// other. It keeps no output: there would be hundreds.
func (l *Lab) sweep(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *Live) (*result.Sweep, error) {
	began := time.Now()
	out := &result.Sweep{
		Over: spec.Sweep.Over, Methods: spec.Methods, PixelsEqual: true,
		Environment: l.Machine.Environment(spec.Engine), Spec: spec,
	}
	axis, overall := spec.Sweep.Axis(), 0
	var all others
	for i, value := range spec.Sweep.Values {
		c, err := l.point(ctx, id, axis.At(spec, value), func(p result.Progress) {
			p.Point, p.Points, p.Value = i+1, len(spec.Sweep.Values), value
			p.OverallTotal = spec.Executions()
			p.Overall += overall
			progress(p)
		}, live, &all)
		if err != nil {
			return nil, err
		}
		overall += axis.At(spec, value).Executions()
		out.Points = append(out.Points, sweepPoint(value, c))
		out.PixelsEqual = out.PixelsEqual && c.Performance.PixelsEqual
		out.APIInfo = c.APIInfo
	}
	out.APIInfo.TestDate = began.UTC()
	all.tell(&out.Environment)
	conclude(out)
	return out, nil
}

// point makes one comparison, removes its outputs, and adds what others did
// meanwhile to all.
func (l *Lab) point(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *Live, all *others) (*result.Comparison, error) {
	e := l.newExecution(ctx, id, spec, progress, live)
	defer e.tidy()
	c, err := e.compare()
	all.add(e.others)
	return c, err
}

func sweepPoint(value float64, c *result.Comparison) result.SweepPoint {
	p := result.SweepPoint{
		Value: value, Results: map[string]result.SweepResult{},
		Winner: c.Performance.Winner, Verdicts: c.Performance.Verdicts,
	}
	for name, r := range c.Results {
		p.Results[name] = result.SweepResult{
			Time: r.Time, Samples: r.Samples, Spread: r.Spread, Throughput: r.Throughput, Speedup: r.Speedup,
			Workers: r.Workers, CPUTime: r.CPUTime, PeakMemoryBytes: r.PeakMemoryBytes, Bound: r.Bound,
			FailedCount: r.AllFailed, OutputDigest: r.OutputDigest,
		}
	}
	return p
}

// conclude fits the laws, finds the crossovers and says it in words.
func conclude(s *result.Sweep) {
	values := make([]float64, len(s.Points))
	for i, p := range s.Points {
		values[i] = p.Value
	}
	s.Crossovers = []result.Crossover{}
	for i, a := range s.Methods {
		for _, b := range s.Methods[i+1:] {
			verdicts := make([]result.Verdict, len(s.Points))
			for n, p := range s.Points {
				verdicts[n] = seen(p.Verdicts, a, b)
			}
			s.Crossovers = append(s.Crossovers, analysis.CrossoverOf(a, b, s.Spec.Sweep.Axis(), values, verdicts))
		}
	}
	if s.Over == request.OverWorkers {
		s.Fits = fits(s)
	}
	var es, en []string
	for _, c := range s.Crossovers {
		es, en = append(es, c.Text.ES), append(en, c.Text.EN)
	}
	s.Summary = text.Text{ES: strings.Join(es, " "), EN: strings.Join(en, " ")}
	s.Caution = disturbance(s.Environment)
	if len(s.Points) > 0 && len(s.Points[0].Verdicts) > 0 {
		s.Caution = joined(caution(s.Points[0].Verdicts[0]), s.Caution)
	}
}

// fits fits the laws to every method whose workers the sweep changes.
func fits(s *result.Sweep) map[string]result.ScalingFits {
	out := map[string]result.ScalingFits{}
	for _, m := range s.Methods {
		if m == request.Sequential || m == request.Hybrid { // the one has always one, the other four at least
			continue
		}
		var workers []int
		var seconds [][]float64
		for _, p := range s.Points {
			workers = append(workers, p.Results[m].Workers)
			seconds = append(seconds, p.Results[m].Samples)
		}
		out[m] = analysis.FitScaling(workers, seconds)
	}
	return out
}
