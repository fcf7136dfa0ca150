package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// source is one method's pictures.
type source struct {
	Method string
	Pairs  []Pair
}

// gallery shows the pictures before and after, small, and one pair large.
type gallery struct {
	app.Compo
	Lang    Lang
	Sources []source

	chosen int // of Sources
	open   int // of the chosen source's pairs; -1 none
}

// OnInit starts with no pair open.
func (g *gallery) OnInit() { g.open = -1 }

// OnUpdate starts anew with new pictures: a source may be gone.
func (g *gallery) OnUpdate(app.Context) {
	if g.chosen >= len(g.Sources) {
		g.chosen = 0
	}
	if g.open >= len(g.pairs()) {
		g.open = -1
	}
}

func (g *gallery) pairs() []Pair {
	if g.chosen >= len(g.Sources) {
		return nil
	}
	return g.Sources[g.chosen].Pairs
}

func (g *gallery) Render() app.UI {
	var cards, failed []app.UI
	for i, p := range g.pairs() {
		if p.Error == "" {
			cards = append(cards, g.renderCard(i, p))
		} else {
			failed = append(failed, app.Li().Text(g.Lang.T("pictures.failed.one", p.Name, p.Error)))
		}
	}
	return app.Section().Class("card").Body(
		app.H3().Body(
			app.Text(g.Lang.T("pictures.title")),
			when(len(g.Sources) > 1, g.renderSources),
		),
		when(len(failed) > 0, func() app.UI {
			return app.Div().Class("problem").Body(app.P().Class("strong").Text(g.Lang.T("pictures.failed")), app.Ul().Body(failed...))
		}),
		when(len(cards)+len(failed) == 0, func() app.UI { return app.P().Class("soft").Text(g.Lang.T("pictures.none")) }),
		app.Div().Class("pairs").Body(cards...),
		g.renderDialog(),
	)
}

func (g *gallery) renderSources() app.UI {
	var options []app.UI
	for i, s := range g.Sources {
		options = append(options, app.Option().Value(i).Selected(i == g.chosen).Text(MethodTitle(g.Lang, s.Method)))
	}
	return app.Select().Class("aside").Aria("label", g.Lang.T("pictures.source")).Body(options...).
		OnChange(func(ctx app.Context, _ app.Event) {
			if i, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
				g.chosen = i
			}
		})
}

func (g *gallery) renderCard(i int, p Pair) app.UI {
	return app.Button().Type("button").Class("pair").Aria("label", g.Lang.T("pictures.open", p.Name)).
		DataSet("testid", "pair-"+p.Name).
		Body(
			app.Span().Class("halves").Body(
				&preview{URL: p.BeforePreview},
				&preview{URL: p.AfterPreview},
			),
			app.Span().Class("name").Text(p.Name),
		).
		OnClick(func(ctx app.Context, _ app.Event) {
			g.open = i
			// showModal, unlike the attribute, keeps the keyboard inside and closes
			// on Escape.
			ctx.Defer(func(app.Context) {
				if d := app.Window().GetElementByID("pair"); d.Truthy() && !d.Get("open").Bool() {
					d.Call("showModal")
				}
			})
		}, i)
}

func (g *gallery) renderDialog() app.UI {
	var body app.UI = app.Div()
	if g.open >= 0 && g.open < len(g.pairs()) {
		body = g.renderLarge(g.pairs()[g.open])
	}
	return app.Dialog().ID("pair").Class("large").Aria("label", g.Lang.T("pictures.title")).
		On("close", func(app.Context, app.Event) { g.open = -1 }).
		OnKeyDown(g.key).
		Body(body)
}

func (g *gallery) renderLarge(p Pair) app.UI {
	facts := p.Name
	if p.Seconds > 0 {
		facts += " · " + g.Lang.Duration(p.Seconds)
	}
	if p.Bytes > 0 {
		facts += " · " + g.Lang.Bytes(p.Bytes)
	}
	return app.Div().Body(
		app.Div().Class("line").Body(
			app.P().Class("strong").Text(facts),
			app.Button().Type("button").Class("icon").Aria("label", g.Lang.T("pictures.previous")).Text("←").OnClick(g.previous),
			app.Button().Type("button").Class("icon").Aria("label", g.Lang.T("pictures.next")).Text("→").OnClick(g.next),
			app.Button().Type("button").Class("icon").Aria("label", g.Lang.T("close")).DataSet("testid", "close").Text("×").OnClick(g.close),
		),
		app.Div().Class("sides").Body(
			app.Figure().Body(
				app.Img().Src(p.Before).Alt(g.Lang.T("pictures.before.alt", p.Name)),
				app.FigCaption().Text(g.Lang.T("pictures.before")),
			),
			app.Figure().Body(
				app.Img().Src(p.After).Alt(g.Lang.T("pictures.after.alt", p.Name)),
				app.FigCaption().Text(g.Lang.T("pictures.after")),
			),
		),
	)
}

func (g *gallery) key(_ app.Context, e app.Event) {
	switch e.Get("key").String() {
	case "ArrowLeft":
		g.move(-1)
	case "ArrowRight":
		g.move(1)
	}
}

func (g *gallery) previous(app.Context, app.Event) { g.move(-1) }
func (g *gallery) next(app.Context, app.Event)     { g.move(1) }

// move goes to the neighbouring pair that has a picture, round the end.
func (g *gallery) move(by int) {
	pairs := g.pairs()
	if g.open < 0 || len(pairs) == 0 {
		return
	}
	for range pairs {
		g.open = (g.open + by + len(pairs)) % len(pairs)
		if pairs[g.open].Error == "" {
			return
		}
	}
}

func (g *gallery) close(app.Context, app.Event) {
	app.Window().GetElementByID("pair").Call("close")
}
