package guide

import (
	"encoding/json"
	"strings"

	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"
)

// AnswerText says in words what an answer of the lesson's first steps says in
// JSON; empty for any other.
func AnswerText(l i18n.Lang, path, body string) string {
	var a struct {
		Version string `json:"version"`
		Pool    struct {
			Workers int `json:"workers"`
		} `json:"pool"`
		Reason text.Text `json:"pool_reason"`
	}
	if json.Unmarshal([]byte(body), &a) != nil {
		return ""
	}
	switch {
	case path == "/api/health/" && a.Version != "":
		return l.T("answer.health", a.Version)
	case path == "/api/topology/" && a.Pool.Workers > 0:
		_, why, _ := strings.Cut(l.In(a.Reason), ": ") // it begins with the number
		return l.T("answer.pool", a.Pool.Workers, why)
	}
	return ""
}

// Fact is a figure of a result with its name in the API's answer.
type Fact struct{ Key, Field, Value, Unit string }

// digestShown is how many digits of a digest are shown: enough to tell two apart
// from the back row.
const digestShown = 12

// Facts are the figures of a single method that the lesson speaks of: its time,
// its digest, and of processes what starting them and carrying images costs.
func Facts(l i18n.Lang, m *result.MethodResult) []Fact {
	scale := i18n.ScaleOf(m.Time)
	facts := []Fact{
		{"facts.time", "total_time", scale.Write(l, m.Time), i18n.NoBreak + scale.Unit},
		{"facts.digest", "output_digest", m.OutputDigest[:min(digestShown, len(m.OutputDigest))], ""},
	}
	if m.Shape.Processes < 2 {
		return facts
	}
	spawn, receive, bytes := 0.0, 0.0, int64(0)
	for _, w := range m.Overhead.Workers {
		spawn, receive, bytes = max(spawn, w.SpawnS), receive+w.ReceiveS, bytes+w.BytesIn
	}
	in := i18n.Scale{Unit: "ms", Factor: 1000, Decimals: 1}
	return append(facts,
		Fact{"facts.spawn", "spawn_s", in.Write(l, spawn), i18n.NoBreak + in.Unit},
		Fact{"facts.receive", "receive_s", in.Write(l, receive), i18n.NoBreak + in.Unit},
		Fact{"facts.bytes", "bytes_in", l.Bytes(bytes), ""},
	)
}
