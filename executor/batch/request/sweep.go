package request

import (
	"maps"
	"math"
	"slices"

	"carriles/executor/text"
	"carriles/filters"
)

// What a sweep may go over.
const (
	OverWorkers   = "workers"
	OverIntensity = "intensity"
	OverLatency   = "latency_ms"
	OverWidth     = "width"
)

// SweepPlan is a validated sweep: the same batch at each of the values.
type SweepPlan struct {
	Over   string    `json:"over"`
	Values []float64 `json:"values"` // ascending, each once
}

// SweepAxis is one thing that a sweep may go over.
type SweepAxis struct {
	Name  string    `json:"name"`
	Title text.Text `json:"title"`
	// Needs says what a batch must have for this axis; empty if nothing.
	Needs text.Text `json:"needs"`
	// Param bounds the values.
	Param filters.Param `json:"param"`
	// Values are those of a sweep that names none.
	Values []float64 `json:"values"`

	fits   func(Spec) bool
	set    func(*Spec, float64)
	phrase func(value string) text.Text
}

// SweepAxes lists what a sweep may go over. The default of workers is 1 to
// twice the pool.
func SweepAxes(lim Limits, pool int) []SweepAxis {
	fields := map[string]filters.Param{}
	for _, f := range Fields(lim, pool) {
		fields[f.Name] = f
	}
	var workers []float64
	for n := 1; n <= min(2*pool, lim.Workers, maxSweep); n++ {
		workers = append(workers, float64(n))
	}
	return []SweepAxis{
		{
			Name: OverWorkers, Title: text.Text{ES: "Trabajadores", EN: "Workers"},
			Param: fields["workers"], Values: workers,
			fits: func(Spec) bool { return true },
			set: func(s *Spec, v float64) {
				w := DefaultWorkforce(int(v))
				s.Workers, s.Processes, s.Threads = w.Workers, w.Processes, w.Threads
				s.WorkersReason = text.Sprintf("los pide el barrido", "asked for by the sweep")
			},
			phrase: func(v string) text.Text {
				if v == "1" {
					return text.Text{ES: "1 trabajador", EN: "1 worker"}
				}
				return text.Sprintf("%s trabajadores", "%s workers", v)
			},
		},
		{
			Name: OverIntensity, Title: text.Text{ES: "Intensidad del realce", EN: "Intensity of sharpen"},
			Needs: text.Text{ES: "sharpen en «filters»", EN: "sharpen in \"filters\""},
			Param: filterParam("sharpen", "intensity"), Values: []float64{1, 2, 4, 6, 8, 10},
			fits:   func(s Spec) bool { return s.Has("sharpen") },
			set:    func(s *Spec, v float64) { s.setParam("sharpen", filters.Values{"intensity": v}) },
			phrase: func(v string) text.Text { return text.Sprintf("intensidad %s", "intensity %s", v) },
		},
		{
			Name: OverLatency, Title: text.Text{ES: "Latencia de la lectura", EN: "Latency of reading"},
			Needs: text.Text{ES: "\"source\": \"http\"", EN: "\"source\": \"http\""},
			Param: fields["latency_ms"], Values: []float64{0, 50, 100, 200, 400},
			fits:   func(s Spec) bool { return s.Source == SourceHTTP },
			set:    func(s *Spec, v float64) { s.LatencyMS = int(v) },
			phrase: func(v string) text.Text { return text.Sprintf("%s ms de latencia", "%s ms of latency", v) },
		},
		{
			Name: OverWidth, Title: text.Text{ES: "Ancho de la imagen", EN: "Width of the image"},
			Needs: text.Text{ES: "resize en «filters»; el alto sigue al ancho", EN: "resize in \"filters\"; the height follows the width"},
			Param: filterParam("resize", "width"), Values: []float64{400, 800, 1600, 2400, 3200},
			fits: func(s Spec) bool { return s.Has("resize") },
			set: func(s *Spec, v float64) {
				i := slices.IndexFunc(s.Steps, func(st Step) bool { return st.Filter == "resize" })
				old := s.Steps[i].Params
				height := max(1, math.Round(v*old["height"]/old["width"]))
				s.setParam("resize", filters.Values{"width": v, "height": height})
			},
			phrase: func(v string) text.Text { return text.Sprintf("%s píxeles de ancho", "a width of %s pixels", v) },
		},
	}
}

// maxSweep is how many values a sweep may have.
const maxSweep = 16

func filterParam(filter, name string) filters.Param {
	f, _ := filters.Lookup(filter)
	p, _ := f.Param(name)
	return p
}

// setParam changes parameters of every step of a filter; the steps of the spec
// that s was copied from stay as they are.
func (s *Spec) setParam(filter string, v filters.Values) {
	s.Steps = slices.Clone(s.Steps)
	for i, st := range s.Steps {
		if st.Filter == filter {
			st.Params = maps.Clone(st.Params)
			maps.Copy(st.Params, v)
			s.Steps[i] = st
		}
	}
}

// At is the spec of one point of the sweep.
func (a SweepAxis) At(s Spec, value float64) Spec {
	a.set(&s, value)
	s.Sweep = nil
	return s
}

// Phrase is a value as it stands in a sentence: "4 workers".
func (a SweepAxis) Phrase(value float64) text.Text { return a.phrase(text.FormatNumber(value)) }

// Axis is what the plan goes over.
func (p SweepPlan) Axis() SweepAxis {
	axes := SweepAxes(Limits{}, 1) // the bounds have been checked
	return axes[slices.IndexFunc(axes, func(a SweepAxis) bool { return a.Name == p.Over })]
}
