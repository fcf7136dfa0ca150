// Package shell is what is around every view: the header with its links, the
// language and the colours, what a screen reader hears, and the light page that
// the host sends before the wasm has arrived. It knows the views only as a list
// that is handed to it.
package shell

import (
	"time"

	"carriles/wasm/ui/client"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// What the page remembers in the browser.
const (
	keyLang  = "carriles.lang"
	keyTheme = "carriles.theme"
	// boot.js reads the colours and the size too, before there is a page.
	keyProjector = "carriles.projector"
)

type View struct {
	Path  string
	Title string // a key of the text table; empty: the page's own title
	Nav   string // the text of its link in the header, a key too
	New   func(*Page) app.Composer
}

// Register has go-app show views at their paths. Both sides call it: the page to
// show them, the host to know which paths are pages.
func Register(views []View) {
	for _, v := range views {
		app.RouteFunc(v.Path, func() app.Composer { return v.New(&Page{view: v, views: views}) })
	}
}

// Page is what all views have in common: the language and the colours, the
// header, what a screen reader hears, and the loop in which their work runs.
type Page struct {
	// Lang is the reader's language. Respell is called when it has changed.
	Lang    i18n.Lang
	Respell func(i18n.Lang)
	// Life is how long the view is there; nil before Open.
	Life *client.Scope

	view  View
	views []View

	// ctx is the view's own: what is dispatched with the context of an element
	// inside it is dropped once that element is gone.
	ctx       app.Context
	dark      bool
	projector bool
	said      string // for screen readers: what just happened
	machine   Machine
}

// Open begins a view in the browser; only its first call does something. go-app
// may tell a view of its address before it tells it that it is there.
func (p *Page) Open(ctx app.Context) (first bool) {
	if p.ctx != nil {
		return false
	}
	p.ctx, p.Life = ctx, client.Begin(loop{ctx})
	lang := dom.Stored(keyLang)
	if lang == "" {
		lang = app.Window().Get("navigator").Get("language").String()
	}
	p.setLang(i18n.ParseLang(lang))
	theme := dom.Stored(keyTheme)
	p.setDark(theme == themeName(true) || theme == "" && dom.Media("(prefers-color-scheme: dark)"))
	p.setProjector(dom.Stored(keyProjector) == "true")
	p.loadMachine()
	return true
}

func (p *Page) Language() i18n.Lang { return p.Lang }
func (p *Page) Say(text string)     { p.said = text }
func (p *Page) Close()              { p.Life.End() }

// Defer has f called when the view has been built with what is known now.
func (p *Page) Defer(f func()) { p.ctx.Defer(func(app.Context) { f() }) }

// loop runs work with a view's context.
type loop struct{ ctx app.Context }

func (l loop) Dispatch(f func())               { l.ctx.Dispatch(func(app.Context) { f() }) }
func (l loop) Async(f func())                  { l.ctx.Async(f) }
func (l loop) After(d time.Duration, f func()) { l.ctx.After(d, func(app.Context) { f() }) }

// loadMachine asks for what the header says of the host. Where it is not
// answered, the header says nothing.
func (p *Page) loadMachine() {
	lang := p.Lang
	var m Machine
	p.Life.Ask(func() *client.Problem {
		topology, _ := client.Server{}.Send(client.Question{Lang: lang, Method: "GET", URL: "/api/topology/"})
		health, _ := client.Server{}.Send(client.Question{Lang: lang, Method: "GET", URL: "/api/health/"})
		m = ParseMachine(topology.Body, health.Body)
		return nil
	}, func(*client.Problem) { p.machine = m })
}

func (p *Page) setLang(lang i18n.Lang) {
	p.Lang = lang
	if p.Respell != nil {
		p.Respell(lang)
	}
	title := lang.T("title")
	if p.view.Title != "" {
		title = lang.T(p.view.Title) + " · " + lang.T("brand")
	}
	dom.Document().Get("documentElement").Set("lang", string(lang))
	dom.Document().Set("title", title)
}

func themeName(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}

func (p *Page) setDark(dark bool) {
	p.dark = dark
	dom.Document().Get("documentElement").Get("dataset").Set("theme", themeName(dark))
}

// setProjector makes everything larger on a wide screen, or no longer.
func (p *Page) setProjector(on bool) {
	p.projector = on
	dom.Document().Get("documentElement").Get("dataset").Set("projector", on)
}

// Render is the page around a view's content, and its shell on the host and
// before Open: go-app renders before that.
func (p *Page) Render(class string, content func() []app.UI) app.UI {
	if app.IsServer || p.ctx == nil {
		return shell()
	}
	return app.Div().Class("page").Body(
		&header{Page: p, Lang: p.Lang, Dark: p.dark, Projector: p.projector, Chips: p.machine.Chips(p.Lang)},
		app.Main().Class(class).Body(content()...),
		// room.js fills it: who is in the room, and this browser's part in it.
		app.Elem("room-part").Class("around").Attr("devices", true),
		app.P().Class("sr-only").Role("status").Text(p.said),
	)
}

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
