//go:build js && wasm

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/codec"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
	"carriles/wasm/compute/lanes"
)

// crew is the browser's own multiprocessing: several Web Workers, each with its
// own program and memory, to which tasks are dealt out one at a time. In a cold
// pool every round starts its own, inside the clock.
type crew struct {
	spec   request.Spec
	serve  string // the job that each is told to serve
	memory *memory
	clock  trace.Clock
	origin float64 // of clock, on the clock that all workers share
	mates  []*mate
}

func newCrew(job result.BrowserJob, spec request.Spec, mem *memory) (*crew, error) {
	text, err := json.Marshal(job)
	if err != nil {
		return nil, err
	}
	c := &crew{spec: spec, serve: string(text), memory: mem, clock: trace.NewClock(), mates: make([]*mate, job.Workers)}
	c.origin = ownStart(c.clock).OriginMS
	if spec.Pool == request.Cold {
		return c, nil
	}
	c.hire()
	for _, m := range c.mates {
		if err := m.wait(); err != nil {
			c.stop()
			return nil, err
		}
	}
	return c, nil
}

// hire starts all workers, and waits for none.
func (c *crew) hire() {
	for i := range c.mates {
		c.mates[i] = c.newMate(i)
	}
}

func (c *crew) stop() {
	for _, m := range c.mates {
		if m != nil {
			m.stop()
		}
	}
}

// done is what a mate has to tell: a task's result, or its end.
type done struct {
	index  int
	lane   int
	spans  []trace.Span
	result result.TaskResult
	err    error
	over   bool
}

func (c *crew) round(report func(lane int, spans []trace.Span, now time.Duration)) (lanes.Round, error) {
	round := lanes.Round{Lanes: make([]lanes.Lane, len(c.mates)), Results: make([]result.TaskResult, c.spec.Count)}
	tasks, dones := tasksOf(c.spec), make(chan done, c.spec.Count+len(c.mates))
	began := c.clock.Now()
	cold := c.spec.Pool == request.Cold
	if cold {
		c.hire()
	}
	for i := range c.mates {
		go c.work(i, &round.Lanes[i], began, tasks, dones)
	}
	// The clock stops with the last task. A mate that is still starting then is
	// waited for all the same: what its start took is part of the account.
	var failed error
	var wall time.Duration
	for working, left := len(c.mates), c.spec.Count; working > 0; {
		d := <-dones
		if d.over {
			working--
			failed = errors.Join(failed, d.err)
			continue
		}
		round.Results[d.index] = d.result
		now := c.clock.Now() - began
		report(d.lane, d.spans, now)
		if left--; left == 0 {
			wall = now
		}
	}
	if cold {
		c.stop()
	}
	if failed != nil {
		return round, failed
	}
	round.Close(wall)
	return round, nil
}

// work has one mate do tasks until there are none. Nothing else touches its
// lane meanwhile.
func (c *crew) work(i int, lane *lanes.Lane, began time.Duration, tasks <-chan pipeline.Task, dones chan<- done) {
	m, told := c.mates[i], 0
	err := m.wait()
	lane.Start = m.start
	if m.asked >= began {
		lane.Add(-began, trace.Span{Stage: trace.Spawn, Task: -1, Start: m.asked, End: m.readyAt, CPU: trace.UnknownCPU})
	}
	for task := range tasks {
		if err != nil {
			break
		}
		var res result.TaskResult
		if res, err = m.do(task, lane, began); err == nil {
			res.Worker = i
			dones <- done{index: task.Index, lane: i, spans: lane.Spans[told:], result: res}
			told = len(lane.Spans)
		}
	}
	dones <- done{err: err, over: true}
}

// mate is one of the crew's workers, as the crew sees it.
type mate struct {
	crew    *crew
	number  int
	worker  js.Value
	hear    js.Func
	fail    js.Func
	inbox   chan heard
	asked   time.Duration // when it was started, on the crew's clock
	readyAt time.Duration // when it could compute; 0: not yet
	start   result.BrowserStart
	stopped bool
}

// heard is a message of a mate's, and when it came.
type heard struct {
	data js.Value
	at   time.Duration
	err  error
}

