// Package analysis is the one room of judgement: everything that is said of raw
// samples, in figures and in words. Quartiles, percentiles, speedup, who won and
// where along a sweep, how a method scales, when there are rounds enough, what a
// run was bound by, what others did to it meanwhile, what a death cost.
//
// It is pure: no I/O, no clock, no randomness, nothing of the host, so the page
// judges with the same code as the server. No result is ever NaN or infinite,
// since neither has a place in JSON; where a figure cannot be computed, each
// function says what it returns instead. It never names a winner that the samples
// do not carry.
//
// # The hard cases
//
//   - One figure for a ratio. Who wins is judged by the ratios of the interleaved
//     rounds; the ratio that is shown is that of the medians, because those are the
//     times beside it. The interval is widened to hold it.
//   - Times that cannot be compared. A method that failed on images which another
//     one processed was faster for it, and where every image failed the times are
//     those of failing: there is no verdict, and the sentence says why.
//   - Waiting that is no I/O. With more lanes than processors, or beside other
//     programs, a stage's wall time has waiting for a processor in it: what bound it
//     follows from computing and being blocked alone (Bound).
//   - Nobody tells. Where a place does not account processor time, as no browser
//     does, what a method was bound by is "unknown"; it is not guessed.
package analysis

import (
	"fmt"
	"math"
	"slices"

	"carriles/executor/batch/result"
)

// Quantile gives the q-quantile, 0 <= q <= 1, of samples that are sorted
// ascending, in their unit; q outside of the range is moved to its end. Without
// samples it is 0.
//
// It interpolates linearly at (n-1)q: type 7 of Hyndman and Fan, "Sample
// Quantiles in Statistical Packages", The American Statistician 50(4), 1996; the
// default of R and NumPy.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 || math.IsNaN(q) {
		return 0
	}
	h := float64(len(sorted)-1) * min(max(q, 0), 1)
	i := int(h)
	if i == len(sorted)-1 {
		return orZero(sorted[i])
	}
	a, b := sorted[i], sorted[i+1]
	// Exact between equal samples, and never past the upper one by a rounding.
	return orZero(min(a+(h-float64(i))*(b-a), b))
}

// SpreadOf summarises samples in any order and leaves them as they are. It is
// the zero result.Spread if there are none or one of them is not a finite number.
func SpreadOf(samples []float64) result.Spread {
	s, ok := sorted(samples)
	if !ok {
		return result.Spread{}
	}
	return result.Spread{Min: s[0], Q1: Quantile(s, 0.25), Median: Quantile(s, 0.5), Q3: Quantile(s, 0.75), Max: s[len(s)-1]}
}

// PercentilesOf takes samples in any order and leaves them as they are. They
// are all 0 if there are none or one of them is not a finite number.
func PercentilesOf(samples []float64) result.Percentiles {
	s, ok := sorted(samples)
	if !ok {
		return result.Percentiles{}
	}
	return result.Percentiles{P50: Quantile(s, 0.50), P95: Quantile(s, 0.95), P99: Quantile(s, 0.99)}
}

// Speedup tells how many times faster t is than base, both in seconds: 2 is
// half the time, below 1 is slower. It is 0 unless both are positive.
func Speedup(base, t float64) float64 {
	if !positive(base) || !positive(t) {
		return 0
	}
	return orZero(base / t)
}

// Improvement is the part of the time that t saves against base, both in
// seconds, in per cent: at most 100, negative when t is slower. It is 0 unless
// both are positive.
func Improvement(base, t float64) float64 {
	if !positive(base) || !positive(t) {
		return 0
	}
	return orZero((base - t) / base * 100)
}

// sorted gives a sorted copy; false if there is nothing to summarise.
func sorted(samples []float64) ([]float64, bool) {
	for _, v := range samples {
		if !finite(v) {
			return nil, false
		}
	}
	s := slices.Clone(samples)
	slices.Sort(s)
	return s, len(s) > 0
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// positive is what a measured time has to be.
func positive(v float64) bool { return finite(v) && v > 0 }

// orZero keeps an overflow out of the JSON.
func orZero(v float64) float64 {
	if !finite(v) {
		return 0
	}
	return v
}

// Summarise fills in what follows from a method's samples and results: the
// spread, the time (its median), the counts and the rates.
func Summarise(r *result.MethodResult) {
	r.Spread = SpreadOf(r.Samples)
	r.Time, r.TotalTime = r.Spread.Median, r.Spread.Median
	r.ProcessedCount, r.SuccessCount = len(r.Results), 0
	for _, t := range r.Results {
		if t.Status == result.StatusSuccess {
			r.SuccessCount++
		}
	}
	if r.ProcessedCount > 0 {
		r.AvgTimePerImage = r.Time / float64(r.ProcessedCount)
	}
	if r.Time > 0 {
		r.Throughput = float64(r.SuccessCount) / r.Time
	}
}

// StressOf is the result of a single method as the stress test shows it.
func StressOf(c *result.Comparison) result.Stress {
	m := c.Results[c.Spec.Methods[0]]
	total := 0.0
	for _, s := range m.Samples {
		total += s
	}
	ok := m.AllImages - m.AllFailed
	s := result.Stress{
		Results: result.StressResults{
			TotalTime: total, ImagesProcessed: m.AllImages, SuccessCount: ok, ErrorCount: m.AllFailed,
			SuccessRate:       fmt.Sprintf("%.1f%%", 100*float64(ok)/float64(m.AllImages)),
			AvgProcessingTime: m.Latency.P50,
		},
		System: result.StressSystem{
			Method: m.Method, Workers: m.Workers, FiltersApplied: m.FiltersUsed,
			Iterations: c.Spec.Rounds, Environment: c.Environment,
		},
		Analysis: result.StressAnalysis{
			Latency: m.Latency, PeakMemoryBytes: m.PeakMemoryBytes, Bound: m.Bound,
			Series: m.Series, Chaos: m.Chaos,
			IterationSeconds: m.Samples, Stages: m.Stages,
		},
		APIInfo: c.APIInfo,
	}
	if total > 0 {
		s.Analysis.ImagesPerSecond = float64(ok) / total
		s.Analysis.CoresBusy = m.CPUTime / m.Time
	}
	s.Results.Throughput = fmt.Sprintf("%.2f images/sec", s.Analysis.ImagesPerSecond)
	s.Results.TotalTime = result.Rounded(total, false)
	s.Analysis.ImagesPerSecond, s.Analysis.CoresBusy = result.Rounded(s.Analysis.ImagesPerSecond, true), result.Rounded(s.Analysis.CoresBusy, true)
	for _, t := range m.Results {
		if t.Error != "" {
			s.Analysis.Errors = append(s.Analysis.Errors, t.OriginalPath+": "+t.Error)
		}
	}
	return s
}
