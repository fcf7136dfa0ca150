package measure

import (
	"encoding/json"

	"carriles/executor/batch/request"
)

// Body is what is posted to the host: the common body, and what only some of
// its endpoints take.
type Body struct {
	request.Request
	Chaos *request.Chaos `json:"chaos,omitempty"`
	// Over makes a sweep of it, at Values.
	Over   string    `json:"over,omitempty"`
	Values []float64 `json:"values,omitempty"`
}

// BrowserRequest is what a browser is asked of a batch: all that says how the
// host should spread the work is left out, for here is one worker. It cannot
// tell how many rounds are precise enough, so it makes as many as are the
// fewest then.
func BrowserRequest(b Body) request.Request {
	r := b.Request
	r.Methods, r.Pool, r.Transport = nil, "", ""
	r.Workers, r.Processes, r.Threads = 0, 0, 0
	if r.Rounds == request.AutoRounds {
		r.Rounds, r.PrecisionPercent, r.BudgetS = request.MinAutoRounds, 0, 0
	}
	return r
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
