//go:build js && wasm

package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"syscall/js"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/trace"
	"carriles/wasm/promise"
)

// post sends an event to the page.
func post(e result.BrowserEvent, blobs []any) {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // the type has nothing that JSON could not hold
	}
	js.Global().Call("postMessage", map[string]any{"type": "event", "event": string(text), "blobs": blobs})
}

// download fetches the photographs of a spec that are not there yet.
func (m *memory) download(spec request.Spec) error {
	n := min(spec.Count, len(spec.Images))
	for i := range n {
		post(result.BrowserEvent{Phase: result.PhaseDownload, Done: i, Total: n}, nil)
		name := spec.Image(i)
		if _, ok := m.photos[name]; ok {
			continue
		}
		data, err := fetch("/static/images/" + escape(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.photos[name] = data
	}
	return nil
}

// escape makes a name part of a URL's path; the slash of uploads/ stays.
func escape(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// fetch gets a URL's bytes.
func fetch(path string) ([]byte, error) {
	response, err := await(js.Global().Call("fetch", path))
	if err != nil {
		return nil, err
	}
	if !response.Get("ok").Bool() {
		return nil, fmt.Errorf("the server answered %d", response.Get("status").Int())
	}
	buffer, err := await(response.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	array := js.Global().Get("Uint8Array").New(buffer)
	return bytesOf(array), nil
}

// bytesOf copies a Uint8Array into Go's memory.
func bytesOf(array js.Value) []byte {
	data := make([]byte, array.Length())
	js.CopyBytesToGo(data, array)
	return data
}

// arrayOf copies bytes out of Go's memory.
func arrayOf(data []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(array, data)
	return array
}

// shared is the present moment on the clock that all workers of a browser have
// in common, in milliseconds since 1970. (Go's own wall clock is rounded to
// milliseconds differently in each.)
func shared() float64 {
	p := js.Global().Get("performance")
	return p.Get("timeOrigin").Float() + p.Call("now").Float()
}

// ownStart tells how this worker was started, as compute.js has timed it.
func ownStart(clock trace.Clock) result.BrowserStart {
	times := js.Global().Get("carrilesStart")
	return result.BrowserStart{
		CompileS:     times.Get("compile").Float() / 1000,
		InstantiateS: times.Get("instantiate").Float() / 1000,
		OriginMS:     shared() - float64(clock.Now())/float64(time.Millisecond),
	}
}

// await waits for a promise.
func await(p js.Value) (js.Value, error) { return promise.Await(p, js.FuncOf) }

// blob makes a Blob of an encoded image.
func blob(data []byte, f codec.Format) js.Value {
	return js.Global().Get("Blob").New([]any{arrayOf(data)}, map[string]any{"type": "image/" + string(f)})
}
