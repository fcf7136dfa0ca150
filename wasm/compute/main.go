//go:build js && wasm

// Command compute is what the page's Web Workers run. The first one of a page is
// the agent: it downloads the photographs, has the browser's methods measured by
// Web Workers of the same script beneath it, and tells the page how far it is and
// what came of it. Those beneath it are workers of the crew's
// (executor/crew/webworker), which compute with the host's own pipeline.
//
// The page's other first one takes part in the room (room.go): it holds the
// connection, fetches the photographs, and has one worker beneath it compute.
//
// It asks the server for the photographs, and in the room for work, and for nothing
// else. Neither of the two computes an image, so a worker that hangs or dies can be
// given up.
package main

import (
	"syscall/js"

	"carriles/executor/crew/webworker"
	"carriles/filters/engines"
)

func main() {
	handlers := map[string]any{
		"run":    handler(func(message js.Value) { go run(message.Get("job").String()) }),
		"go":     handler(func(js.Value) { turns <- struct{}{} }),
		roomJoin: handler(func(message js.Value) { takePart(message.Get("job").String()) }),
		roomPause: handler(func(message js.Value) {
			if part != nil {
				part.Pause(message.Get("on").Bool())
			}
		}),
	}
	for kind, handle := range webworker.Handlers(engines.All()) {
		handlers[kind] = handler(handle)
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
