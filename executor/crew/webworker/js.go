//go:build js && wasm

package webworker

import "syscall/js"

// The types of messages, the place's first.
const (
	typeServe   = "serve"
	typeTask    = "task"
	typeReady   = "ready"
	typeOutcome = "outcome"
	typeBroken  = "broken"
)

// shared is the present moment on the clock that all workers of a browser have
// in common, in milliseconds since 1970.
func shared() float64 {
	p := js.Global().Get("performance")
	return p.Get("timeOrigin").Float() + p.Call("now").Float()
}

// Bytes copies an ArrayBuffer into a program's memory: into buf's, if that is
// enough.
func Bytes(buffer js.Value, buf []byte) []byte {
	array := js.Global().Get("Uint8Array").New(buffer)
	n := array.Length()
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	js.CopyBytesToGo(buf, array)
	return buf
}

// Buffer makes an ArrayBuffer of bytes.
func Buffer(data []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(array, data)
	return array.Get("buffer")
}
