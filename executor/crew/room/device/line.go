package device

import (
	"context"
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// writing is how long a message may take to go out.
const writing = 30 * time.Second

// line is a connection that stands, with what goes on over it.
type line struct {
	*Device
	ctx   context.Context
	conn  Conn
	every time.Duration // a beat, once welcome

	out sync.Mutex // one message at a time, with its bytes

	mu    sync.Mutex
	job   *job // the present one
	still bool // it is paused
}

// say sends a message, with the bytes that belong to it.
func (l *line) say(m wire.Message, data []byte) error {
	l.out.Lock()
	defer l.out.Unlock()
	ctx, cancel := context.WithTimeout(l.ctx, writing)
	defer cancel()
	err := l.conn.Say(ctx, wire.Encode(m), data)
	if err != nil {
		l.conn.Close() // the reader comes to know of it
	}
	return err
}

// hear waits for the next message.
func (l *line) hear(silence time.Duration) (wire.Message, error) {
	ctx, cancel := context.WithTimeout(l.ctx, silence)
	defer cancel()
	data, err := l.conn.Hear(ctx)
	if err != nil {
		return wire.Message{}, err
	}
	return wire.Decode(data)
}

// beat says that the device is there, while it has the job.
func (j *job) beat() {
	tick := time.NewTicker(j.line.every)
	defer tick.Stop()
	for {
		select {
		case <-j.ctx.Done():
			return
		case <-tick.C:
			_ = j.line.say(wire.Message{Beat: &wire.Beat{}}, nil) // a failure ends the connection
		}
	}
}

// obey does what the host asks for. Nothing in it waits for the worker or the network.
func (l *line) obey(m wire.Message) {
	if m.Ping != nil {
		_ = l.say(wire.Message{Pong: &wire.Pong{Number: m.Ping.Number, Clock: int64(l.clock.Now())}}, nil)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	of := func(number int) bool { return l.job != nil && l.job.number == number }
	switch {
	case m.Spec != nil && !l.still: // else the host is about to hear of the pause
		l.drop(true)
		l.cache.prune()
		l.job = l.start(*m.Spec)
	case m.Task != nil && of(m.Task.Job):
		l.job.take(*m.Task)
	case m.Ask != nil && of(m.Ask.Job):
		l.job.link.Ask()
	case m.Release != nil && of(m.Release.Job):
		l.drop(m.Release.Kill)
	}
}

// pause has the line's device compute nothing, or compute again, and tells the host.
func (l *line) pause(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.still = on; on {
		l.drop(true)
	}
	_ = l.say(wire.Message{Pause: &wire.Pause{On: on}}, nil) // a failure ends the connection
}

// drop ends the present job; l.mu is held.
func (l *line) drop(kill bool) {
	if l.job == nil {
		return
	}
	l.job.end(kill)
	l.job = nil
}

// end ends the connection, and the worker with it.
func (l *line) end() {
	l.mu.Lock()
	job := l.job
	l.drop(true)
	l.mu.Unlock()
	if job != nil {
		<-job.gone
	}
}

// job is a worker for one batch, with its lanes.
type job struct {
	line   *line
	number int
	link   crew.Link
	lanes  int
	shift  time.Duration // of the worker's times to the device's clock
	cancel context.CancelFunc
	ctx    context.Context
	gone   chan struct{} // closed when the worker is
	output []byte        // of the latest task that was settled

	mu      sync.Mutex
	over    bool
	waiting []order // fetched, and no lane is free
	working map[[2]int]order
}

// order is a task with how its image came.
type order struct {
	wire.Task
	fetch trace.Span // nothing where it was there
	bytes int64
}

// start starts a worker for a batch.
func (l *line) start(s wire.Spec) *job {
	j := &job{line: l, number: s.Job, lanes: l.Hello.Lanes, working: map[[2]int]order{}, gone: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancel(l.ctx)
	shape := request.Shape{Processes: 1, Goroutines: j.lanes, MaxProcs: j.lanes}
	var err error
	if j.link, err = l.Workers.Hire(s.Job, crew.Setup{Spec: s.Spec, Shape: shape}, j.tell); err != nil {
		close(j.gone)
		go l.say(wire.Message{Ended: &wire.Ended{Job: j.number, Reason: text.Sprintf("no arrancó (%v)", "did not start (%v)", err)}}, nil)
		return nil
	}
	go j.beat()
	return j
}

// take has a task done: its image is fetched, and a lane works on it when one is free.
func (j *job) take(t wire.Task) {
	go func() {
		began := j.line.clock.Now()
		bytes, err := j.line.cache.fetch(j.ctx, t.Image, t.Bytes)
		if err != nil {
			j.fail(t, fault.Errorf(fault.CodeInternal, "no pudo traer la imagen (%v)", "could not fetch the image (%v)", err), nil, 0)
			return
		}
		o := order{Task: t, bytes: bytes}
		if now := j.line.clock.Now(); bytes > 0 || now-began > time.Millisecond {
			o.fetch = trace.Span{Stage: trace.Fetch, Task: t.Index, Start: began, End: now, CPU: trace.UnknownCPU}
		}
		j.mu.Lock()
		defer j.mu.Unlock()
		j.waiting = append(j.waiting, o)
		j.next()
	}()
}

// next gives the free lanes what waits; j.mu is held.
func (j *job) next() {
	for !j.over && len(j.waiting) > 0 && len(j.working) < j.lanes {
		o := j.waiting[0]
		j.waiting = j.waiting[1:]
		j.working[[2]int{o.Index, o.Attempt}] = o
		j.link.Give(crew.Order{Task: o.Index, Attempt: o.Attempt, Image: o.Image})
	}
}

func (j *job) fail(t wire.Task, why *fault.Error, spans []trace.Span, lane int) {
	if j.ctx.Err() == nil {
		_ = j.line.say(wire.Message{Failed: &wire.Failed{Lease: t.Lease, Code: why.Code, Text: why.Text, Spans: spans, Lane: lane}}, nil)
	}
}

// tell is the crew.Tell of the worker: what becomes of it goes to the host. Who calls
// it may wait until it has.
func (j *job) tell(ev crew.Event) bool {
	switch news := ev.News.(type) {
	case crew.Arrived:
		// Both clocks are this machine's: wall times place the one on the other, or where
		// the worker's place can tell, readings of one monotonic clock.
		j.shift = news.Clock.Zero.Sub(j.line.clock.Base())
		j.sayOf(wire.Message{Ready: &wire.Ready{Job: j.number}})
	case crew.Settled:
		j.settled(news.Outcome)
	case crew.Accounted:
		a := wire.Account{Job: j.number, Usage: news.Usage}
		for _, lane := range news.Spans {
			a.Spans = append(a.Spans, j.shifted(lane))
		}
		j.sayOf(wire.Message{Account: &a})
	case crew.Gone:
		j.sayOf(wire.Message{Ended: &wire.Ended{Job: j.number, Reason: news.Reason, Killed: news.Killed, Usage: news.Usage}})
		j.line.Workers.Clear(j.number)
		j.cancel()
		close(j.gone)
	}
	return true
}

// sayOf says something of a job that is not over.
func (j *job) sayOf(m wire.Message) {
	j.mu.Lock()
	over := j.over
	j.mu.Unlock()
	if !over {
		_ = j.line.say(m, nil)
	}
}

func (j *job) shifted(spans []trace.Span) []trace.Span {
	out := make([]trace.Span, 0, len(spans)+1)
	for _, s := range spans {
		s.Start, s.End = s.Start+j.shift, s.End+j.shift
		out = append(out, s)
	}
	return out
}

// settled sends what became of a task.
func (j *job) settled(o crew.Outcome) {
	key := [2]int{o.Task.Index, o.Task.Attempt}
	j.mu.Lock()
	order, known := j.working[key]
	delete(j.working, key)
	j.next()
	j.mu.Unlock()
	if !known || j.ctx.Err() != nil {
		return
	}
	spans := j.shifted(o.Spans)
	if order.fetch.End > 0 {
		spans = append([]trace.Span{order.fetch}, spans...)
	}
	if o.Err != nil {
		j.fail(order.Task, o.Err, spans, o.Lane)
		return
	}
	data, err := j.line.Workers.Output(o.Output, j.output)
	j.output = data
	if err != nil {
		j.fail(order.Task, fault.Errorf(fault.CodeInternal, "no pudo leer su resultado (%v)", "could not read its output (%v)", err), spans, o.Lane)
		return
	}
	_ = j.line.say(wire.Message{Done: &wire.Done{
		Lease: order.Lease, Format: o.Format, Bytes: int64(len(data)), CRC32C: wire.Sum(data),
		Spans: spans, Lane: o.Lane, Fetched: order.bytes,
	}}, data)
}

// end ends the worker.
func (j *job) end(kill bool) {
	j.mu.Lock()
	j.over = true
	j.mu.Unlock()
	j.cancel()
	if kill {
		j.link.Kill()
	} else {
		j.link.Leave()
	}
}
