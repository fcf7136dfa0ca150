package measure

import (
	"carriles/executor/batch/result"
	"carriles/wasm/ui/dom"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// workerScript is the agent's: it has a batch computed with the host's own code,
// outside the page's thread.
const workerScript = "/web/compute.js"

// hiring starts the agent's Web Worker with a job and returns what ends it. heard gets its
// messages, as result.BrowserJob specifies them, and addresses of the pictures
// that came along, which are made when they are asked for. It is not called on the
// UI's goroutine.
type hiring func(job string, heard func(kind, text string, pictures func() []string)) (end func())

// hireWorker is the browser's hiring. What the browser says of a worker that does
// not start or breaks, is its last word.
func hireWorker(job string, heard func(kind, text string, pictures func() []string)) (end func()) {
	worker := app.Window().Get("Worker").New(dom.Asset(workerScript))
	ears := &dom.Listeners{On: worker}
	ears.Add("message", func(e app.Value) {
		data := e.Get("data")
		heard(data.Get("type").String(), data.Get("text").String(), func() []string { return objectURLs(data.Get("blobs")) })
	})
	ears.Add("error", func(e app.Value) {
		detail := ""
		if m := e.Get("message"); m.Truthy() {
			detail = m.String()
		}
		heard(result.EventBroken, detail, nil)
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
