package form

import (
	"testing"

	"carriles/executor/batch/request"
	"carriles/filters"
	"carriles/wasm/ui/measure"
)

func TestCurl(t *testing.T) {
	req := func(methods ...string) measure.Asked {
		return measure.Asked{Request: request.Request{
			Filters:      []string{"sharpen"},
			FilterParams: map[string]filters.Values{"sharpen": {"intensity": 3}},
			Count:        5, Methods: methods,
		}}
	}
	with := func(c measure.Asked, change func(*request.Request)) measure.Asked {
		change(&c.Request)
		return c
	}
	latency := 50
	const head = `-H 'Content-Type: application/json' -d `
	tests := []struct {
		name   string
		origin string
		c      measure.Asked
		want   string
	}{
		{
			"one method has its own endpoint", "http://localhost:8000", req("threading"),
			`curl -X POST http://localhost:8000/api/process-batch/threading/ ` + head +
				`'{"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":3}},"count":5}'`,
		},
		{
			"the guide's three are compare-all's default", "http://localhost:8000", req("sequential", "threading", "multiprocessing"),
			`curl -X POST http://localhost:8000/api/process-batch/compare-all/ ` + head +
				`'{"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":3}},"count":5}'`,
		},
		{
			"others are named", "http://localhost:8000", req("sequential", "threading"),
			`curl -X POST http://localhost:8000/api/process-batch/compare-all/ ` + head +
				`'{"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":3}},"count":5,"methods":["sequential","threading"]}'`,
		},
		{
			"an IPv6 origin would be a pattern to some shells", "http://[::1]:8000", req("threading"),
			`curl -X POST 'http://[::1]:8000/api/process-batch/threading/' ` + head +
				`'{"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":3}},"count":5}'`,
		},
		{
			"what waits, how often, and what falls", "http://localhost:8000",
			with(req("hybrid"), func(b *request.Request) {
				b.Rounds, b.PrecisionPercent, b.BudgetS = request.AutoRounds, 5, 60
				b.Source, b.LatencyMS, b.Processes, b.Threads = "http", &latency, 2, 3
				b.Chaos = &request.Chaos{KillAfter: 4}
			}),
			`curl -X POST http://localhost:8000/api/process-batch/hybrid/ ` + head +
				`'{"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":3}},"count":5,"rounds":"auto","source":"http","latency_ms":50,` +
				`"processes":2,"threads":3,"precision_percent":5,"budget_s":60,"chaos":{"kill_after":4}}'`,
		},
		{
			"a sweep has its own endpoint, for one method too", "http://localhost:8000",
			with(req("threading"), func(b *request.Request) { b.Over, b.Values = "workers", []float64{1, 2, 4} }),
			`curl -X POST http://localhost:8000/api/sweep/ ` + head +
				`'{"filters":["sharpen"],"filter_params":{"sharpen":{"intensity":3}},"count":5,"methods":["threading"],"over":"workers","values":[1,2,4]}'`,
		},
		{"no method of the host", "http://localhost:8000", req(), ""},
	}
	for _, tt := range tests {
		if got := Curl(tt.origin, tt.c); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
