package request

import (
	"slices"

	"carriles/executor/text"
	"carriles/filters"
)

// Step is one filter of a chain with all its parameters.
type Step struct {
	Filter string         `json:"filter"`
	Params filters.Values `json:"params"`
}

// Spec is a validated batch: nothing in it can be out of range.
type Spec struct {
	Steps  []Step   `json:"steps"`
	Images []string `json:"images"` // names in static/images/, cycled up to Count
	Count  int      `json:"count"`
	Workforce
	// WorkersReason says where Workers comes from: asked for, or the topology.
	WorkersReason text.Text `json:"workers_reason"`
	// Devices is how many of the room's take part at most; 0: all.
	Devices int `json:"devices,omitempty"`
	// Alone says that the same batch is not to be done on this machine as well, where a
	// method of the room is asked for by itself.
	Alone bool `json:"alone,omitempty"`
	// Rounds is how many counted rounds there are, with Auto at most.
	Rounds    int      `json:"rounds"`
	Warmup    int      `json:"warmup"`
	Engine    string   `json:"engine"`
	Pool      string   `json:"pool"`
	Source    string   `json:"source"`
	LatencyMS int      `json:"latency_ms"` // of SourceHTTP
	Transport string   `json:"transport"`
	Methods   []string `json:"methods"` // and the names of Variants
	// Variants are those of the Methods that differ in more than the method.
	Variants []Variant `json:"variants,omitempty"`
	// Unavailable says of methods that were asked for why they are not to be had.
	Unavailable map[string]text.Text `json:"unavailable,omitempty"`
	// GIL is there when stages let the lock of ThreadingGIL go.
	GIL *GIL `json:"gil,omitempty"`
	// Auto is there when rounds may end before all of them are done.
	Auto *Auto `json:"auto,omitempty"`
	// Chaos is there when a worker is to be killed on purpose.
	Chaos *Chaos `json:"chaos,omitempty"`
	// Sample has the processes watched while they run, as the stress test does:
	// a comparison is not disturbed so.
	Sample bool `json:"sample,omitempty"`
	// Sweep is there when the batch is one of many that differ in one value.
	Sweep *SweepPlan `json:"sweep,omitempty"`
}

// Auto says when rounds end: as soon as every comparison is precise enough, if the
// lab decides on their number, and when the time is over.
type Auto struct {
	// PrecisionPercent is how far the ends of the interval of a ratio may lie
	// from the ratio; 0 if that ends nothing.
	PrecisionPercent int `json:"precision_percent,omitempty"`
	// BudgetS is after how many seconds no further round is begun.
	BudgetS int `json:"budget_s"`
}

// BesideHere reports whether the same batch is done once on this machine as well, so
// that a room's figures stand beside what they are compared with.
func (s Spec) BesideHere() bool {
	return !s.Alone && !s.Sample && s.Sweep == nil && len(s.Methods) == 1 && Described(s.Methods[0]).Room
}

// OnThisMachine is one counted round of the same batch by this machine's own methods.
func (s Spec) OnThisMachine() Spec {
	s.Methods, s.Variants, s.Auto, s.Chaos, s.Devices = GuideMethods(), nil, nil, nil, 0
	s.Rounds, s.Warmup = 1, min(1, s.Warmup)
	return s
}

// Automatic reports whether the lab decides on the number of rounds.
func (s Spec) Automatic() bool { return s.Auto != nil && s.Auto.PrecisionPercent > 0 }

// GIL says which stages of the pipeline let the lock of ThreadingGIL go while they
// compute, as C extensions of Python do. A nil GIL is that of pure Python.
type GIL struct {
	ReleasedIn []string `json:"released_in"`
}

// Releases reports whether a stage lets the lock go.
func (g *GIL) Releases(stage string) bool { return g != nil && slices.Contains(g.ReleasedIn, stage) }

// Natives are the spec's methods that are not Python's.
func (s Spec) Natives() []string {
	return slices.DeleteFunc(slices.Clone(s.Methods), func(m string) bool { return Described(m).Python })
}

