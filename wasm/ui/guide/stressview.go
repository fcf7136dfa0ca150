package guide

import (
	"strconv"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

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
			figure("p99", "stress.p99", scale.Write(l, p.P99), i18n.NoBreak+scale.Unit),
			figure("throughput", "stress.throughput", l.Number(s.Analysis.ImagesPerSecond, 2), ""),
			figure("cores", "stress.cores", l.Number(s.Analysis.CoresBusy, 2), ""),
			figure("errors", "stress.errors", strconv.Itoa(s.Results.ErrorCount), i18n.NoBreak+l.T("stress.of", s.Results.ImagesProcessed)),
		),
		app.P().Class("hint").Text(l.T("stress.help")),
		widget.When(len(errors) > 0, func() app.UI { return app.Ul().Class("problem").Body(errors...) }),
	)
}
