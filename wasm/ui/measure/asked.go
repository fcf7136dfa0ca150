package measure

import (
	"encoding/json"

	"carriles/executor/batch/request"
)

// BrowserRequest is what a browser is asked of a batch, in as many rounds as the
// host and with the same kind of pool.
func BrowserRequest(r request.Request) request.Request {
	alone := r.InBrowser()
	alone.Rounds, alone.Warmup, alone.Pool = r.Rounds, r.Warmup, r.Pool
	alone.PrecisionPercent, alone.BudgetS = r.PrecisionPercent, r.BudgetS
	return alone
}

// WorkKey identifies what a request computes, whoever computes it and however
// often: two results may be set side by side only if their keys are equal.
func WorkKey(req request.Request, lab []string) string {
	key, err := json.Marshal(request.Request{
		Filters: req.Filters, FilterParams: req.FilterParams,
		Count: req.Count, Images: imagesOf(req, lab), Engine: req.Engine, Source: req.Source, LatencyMS: req.LatencyMS,
	})
	if err != nil {
		return ""
	}
	return string(key)
}

// imagesOf names the images that a request's tasks cycle over: the lab's, unless
// it names others.
func imagesOf(req request.Request, lab []string) []string {
	if len(req.Images) == 0 {
		return lab
	}
	return req.Images
}
