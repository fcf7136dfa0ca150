package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"carriles/filters"
)

// Step is one filter of a chain with all its parameters.
type Step struct {
	Filter string         `json:"filter"`
	Params filters.Values `json:"params"`
}

// Spec is a validated batch: nothing in it can be out of range.
type Spec struct {
	Steps   []Step   `json:"steps"`
	Images  []string `json:"images"` // names in static/images/, cycled up to Count
	Count   int      `json:"count"`
	Workers int      `json:"workers"`
	// WorkersReason says where Workers comes from: asked for, or the topology.
	WorkersReason filters.Text `json:"workers_reason"`
	Rounds        int          `json:"rounds"`
	Warmup        int          `json:"warmup"`
	Engine        string       `json:"engine"`
	Pool          string       `json:"pool"`
	Methods       []string     `json:"methods"`
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

// Executions is how many times an image goes through the pipeline in the
// whole run.
func (s Spec) Executions() int { return s.Count * (s.Rounds + s.Warmup) * len(s.Methods) }

// OutputDigest sums up the digests of a batch's decoded outputs, in task
// order: SHA-256 over them as text, one a line. It is empty if one of them is:
// an image failed.
func OutputDigest(digests []string) string {
	if slices.Contains(digests, "") {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(digests, "\n")))
	return hex.EncodeToString(sum[:])
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

// iterations is what the stress test calls its rounds.
const iterations = "num_iterations"

// Fields declares the whole-number fields of the common body. The default of
// workers is the pool size of the machine.
func Fields(lim Limits, pool int) []filters.Param {
	return []filters.Param{
		countField(lim.Count, 5),
		{
			Name: "workers", Kind: filters.Int, Min: 1, Max: float64(lim.Workers), Default: float64(pool), Step: 1,
			Help: filters.Text{ES: "goroutines o procesos", EN: "goroutines or processes"},
		},
		{
			Name: "rounds", Kind: filters.Int, Min: 1, Max: maxRounds, Default: 1, Step: 1,
			Help: filters.Text{ES: "rondas de cada método, intercaladas", EN: "rounds of each method, interleaved"},
		},
		{
			Name: "warmup", Kind: filters.Int, Min: 0, Max: maxWarmup, Default: 0, Step: 1,
			Help: filters.Text{ES: "rondas de calentamiento que no se cuentan", EN: "warm-up rounds that are not counted"},
		},
	}
}

// StressFields declares the whole-number fields of the stress test.
func StressFields(lim Limits, pool int) []filters.Param {
	fields := Fields(lim, pool)
	fields[0] = countField(lim.Stress, 20)
	return append(fields, filters.Param{
		Name: iterations, Kind: filters.Int, Min: 1, Max: maxIterations, Default: 1, Step: 1,
		Help: filters.Text{ES: "veces que se repite el lote", EN: "times that the batch is repeated"},
	})
}

func countField(limit, def int) filters.Param {
	return filters.Param{
		Name: "count", Kind: filters.Int, Min: 1, Max: float64(limit), Default: float64(min(def, limit)), Step: 1,
		Help: filters.Text{ES: "imágenes que se procesan; las fotografías se repiten", EN: "images to process; the photographs are cycled"},
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
	Rounds       int                       `json:"rounds,omitempty"`
	Warmup       int                       `json:"warmup,omitempty"`
	Engine       string                    `json:"engine,omitempty"`
	Pool         string                    `json:"pool,omitempty"`
	Methods      []string                  `json:"methods,omitempty"`
}
