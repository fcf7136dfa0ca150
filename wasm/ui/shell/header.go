package shell

import (
	"strconv"

	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// header names the page, leads to the other views and holds what concerns all
// of it: the language and the colours.
type header struct {
	app.Compo
	Page *Page
	Lang i18n.Lang
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
		h.renderLinks(),
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

// renderLinks leads to the views.
func (h *header) renderLinks() app.UI {
	var links []app.UI
	is := h.Page.view
	for _, v := range h.Page.views {
		if v.Nav == "" {
			continue
		}
		path := v.Path
		if is.Within == path {
			path = is.Path
		}
		link := app.A().Href(path).DataSet("testid", v.Nav).Text(h.Lang.T(v.Nav))
		if path == is.Path {
			link = link.Aria("current", "page")
		}
		links = append(links, app.Li().Body(link))
	}
	return app.Nav().Class("views").Aria("label", h.Lang.T("nav.label")).Body(app.Ul().Body(links...))
}

func (h *header) switchLang(app.Context, app.Event) {
	lang := i18n.ES
	if h.Lang == i18n.ES {
		lang = i18n.EN
	}
	h.Page.setLang(lang)
	dom.Store(keyLang, string(lang))
}

func (h *header) switchTheme(app.Context, app.Event) {
	dark := !h.Dark
	h.Page.setDark(dark)
	dom.Store(keyTheme, themeName(dark))
}

func (h *header) switchProjector(app.Context, app.Event) {
	on := !h.Projector
	h.Page.setProjector(on)
	dom.Store(keyProjector, strconv.FormatBool(on))
}
