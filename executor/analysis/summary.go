package analysis

import "carriles/executor/batch"

// Summarise fills in what follows from a method's samples and results: the
// spread, the time (its median), the counts and the rates.
func Summarise(r *batch.MethodResult) {
	r.Spread = SpreadOf(r.Samples)
	r.Time, r.TotalTime = r.Spread.Median, r.Spread.Median
	r.ProcessedCount, r.SuccessCount = len(r.Results), 0
	for _, t := range r.Results {
		if t.Status == batch.StatusSuccess {
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
