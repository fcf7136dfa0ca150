package ui

import (
	"encoding/json"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// upload is where sending own pictures stands.
type upload struct {
	Active  bool
	Share   float64
	Added   int
	Refused []fault.FaultBody
	Trouble *Problem
}

// sendUploads sends the files that an input holds. Those that are too large
// are refused here: sending them would only cost the class its network.
func (l *Lab) sendUploads(input app.Value) {
	list := input.Get("files")
	var files []app.Value
	up := upload{Active: true}
	for i := range list.Length() {
		f := list.Index(i)
		if limit := l.cat.MaxUpload; limit > 0 && int64(f.Get("size").Float()) > limit {
			up.Refused = append(up.Refused, fault.FaultBody{
				Field: f.Get("name").String(), Code: fault.CodeTooLarge,
				Error: l.lang.T("upload.too_large", l.lang.Bytes(limit)),
			})
			continue
		}
		files = append(files, f)
	}
	up.Active = len(files) > 0
	l.upload = up
	if !up.Active {
		input.Set("value", "")
		return
	}
	lang := l.lang
	l.ctx.Async(func() {
		last := -1
		r, err := sendFiles(lang, "/api/images/", files, func(share float64) {
			if percent := int(20 * share); percent != last {
				last = percent
				l.ctx.Dispatch(func(app.Context) { l.upload.Share = share })
			}
		})
		l.ctx.Dispatch(func(app.Context) {
			input.Set("value", "") // so that the same file can be chosen again
			l.sentUploads(r, err)
		})
	})
}

func (l *Lab) sentUploads(r reply, err error) {
	l.upload.Active = false
	var info result.UploadInfo
	switch {
	case err != nil:
		l.upload.Trouble = &Problem{Key: "error.network", Detail: err.Error()}
	case !r.ok():
		l.upload.Trouble = problemOf(r)
	case json.Unmarshal([]byte(r.Body), &info) != nil:
		l.upload.Trouble = &Problem{Key: "error.answer"}
	default:
		l.upload.Added = len(info.Images)
		// A fresh slice: the view tells a change by comparing.
		l.upload.Refused = append(append([]fault.FaultBody{}, l.upload.Refused...), info.Refused...)
		l.edit(func(f *Form) { f.AddOwn(info.Images) })
		l.rememberUploads()
		l.say(l.lang.T("upload.added", l.upload.Added))
	}
}
