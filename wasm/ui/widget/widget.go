// Package widget has the small pieces that the views are made of: problems,
// tables that scroll or are folded away, pictures that may not be there yet. None
// of them knows what is measured.
package widget

import (
	"strconv"
	"time"

	"carriles/wasm/ui/client"
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

// Head names the columns of a table.
func Head(titles ...string) app.UI {
	var heads []app.UI
	for _, title := range titles {
		heads = append(heads, app.Th().Scope("col").Text(title))
	}
	return app.Tr().Body(heads...)
}

// HeadRow is Head by keys of the text table.
func HeadRow(l i18n.Lang, keys []string) app.UI {
	titles := make([]string, len(keys))
	for i, key := range keys {
		titles[i] = l.T(key)
	}
	return Head(titles...)
}

// Row is a row of a table: what it is of, and its cells.
func Row(title string, cells ...string) app.HTMLTr {
	list := []app.UI{app.Th().Scope("row").Text(title)}
	for _, text := range cells {
		list = append(list, app.Td().Text(text))
	}
	return app.Tr().Body(list...)
}

// Note is a paragraph that is there only if it says something; hook finds it, and
// may be empty.
func Note(class, hook, text string) app.UI {
	p := app.P().Class(class).Text(text)
	switch {
	case text == "":
		return nil
	case hook != "":
		return p.DataSet("testid", hook)
	}
	return p
}

// Scroll is a table that is wider than its place.
func Scroll(title, hook string, rows []app.UI) app.UI {
	return app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", title).DataSet("testid", hook).Body(
		app.Table().Body(rows...),
	)
}

// ProblemView says plainly what went wrong, with every fault that was named.
func ProblemView(lang i18n.Lang, p *client.Problem) app.UI {
	var faults []app.UI
	for _, line := range p.Lines(lang) {
		faults = append(faults, app.Li().Text(line))
	}
	return app.Div().Class("problem").Role("alert").DataSet("testid", "error").Body(
		app.P().Class("strong").Text(p.Sentence(lang)),
		When(p.Key != "" && p.Detail != "", func() app.UI { return app.P().Class("soft").Text(p.Detail) }),
		When(p.RetryAfter > 0, func() app.UI { return app.P().Text(lang.T("error.retry", p.RetryAfter)) }),
		When(len(faults) > 0, func() app.UI { return app.Ul().Body(faults...) }),
	)
}

// FailedView says why something could not be loaded, and offers to try again.
func FailedView(l i18n.Lang, p *client.Problem, again func()) app.UI {
	return app.Div().Class("card").Body(
		ProblemView(l, p),
		app.Button().Type("button").Class("plain").Text(l.T("error.again")).OnClick(func(app.Context, app.Event) { again() }),
	)
}

// LoadingView stands where something is on its way.
func LoadingView(l i18n.Lang, key string) app.UI {
	return app.Div().Class("card").Aria("busy", true).Body(app.P().Class("soft").Text(l.T(key)))
}

// Preview is a small picture that may not have been made yet: until then its
// place is neutral, and it is asked for again.
type Preview struct {
	app.Compo
	URL string

	tries int
	shown bool
}

// previewTries bounds the asking; the waits add up to about a minute.
const previewTries = 8

func (p *Preview) Render() app.UI {
	src := p.URL
	if p.tries > 0 {
		src += "?try=" + i18n.ES.Number(float64(p.tries), 0)
	}
	class := "preview"
	if p.shown {
		class += " shown"
	}
	return app.Img().Class(class).Src(src).Alt("").Attr("loading", "lazy").Attr("decoding", "async").
		On("load", p.loaded).On("error", p.failed)
}

// OnUpdate begins anew with another picture.
func (p *Preview) OnUpdate(app.Context) { p.tries, p.shown = 0, false }

func (p *Preview) loaded(app.Context, app.Event) { p.shown = true }

func (p *Preview) failed(ctx app.Context, _ app.Event) {
	p.shown = false
	if p.tries >= previewTries {
		return
	}
	wait := time.Duration(p.tries+1) * 2 * time.Second
	url := p.URL
	ctx.After(wait, func(app.Context) {
		if p.URL == url {
			p.tries++
		}
	})
}
