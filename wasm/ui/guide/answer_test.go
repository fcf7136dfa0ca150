package guide

import (
	"fmt"
	"strings"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
)

func TestAnswerText(t *testing.T) {
	const topology = `{"pool":{"workers":2},"pool_reason":{"es":"2: los núcleos","en":"2: the cores"}}`
	for _, tt := range []struct{ path, body, want string }{
		{"/api/health/", `{"status":"healthy","version":"v3"}`, "The lab answers (version v3)."},
		{"/api/topology/", topology, "Workers that suit this machine: 2 (the cores)."},
		{"/api/stats/", topology, ""},
		{"/api/topology/", `{"pool":`, ""},
		{"/api/health/", `{}`, ""},
	} {
		if got := AnswerText(i18n.EN, tt.path, tt.body); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestFacts(t *testing.T) {
	m := &result.MethodResult{Time: 0.25, OutputDigest: "0123456789abcdef", Shape: request.Shape{Processes: 1}}
	written := func() string {
		var out []string
		for _, f := range Facts(i18n.ES, m) {
			out = append(out, fmt.Sprint(f.Field, " ", f.Value, strings.ReplaceAll(f.Unit, i18n.NoBreak, " ")))
		}
		return strings.Join(out, "; ")
	}
	if got, want := written(), "total_time 0,250 s; output_digest 0123456789ab"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// The slowest start; what was received, and the bytes, of all workers.
	m.Shape.Processes, m.OutputDigest = 2, ""
	m.Overhead.Workers = []result.WorkerAccount{{SpawnS: 0.05, ReceiveS: 0.001, BytesIn: 1_500_000}, {SpawnS: 0.04, ReceiveS: 0.002, BytesIn: 500_000}}
	if got, want := written(), "total_time 0,250 s; output_digest ; spawn_s 50,0 ms; receive_s 3,0 ms; bytes_in 2,0"+i18n.NoBreak+"MB"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
