package shell

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

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
		link := app.A().Href(v.Path).DataSet("testid", v.Nav).Text(h.Lang.T(v.Nav))
		if v.Path == is.Path {
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

// Machine is what the header says of the host; zero values are unknown.
type Machine struct {
	Cores    int
	Features []string
	Version  string
}

// ParseMachine reads what it knows of the answers of /api/topology/ and
// /api/health/ and leaves out the rest.
func ParseMachine(topology, health string) Machine {
	type figure struct {
		Value int `json:"value"`
	}
	var t struct {
		Topology struct {
			CPU struct {
				Features []string `json:"features"`
			} `json:"cpu"`
			Cores struct {
				Physical figure `json:"physical"`
				Allowed  figure `json:"allowed"`
			} `json:"cores"`
		} `json:"topology"`
	}
	var h struct {
		Version string `json:"version"`
	}
	// An answer that is not as expected leaves its chips out: the header is no
	// place for an error.
	_ = json.Unmarshal([]byte(topology), &t)
	_ = json.Unmarshal([]byte(health), &h)
	cores := t.Topology.Cores
	m := Machine{Cores: cores.Physical.Value, Features: t.Topology.CPU.Features, Version: h.Version}
	if cores.Allowed.Value > 0 {
		m.Cores = cores.Allowed.Value
	}
	return m
}

// vectorSets are the vector instruction sets worth a chip, the widest first.
var vectorSets = []struct{ feature, title string }{
	{"avx512f", "AVX-512"}, {"avx2", "AVX2"}, {"avx", "AVX"}, {"neon", "NEON"}, {"sse4.2", "SSE4.2"}, {"sse2", "SSE2"},
}

// SIMD is the widest vector instruction set among the features.
func (m Machine) SIMD() string {
	for _, set := range vectorSets {
		if slices.Contains(m.Features, set.feature) {
			return set.title
		}
	}
	return ""
}

func (m Machine) Chips(l i18n.Lang) string {
	var parts []string
	if m.Cores > 0 {
		parts = append(parts, l.Cores(m.Cores))
	}
	if simd := m.SIMD(); simd != "" {
		parts = append(parts, simd)
	}
	if m.Version != "" {
		parts = append(parts, m.Version)
	}
	return strings.Join(parts, " · ")
}
