package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// paged is a page whose language and colours the header switches.
type paged interface {
	setLang(Lang)
	setDark(bool)
	setProjector(bool)
}

// views are the page's views, in the order of the header's links: the texts'
// keys and the paths.
var views = []struct{ key, path string }{
	{"nav.lab", "/"}, {"nav.guide", "/guide"}, {"nav.class", "/class"},
}

// header names the page, leads to the other views and holds what concerns all
// of it: the language and the colours.
type header struct {
	app.Compo
	Page paged
	Here string // the view's path; empty: the laboratory
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
	for _, v := range views {
		path := v.path
		if h.Here == "/join" && path == "/class" {
			path = h.Here // a student's way back is not the presenter's view
		}
		here := path == h.Here || h.Here == "" && path == "/"
		link := app.A().Href(path).DataSet("testid", v.key).Text(h.Lang.T(v.key))
		if here {
			link = link.Aria("current", "page")
		}
		links = append(links, app.Li().Body(link))
	}
	return app.Nav().Class("views").Aria("label", h.Lang.T("nav.label")).Body(app.Ul().Body(links...))
}

func (h *header) switchLang(app.Context, app.Event) {
	lang := ES
	if h.Lang == ES {
		lang = EN
	}
	h.Page.setLang(lang)
	store(keyLang, string(lang))
}

func (h *header) switchTheme(app.Context, app.Event) {
	dark := !h.Dark
	h.Page.setDark(dark)
	store(keyTheme, themeName(dark))
}

func (h *header) switchProjector(app.Context, app.Event) {
	on := !h.Projector
	h.Page.setProjector(on)
	store(keyProjector, strconv.FormatBool(on))
}
