package runs

import (
	"slices"
	"strings"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// sweep makes the comparison of a spec at each of its values, one after the
// other. It keeps no output: there would be hundreds.
func (e *execution) sweep() (*result.Sweep, error) {
	began := time.Now()
	spec, missing := e.reachable(e.spec)
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
	out.Caution = text.Text{ES: strings.TrimSpace(out.Caution.ES + " " + missing.ES), EN: strings.TrimSpace(out.Caution.EN + " " + missing.EN)}
	result.Tidy(out)
	return out, nil
}

// reachable is a spec without the points of a sweep over devices that ask for more of
// them than are here, and says that it is.
func (e *execution) reachable(spec request.Spec) (_ request.Spec, missing text.Text) {
	if spec.Sweep.Over != request.OverDevices {
		return spec, missing
	}
	here := request.MaxDevices
	for _, method := range spec.Methods {
		if m := request.Described(method); m.Room {
			n, _ := e.Room.Able(m.Kinds, spec.FilterNames(), 0)
			here = min(here, n)
		}
	}
	plan := *spec.Sweep
	beyond, _ := slices.BinarySearchFunc(plan.Values, float64(here), func(v, most float64) int {
		if v > most {
			return 1
		}
		return -1
	})
	if beyond == len(plan.Values) {
		return spec, missing
	}
	plan.Values = plan.Values[:max(1, beyond)] // of none, the first one says that nobody is there
	spec.Sweep = &plan
	return spec, text.Sprintf("Con más de %d dispositivos no se midió: no hay más.", "With more than %d devices nothing was measured: there are no more.", here)
}

// passing is a contest whose outputs do not stay.
func (e *execution) passing() (*result.Comparison, error) {
	defer e.remove()
	return e.compare()
}
