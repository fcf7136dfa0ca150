//go:build js && wasm

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall/js"

	"carriles/executor/batch/result"
	"carriles/executor/crew/webworker"
	"carriles/wasm/promise"
)

// tell sends the page a message whose content is JSON.
func tell(kind string, content any, blobs ...any) {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // the types have nothing that JSON could not hold
	}
	post(kind, string(text), blobs...)
}

func post(kind, text string, blobs ...any) {
	js.Global().Call("postMessage", map[string]any{"type": kind, "text": text, "blobs": blobs})
}

// photos are photographs as ArrayBuffers, by name.
type photos map[string]js.Value

// download fetches photographs, out of any clock.
func (p photos) download(names []string) error {
	for i, name := range names {
		tell(result.EventProgress, result.Progress{Phase: result.PhaseDownload, Overall: i, OverallTotal: len(names)})
		buffer, err := fetch("/static/images/" + escape(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		p[name] = buffer
	}
	return nil
}

func (p photos) get(name string) (photo js.Value, ok bool) {
	photo, ok = p[name]
	return photo, ok
}

// escape makes a name part of a URL's path; the slash of uploads/ stays.
func escape(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = js.Global().Call("encodeURIComponent", p).String()
	}
	return strings.Join(parts, "/")
}

// fetch gets what is at a URL, as an ArrayBuffer.
func fetch(path string) (js.Value, error) {
	response, err := promise.Await(js.Global().Call("fetch", path), js.FuncOf)
	if err != nil {
		return js.Value{}, err
	}
	if !response.Get("ok").Bool() {
		return js.Value{}, fmt.Errorf("the server answered %d", response.Get("status").Int())
	}
	return promise.Await(response.Call("arrayBuffer"), js.FuncOf)
}

// blob makes a Blob of an output.
func (o output) blob() js.Value {
	return js.Global().Get("Blob").New([]any{webworker.Buffer(o.data)}, map[string]any{"type": "image/" + string(o.format)})
}
