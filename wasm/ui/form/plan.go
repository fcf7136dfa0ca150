package form

import (
	"carriles/executor/batch/request"
	"carriles/wasm/ui/i18n"
)

// PlanText says what the button will do, or why it won't.
func PlanText(l i18n.Lang, c Checked) string {
	if len(c.Faults) > 0 {
		return l.T("plan.fault")
	}
	text := roundsText(l, c.Request.Request)
	if c.Request.Over != "" {
		text = l.T("plan.sweep", len(c.Request.Values), text)
	}
	if c.Request.Chaos != nil {
		text += " " + l.T("plan.chaos", c.Request.Chaos.KillAfter)
	}
	if len(c.Browsers) > 0 && c.Request.Rounds == request.AutoRounds {
		text += " " + l.T("plan.browser", request.MinAutoRounds)
	}
	return text
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
