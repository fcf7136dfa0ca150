package batch

import (
	"maps"
	"math"
	"slices"

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
	Name  string       `json:"name"`
	Title filters.Text `json:"title"`
	// Needs says what a batch must have for this axis; empty if nothing.
	Needs filters.Text `json:"needs"`
	// Param bounds the values.
	Param filters.Param `json:"param"`
	// Values are those of a sweep that names none.
	Values []float64 `json:"values"`

	fits   func(Spec) bool
	set    func(*Spec, float64)
	phrase func(value string) filters.Text
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
			Name: OverWorkers, Title: filters.Text{ES: "Trabajadores", EN: "Workers"},
			Param: fields["workers"], Values: workers,
			fits: func(Spec) bool { return true },
			set: func(s *Spec, v float64) {
				w := DefaultWorkforce(int(v))
				s.Workers, s.Processes, s.Threads = w.Workers, w.Processes, w.Threads
				s.WorkersReason = Textf("los pide el barrido", "asked for by the sweep")
			},
			phrase: func(v string) filters.Text {
				if v == "1" {
					return filters.Text{ES: "1 trabajador", EN: "1 worker"}
				}
				return Textf("%s trabajadores", "%s workers", v)
			},
		},
		{
			Name: OverIntensity, Title: filters.Text{ES: "Intensidad del realce", EN: "Intensity of sharpen"},
			Needs: filters.Text{ES: "sharpen en «filters»", EN: "sharpen in \"filters\""},
			Param: filterParam("sharpen", "intensity"), Values: []float64{1, 2, 4, 6, 8, 10},
			fits:   hasStep("sharpen"),
			set:    func(s *Spec, v float64) { s.setParam("sharpen", filters.Values{"intensity": v}) },
			phrase: func(v string) filters.Text { return Textf("intensidad %s", "intensity %s", v) },
		},
		{
			Name: OverLatency, Title: filters.Text{ES: "Latencia de la lectura", EN: "Latency of reading"},
			Needs: filters.Text{ES: "\"source\": \"http\"", EN: "\"source\": \"http\""},
			Param: fields["latency_ms"], Values: []float64{0, 50, 100, 200, 400},
			fits:   func(s Spec) bool { return s.Source == SourceHTTP },
			set:    func(s *Spec, v float64) { s.LatencyMS = int(v) },
			phrase: func(v string) filters.Text { return Textf("%s ms de latencia", "%s ms of latency", v) },
		},
		{
			Name: OverWidth, Title: filters.Text{ES: "Ancho de la imagen", EN: "Width of the image"},
			Needs: filters.Text{ES: "resize en «filters»; el alto sigue al ancho", EN: "resize in \"filters\"; the height follows the width"},
			Param: filterParam("resize", "width"), Values: []float64{400, 800, 1600, 2400, 3200},
			fits: hasStep("resize"),
			set: func(s *Spec, v float64) {
				i := slices.IndexFunc(s.Steps, func(st Step) bool { return st.Filter == "resize" })
				old := s.Steps[i].Params
				height := max(1, math.Round(v*old["height"]/old["width"]))
				s.setParam("resize", filters.Values{"width": v, "height": height})
			},
			phrase: func(v string) filters.Text { return Textf("%s píxeles de ancho", "a width of %s pixels", v) },
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

func hasStep(filter string) func(Spec) bool {
	return func(s Spec) bool {
		return slices.ContainsFunc(s.Steps, func(st Step) bool { return st.Filter == filter })
	}
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
func (a SweepAxis) Phrase(value float64) filters.Text { return a.phrase(filters.FormatNumber(value)) }

// Axis is what the plan goes over.
func (p SweepPlan) Axis() SweepAxis {
	axes := SweepAxes(Limits{}, 1) // the bounds have been checked
	return axes[slices.IndexFunc(axes, func(a SweepAxis) bool { return a.Name == p.Over })]
}

// Sweep is the answer of a sweep.
type Sweep struct {
	Over    string       `json:"over"`
	Methods []string     `json:"methods"`
	Points  []SweepPoint `json:"points"`
	// Fits are those of a sweep over workers, by method, where there are points
	// enough.
	Fits       map[string]ScalingFits `json:"fits,omitempty"`
	Crossovers []Crossover            `json:"crossovers"`
	Summary    filters.Text           `json:"summary"`
	Caution    filters.Text           `json:"caution"` // what so few rounds cannot show; may be empty
	// PixelsEqual says whether all methods gave the same pixels at each point.
	PixelsEqual bool        `json:"pixels_equal"`
	APIInfo     APIInfo     `json:"api_info"`
	Environment Environment `json:"environment"`
	Spec        Spec        `json:"spec"`
}

// SweepPoint is the comparison at one value.
type SweepPoint struct {
	Value    float64                `json:"value"`
	Results  map[string]SweepResult `json:"results"`
	Winner   string                 `json:"winner"`
	Verdicts []Verdict              `json:"verdicts"`
}

// SweepResult is one method at one value.
type SweepResult struct {
	Time            float64   `json:"time"` // median of Samples, in seconds
	Samples         []float64 `json:"samples"`
	Spread          Spread    `json:"spread"`
	Throughput      float64   `json:"throughput"`
	Speedup         float64   `json:"speedup,omitempty"` // over sequential at the same value
	Workers         int       `json:"workers"`
	CPUTime         float64   `json:"cpu_time"`
	PeakMemoryBytes int64     `json:"peak_memory_bytes"`
	Bound           string    `json:"bound"`
	FailedCount     int       `json:"failed_count"`
	OutputDigest    string    `json:"output_digest"`
}

// ScalingFits are the laws fitted to a method's times over workers. A nil fit
// had too few points.
type ScalingFits struct {
	Amdahl *ScalingFit `json:"amdahl,omitempty"`
	USL    *ScalingFit `json:"usl,omitempty"`
	// Why says why a fit is missing; empty if none is.
	Why filters.Text `json:"why"`
}

// ScalingFit is one law fitted by least squares to a method's speedup over its
// own time with one worker.
type ScalingFit struct {
	// Serial is Amdahl's serial fraction, or the Universal Scalability Law's
	// contention (sigma): 0 to 1.
	Serial float64 `json:"serial"`
	// Coherency is the Universal Scalability Law's kappa; 0 for Amdahl's.
	Coherency float64 `json:"coherency"`
	// Peak is the number of workers with the largest speedup of the law, and
	// Limit what more workers approach (Amdahl's 1/serial); 0 where there is none.
	Peak  float64 `json:"peak"`
	Limit float64 `json:"limit"`
	// Fitted are the law's speedups at the points, Residuals measured minus
	// fitted, R2 the part of the variance that the law explains.
	Fitted    []float64 `json:"fitted"`
	Residuals []float64 `json:"residuals"`
	R2        float64   `json:"r2"`
}

// Crossover says where along a sweep method A begins to be faster than B.
type Crossover struct {
	A string `json:"a"`
	B string `json:"b"`
	// Kind is "always", "never", "from" (A is faster from From on), "until" (up
	// to From), "unclear" (no clear order), or "none" (no difference anywhere).
	Kind string       `json:"kind"`
	From float64      `json:"from"`
	Text filters.Text `json:"text"`
}
