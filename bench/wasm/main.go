//go:build js && wasm

// Command wasm is what run.mjs loads to measure our kernels in WebAssembly: it
// reads a photograph through Node's file system and offers package microbench's
// operations to JavaScript. It times nothing itself, so that one clock times
// everybody.
//
// usage: the program's name, IMAGE, and the name of a global function that is
// called with the result: {info, run}, or {error}.
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"syscall/js"

	"carriles/executor/microbench"
	"carriles/filters"
)

// info is what run.mjs needs to know, as JSON.
type info struct {
	Go         string   `json:"go"`
	SIMD       string   `json:"simd"`
	Width      int      `json:"width"`
	Height     int      `json:"height"`
	Operations []string `json:"operations"`
}

func main() {
	offer, err := open(os.Args[1])
	if err != nil {
		offer = map[string]any{"error": err.Error()}
	}
	js.Global().Call(os.Args[2], offer)
	if err == nil {
		select {}
	}
}

// open gives JavaScript the operations on an image: run does one once, by its
// name, and gives the error's text, or "".
func open(path string) (map[string]any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	photo, err := microbench.Open(data, filters.Native())
	if err != nil {
		return nil, err
	}
	width, height := photo.Size()
	text, err := json.Marshal(info{runtime.Version(), photo.SIMD(), width, height, photo.Operations()})
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"info": string(text),
		"run": js.FuncOf(func(_ js.Value, args []js.Value) any {
			if err := photo.Run(args[0].String()); err != nil {
				return err.Error()
			}
			return ""
		}),
	}, nil
}
