package ui

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/fault"
)

// renderPhotos shows the photographs to choose from, and takes own ones.
func (v *formView) renderPhotos(c Checked) app.UI {
	form := &v.Lab.form
	var thumbs []app.UI
	for _, p := range form.Photos {
		thumbs = append(thumbs, v.renderPhoto(p))
	}
	return app.Section().Body(
		app.H2().Text(v.Lang.T("photos.title", len(form.Chosen()), len(form.Photos))),
		app.Div().Class("thumbs").Role("group").Aria("label", v.Lang.T("photos.label")).Body(thumbs...),
		when(len(form.Photos) == 0, func() app.UI { return app.P().Class("hint").Text(v.Lang.T("photos.none")) }),
		v.renderFault(c, "images"),
		v.renderFault(c, firstImageFault(c)),
		app.Div().Class("upload").Body(
			app.Label().Class("plain").For("upload").Text(v.Lang.T("upload.label")),
			app.Input().Type("file").ID("upload").DataSet("testid", "upload").Class("sr-only").
				Accept("image/jpeg,image/png,image/gif").Multiple(true).Disabled(v.Upload.Active).
				OnChange(func(ctx app.Context, _ app.Event) { v.Lab.sendUploads(ctx.JSSrc()) }),
		),
		v.renderUpload(),
	)
}

// firstImageFault is the field of the first fault of one image, as
// "images[2]"; "images" itself has its own place.
func firstImageFault(c Checked) string {
	for _, f := range c.Faults {
		if strings.HasPrefix(f.Field, "images[") {
			return f.Field
		}
	}
	return "images[]"
}

func (v *formView) renderPhoto(p Photo) app.UI {
	return app.Div().Class("thumb").Body(
		app.Label().Title(p.Name).Body(
			app.Input().Type("checkbox").DataSet("testid", "photo-"+p.Name).Checked(p.Chosen).
				OnChange(func(app.Context, app.Event) {
					v.Lab.edit(func(f *Form) { f.TogglePhoto(p.Name) })
				}, p.Name),
			&preview{URL: p.PreviewURL},
			app.Span().Class("name").Text(strings.TrimPrefix(p.Name, uploadPrefix)),
		),
		when(p.Own, func() app.UI {
			return app.Button().Type("button").Class("drop").Aria("label", v.Lang.T("photos.drop", p.Name)).Text("×").
				OnClick(func(app.Context, app.Event) {
					v.Lab.edit(func(f *Form) { f.DropOwn(p.Name) })
					v.Lab.rememberUploads()
				}, p.Name)
		}),
	)
}

func (v *formView) renderUpload() app.UI {
	up := v.Upload
	var refused []app.UI
	for _, r := range up.Refused {
		refused = append(refused, app.Li().Text(refusal(r)))
	}
	return app.Div().Class("uploading").Role("status").Body(
		when(up.Active, func() app.UI {
			return app.P().Class("hint").Text(v.Lang.T("upload.progress", v.Lang.Percent(up.Share)))
		}),
		when(up.Added > 0, func() app.UI { return app.P().Class("hint").Text(v.Lang.T("upload.added", up.Added)) }),
		when(up.Trouble != nil, func() app.UI { return problemView(v.Lang, up.Trouble) }),
		when(len(refused) > 0, func() app.UI {
			return app.Div().Class("fault").Body(app.P().Text(v.Lang.T("upload.refused")), app.Ul().Body(refused...))
		}),
	)
}

func refusal(f fault.FaultBody) string {
	if f.Field == "" {
		return f.Error
	}
	return f.Field + ": " + f.Error
}

// preview is a small picture that may not have been made yet: until then its
// place is neutral, and it is asked for again.
type preview struct {
	app.Compo
	URL string

	tries int
	shown bool
}

// previewTries bounds the asking; the waits add up to about a minute.
const previewTries = 8

func (p *preview) Render() app.UI {
	src := p.URL
	if p.tries > 0 {
		src += "?try=" + ES.Number(float64(p.tries), 0)
	}
	class := "preview"
	if p.shown {
		class += " shown"
	}
	return app.Img().Class(class).Src(src).Alt("").Attr("loading", "lazy").Attr("decoding", "async").
		On("load", p.loaded).On("error", p.failed)
}

// OnUpdate begins anew with another picture.
func (p *preview) OnUpdate(app.Context) { p.tries, p.shown = 0, false }

func (p *preview) loaded(app.Context, app.Event) { p.shown = true }

func (p *preview) failed(ctx app.Context, _ app.Event) {
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
