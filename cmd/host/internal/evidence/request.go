package evidence

import (
	"encoding/json"
	"slices"

	"carriles/executor/batch/request"
	"carriles/filters"
)

// requestBody is the body that asks for a spec again. Everything is named, so that
// it means the same on a machine with other defaults.
type requestBody struct {
	request.Request
	Method     string         `json:"method,omitempty"`
	Iterations int            `json:"num_iterations,omitempty"`
	Chaos      *request.Chaos `json:"chaos,omitempty"`
	Over       string         `json:"over,omitempty"`
	Values     []float64      `json:"values,omitempty"`
}

// requestOf gives the endpoint and the body that a spec came from, or could
// have.
func requestOf(s request.Spec) (path string, body []byte, err error) {
	r := requestBody{
		Request: request.Request{
			Filters: s.FilterNames(), FilterParams: map[string]filters.Values{},
			Count: s.Count, Images: usedImages(s), Workers: s.Workers,
			Rounds: request.Rounds(s.Rounds), Warmup: s.Warmup,
			Engine: s.Engine, Pool: s.Pool, Source: s.Source, Transport: s.Transport,
		},
		Chaos: s.Chaos,
	}
	for _, st := range s.Steps {
		r.FilterParams[st.Filter] = st.Params
	}
	if slices.Contains(s.Methods, request.Hybrid) {
		r.Processes, r.Threads = s.Processes, s.Threads
	}
	if s.Source == request.SourceHTTP {
		r.LatencyMS = &s.LatencyMS
	}
	if s.Auto != nil {
		r.Rounds, r.PrecisionPercent, r.BudgetS = request.AutoRounds, int(s.Auto.PrecisionPercent), s.Auto.BudgetS
	}
	switch {
	case s.Sweep != nil:
		path, r.Methods = "/api/sweep/", s.Methods
		r.Over, r.Values = s.Sweep.Over, s.Sweep.Values
	case s.Sample:
		path, r.Method = "/api/process-batch/stress/", s.Methods[0]
		r.Iterations, r.Rounds = s.Rounds, 0
	case len(s.Methods) == 1:
		path = "/api/process-batch/" + s.Methods[0] + "/"
	default:
		path, r.Methods = "/api/process-batch/compare-all/", s.Methods
	}
	body, err = json.Marshal(r)
	return path, body, err
}

// guideOrigin is where the lesson's commands find the lab.
const guideOrigin = "http://localhost:8000"

// curl is the command for a request, in one line for a POSIX shell.
func curl(path string, body []byte) string {
	return request.CurlLine("POST", guideOrigin+path, string(body))
}
