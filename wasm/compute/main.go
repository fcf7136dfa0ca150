//go:build js && wasm

// Command compute is what the page's Web Workers run: the server's pipeline by
// the server's Sequential executor, on one thread of the browser; or, in a
// worker with others beneath it, the dealing out of a batch to them. It asks
// the server for the photographs and for nothing else.
package main

import "syscall/js"

func main() {
	own := &server{}
	handlers := map[string]any{
		"run":   handler(func(message js.Value) { go run(message.Get("job").String()) }),
		"serve": handler(func(message js.Value) { own.open(message.Get("job").String()) }),
		"task":  handler(func(message js.Value) { own.do(message.Get("index").Int(), message.Get("data")) }),
	}
	js.Global().Set("carriles", handlers)
	select {}
}

// handler makes a function for compute.js, which calls it with a message.
func handler(f func(message js.Value)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	})
}
