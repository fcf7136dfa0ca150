//go:build js && wasm

package webworker

import (
	"encoding/json"
	"io/fs"
	"syscall/js"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/filters"
)

// worker is the worker's side: it does the tasks that it is sent.
type worker struct {
	lane *pipeline.Lane

	photo  []byte // of the present task
	output []byte
}

// Handlers are a worker's answers to the place's messages, by their type. They
// post what follows and block as long as a task takes.
func Handlers(engines []filters.Engine) map[string]func(message js.Value) {
	w := &worker{}
	return map[string]func(js.Value){
		typeServe: func(m js.Value) { w.open(m.Get("spec").String(), engines) },
		typeTask: func(m js.Value) {
			w.do(pipeline.Task{Index: m.Get("task").Int(), Attempt: m.Get("attempt").Int()}, m.Get("photo"))
		},
	}
}

// Read implements pipeline.Source: the photograph has just been copied into
// this worker's memory.
func (w *worker) Read(pipeline.Task, string, []byte) ([]byte, error) {
	if len(w.photo) == 0 {
		return nil, fs.ErrNotExist
	}
	return w.photo, nil
}

// Write implements pipeline.Sink.
func (w *worker) Write(_ pipeline.Task, _ codec.Format, data []byte) error {
	w.output = data
	return nil
}

// open prepares for a batch and says that the worker is ready.
func (w *worker) open(text string, engines []filters.Engine) {
	var spec request.Spec
	err := json.Unmarshal([]byte(text), &spec)
	clock := trace.NewClock()
	if err == nil {
		w.lane, err = pipeline.NewLane(0, spec, engines, w, w, nil, trace.NewRecorder(clock, nil))
	}
	if err != nil {
		post(typeBroken, map[string]any{"text": err.Error()})
		return
	}
	times := js.Global().Get("carrilesStart") // by the script
	post(typeReady, map[string]any{"ready": encode(ready{
		OriginMS:     shared() - float64(clock.Now())/float64(time.Millisecond),
		CompileS:     times.Get("compile").Float() / 1000,
		InstantiateS: times.Get("instantiate").Float() / 1000,
		SIMD:         filters.SIMDOf(spec.Engine),
	})})
}

// do does a task and hands its output back.
func (w *worker) do(t pipeline.Task, photo js.Value) {
	w.photo, w.output = Bytes(photo, w.photo), nil
	o := w.lane.Do(t)
	output := Buffer(w.output)
	post(typeOutcome, map[string]any{"outcome": encodeOutcome(o), "output": output}, output)
}

// post sends a message to whoever has started this worker.
func post(kind string, message map[string]any, transferred ...any) {
	message["type"] = kind
	js.Global().Call("postMessage", message, transferred)
}
