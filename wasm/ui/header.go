package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// header names the page and holds what concerns all of it: the language and
// the colours.
type header struct {
	app.Compo
	Lab  *Lab
	Lang Lang
	Dark bool
	// Projector is the larger type for the back row.
	Projector bool
	Chips     string
}

func (h *header) Render() app.UI {
	theme := h.Lang.T("theme.dark")
	if h.Dark {
		theme = h.Lang.T("theme.light")
	}
	return app.Header().Class("top").Body(
		app.H1().Class("brand").Body(logo(), app.Span().Class("sr-only").Text(h.Lang.T("brand.what"))),
		app.P().Class("chip machine").Text(h.Chips).Hidden(h.Chips == ""),
		app.Div().Class("switches").Body(
			app.Button().Type("button").Class("chip projector").DataSet("testid", "projector").
				Aria("pressed", h.Projector).
				Text(h.Lang.T("projector")).
				OnClick(h.switchProjector),
			app.Button().Type("button").Class("chip").ID("lang").DataSet("testid", "lang").
				Lang(h.Lang.T("language.other.tag")).
				Aria("label", h.Lang.T("language.switch")).
				Text(h.Lang.T("language.other")).
				OnClick(h.switchLang),
			app.Button().Type("button").Class("chip").ID("theme").DataSet("testid", "theme").
				Aria("label", h.Lang.T("theme.switch", theme)).
				Text(theme).
				OnClick(h.switchTheme),
		),
	)
}

func (h *header) switchLang(ctx app.Context, _ app.Event) {
	if h.Lab.lang == ES {
		h.Lab.setLang(EN)
	} else {
		h.Lab.setLang(ES)
	}
	store(keyLang, string(h.Lab.lang))
}

func (h *header) switchProjector(app.Context, app.Event) {
	h.Lab.setProjector(!h.Lab.projector)
	store(keyProjector, strconv.FormatBool(h.Lab.projector))
}

func (h *header) switchTheme(ctx app.Context, _ app.Event) {
	h.Lab.setDark(!h.Lab.dark)
	store(keyTheme, themeName(h.Lab.dark))
}
