//go:build js && wasm

// Command compute is what the page's Web Worker runs: the server's pipeline by
// the server's Sequential executor, on this browser's one thread. It asks the
// server for the photographs and for nothing else.
package main

import "syscall/js"

func main() {
	js.Global().Set("carrilesRun", js.FuncOf(func(_ js.Value, args []js.Value) any {
		go run(args[0].String())
		return nil
	}))
	select {}
}
