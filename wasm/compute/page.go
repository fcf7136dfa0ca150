//go:build js && wasm

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"syscall/js"

	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/crew"
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

// outputs are the finished images of a contest, in the agent's memory. Only those
// that will be shown stay when they have been looked at: one of each photograph.
type outputs struct {
	shown int // the first tasks, of which each has a photograph of its own

	named int
	held  map[string]output
	dec   codec.Decoder
}

type output struct {
	task   int
	format codec.Format
	data   []byte
}

// Commit implements contest.Outputs.
func (o *outputs) Commit(done crew.Outcome) (string, error) {
	o.named++
	name := strconv.Itoa(o.named)
	o.held[name] = output{task: done.Task.Index, format: done.Format, data: done.Output.Data}
	return name, nil
}

// Look implements contest.Outputs.
func (o *outputs) Look(_ context.Context, name string, known map[string]string) (hash, digest string, err error) {
	out := o.held[name]
	sum := sha256.Sum256(out.data)
	hash = hex.EncodeToString(sum[:])
	if digest = known[hash]; digest == "" {
		img, _, err := o.dec.Decode(out.data)
		if err != nil {
			return "", "", fmt.Errorf("image %d: %w", out.task, err)
		}
		pixels := codec.Digest(img)
		digest = hex.EncodeToString(pixels[:])
	}
	if out.task >= o.shown {
		o.Discard(name)
	}
	return hash, digest, nil
}

// Discard implements contest.Outputs.
func (o *outputs) Discard(name string) { delete(o.held, name) }
