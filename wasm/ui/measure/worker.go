package measure

import (
	"carriles/wasm/ui/dom"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// hiring starts a Web Worker with a job and returns what ends it. heard gets its
// events and, with the last one, addresses of its pictures, which are made when
// they are asked for; failed gets the browser's own word if it does not start or
// breaks. Neither is called on the UI's goroutine.
type hiring func(script, job string, heard func(event string, pictures func() []string), failed func(detail string)) (end func())

// hireWorker is the browser's hiring. The messages are those of
// result.BrowserJob.
func hireWorker(script, job string, heard func(event string, pictures func() []string), failed func(detail string)) (end func()) {
	worker := app.Window().Get("Worker").New(dom.Asset(script))
	ears := &dom.Listeners{On: worker}
	ears.Add("message", func(e app.Value) {
		if data := e.Get("data"); data.Get("type").String() == "event" {
			heard(data.Get("event").String(), func() []string { return objectURLs(data.Get("blobs")) })
		}
	})
	ears.Add("error", func(e app.Value) {
		detail := ""
		if m := e.Get("message"); m.Truthy() {
			detail = m.String()
		}
		failed(detail)
	})
	worker.Call("postMessage", map[string]any{"type": "run", "job": job})
	return func() {
		ears.Drop()
		worker.Call("terminate")
	}
}

func objectURLs(blobs app.Value) []string {
	var urls []string
	if !blobs.Truthy() {
		return nil
	}
	for i := range blobs.Length() {
		urls = append(urls, app.Window().Get("URL").Call("createObjectURL", blobs.Index(i)).String())
	}
	return urls
}

func revokeURLs(urls []string) {
	for _, u := range urls {
		app.Window().Get("URL").Call("revokeObjectURL", u)
	}
}
