package lab

import (
	"strings"
	"time"

	"carriles/executor/batch/result"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/results"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// historyView lists the runs that the host remembers, each a link to it.
type historyView struct {
	app.Compo
	Lang    i18n.Lang
	Runs    []result.RunView
	Trouble *client.Problem
	Shown   string // the run that the page shows
}

func (v *historyView) Render() app.UI {
	var rows []app.UI
	for _, r := range v.Runs {
		rows = append(rows, v.renderRun(r))
	}
	return app.Section().Class("card").Body(
		app.Details().DataSet("testid", "history").Body(
			app.Summary().Text(v.Lang.T("history.title", len(v.Runs))),
			widget.When(v.Trouble != nil, func() app.UI { return widget.ProblemView(v.Lang, v.Trouble) }),
			widget.When(v.Trouble == nil && len(rows) == 0, func() app.UI {
				return app.P().Class("hint").Text(v.Lang.T("history.none"))
			}),
			app.Ul().Class("history").Body(rows...),
		),
	)
}

func (v *historyView) renderRun(r result.RunView) app.UI {
	current := "false"
	if r.ID == v.Shown {
		current = "true"
	}
	return app.Li().Body(
		app.A().Href(results.RunLink(r.ID)).DataSet("testid", "run-"+r.ID).Aria("current", current).
			Text(localTime(r.Created)),
		app.Span().Body(
			app.Text(HistoryText(v.Lang, r)),
			widget.When(r.Winner != "", func() app.UI {
				return app.B().DataSet("testid", "winner-"+r.ID).Text(" " + WinnerText(v.Lang, r.Winner))
			}),
		),
		app.Span().Class("soft").Text(v.Lang.T("state."+string(r.State))),
	)
}

func localTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// HistoryText says in a line what a run was of.
func HistoryText(l i18n.Lang, r result.RunView) string {
	parts := []string{
		strings.Join(r.Spec.FilterNames(), " + "),
		l.Images(r.Spec.Count),
		i18n.MethodTitles(l, r.Spec.Methods),
	}
	if r.Spec.Sweep != nil {
		parts = append(parts, l.T("history.sweep", r.Spec.Sweep.Over))
	}
	return strings.Join(parts, " · ")
}

func WinnerText(l i18n.Lang, winner string) string {
	if winner == result.WinnerNone {
		return l.T("history.nobody")
	}
	return l.T("history.winner", i18n.LowerTitle(l, winner))
}
