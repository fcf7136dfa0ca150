package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// when is app.If for content that must not be built unless it is shown.
func when(condition bool, build func() app.UI) app.UI {
	if !condition {
		return nil
	}
	return build()
}

// percent is a length for a style, which wants a point in any language.
func percent(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) + "%" }

func pixels(n int) string { return strconv.Itoa(n) + "px" }

// renderTwin folds a table away that says in figures what a picture shows.
func renderTwin(l Lang, title, hook string, rows []app.UI) app.UI {
	return app.Details().Class("more").Body(
		app.Summary().DataSet("testid", hook+"-show").Text(l.T("table.show")),
		app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", title).DataSet("testid", hook).Body(
			app.Table().Body(rows...),
		),
	)
}

func headRow(l Lang, keys []string) app.UI {
	var heads []app.UI
	for _, key := range keys {
		heads = append(heads, app.Th().Scope("col").Text(l.T(key)))
	}
	return app.Tr().Body(heads...)
}

// renderScroll is a table that is wider than its place.
func renderScroll(title, hook string, rows []app.UI) app.UI {
	return app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", title).DataSet("testid", hook).Body(
		app.Table().Body(rows...),
	)
}
