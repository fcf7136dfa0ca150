package request

import (
	"slices"
	"strconv"

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
	// Rounds is how many counted rounds there are, with Auto at most.
	Rounds    int      `json:"rounds"`
	Warmup    int      `json:"warmup"`
	Engine    string   `json:"engine"`
	Pool      string   `json:"pool"`
	Source    string   `json:"source"`
	LatencyMS int      `json:"latency_ms"` // of SourceHTTP
	Transport string   `json:"transport"`
	Methods   []string `json:"methods"`
	// Auto is there when the lab decides on the number of rounds.
	Auto *Auto `json:"auto,omitempty"`
	// Chaos is there when a worker is to be killed on purpose.
	Chaos *Chaos `json:"chaos,omitempty"`
	// Sample has the processes watched while they run, as the stress test does:
	// a comparison is not disturbed so.
	Sample bool `json:"sample,omitempty"`
	// Sweep is there when the batch is one of many that differ in one value.
	Sweep *SweepPlan `json:"sweep,omitempty"`
}

// Auto lets the lab add rounds until every comparison is precise enough.
type Auto struct {
	// PrecisionPercent is how far the ends of the interval of a ratio may lie
	// from the ratio.
	PrecisionPercent float64 `json:"precision_percent"`
	// BudgetS is after how many seconds no further round is begun.
	BudgetS int `json:"budget_s"`
}

// Chaos is a deliberate failure: in each round one worker process is killed
// when KillAfter images are finished.
type Chaos struct {
	KillAfter int `json:"kill_after"`
}

// Image is the name of the image of task i.
func (s Spec) Image(i int) string { return s.Images[i%len(s.Images)] }

// FilterNames lists the chain's filters by their own names, in order.
func (s Spec) FilterNames() []string {
	names := make([]string, len(s.Steps))
	for i, st := range s.Steps {
		names[i] = st.Filter
	}
	return names
}

// Has reports whether a filter is in the chain.
func (s Spec) Has(filter string) bool {
	return slices.ContainsFunc(s.Steps, func(st Step) bool { return st.Filter == filter })
}

// Executions is how many times an image goes through the pipeline in the
// whole run.
func (s Spec) Executions() int {
	points := 1
	if s.Sweep != nil {
		points = len(s.Sweep.Values)
	}
	return s.Count * (s.Rounds + s.Warmup) * len(s.Methods) * points
}

// Limits bound what one request may ask for. Each is the largest value
// allowed.
type Limits struct {
	Count      int   `json:"count"`  // images of a batch
	Stress     int   `json:"stress"` // images of the stress test, per iteration
	Workers    int   `json:"workers"`
	Executions int   `json:"executions"` // images x rounds x methods of one run
	Pixels     int64 `json:"pixels"`     // of a filter's result
}

const (
	maxRounds     = 50
	maxWarmup     = 10
	maxIterations = 20
	maxSteps      = 16
)

// MinAutoRounds are the fewest of an automatic number of rounds.
const MinAutoRounds = 5

// MaxLatencyMS bounds the slow endpoint's wait in a batch, in milliseconds.
const MaxLatencyMS = 5000

// iterations is what the stress test calls its rounds.
const iterations = "num_iterations"

