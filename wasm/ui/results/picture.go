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

// picture is the result by itself: what was measured, the verdict, the finished lanes
// of each method with their axis and legend, when and on what.
func (v *View) picture(rows []Row) draw.Picture {
	lines := v.lines()
	axis, scale := AxisOf(rows, lines), timeScale(rows)
	p := draw.Picture{
		File: "carriles.png", Settings: v.settings(), Lines: []string{}, Foot: []string{},
		Max: axis.Max, Ticks: ticksOf(v.Lang, axis, scale), Legend: append([]draw.Key{}, legendOf(v.Lang, rows, lines != nil)...), Rows: []draw.PictureRow{},
	}
	if v.RunID != "" {
		p.File = "carriles-" + v.RunID + ".png"
	}
	c := v.Result
	if c == nil {
		c = v.Contest
	}
	if c != nil && !c.APIInfo.TestDate.IsZero() {
		p.Foot = append(p.Foot, v.Lang.T("picture.when", i18n.LocalTime(c.APIInfo.TestDate), i18n.Known(v.Lang, v.RunID != "", v.RunID)))
	}
	if v.Result != nil {
		p.Title = Headline(v.Lang, v.Result)
		for _, verdict := range v.Result.Performance.Verdicts {
			if len(p.Lines) < mostCompared && !tied(v.Result.Performance.Verdicts) {
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
	for _, r := range rows {
		row := draw.PictureRow{
			Method: r.Method, Title: i18n.MethodTitle(v.Lang, r.Method), Shape: shapeText(v.Lang, r),
			Time: scale.Write(v.Lang, r.Seconds) + i18n.NoBreak + scale.Unit, End: r.Seconds, Lanes: []draw.TimelineLane{},
		}
		if r.Speedup > 0 {
			row.Time = v.Lang.T("picture.row", row.Time, v.Lang.Ratio(r.Speedup))
		}
		if r.Rounds > 1 {
			row.Spread = spreadText(v.Lang, r.Spread, scale)
		}
		if line := lines.Of(r.Method); line != nil {
			row.Lanes, row.Height = line.Lanes, draw.TracksHeight(len(line.Lanes))
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// pictureButton saves a result as a picture, to be pasted into notes.
type pictureButton struct {
	app.Compo
	Lang i18n.Lang
	Of   *View

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
	text, err := json.Marshal(b.Of.picture(b.Of.rows()))
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
