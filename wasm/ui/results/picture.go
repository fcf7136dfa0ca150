package results

import (
	"encoding/json"

	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/web/draw"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// pictureScript draws a result.
const pictureScript = "/web/picture.js"

// picture is the result in short: the verdict, a row a method, where it was
// measured.
func (v *View) picture(rows []Row) draw.Picture {
	p := draw.Picture{File: "carriles.png", Lines: []string{}, Foot: []string{}}
	if v.RunID != "" {
		p.File = "carriles-" + v.RunID + ".png"
	}
	if v.Result != nil {
		p.Title = Headline(v.Lang, v.Result)
		for _, verdict := range v.Result.Performance.Verdicts {
			if len(p.Lines) < mostCompared {
				p.Lines = append(p.Lines, v.Lang.In(verdict.Text))
			}
		}
		p.Foot = append(p.Foot, PixelsSentence(v.Lang, v.Result), EnvironmentLine(v.Lang, v.Result.Environment))
	} else {
		p.Title = BrowserHeadline(v.Lang, v.Browsers[0].Result)
	}
	if len(v.Browsers) > 0 {
		p.Foot = append(p.Foot, BrowserPixelsSentence(v.Lang, v.browserResults(), v.Result))
	}
	longest := 0.0
	for _, r := range rows {
		longest = max(longest, r.Seconds)
	}
	for _, r := range rows {
		time := v.Lang.Duration(r.Seconds)
		if r.Speedup > 0 {
			time = v.Lang.T("picture.row", time, v.Lang.Ratio(r.Speedup))
		}
		row := draw.PictureRow{Method: r.Method, Title: i18n.MethodTitle(v.Lang, r.Method), Time: time}
		if longest > 0 {
			row.Share = r.Seconds / longest
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// pictureButton saves a result as a picture, to be pasted into notes.
type pictureButton struct {
	app.Compo
	Lang    i18n.Lang
	Picture draw.Picture

	told string
}

func (b *pictureButton) Render() app.UI {
	return app.P().Class("line").Body(
		app.Button().Type("button").Class("plain").DataSet("testid", "save-picture").
			Text(b.Lang.T("picture.save")).OnClick(b.save),
		app.Span().Class("soft").Role("status").DataSet("testid", "picture-told").Text(b.told),
	)
}

func (b *pictureButton) save(ctx app.Context, _ app.Event) {
	text, err := json.Marshal(b.Picture)
	if err != nil {
		b.told = b.Lang.T("error.script", err.Error())
		return
	}
	lang := b.Lang
	dom.WithScripts(ctx, append(lanesScripts(), pictureScript), func(err error) {
		if err != nil {
			b.told = lang.T("error.script", err.Error())
			return
		}
		ctx.Async(func() {
			_, err := dom.Await(app.Window().Call("carrilesPicture", string(text)))
			ctx.Dispatch(func(app.Context) {
				b.told = lang.T("picture.saved")
				if err != nil {
					b.told = lang.T("error.script", err.Error())
				}
			})
		})
	})
}
