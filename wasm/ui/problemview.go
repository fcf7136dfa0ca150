package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// problemView says plainly what went wrong, with every fault that was named.
func problemView(lang Lang, p *Problem) app.UI {
	var faults []app.UI
	for _, line := range p.lines(lang) {
		faults = append(faults, app.Li().Text(line))
	}
	return app.Div().Class("problem").Role("alert").DataSet("testid", "error").Body(
		app.P().Class("strong").Text(p.Sentence(lang)),
		when(p.Key != "" && p.Detail != "", func() app.UI { return app.P().Class("soft").Text(p.Detail) }),
		when(p.RetryAfter > 0, func() app.UI { return app.P().Text(lang.T("error.retry", p.RetryAfter)) }),
		when(len(faults) > 0, func() app.UI { return app.Ul().Body(faults...) }),
	)
}

// failedView says why something could not be loaded, and offers to try again.
func failedView(l Lang, p *Problem, again func()) app.UI {
	return app.Div().Class("card").Body(
		problemView(l, p),
		app.Button().Type("button").Class("plain").Text(l.T("error.again")).OnClick(func(app.Context, app.Event) { again() }),
	)
}

// loadingView stands where something is on its way.
func loadingView(l Lang, key string) app.UI {
	return app.Div().Class("card").Aria("busy", true).Body(app.P().Class("soft").Text(l.T(key)))
}
