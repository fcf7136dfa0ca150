package result

import (
	"carriles/executor/batch/request"
	"carriles/executor/text"
)

type Sweep struct {
	Over    string       `json:"over"`
	Methods []string     `json:"methods"`
	Points  []SweepPoint `json:"points"`
	// Fits are those of a sweep over workers, by method, where there are points
	// enough.
	Fits       map[string]ScalingFits `json:"fits,omitempty"`
	Crossovers []Crossover            `json:"crossovers"`
	Summary    text.Text              `json:"summary"`
	Caution    text.Text              `json:"caution"` // what so few rounds cannot show; may be empty
	// PixelsEqual says whether all methods gave the same pixels at each point.
	PixelsEqual bool         `json:"pixels_equal"`
	APIInfo     APIInfo      `json:"api_info"`
	Environment Environment  `json:"environment"`
	Spec        request.Spec `json:"spec"`
}

type SweepPoint struct {
	Value    float64                `json:"value"`
	Results  map[string]SweepResult `json:"results"`
	Winner   string                 `json:"winner"`
	Verdicts []Verdict              `json:"verdicts"`
}

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
	Why text.Text `json:"why"`
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
	Kind string    `json:"kind"`
	From float64   `json:"from"`
	Text text.Text `json:"text"`
}
