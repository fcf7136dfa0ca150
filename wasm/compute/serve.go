//go:build js && wasm

package main

import (
	"encoding/json"
	"io/fs"
	"syscall/js"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/filters/engines"
	"carriles/wasm/compute/lanes"
)

// server is a worker beneath another one: it does the tasks that it is sent.
type server struct {
	spec request.Spec
	lane *pipeline.Lane

	photo  []byte // of the present task
	output []byte
	format codec.Format
}

// Read implements pipeline.Source: the photograph has just been copied into
// this worker's memory.
func (s *server) Read(pipeline.Task, string, []byte) ([]byte, error) {
	if len(s.photo) == 0 {
		return nil, fs.ErrNotExist
	}
	return s.photo, nil
}

// Write implements pipeline.Sink.
func (s *server) Write(_ pipeline.Task, f codec.Format, data []byte) error {
	s.output, s.format = data, f
	return nil
}

// open prepares for a job and says that it is ready.
func (s *server) open(text string) {
	_, spec, err := parse(text)
	clock := trace.NewClock()
	if err == nil {
		s.spec = spec
		s.lane, err = pipeline.NewLane(0, spec, engines.All(), s, s, trace.NewRecorder(clock, nil))
	}
	if err != nil {
		post(result.BrowserEvent{Phase: result.PhaseError, Error: err.Error()}, nil)
		return
	}
	start, err := json.Marshal(ownStart(clock))
	if err != nil {
		panic(err) // the type has nothing that JSON could not hold
	}
	js.Global().Call("postMessage", map[string]any{"type": "ready", "start": string(start)})
}

// do does a task and hands its output back.
func (s *server) do(index int, photo js.Value) {
	s.photo, s.output = bytesOf(js.Global().Get("Uint8Array").New(photo)), nil
	o := s.lane.Do(pipeline.Task{Index: index, Attempt: 1})
	text, err := json.Marshal(result.BrowserOutcome{
		Result: o.Result(s.spec, original(s.spec, index)), Format: string(s.format), Spans: lanes.Pack(o.Spans),
	})
	if err != nil {
		panic(err) // the type has nothing that JSON could not hold
	}
	buffer := arrayOf(s.output).Get("buffer")
	js.Global().Call("postMessage", map[string]any{"type": "outcome", "outcome": string(text), "data": buffer}, []any{buffer})
}