// Fields declares the whole-number fields of the common body. The default of
// workers is the pool size of the machine.
func Fields(lim Limits, pool int) []filters.Param {
	force := DefaultWorkforce(pool)
	return []filters.Param{
		countField(lim.Count, 5),
		{
			Name: "workers", Kind: filters.Int, Min: 1, Max: float64(lim.Workers), Default: float64(pool), Step: 1,
			Help: text.Text{ES: "goroutines o procesos", EN: "goroutines or processes"},
		},
		{
			Name: "rounds", Kind: filters.Int, Min: 1, Max: maxRounds, Default: 1, Step: 1,
			Help: text.Text{ES: "rondas de cada método, intercaladas", EN: "rounds of each method, interleaved"},
		},
		{
			Name: "warmup", Kind: filters.Int, Min: 0, Max: maxWarmup, Default: 0, Step: 1,
			Help: text.Text{ES: "rondas de calentamiento que no se cuentan", EN: "warm-up rounds that are not counted"},
		},
		{
			Name: "processes", Kind: filters.Int, Min: 1, Max: float64(lim.Workers), Default: float64(force.Processes), Step: 1,
			Help: text.Text{ES: "procesos del modo híbrido", EN: "processes of the hybrid"},
		},
		{
			Name: "threads", Kind: filters.Int, Min: 1, Max: float64(lim.Workers), Default: float64(force.Threads), Step: 1,
			Help: text.Text{ES: "hilos de cada proceso del modo híbrido", EN: "threads of each process of the hybrid"},
		},
		{
			Name: "latency_ms", Kind: filters.Int, Unit: "ms", Min: 0, Max: MaxLatencyMS, Default: 100, Step: 50,
			Help: text.Text{ES: "lo que tarda el servidor lento en responder, con source: http", EN: "how long the slow server takes to answer, with source: http"},
		},
		{
			Name: "precision_percent", Kind: filters.Int, Unit: "%", Min: 1, Max: 50, Default: 5, Step: 1,
			Help: text.Text{ES: "con rounds: auto, cuánto puede abarcar el intervalo a cada lado de la razón", EN: "with rounds: auto, how far the interval may reach on either side of the ratio"},
		},
		{
			Name: "budget_s", Kind: filters.Int, Unit: "s", Min: 1, Max: 600, Default: 60, Step: 10,
			Help: text.Text{ES: "con rounds: auto, segundos tras los que no empieza otra ronda", EN: "with rounds: auto, seconds after which no further round is begun"},
		},
	}
}

// StressFields declares the whole-number fields of the stress test.
func StressFields(lim Limits, pool int) []filters.Param {
	fields := Fields(lim, pool)
	fields[0] = countField(lim.Stress, 20)
	return append(fields, filters.Param{
		Name: iterations, Kind: filters.Int, Min: 1, Max: maxIterations, Default: 1, Step: 1,
		Help: text.Text{ES: "veces que se repite el lote", EN: "times that the batch is repeated"},
	})
}

func countField(limit, def int) filters.Param {
	return filters.Param{
		Name: "count", Kind: filters.Int, Min: 1, Max: float64(limit), Default: float64(min(def, limit)), Step: 1,
		Help: text.Text{ES: "imágenes que se procesan; las fotografías se repiten", EN: "images to process; the photographs are cycled"},
	}
}

// DefaultChain is the chain of a request that names none.
func DefaultChain() []string { return []string{"resize", "blur", "brightness"} }

// Request is the common body as the page writes it: what POST sends and what
// the curl command shows. Absent fields mean their defaults.
type Request struct {
	Filters      []string                  `json:"filters,omitempty"`
	FilterParams map[string]filters.Values `json:"filter_params,omitempty"`
	Count        int                       `json:"count,omitempty"`
	Images       []string                  `json:"images,omitempty"`
	Workers      int                       `json:"workers,omitempty"`
	Rounds       Rounds                    `json:"rounds,omitempty"`
	Warmup       int                       `json:"warmup,omitempty"`
	Engine       string                    `json:"engine,omitempty"`
	Pool         string                    `json:"pool,omitempty"`
	Source       string                    `json:"source,omitempty"`
	// LatencyMS is a pointer because 0 is not its default.
	LatencyMS *int   `json:"latency_ms,omitempty"`
	Transport string `json:"transport,omitempty"`
	Processes int    `json:"processes,omitempty"`
	Threads   int    `json:"threads,omitempty"`
	// PrecisionPercent and BudgetS are for AutoRounds.
	PrecisionPercent int      `json:"precision_percent,omitempty"`
	BudgetS          int      `json:"budget_s,omitempty"`
	Methods          []string `json:"methods,omitempty"`
}

// Rounds is a number of rounds in a Request; AutoRounds leaves it to the lab.
type Rounds int

// AutoRounds stands as "auto" in the JSON.
const AutoRounds Rounds = -1

// MarshalJSON implements json.Marshaler.
func (r Rounds) MarshalJSON() ([]byte, error) {
	if r == AutoRounds {
		return []byte(`"` + auto + `"`), nil
	}
	return strconv.AppendInt(nil, int64(r), 10), nil
}

// UnmarshalJSON implements json.Unmarshaler. A number below 0 is an error:
// AutoRounds has its name.
func (r *Rounds) UnmarshalJSON(data []byte) error {
	if string(data) == `"`+auto+`"` {
		*r = AutoRounds
		return nil
	}
	n, err := strconv.ParseUint(string(data), 10, 31)
	if err == nil {
		*r = Rounds(n)
	}
	return err
}
