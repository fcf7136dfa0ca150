// Package widget has the small pieces that the views are made of: problems,
// tables that scroll or are folded away, pictures that may not be there yet. None
// of them knows what is measured.
package widget

import (
	"strconv"

	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// When is app.If for content that must not be built unless it is shown.
func When(condition bool, build func() app.UI) app.UI {
	if !condition {
		return nil
	}
	return build()
}

// Percent is a length for a style, which wants a point in any language.
func Percent(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) + "%" }

func Pixels(n int) string { return strconv.Itoa(n) + "px" }

// Twin folds a table away that says in figures what a picture shows.
func Twin(l i18n.Lang, title, hook string, rows []app.UI) app.UI {
	return app.Details().Class("more").Body(
		app.Summary().DataSet("testid", hook+"-show").Text(l.T("table.show")),
		Scroll(title, hook, rows),
	)
}

func HeadRow(l i18n.Lang, keys []string) app.UI {
	var heads []app.UI
	for _, key := range keys {
		heads = append(heads, app.Th().Scope("col").Text(l.T(key)))
	}
	return app.Tr().Body(heads...)
}

// Scroll is a table that is wider than its place.
func Scroll(title, hook string, rows []app.UI) app.UI {
	return app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", title).DataSet("testid", hook).Body(
		app.Table().Body(rows...),
	)
}