// Chaos is a deliberate failure: in each round one worker process is killed
// when KillAfter images are finished.
type Chaos struct {
	KillAfter int `json:"kill_after"`
}

// Image is the name of the image of task i.
func (s Spec) Image(i int) string { return s.Images[i%len(s.Images)] }

// UsedImages are the photographs that a batch takes, each once.
func (s Spec) UsedImages() []string { return s.Images[:min(s.Count, len(s.Images))] }

// FilterNames lists the chain's filters by their own names, in order.
func (s Spec) FilterNames() []string {
	return each(s.Steps, func(st Step) string { return st.Filter })
}

// Shape is that of one of the methods, the host's or the browser's.
//
// bild spreads each filter over as many processors as its process has, whoever
// holds a lock: so where it is to compute under one there is one processor.
func (s Spec) Shape(method string) Shape {
	s = s.As(method)
	shape := Described(method).Shape(s.Workforce)
	if shape.Lock && s.Engine == filters.BildName && !s.GIL.Releases(StageFilter) {
		shape.MaxProcs = 1
	}
	return shape
}

func (s Spec) Has(filter string) bool {
	return slices.ContainsFunc(s.Steps, func(st Step) bool { return st.Filter == filter })
}

// NeedsCores reports whether a method of it has several lanes.
func (s Spec) NeedsCores() bool {
	return s.Sweep != nil || slices.ContainsFunc(s.Methods, func(m string) bool { return s.Shape(m).Lanes() > 1 })
}

// Executions is how many times an image goes through the pipeline in the
// whole run.
func (s Spec) Executions() int {
	points := 1
	if s.Sweep != nil {
		points = len(s.Sweep.Values)
	}
	return s.Count * (s.Warmup*len(s.InRound(0)) + s.Rounds*len(s.Contestants())) * points
}

// WaitSeconds is what a run waits for the slow server, at least: images of a lane
// come one after the other.
func (s Spec) WaitSeconds() float64 {
	if s.Sweep != nil { // whose points may be of another latency, or of other lanes
		return 0
	}
	sum := 0
	for r := range s.Warmup + s.Rounds {
		for _, m := range s.InRound(r) {
			lanes := s.Shape(m).Lanes()
			sum += (s.Count + lanes - 1) / lanes * s.LatencyMS
		}
	}
	return float64(sum) / 1000
}

// Limits bound what one request may ask for. Each is the largest value
// allowed.
type Limits struct {
	Count      int   `json:"count"`  // images of a batch
	Stress     int   `json:"stress"` // images of the stress test, per iteration
	Workers    int   `json:"workers"`
	Executions int   `json:"executions"`            // images x rounds x methods of one run
	Pixels     int64 `json:"pixels"`                // of a filter's result
	RunSeconds int   `json:"run_seconds,omitempty"` // of a run; 0: no end
	Rounds     int   `json:"-"`                     // of a comparison that does not say; 0: comparisonRounds
}

const (
	MaxRounds     = 50
	maxWarmup     = 10
	maxIterations = 20
	maxSteps      = 16
)

// What a comparison is that does not say: a class reads its verdict, and one round
// carries none.
const (
	comparisonRounds  = 5
	comparisonWarmup  = 1
	comparisonBudgetS = 20
)

// FewestRounds that carry a verdict: with two, an interval would be stretched by
// t = 12.7, and with one two equal methods got a winner in 14 of 24 comparisons. A sweep that does not say has as many at each
// point, and a comparison that does not is not ended by its time before.
const FewestRounds = 3

// MinAutoRounds are the fewest of an automatic number of rounds.
const MinAutoRounds = 5

// MaxLatencyMS bounds the slow endpoint's wait in a batch, in milliseconds.
const MaxLatencyMS = 5000

// MaxDevices is how many a room has at most.
const MaxDevices = 2000

// iterations is what the stress test calls its rounds.
const iterations = "num_iterations"

// DefaultChain is the chain of a request that names none.
func DefaultChain() []string { return []string{"resize", "blur", "brightness"} }
