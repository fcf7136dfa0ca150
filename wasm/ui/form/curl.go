package form

import (
	"encoding/json"
	"slices"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
)

// Curl is the command that asks the host for what the form says, in one line
// for a POSIX shell. It is empty if no method of the host is chosen.
func Curl(origin string, c measure.Asked) string {
	if len(c.Request.Methods) == 0 {
		return ""
	}
	path, req := c.Request.Endpoint()
	if slices.Equal(req.Methods, request.GuideMethods()) {
		req.Methods = nil
	}
	body, err := json.Marshal(req)
	if err != nil {
		return ""
	}
	return request.CurlLine("POST", origin+path, string(body))
}

// PlanText says what the button will do, or why it won't.
func PlanText(l i18n.Lang, c Checked) string {
	if len(c.Faults) > 0 {
		return l.T("plan.fault")
	}
	text := roundsText(l, c.Request)
	if c.Request.Over != "" {
		text = l.T("plan.sweep", len(c.Request.Values), text)
	}
	if c.Request.Chaos != nil {
		text += " " + l.T("plan.chaos", c.Request.Chaos.KillAfter)
	}
	return text
}

// ForecastText says how long what the form says will take; nothing of a nil one.
func ForecastText(l i18n.Lang, f *result.Forecast) string {
	if f == nil {
		return ""
	}
	key := "plan.history"
	if f.From == analysis.FromReckoning {
		key = "plan.guess"
	}
	return l.T(key, l.About(f.TotalS))
}

func roundsText(l i18n.Lang, r request.Request) string {
	rounds := max(1, int(r.Rounds))
	switch {
	case r.Rounds == request.AutoRounds:
		return l.T("plan.auto", r.PrecisionPercent, request.MinAutoRounds, r.BudgetS, r.Warmup)
	case rounds == 1 && r.Warmup == 0:
		return l.T("plan.once")
	case r.Warmup == 0:
		return l.T("plan.rounds", rounds)
	case r.Warmup == 1:
		return l.T("plan.warmup", rounds)
	}
	return l.T("plan.warmups", rounds, r.Warmup)
}
