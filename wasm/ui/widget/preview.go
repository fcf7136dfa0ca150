package widget

import (
	"time"

	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

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
