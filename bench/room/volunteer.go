package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"sync"
	"time"

	"carriles/bench/claims"
	"carriles/executor/batch/request"
	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/crew/room"
	"carriles/executor/crew/room/device"
	"carriles/executor/crew/room/machine"
	"carriles/executor/crew/room/wire"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// crowd are members that are only there as a load.
type crowd struct {
	leave context.CancelFunc
	all   sync.WaitGroup
}

// gather brings so many members into a room, and waits until all are there. light is
// what they do for their work.
func (h host) gather(b *claims.Bench, n int, w light) (*crowd, error) {
	ctx, leave := context.WithCancel(b.Ctx)
	c := &crowd{leave: leave}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32, MaxConnsPerHost: n + 64}}
	for i := range n {
		d := device.New(device.Config{
			Code: room.CodeOf(token), Host: machine.Over(client, h.Base), Workers: w, Keep: 1 << 20, Note: func(device.Note) {},
			Hello: wire.Hello{Kind: wire.Browser, Name: fmt.Sprint("member ", i+1), Lanes: 1, Cores: 1},
		})
		c.all.Go(func() { _ = d.Run(ctx) }) // until it is told to leave
		if i%50 == 49 {
			time.Sleep(20 * time.Millisecond)
		}
	}
	if err := h.here(n); err != nil {
		c.part()
		return nil, err
	}
	return c, nil
}

// part has all of them leave.
func (c *crowd) part() {
	c.leave()
	c.all.Wait()
}

// light is a worker that waits instead of computing, and gives what the server's own
// batch has given.
type light struct {
	pause time.Duration
	given map[string]given // by the photograph's digest
}

type given struct {
	format codec.Format
	data   []byte
}

// lightly is what the members of a crowd are to give for a batch, of which the server
// makes one of each photograph first.
func (h host) lightly(batch string, pause time.Duration) (light, error) {
	l := light{pause: pause, given: map[string]given{}}
	r, err := h.Batch(request.Sequential, batch)
	if err != nil {
		return l, err
	}
	for _, task := range r.Results {
		photo, err := h.output(task.OriginalPath)
		if err != nil {
			return l, err
		}
		data, err := h.output(task.ProcessedPath)
		if err != nil {
			return l, err
		}
		format := codec.JPEG
		if path.Ext(task.ProcessedPath) == ".png" {
			format = codec.PNG
		}
		sum := sha256.Sum256(photo)
		l.given[hex.EncodeToString(sum[:])] = given{format, data}
	}
	return l, nil
}

// Image, Forget, Output and Clear implement device.Workers.
func (l light) Image(string, []byte) error                     { return nil }
func (l light) Forget(string)                                  {}
func (l light) Output(o crew.Output, _ []byte) ([]byte, error) { return o.Data, nil }
func (l light) Clear(int)                                      {}

// Hire implements device.Workers.
func (l light) Hire(_ int, _ crew.Setup, tell crew.Tell) (crew.Link, error) {
	w := &waiter{light: l, clock: trace.NewClock(), tell: tell, over: make(chan struct{})}
	go w.say(crew.Arrived{Hello: crew.Hello{Lanes: 1, Clock: crew.Clock{Zero: w.clock.Base()}}})
	return w, nil
}

// waiter is one worker, for a batch.
type waiter struct {
	light
	clock trace.Clock
	tell  crew.Tell
	over  chan struct{}
	once  sync.Once
}

func (w *waiter) say(n crew.News) { w.tell(crew.Event{At: time.Now(), News: n}) }

// Give implements crew.Link.
func (w *waiter) Give(o crew.Order) {
	go func() {
		began := w.clock.Now()
		select {
		case <-w.over:
			return
		case <-time.After(w.pause):
		}
		g := w.given[o.Image]
		out := crew.Outcome{
			Outcome: pipeline.Outcome{Task: pipeline.Task{Index: o.Task, Attempt: o.Attempt}, Format: g.format, Size: int64(len(g.data))},
			Output:  crew.Output{Data: g.data},
		}
		out.Spans = []trace.Span{{Stage: trace.Filter, Task: o.Task, Start: began, End: w.clock.Now(), CPU: trace.UnknownCPU}}
		w.say(crew.Settled{Outcome: out})
	}()
}

// Ask implements crew.Link.
func (w *waiter) Ask() { go w.say(crew.Accounted{}) }

// Leave implements crew.Link.
func (w *waiter) Leave() { w.Kill() }

// Kill implements crew.Link.
func (w *waiter) Kill() {
	w.once.Do(func() {
		close(w.over)
		go w.say(crew.Gone{Reason: text.Text{ES: "se fue", EN: "has left"}})
	})
}
