package process

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
)

// link is the crew's end of a child: orders become frames, and the child's
// frames events.
type link struct {
	*child
	id      int
	tell    crew.Tell
	temp    string // for outputs, below the static folder
	buffers buffers

	known sync.Mutex // of pid
	pid   int        // 0 until it has said hello
}

// done is a done frame's content.
type done struct {
	pipeline.Outcome
	in int // bytes of the image that travelled
}

// Give implements crew.Link. Delivering begins now: that the writer has to be
// woken, and the file to be read, is part of what an order costs.
func (l *link) Give(o crew.Order) {
	began := time.Now()
	buffer, ok := l.buffers.take()
	if !ok {
		l.kill() // the crew has lost count
		return
	}
	t := pipeline.Task{Index: o.Task, Attempt: o.Attempt, Buffer: buffer}
	l.post(func(w io.Writer, via transport) error {
		err := via.deliver(w, order{Task: t, began: began.UnixNano()}, imagePath(o.Image))
		var bad *fault.Error
		if !errors.As(err, &bad) {
			return err
		}
		l.buffers.release(buffer)
		l.event(time.Now(), crew.Settled{Outcome: crew.Outcome{Outcome: pipeline.Outcome{Task: t, Lane: crew.NoLane, Err: bad}}})
		return nil
	})
}

// Ask implements crew.Link.
func (l *link) Ask() { l.ask(kindAsk, nil) }

// Leave implements crew.Link: the end of its input ends the worker.
func (l *link) Leave() { l.leave() }

// Kill implements crew.Link.
func (l *link) Kill() { l.kill() }

// Look implements crew.Watched.
func (l *link) Look() (cpu *time.Duration, memory *int64) {
	l.known.Lock()
	defer l.known.Unlock()
	return kernel.Look(l.pid)
}

func (l *link) event(at time.Time, news crew.News) {
	l.tell(crew.Event{Worker: l.id, At: at, News: news})
}

// said implements listener.
func (l *link) said(k kind, data []byte, via transport) error {
	at := time.Now()
	switch k {
	case kindHello:
		var h hello
		if err := unmarshal(data, &h); err != nil {
			return err
		}
		l.known.Lock()
		l.pid = h.PID
		l.known.Unlock()
		l.event(at, crew.Arrived{Hello: crew.Hello{
			Name: strconv.Itoa(h.PID), ProcessID: h.PID, Lanes: h.Lanes, Clock: crew.Clock{Zero: time.Unix(0, h.Clock)},
		}})
		return nil
	case kindDone:
		return l.finish(at, data, via)
	case kindAccount:
		var a crew.Account
		if err := unmarshal(data, &a); err != nil {
			return err
		}
		l.event(at, crew.Accounted{Account: a})
		return nil
	}
	return fmt.Errorf("unexpected frame %q", byte(k))
}

// finish reads a done frame and sees to the task's output.
func (l *link) finish(arrived time.Time, data []byte, via transport) error {
	d, err := decodeDone(data)
	if err != nil {
		return err
	}
	o := crew.Outcome{Outcome: d.Outcome, In: d.in, Output: crew.Output{File: tempName(l.temp, d.Task, d.Format)}}
	if o.Out, err = via.collect(&o.Outcome, o.Output.File); err != nil {
		return err
	}
	if !l.buffers.release(d.Task.Buffer) {
		return fmt.Errorf("an answer for buffer %d, which has no order", d.Task.Buffer)
	}
	now := time.Now()
	if o.Out > 0 {
		o.Stored = now.Sub(arrived)
	}
	l.event(now, crew.Settled{Outcome: o})
	return nil
}

// ended implements listener.
func (l *link) ended(end crew.Gone) { l.event(time.Now(), end) }

// buffers are those of a child, one a lane: an order has one from being given
// until its outcome is told.
type buffers struct {
	mu   sync.Mutex
	used []bool
}

func newBuffers(n int) buffers { return buffers{used: make([]bool, n)} }

// take gives a buffer that no order has; false if there is none.
func (b *buffers) take() (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, used := range b.used {
		if !used {
			b.used[i] = true
			return i, true
		}
	}
	return 0, false
}

// release takes a buffer back; false if no order had it.
func (b *buffers) release(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n < 0 || n >= len(b.used) || !b.used[n] {
		return false
	}
	b.used[n] = false
	return true
}
