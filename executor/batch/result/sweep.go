package result

import (
	"carriles/executor/batch/request"
	"carriles/executor/text"
)

type Sweep struct {
	Over    string       `json:"over"`
	Methods []string     `json:"methods"`
	Points  []SweepPoint `json:"points"`
	// Fits are those of a sweep over workers, by method.
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
	Value    float64                `json:"value" digits:"exact"`
	Results  map[string]SweepResult `json:"results"`
	Winner   string                 `json:"winner"`
	Verdicts []Verdict              `json:"verdicts"`
}

type SweepResult struct {
	Time            float64   `json:"time"` // median of Samples, in seconds
	Samples         []float64 `json:"samples" digits:"exact"`
	Rounds          []Round   `json:"rounds"`
	Spread          Spread    `json:"spread"`
	Throughput      float64   `json:"throughput" digits:"ratio"`
	Speedup         float64   `json:"speedup,omitempty" digits:"ratio"` // over sequential at the same value
	Workers         int       `json:"workers"`
	CPUTime         float64   `json:"cpu_time"`
	PeakMemoryBytes int64     `json:"peak_memory_bytes"`
	Bound           string    `json:"bound"`
	FailedCount     int       `json:"failed_count"`
	OutputDigest    string    `json:"output_digest"`
}

// ScalingFits are the laws fitted to a method's times over workers. A nil fit
// had too few points, or does not describe them.
type ScalingFits struct {
	// Workers are the numbers of workers that the laws are fitted to: those that
	// do not exceed the Cores, beyond which workers only wait for each other.
	Workers []int `json:"workers"`
	Cores   int   `json:"cores"` // 0: unknown, and nothing is fitted
	// BestWorkers is the one of Workers with the largest speedup that was measured,
	// BestSpeedup; 0 without any.
	BestWorkers int         `json:"best_workers"`
	BestSpeedup float64     `json:"best_speedup" digits:"ratio"`
	Amdahl      *ScalingFit `json:"amdahl,omitempty"`
	USL         *ScalingFit `json:"usl,omitempty"`
	// Why says why a fit is missing; empty if none is.
	Why text.Text `json:"why"`
}

// ScalingFit is one law fitted by least squares to a method's speedup over its
// own time with one worker.
type ScalingFit struct {
	// Serial is Amdahl's serial fraction, or the Universal Scalability Law's
	// contention (sigma): 0 to 1.
	Serial float64 `json:"serial" digits:"ratio"`
	// Coherency is the Universal Scalability Law's kappa; 0 for Amdahl's.
	Coherency float64 `json:"coherency" digits:"ratio"`
	// Reach is up to how many workers the law is believed: the cores, and at most
	// twice as many as were measured.
	Reach int `json:"reach"`
	// Peak is the whole number of workers within Reach with the largest speedup of
	// the law, and Limit what more workers approach (Amdahl's 1/serial), at most
	// Reach; 0 of a law whose speedup falls again.
	Peak  float64 `json:"peak" digits:"ratio"`
	Limit float64 `json:"limit" digits:"ratio"`
	// Fitted are the law's speedups at the Workers, Residuals measured minus
	// fitted, R2 the part of the variance that the law explains.
	Fitted    []float64 `json:"fitted" digits:"ratio"`
	Residuals []float64 `json:"residuals" digits:"ratio"`
	R2        float64   `json:"r2" digits:"ratio"`
	// Intervals are those of the figures; nil if a point has only one round.
	Intervals *FitIntervals `json:"intervals,omitempty"`
}

// FitIntervals say how far the figures of a fit would be elsewhere had the rounds
// been others.
type FitIntervals struct {
	Serial    Range   `json:"serial" digits:"ratio"`
	Coherency Range   `json:"coherency" digits:"ratio"`
	Peak      Range   `json:"peak" digits:"ratio"`
	Limit     Range   `json:"limit" digits:"ratio"`
	Level     float64 `json:"level" digits:"ratio"`
	Method    string  `json:"method"`
	Refits    int     `json:"refits"`
}

// Range is an interval, its ends included.
type Range struct {
	Low  float64 `json:"low" digits:"ratio"`
	High float64 `json:"high" digits:"ratio"`
}

// Crossover says where along a sweep method A begins to be faster than B.
type Crossover struct {
	A string `json:"a"`
	B string `json:"b"`
	// Kind is "always", "never", "from" (A is faster from From on), "until" (up
	// to From), "unclear" (no clear order), or "none" (no difference anywhere).
	Kind string    `json:"kind"`
	From float64   `json:"from" digits:"exact"`
	Text text.Text `json:"text"`
}
