package widget

import (
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// ProblemView says plainly what went wrong, with every fault that was named.
func ProblemView(lang i18n.Lang, p *client.Problem) app.UI {
	var faults []app.UI
	for _, line := range p.Lines(lang) {
		faults = append(faults, app.Li().Text(line))
	}
	return app.Div().Class("problem").Role("alert").DataSet("testid", "error").Body(
		app.P().Class("strong").Text(p.Sentence(lang)),
		When(p.Key != "" && p.Detail != "", func() app.UI { return app.P().Class("soft").Text(p.Detail) }),
		When(p.RetryAfter > 0, func() app.UI { return app.P().Text(lang.T("error.retry", p.RetryAfter)) }),
		When(len(faults) > 0, func() app.UI { return app.Ul().Body(faults...) }),
	)
}

// FailedView says why something could not be loaded, and offers to try again.
func FailedView(l i18n.Lang, p *client.Problem, again func()) app.UI {
	return app.Div().Class("card").Body(
		ProblemView(l, p),
		app.Button().Type("button").Class("plain").Text(l.T("error.again")).OnClick(func(app.Context, app.Event) { again() }),
	)
}

// LoadingView stands where something is on its way.
func LoadingView(l i18n.Lang, key string) app.UI {
	return app.Div().Class("card").Aria("busy", true).Body(app.P().Class("soft").Text(l.T(key)))
}
