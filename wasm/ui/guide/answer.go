package guide

import (
	"encoding/json"
	"strconv"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/waiting"
	"carriles/wasm/ui/widget"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
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
	case path == request.WaitsPath:
		var w result.Waiting
		if json.Unmarshal([]byte(body), &w) != nil {
			return ""
		}
		return l.In(w.Summary)
	case path == "/api/health/" && a.Version != "":
		return l.T("answer.health", a.Version)
	case path == "/api/topology/" && a.Pool.Workers > 0:
		_, why, _ := strings.Cut(l.In(a.Reason), ": ") // it begins with the number
		return l.T("answer.pool", a.Pool.Workers, why)
	}
	return ""
}

// waitsView shows what each way of waiting took.
func waitsView(l i18n.Lang, body string) app.UI {
	var w result.Waiting
	if json.Unmarshal([]byte(body), &w) != nil {
		return nil
	}
	return app.Section().Class("ways").Aria("label", l.T("waiting.rows")).Body(
		append([]app.UI{results.SettingsLine(l, draw.WaitsText(string(l), w.Waits))}, waiting.Rows(l, w.Results)...)...,
	)
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

// stressView shows what a stress test found, as the API answers it.
func stressView(l i18n.Lang, i int, s result.Stress) app.UI {
	p := s.Analysis.Latency
	scale := i18n.ScaleOf(p.P50, p.P95, p.P99)
	figure := func(name, key, value, unit string) app.UI {
		return app.Div().Body(
			app.Dt().Text(l.T(key)),
			app.Dd().DataSet("testid", name+"-"+strconv.Itoa(i)).Body(
				app.Text(value), app.Span().Class("unit").Text(unit),
			),
		)
	}
	var errors []app.UI
	for _, e := range s.Analysis.Errors {
		errors = append(errors, app.Li().Text(e))
	}
	return app.Section().Class("facts").Aria("label", l.T("stress.title")).DataSet("testid", "stress-"+strconv.Itoa(i)).Body(
		app.Dl().Body(
			figure("p50", "stress.p50", scale.Write(l, p.P50), i18n.NoBreak+scale.Unit),
			figure("p95", "stress.p95", scale.Write(l, p.P95), i18n.NoBreak+scale.Unit),
			widget.When(s.Results.ImagesProcessed >= result.LeastForP99, func() app.UI {
				return figure("p99", "stress.p99", scale.Write(l, p.P99), i18n.NoBreak+scale.Unit)
			}),
			figure("throughput", "stress.throughput", l.Number(s.Analysis.ImagesPerSecond, 2), ""),
			figure("cores", "stress.cores", l.Number(s.Analysis.CoresBusy, 2), ""),
			figure("errors", "stress.errors", strconv.Itoa(s.Results.ErrorCount), i18n.NoBreak+l.T("stress.of", s.Results.ImagesProcessed)),
		),
		app.P().Class("hint").Text(l.T("stress.help")),
		widget.When(len(errors) > 0, func() app.UI { return app.Ul().Class("problem").Body(errors...) }),
	)
}
