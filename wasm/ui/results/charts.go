package results

import (
	"encoding/json"
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
)

// Charts are the curves of a sweep, as sweep.js draws them.
type Charts struct {
	Lang   i18n.Lang `json:"lang"`
	Axis   string    `json:"axis"` // what is varied
	Charts []Chart   `json:"charts"`
}

// Chart is one figure over the values of the sweep.
type Chart struct {
	Title string    `json:"title"`
	Unit  string    `json:"unit"` // with its space
	X     []float64 `json:"x"`
	Lines []Line    `json:"lines"`
}

// Line is one curve. A value is nil where there is none.
type Line struct {
	Label  string     `json:"label"`
	Method string     `json:"method"`
	Law    string     `json:"law,omitempty"` // of a fitted curve: "amdahl" or "usl"
	Values []*float64 `json:"values"`
	// Low and High are the quartiles, where the line has a band.
	Low  []*float64 `json:"low,omitempty"`
	High []*float64 `json:"high,omitempty"`
}

// ChartsOf lays a sweep out: the times with the middle half of the rounds, and
// the speedups, with the fitted laws where there are any.
func ChartsOf(l i18n.Lang, s *result.Sweep) Charts {
	c := Charts{Lang: l, Axis: axisTitle(l, s.Over)}
	c.Charts = append(c.Charts, timesChart(l, s))
	if chart := speedupChart(l, s); len(chart.Lines) > 0 {
		c.Charts = append(c.Charts, chart)
	}
	return c
}

// JSON is what the script is given.
func (c Charts) JSON() (string, error) {
	data, err := json.Marshal(c)
	return string(data), err
}

// axisTitle names what is varied, with its unit where it has one.
func axisTitle(l i18n.Lang, over string) string {
	for _, a := range request.SweepAxes(request.Limits{}, 1) {
		if a.Name != over {
			continue
		}
		if a.Param.Unit == "" {
			return l.In(a.Title)
		}
		return l.T("sweep.axis", l.In(a.Title), a.Param.Unit)
	}
	return over
}

func valuesOf(s *result.Sweep) []float64 {
	var x []float64
	for _, p := range s.Points {
		x = append(x, p.Value)
	}
	return x
}

func timesChart(l i18n.Lang, s *result.Sweep) Chart {
	chart := Chart{Title: l.T("sweep.time"), Unit: i18n.NoBreak + "s", X: valuesOf(s)}
	for _, m := range s.Methods {
		chart.Lines = append(chart.Lines, Line{
			Label: i18n.MethodTitle(l, m), Method: m,
			Values: along(s, m, func(r result.SweepResult) float64 { return r.Time }),
			Low:    along(s, m, func(r result.SweepResult) float64 { return r.Spread.Q1 }),
			High:   along(s, m, func(r result.SweepResult) float64 { return r.Spread.Q3 }),
		})
	}
	return chart
}

// along reads a figure at every point; nil where the method has no result.
func along(s *result.Sweep, method string, figure func(result.SweepResult) float64) []*float64 {
	list := make([]*float64, len(s.Points))
	for i, p := range s.Points {
		if r, ok := p.Results[method]; ok && r.Time > 0 {
			x := figure(r)
			list[i] = &x
		}
	}
	return list
}

// speedupChart shows for a sweep over workers each method's speedup over its own
// time with the fewest, which is what the laws are fitted to; for any other the
// speedup over sequential at the same value.
func speedupChart(l i18n.Lang, s *result.Sweep) Chart {
	if s.Over == request.OverWorkers {
		return scalingChart(l, s)
	}
	chart := Chart{Title: l.T("sweep.speedup"), Unit: "×", X: valuesOf(s)}
	if !slices.Contains(s.Methods, request.Sequential) {
		return chart
	}
	for _, m := range s.Methods {
		chart.Lines = append(chart.Lines, Line{
			Label: i18n.MethodTitle(l, m), Method: m,
			Values: along(s, m, func(r result.SweepResult) float64 { return r.Speedup }),
		})
	}
	return chart
}

func scalingChart(l i18n.Lang, s *result.Sweep) Chart {
	chart := Chart{Title: l.T("sweep.scaling"), Unit: "×", X: valuesOf(s)}
	if len(s.Points) == 0 || s.Points[0].Value != 1 {
		return chart
	}
	for _, m := range s.Methods {
		own := s.Points[0].Results[m].Time
		if m == request.Sequential || own == 0 {
			continue
		}
		chart.Lines = append(chart.Lines, Line{
			Label: i18n.MethodTitle(l, m), Method: m,
			Values: along(s, m, func(r result.SweepResult) float64 { return own / r.Time }),
		})
		fits := s.Fits[m]
		for _, law := range laws(fits) {
			line := Line{Label: l.T("law.of", l.T("law."+law.name), i18n.MethodTitle(l, m)), Method: m, Law: law.name}
			for _, x := range law.fit.Fitted {
				line.Values = append(line.Values, &x)
			}
			chart.Lines = append(chart.Lines, line)
		}
	}
	return chart
}

type fittedLaw struct {
	name string
	fit  *result.ScalingFit
}

// laws lists the laws that were fitted; the Universal Scalability Law without
// coherency is Amdahl's once more, and left out.
func laws(f result.ScalingFits) []fittedLaw {
	var list []fittedLaw
	if f.Amdahl != nil {
		list = append(list, fittedLaw{"amdahl", f.Amdahl})
	}
	if f.USL != nil && (f.Amdahl == nil || f.USL.Coherency > 0) {
		list = append(list, fittedLaw{"usl", f.USL})
	}
	return list
}

// FitTexts says what the laws fitted to each method are, or why there are none.
func FitTexts(l i18n.Lang, s *result.Sweep) []string {
	var list []string
	for _, m := range s.Methods {
		fits, ok := s.Fits[m]
		if !ok {
			continue
		}
		for _, law := range laws(fits) {
			if law.fit.R2 < 0 {
				list = append(list, l.T("fit.none", i18n.MethodTitle(l, m), l.T("law."+law.name), l.Number(law.fit.R2, 2)))
				continue
			}
			text := l.T("fit."+law.name, i18n.MethodTitle(l, m), l.Percent(law.fit.Serial), l.Number(law.fit.R2, 2))
			switch {
			case law.fit.Limit > 0:
				text += " " + l.T("fit.limit", l.Ratio(law.fit.Limit))
			case law.fit.Peak > 0:
				text += " " + l.T("fit.peak", l.Number(law.fit.Peak, 1))
			}
			list = append(list, text)
		}
		if why := l.In(fits.Why); why != "" {
			list = append(list, i18n.MethodTitle(l, m)+": "+why)
		}
	}
	return list
}
