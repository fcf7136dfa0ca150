package draw

import (
	"slices"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Charts are curves over one axis, as sweep.js draws them.
type Charts struct {
	Lang   string  `json:"lang"`
	Axis   string  `json:"axis"` // what is varied
	Charts []Chart `json:"charts"`
}

// Chart is one figure over the values of the axis.
type Chart struct {
	Title string    `json:"title"`
	Unit  string    `json:"unit"` // with its space
	X     []float64 `json:"x"`
	Lines []Line    `json:"lines"`
	Marks []float64 `json:"marks,omitempty"` // where on the axis something happened
	// Beyond is where on the axis workers become more than cores; 0 if nowhere.
	Beyond float64 `json:"beyond,omitempty"`
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
func ChartsOf(lang string, s *result.Sweep) Charts {
	c := Charts{Lang: lang, Axis: AxisTitle(lang, s.Over), Charts: []Chart{timesChart(lang, s)}}
	if chart := speedupChart(lang, s); len(chart.Lines) > 0 {
		c.Charts = append(c.Charts, chart)
	}
	for i := range c.Charts {
		c.Charts[i].Beyond = beyond(s)
	}
	return c
}

// beyond is the number of cores, if a point of a sweep has more workers; else 0.
func beyond(s *result.Sweep) float64 {
	cores := float64(s.Environment.CoresUsed)
	if s.Over == request.OverWorkers && cores > 0 && slices.ContainsFunc(s.Points, func(p result.SweepPoint) bool { return p.Value > cores }) {
		return cores
	}
	return 0
}

// BeyondTitle says what is drawn from Beyond on.
func BeyondTitle(lang string) string {
	return text.Text{ES: "más trabajadores que núcleos", EN: "more workers than cores"}.In(lang)
}

// AxisTitle names what is varied, with its unit where it has one.
func AxisTitle(lang, over string) string {
	a, ok := request.LookupAxis(request.Limits{}, 1, over)
	switch {
	case !ok:
		return over
	case a.Param.Unit != "":
		return a.Title.In(lang) + " (" + a.Param.Unit + ")"
	}
	return a.Title.In(lang)
}

func valuesOf(s *result.Sweep) []float64 {
	var x []float64
	for _, p := range s.Points {
		x = append(x, p.Value)
	}
	return x
}

func timesChart(lang string, s *result.Sweep) Chart {
	title := text.Text{ES: "Tiempo (s), con la mitad central de las rondas", EN: "Time (s), with the middle half of the rounds"}
	chart := Chart{Title: title.In(lang), Unit: text.NoBreak + "s", X: valuesOf(s)}
	for _, m := range s.Methods {
		chart.Lines = append(chart.Lines, Line{
			Label: MethodTitle(lang, m), Method: m,
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

// speedupChart shows for a sweep over workers or devices each method's speedup over its own
// time with the fewest, which is what the laws are fitted to; for any other the
// speedup over sequential at the same value.
func speedupChart(lang string, s *result.Sweep) Chart {
	if s.Over == request.OverWorkers || s.Over == request.OverDevices {
		return scalingChart(lang, s)
	}
	title := text.Text{ES: "Aceleración sobre el modo secuencial", EN: "Speedup over sequential"}
	chart := Chart{Title: title.In(lang), Unit: "×", X: valuesOf(s)}
	if !slices.Contains(s.Methods, request.Sequential) {
		return chart
	}
	for _, m := range s.Methods {
		chart.Lines = append(chart.Lines, Line{
			Label: MethodTitle(lang, m), Method: m,
			Values: along(s, m, func(r result.SweepResult) float64 { return r.Speedup }),
		})
	}
	return chart
}

func scalingChart(lang string, s *result.Sweep) Chart {
	title := text.Text{ES: "Aceleración de cada método sobre sí mismo con 1 trabajador", EN: "Speedup of each method over itself with 1 worker"}
	if s.Over == request.OverDevices {
		title = text.Text{ES: "Aceleración de cada método sobre sí mismo con 1 dispositivo", EN: "Speedup of each method over itself with 1 device"}
	}
	chart := Chart{Title: title.In(lang), Unit: "×", X: valuesOf(s)}
	if len(s.Points) == 0 || s.Points[0].Value != 1 {
		return chart
	}
	for _, m := range s.Methods {
		own := s.Points[0].Results[m].Time
		if m == request.Sequential || own == 0 || s.Over == request.OverDevices && !request.Described(m).Room {
			continue
		}
		chart.Lines = append(chart.Lines, Line{
			Label: MethodTitle(lang, m), Method: m,
			Values: along(s, m, func(r result.SweepResult) float64 { return own / r.Time }),
		})
		for _, law := range LawsOf(s.Fits[m]) {
			line := Line{Label: law.Title.In(lang) + ": " + MethodTitle(lang, m), Method: m, Law: law.Name, Values: make([]*float64, len(s.Points))}
			for i, x := range law.Fit.Fitted { // the points up to the cores are the first
				line.Values[i] = &x
			}
			chart.Lines = append(chart.Lines, line)
		}
	}
	return chart
}

// Law is a law that was fitted to a method's times.
type Law struct {
	Name  string // "amdahl" or "usl"
	Title text.Text
	Fit   *result.ScalingFit
}

// LawsOf lists the laws that were fitted; the Universal Scalability Law without
// coherency is Amdahl's once more, and left out.
func LawsOf(f result.ScalingFits) []Law {
	var list []Law
	if f.Amdahl != nil {
		list = append(list, Law{"amdahl", text.Text{ES: "ley de Amdahl", EN: "Amdahl's law"}, f.Amdahl})
	}
	if f.USL != nil && (f.Amdahl == nil || f.USL.Coherency > 0) {
		list = append(list, Law{"usl", text.Text{ES: "ley universal de escalabilidad", EN: "Universal Scalability Law"}, f.USL})
	}
	return list
}
