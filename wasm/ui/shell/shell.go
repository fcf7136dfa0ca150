package shell

import (
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// shell is what the host sends before the wasm has arrived: a heading, and the
// reason why nothing else will come where there are no scripts. It stands in
// both languages, for the host does not know the reader's.
func shell() app.UI {
	return app.Div().Class("page").Body(
		app.Header().Class("top").Body(logo()),
		app.Main().Class("shell").Body(
			app.H1().Text(i18n.ES.T("title")),
			app.P().Lang("en").Text(i18n.EN.T("title")),
			app.NoScript().Body(
				app.P().Text(i18n.ES.T("noscript")),
				app.P().Lang("en").Text(i18n.EN.T("noscript")),
			),
		),
	)
}

func logo() app.UI {
	return app.Span().Class("logo").Body(
		// The picture says nothing that the name beside it does not.
		app.Img().Src("/web/icon.svg").Alt("").Width(32).Height(32),
		app.Text(i18n.ES.T("brand")),
	)
}
