package request

import (
	"maps"
	"math"
	"slices"

	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/filters"
)

// What a sweep may go over.
const (
	OverWorkers   = "workers"
	OverIntensity = "intensity"
	OverLatency   = "latency_ms"
	OverWidth     = "width"
	OverDevices   = "devices"
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

	sets   []string // the fields whose place the values take
	fits   func(Spec) bool
	set    func(*Spec, float64)
	phrase func(value string) text.Text
}

// SweepAxes lists what a sweep may go over. The default of workers is 1 to
// twice the pool. A sweep over devices ends with as many as there are.
func SweepAxes(lim Limits, pool int) []SweepAxis {
	fields := map[string]filters.Param{}
	for _, p := range whole(Fields(Endpoint{}, Lab{Limits: lim, Pool: pool})) {
		fields[p.Name] = p
	}
	devices := fields["devices"]
	devices.Min = 1
	var workers []float64
	for n := 1; n <= min(2*pool, lim.Workers, maxSweep); n++ {
		workers = append(workers, float64(n))
	}
	return []SweepAxis{
		{
			Name: OverWorkers, Title: text.Text{ES: "Trabajadores", EN: "Workers"},
			Param: fields["workers"], Values: workers,
			sets: []string{"workers", "processes", "threads"},
			fits: func(Spec) bool { return true },
			set: func(s *Spec, v float64) {
				w := DefaultWorkforce(int(v))
				s.Workers, s.Processes, s.Threads = w.Workers, w.Processes, w.Threads
				s.WorkersReason = text.Sprintf("los pide el barrido", "asked for by the sweep")
			},
			phrase: func(v string) text.Text { return Words(OverWorkers, v) },
		},
		{
			Name: OverIntensity, Title: text.Text{ES: "Intensidad del realce", EN: "Intensity of sharpen"},
			Needs: text.Text{ES: "sharpen en «filters»", EN: "sharpen in \"filters\""},
			Param: filterParam("sharpen", "intensity"), Values: []float64{1, 2, 4, 6, 8, 10},
			fits:   func(s Spec) bool { return s.Has("sharpen") },
			set:    func(s *Spec, v float64) { s.setParam("sharpen", filters.Values{"intensity": v}) },
			phrase: func(v string) text.Text { return Words(OverIntensity, v) },
		},
		{
			Name: OverLatency, Title: text.Text{ES: "Latencia de la lectura", EN: "Latency of reading"},
			Needs: text.Text{ES: "\"source\": \"http\"", EN: "\"source\": \"http\""},
			Param: fields["latency_ms"], Values: []float64{0, 50, 100, 200, 400},
			sets:   []string{"latency_ms"},
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
		{
			Name: OverDevices, Title: text.Text{ES: "Dispositivos", EN: "Devices"},
			Needs: text.Text{ES: "un método de la sala en «methods»: distributed, swarm o room", EN: "a method of the room in \"methods\": distributed, swarm or room"},
			Param: devices, Values: []float64{1, 2, 3, 4, 8, 16, 32},
			sets:   []string{"devices"},
			fits:   func(s Spec) bool { return Request{Methods: s.Methods}.inRoom() },
			set:    func(s *Spec, v float64) { s.Devices = int(v) },
			phrase: func(v string) text.Text { return Words(OverDevices, v) },
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

// Sets reports whether the values of the sweep take the place of a field.
func (a SweepAxis) Sets(field string) bool { return slices.Contains(a.sets, field) }

// At is the spec of one point of the sweep.
func (a SweepAxis) At(s Spec, value float64) Spec {
	a.set(&s, value)
	s.Sweep = nil
	return s
}

// Phrase is a value as it stands in a sentence: "4 workers".
func (a SweepAxis) Phrase(value float64) text.Text { return a.phrase(text.FormatNumber(value)) }

// LookupAxis finds what a sweep may go over by its name.
func LookupAxis(lim Limits, pool int, name string) (SweepAxis, bool) {
	axes := SweepAxes(lim, pool)
	i := slices.IndexFunc(axes, func(a SweepAxis) bool { return a.Name == name })
	if i < 0 {
		return SweepAxis{}, false
	}
	return axes[i], true
}

// Axis is what the plan goes over.
func (p SweepPlan) Axis() SweepAxis {
	axis, _ := LookupAxis(Limits{}, 1, p.Over) // the bounds have been checked
	return axis
}

// over reads what a sweep goes over; a sweep that names no values has those of
// its axis.
func (p *parser) over(f Field) {
	names := optionNames(f.Choices())
	if !p.body.has(f.Name) {
		if p.ep.Sweep || p.body.has("values") {
			p.fault(fault.CodeMissing, f.Name, text.Sprintf("falta «over»", "\"over\" is missing"), oneOf(names))
		}
		return
	}
	before := len(p.faults)
	over := p.choice(f)
	if len(p.faults) > before {
		return
	}
	axis, _ := LookupAxis(p.lab.Limits, p.lab.Pool, over)
	if before == 0 && !axis.fits(p.spec) {
		p.fault(fault.CodeContradiction, f.Name,
			text.Sprintf("un barrido de %s necesita otro lote", "a sweep over %s needs another batch", over), axis.Needs)
	}
	p.spec.Sweep = &SweepPlan{Over: over, Values: axis.Values}
}

// values reads the numbers of a sweep, puts them in order, and refuses a point
// that nobody could have asked for by itself.
func (p *parser) values(f Field) {
	if p.spec.Sweep == nil {
		return
	}
	axis, _ := LookupAxis(p.lab.Limits, p.lab.Pool, p.spec.Sweep.Over)
	if p.body.has(f.Name) {
		p.spec.Sweep.Values = p.numbers(f, axis.Param)
	}
	for _, v := range p.spec.Sweep.Values {
		if len(p.faults) == 0 {
			p.checkPoint(axis.Phrase(v), axis.At(p.spec, v).Steps)
		}
	}
}

// checkPoint refuses a point of a sweep whose chain nobody could have asked
// for: the height that follows a width may be out of its range.
func (p *parser) checkPoint(point text.Text, steps []Step) {
	for _, s := range steps {
		f, _ := filters.Lookup(s.Filter)
		for _, decl := range f.Params {
			if x := s.Params[decl.Name]; !decl.Allows(x) {
				name, value := s.Filter+"."+decl.Name, text.FormatNumber(x)
				p.fault(fault.CodeOutOfRange, "values", text.Text{
					ES: "con " + point.ES + ", " + name + " sería " + value,
					EN: "with " + point.EN + ", " + name + " would be " + value,
				}, decl.Allowed())
				return
			}
		}
	}
	p.checkSize(steps)
}

// numbers reads the list of a sweep's values, each once, in order.
func (p *parser) numbers(f Field, decl filters.Param) []float64 {
	items, ok := p.items(p.body.values[f.Name], f, text.Sprintf("números", "numbers"))
	if !ok {
		return nil
	}
	var values []float64
	for i, item := range items {
		path := elementOf(f.Name, i)
		x, ok := p.float(item, path, Field{Param: decl})
		if !ok {
			continue
		}
		if slices.Contains(values, x) {
			p.fault(fault.CodeDuplicate, path, text.Sprintf("%s está dos veces", "%s stands twice", text.FormatNumber(x)), decl.Allowed())
		}
		values = append(values, x)
	}
	slices.Sort(values)
	return values
}
