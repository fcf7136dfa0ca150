package process

import (
	"errors"
	"io"
	"time"

	"carriles/executor/fault"
	"carriles/executor/pipeline"
)

// done is a task's outcome, in the parent's hands.
type done struct {
	pipeline.Outcome
	// stored is how long the parent took to write the output down, if it did,
	// until the event's time.
	stored time.Duration
	// in and out are the bytes of the image and of the output that travelled.
	in, out int
}

// sending is something for the writer to send.
type sending func(w io.Writer, via courier) error

// post has the writer send something, in turn: whoever posts never waits for a
// child that does not read.
func (c *child) post(s sending) {
	select {
	case c.outbox <- s:
	case <-c.gone:
	}
}

// write sends what is posted. A child that cannot be written to is killed, and
// its ending gives its tasks back.
func (c *child) write(via courier, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case s := <-c.outbox:
			if err := s(c.stdin, via); err != nil {
				c.kill()
			}
		}
	}
}

// give has a task delivered. An image that cannot be had is the task's outcome,
// which no lane has worked on.
func (c *child) give(t pipeline.Task, image string, send func(event)) {
	began := time.Now()
	c.post(func(w io.Writer, via courier) error {
		err := via.deliver(w, order{Task: t, began: began.UnixNano()}, image)
		var bad *fault.Error
		if errors.As(err, &bad) {
			o := pipeline.Outcome{Task: t, Lane: noLane, Err: bad}
			send(event{proc: c.id, at: time.Now(), kind: kindDone, done: &done{Outcome: o}})
			return nil
		}
		return err
	})
}

// noLane is the lane of an outcome that no lane has had.
const noLane = -1

// ask has a frame without a payload sent, or one whose payload is JSON.
func (c *child) ask(k kind, payload any) {
	c.post(func(w io.Writer, _ courier) error {
		if payload == nil {
			return writeFrame(w, k, nil)
		}
		return writeJSON(w, k, payload)
	})
}

// pump passes the child's frames on until its output ends.
func (c *child) pump(stdout io.Reader, via courier, tempDir string, send func(event)) error {
	for {
		k, n, err := readHead(stdout)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if k == kindBlob {
			if err := via.blob(stdout, n); err != nil {
				return err
			}
			continue
		}
		data := make([]byte, n)
		if err := readPayload(stdout, k, data); err != nil {
			return err
		}
		ev := event{proc: c.id, at: time.Now(), kind: k, data: data}
		if k == kindDone {
			if ev.done, err = c.finish(data, via, tempDir); err != nil {
				return err
			}
			ev.at = time.Now()
		}
		send(ev)
	}
}

// finish reads a done frame and sees to the task's output.
func (c *child) finish(data []byte, via courier, tempDir string) (*done, error) {
	arrived := time.Now()
	d, err := decodeDone(data)
	if err != nil {
		return nil, err
	}
	if d.out, err = via.collect(d.Outcome, tempName(tempDir, d.Task, d.Format)); err != nil {
		return nil, err
	}
	if d.out > 0 {
		d.stored = time.Since(arrived)
	}
	return &d, nil
}
