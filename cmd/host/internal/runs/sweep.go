package runs

import (
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/result"
)

// sweep makes the comparison of a spec at each of its values, one after the
// other. It keeps no output: there would be hundreds.
func (e *execution) sweep() (*result.Sweep, error) {
	began, spec := time.Now(), e.spec
	out := &result.Sweep{
		Over: spec.Sweep.Over, Methods: spec.Methods, PixelsEqual: true,
		Environment: e.environment(spec), Spec: spec,
	}
	axis, overall := spec.Sweep.Axis(), 0
	var all others
	for i, value := range spec.Sweep.Values {
		point := *e
		point.spec = axis.At(spec, value)
		point.progress = func(p result.Progress) {
			p.Point, p.Points, p.Value = i+1, len(spec.Sweep.Values), value
			p.OverallTotal = spec.Executions()
			p.Overall += overall
			e.progress(p)
		}
		c, err := point.passing()
		if err != nil {
			return nil, err
		}
		all.add(point.others)
		overall += point.spec.Executions()
		out.Points = append(out.Points, analysis.PointOf(value, c))
		out.PixelsEqual = out.PixelsEqual && c.Performance.PixelsEqual
		out.APIInfo = c.APIInfo
	}
	out.APIInfo.TestDate = began.UTC()
	all.tell(&out.Environment)
	analysis.Conclude(out)
	result.Tidy(out)
	return out, nil
}

// passing is a contest whose outputs do not stay.
func (e *execution) passing() (*result.Comparison, error) {
	defer e.remove()
	return e.compare()
}
