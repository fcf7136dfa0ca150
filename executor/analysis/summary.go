package analysis

import "carriles/executor/batch/result"

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
