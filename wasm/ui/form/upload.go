package form

import (
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/wasm/ui/client"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

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
		return client.Read(reply, err, &info)
	}, func(trouble *client.Problem) {
		input.Set("value", "") // so that the same file can be chosen again
		m.sent(info, trouble)
	})
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