func (c *crew) newMate(number int) *mate {
	// A mate never has more than one message on its way but for an error.
	m := &mate{crew: c, number: number, inbox: make(chan heard, 4), asked: c.clock.Now()}
	m.worker = js.Global().Get("Worker").New(js.Global().Get("location").Get("href"))
	m.hear = js.FuncOf(func(_ js.Value, args []js.Value) any {
		m.put(heard{data: args[0].Get("data"), at: c.clock.Now()})
		return nil
	})
	m.fail = js.FuncOf(func(_ js.Value, args []js.Value) any {
		m.put(heard{err: errors.New(args[0].Get("message").String())})
		return nil
	})
	m.worker.Set("onmessage", m.hear)
	m.worker.Set("onerror", m.fail)
	m.worker.Call("postMessage", map[string]any{"type": "serve", "job": c.serve})
	return m
}

// put keeps a message. It must not block, for it runs in the browser's own
// callback; what a mate says beyond what it was asked is not listened to.
func (m *mate) put(h heard) {
	select {
	case m.inbox <- h:
	default:
	}
}

// next waits for a message of a type. An event is an error's.
func (m *mate) next(kind string) (heard, error) {
	h := <-m.inbox
	if h.err == nil && h.data.Get("type").String() == "event" {
		var e result.BrowserEvent
		if h.err = json.Unmarshal([]byte(h.data.Get("event").String()), &e); h.err == nil {
			h.err = errors.New(e.Error)
		}
	}
	if h.err == nil && h.data.Get("type").String() != kind {
		h.err = fmt.Errorf("it said %q instead of %q", h.data.Get("type").String(), kind)
	}
	if h.err != nil {
		return h, fmt.Errorf("worker %d: %w", m.number+1, h.err)
	}
	return h, nil
}

// wait returns when the mate can compute.
func (m *mate) wait() error {
	if m.readyAt > 0 {
		return nil
	}
	h, err := m.next("ready")
	if err != nil {
		return err
	}
	m.readyAt = h.at
	if err := json.Unmarshal([]byte(h.data.Get("start").String()), &m.start); err != nil {
		return err
	}
	m.start.TotalS = (m.readyAt - m.asked).Seconds()
	return nil
}

// do sends a task over and waits for its output. What lies between the crew's
// sending and the mate's first stage is its receiving, and what lies between
// its last stage and the output's being in the crew's memory its sending.
func (m *mate) do(t pipeline.Task, lane *lanes.Lane, began time.Duration) (result.TaskResult, error) {
	c := m.crew
	photo := c.memory.photos[c.spec.Image(t.Index)]
	sent := c.clock.Now()
	buffer := arrayOf(photo).Get("buffer")
	m.worker.Call("postMessage", map[string]any{"type": "task", "index": t.Index, "data": buffer}, []any{buffer})
	h, err := m.next("outcome")
	if err != nil {
		return result.TaskResult{}, err
	}
	var o result.BrowserOutcome
	if err := json.Unmarshal([]byte(h.data.Get("outcome").String()), &o); err != nil {
		return result.TaskResult{}, err
	}
	output := bytesOf(js.Global().Get("Uint8Array").New(h.data.Get("data")))
	if o.Result.Status == result.StatusSuccess {
		c.memory.outputs[t.Index], c.memory.formats[t.Index] = output, codec.Format(o.Format)
	}
	stored := c.clock.Now()

	shift := time.Duration((m.start.OriginMS - c.origin) * float64(time.Millisecond))
	spans := lanes.Unpack(o.Spans, t.Index)
	lane.Add(shift-began, spans...)
	if n := len(spans); n > 0 {
		lane.Add(-began,
			trace.Span{Stage: trace.Receive, Task: t.Index, Start: sent, End: spans[0].Start + shift, CPU: trace.UnknownCPU},
			trace.Span{Stage: trace.Send, Task: t.Index, Start: spans[n-1].End + shift, End: stored, CPU: trace.UnknownCPU})
	}
	lane.Tasks++
	lane.BytesIn += int64(len(photo))
	lane.BytesOut += int64(len(output))
	return o.Result, nil
}

func (m *mate) stop() {
	if m.stopped {
		return
	}
	m.stopped = true
	m.worker.Set("onmessage", js.Null())
	m.worker.Set("onerror", js.Null())
	m.worker.Call("terminate")
	m.hear.Release()
	m.fail.Release()
}
