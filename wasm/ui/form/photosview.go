package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/wasm/ui/client"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/measure"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// renderPhotos shows the photographs to choose from, and takes own ones.
func (v *View) renderPhotos(c Checked) app.UI {
	form := &v.Model.Form
	var thumbs []app.UI
	for _, p := range form.Photos {
		thumbs = append(thumbs, v.renderPhoto(p))
	}
	return app.Section().Body(
		app.H2().Text(v.Lang.T("photos.title", len(form.Chosen()), len(form.Photos))),
		app.Div().Class("thumbs").Role("group").Aria("label", v.Lang.T("photos.label")).Body(thumbs...),
		widget.When(len(form.Photos) == 0, func() app.UI { return app.P().Class("hint").Text(v.Lang.T("photos.none")) }),
		v.renderFault(c, "images"),
		v.renderFault(c, c.itemFault("images", "images[]")), // beside that of all of them
		app.Div().Class("upload").Body(
			app.Label().Class("plain").For("upload").Text(v.Lang.T("upload.label")),
			app.Input().Type("file").ID("upload").DataSet("testid", "upload").Class("sr-only").
				Accept("image/jpeg,image/png,image/gif,image/webp").Multiple(true).Disabled(v.Upload.Active).
				OnChange(func(ctx app.Context, _ app.Event) { v.Model.send(ctx.JSSrc()) }),
			app.P().Class("hint").DataSet("testid", "upload-limits").Text(limitsText(v.Lang, v.Model.Catalogue)),
		),
		v.renderUpload(),
	)
}

func (v *View) renderPhoto(p Photo) app.UI {
	return app.Div().Class("thumb").Body(
		app.Label().Title(p.Name).Body(
			app.Input().Type("checkbox").DataSet("testid", "photo-"+p.Name).Checked(p.Chosen).
				OnChange(func(app.Context, app.Event) {
					v.Model.Edit(func(f *Form) { f.TogglePhoto(p.Name) })
				}, p.Name),
			&widget.Preview{URL: p.PreviewURL},
			app.Span().Class("name").Text(strings.TrimPrefix(p.Name, measure.UploadPrefix)),
		),
		widget.When(p.Own, func() app.UI {
			return app.Button().Type("button").Class("drop").Aria("label", v.Lang.T("photos.drop", p.Name)).Text("×").
				OnClick(func(app.Context, app.Event) {
					v.Model.Edit(func(f *Form) { f.DropOwn(p.Name) })
					v.Model.rememberUploads()
				}, p.Name)
		}),
	)
}

func (v *View) renderUpload() app.UI {
	up := v.Upload
	var refused []app.UI
	for _, line := range refusals(v.Lang, up.Refused) {
		refused = append(refused, app.Li().Text(line))
	}
	return app.Div().Class("uploading").Role("status").Body(
		widget.When(up.Active, func() app.UI {
			return app.P().Class("hint").Text(v.Lang.T("upload.progress", v.Lang.Percent(up.Share)))
		}),
		widget.When(up.Added > 0, func() app.UI { return app.P().Class("hint").Text(v.Lang.T("upload.added", up.Added)) }),
		widget.When(up.Trouble != nil, func() app.UI { return widget.ProblemView(v.Lang, up.Trouble) }),
		widget.When(len(refused) > 0, func() app.UI {
			return app.Div().Class("fault").Body(app.P().Text(v.Lang.T("upload.refused")), app.Ul().Body(refused...))
		}),
	)
}

// limitsText says before anything is sent what is taken.
func limitsText(l i18n.Lang, cat request.Catalogue) string {
	return l.T("upload.limits", l.Bytes(cat.MaxUpload), l.Number(float64(cat.Limits.Pixels)/1e6, 0))
}

// refusals says why files were refused: each cause once, with the files that it is
// of.
func refusals(l i18n.Lang, list []fault.FaultBody) []string {
	var causes []string
	names := map[string][]string{}
	for _, f := range list {
		// The host's sentence may name the file, which stands before it already.
		cause := strings.TrimPrefix(f.Error, "«"+f.Field+"» ")
		cause = strings.TrimPrefix(cause, strconv.Quote(f.Field)+" ")
		if !slices.Contains(causes, cause) {
			causes = append(causes, cause)
		}
		if f.Field != "" {
			names[cause] = append(names[cause], f.Field)
		}
	}
	for i, cause := range causes {
		if files := names[cause]; len(files) > 0 {
			causes[i] = l.T("upload.same", strings.Join(files, ", "), cause)
		}
	}
	return causes
}

// Upload is where sending own pictures stands.
type Upload struct {
	Active  bool
	Share   float64
	Added   int
	Refused []fault.FaultBody
	Trouble *client.Problem
}

// send sends the files that an input holds. Those that are too large are refused
// here: sending them would only cost the class its network.
func (m *Model) send(input app.Value) {
	lang := m.around.Language()
	list := input.Get("files")
	var files []app.Value
	up := Upload{Active: true}
	for i := range list.Length() {
		f := list.Index(i)
		if limit := m.Catalogue.MaxUpload; limit > 0 && int64(f.Get("size").Float()) > limit {
			up.Refused = append(up.Refused, fault.FaultBody{
				Field: f.Get("name").String(), Code: fault.CodeTooLarge,
				Error: lang.T("upload.too_large", lang.Bytes(limit)),
			})
			continue
		}
		files = append(files, f)
	}
	up.Active = len(files) > 0
	m.Upload = up
	if !up.Active {
		input.Set("value", "")
		return
	}
	life := m.around.Life()
	var info result.UploadInfo
	life.Ask(func() *client.Problem {
		last := -1
		reply, err := client.SendFiles(lang, "/api/images/", files, func(share float64) {
			if percent := int(20 * share); percent != last {
				last = percent
				life.Dispatch(func() { m.Upload.Share = share })
			}
		})
		return readUpload(reply, err, &info)
	}, func(trouble *client.Problem) {
		input.Set("value", "") // so that the same file can be chosen again
		m.sent(info, trouble)
	})
}

// readUpload reads the answer to an upload. One that names the files that were
// refused is an answer, whatever its status: each has its own reason.
func readUpload(r client.Reply, err error, info *result.UploadInfo) *client.Problem {
	if err == nil && json.Unmarshal([]byte(r.Body), info) == nil && len(info.Refused) > 0 {
		return nil
	}
	return client.Read(r, err, info)
}

func (m *Model) sent(info result.UploadInfo, trouble *client.Problem) {
	m.Upload.Active, m.Upload.Trouble = false, trouble
	if trouble != nil {
		return
	}
	m.Upload.Added = len(info.Images)
	// A fresh slice: the view tells a change by comparing.
	m.Upload.Refused = append(append([]fault.FaultBody{}, m.Upload.Refused...), info.Refused...)
	m.Edit(func(f *Form) { f.AddOwn(info.Images) })
	m.rememberUploads()
	m.around.Say(m.around.Language().T("upload.added", m.Upload.Added))
}
