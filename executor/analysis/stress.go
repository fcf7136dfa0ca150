package analysis

import (
	"fmt"

	"carriles/executor/batch/result"
)

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
	for _, t := range m.Results {
		if t.Error != "" {
			s.Analysis.Errors = append(s.Analysis.Errors, t.OriginalPath+": "+t.Error)
		}
	}
	return s
}
