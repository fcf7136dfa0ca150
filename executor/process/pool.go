package process

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

// GCPercent is the workers' garbage collection target, set on purpose so that
// a figure does not hang on the server's environment. Buffers are reused, so
// there is little to collect but what the standard library's decoders of PNG,
// GIF and progressive JPEG make anew for each image.
const GCPercent = 100

// closeTimeout is how long a child may take to leave before it is killed.
const closeTimeout = 2 * time.Second

// Config is what a Pool needs.
type Config struct {
	Launcher
	Spec  request.Spec
	Shape request.Shape
	// TempDir is an empty folder below Static for the workers' outputs.
	TempDir string
	// Timeout is how long one attempt at one image may take.
	Timeout time.Duration
}

// Job is one round: every task of the spec once.
type Job struct {
	// Commit makes a finished output visible, from its temporary file below
	// Static. It is called within the clock, once for each task that
	// succeeded. An error makes the task a failed one.
	Commit func(o pipeline.Outcome, temp string) error
	// Progress is called after each settled task and must return at once.
	Progress func(done, failed int)
	// Began, if not nil, is called with the time at which the clock starts, and
	// Spans with what has become known of a lane: the start of its process, the
	// spans of a task when it is settled, the work that died with a process; on
	// the round's clock, as recorded, valid during the call. The lane is numbered
	// as in TaskReport. Both must return at once.
	Began func(at time.Time)
	Spans func(lane, pid int, spans []trace.Span)
	// Chaos has a worker killed on purpose; nil for none.
	Chaos *request.Chaos
	// Sample has the processes watched a few times a second.
	Sample bool
}

// Pool runs jobs on the processes of one shape. It is used by one goroutine at
// a time. Cold: make one, Run, Close. Warm: make one, Start, Run any number of
// times, Close.
type Pool struct {
	cfg      Config
	epoch    time.Time
	events   chan event
	closed   chan struct{}
	children map[int]*child // that have not ended
	nextID   int
	buried   []grave // children that have ended within the job
}

// grave is what is left of a child.
type grave struct {
	c     *child
	why   string
	usage Usage // within the job
}

// NewPool makes a pool without starting anything.
func NewPool(cfg Config) *Pool {
	return &Pool{
		cfg: cfg, epoch: time.Now(), events: make(chan event, 64),
		closed: make(chan struct{}), children: map[int]*child{},
	}
}

// Start starts all processes of the shape and waits until they are ready: for
// warm pools.
func (p *Pool) Start(ctx context.Context) error {
	for slot := range p.cfg.Shape.Processes {
		p.spawn(p.nextID, slot, 0)
		p.nextID++
	}
	late := time.After(startTimeout)
	for waiting := p.cfg.Shape.Processes; waiting > 0; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			return fmt.Errorf("workers not ready within %v", startTimeout)
		case ev := <-p.events:
			if ev.end != nil {
				p.bury(ev)
				return fmt.Errorf("a worker process %s", ev.end.reason.EN)
			}
			if err := p.greet(ev); err != nil {
				return err
			}
			waiting--
		}
	}
	return nil
}

// Run runs one job. Cold, the clock starts when the first process is asked
// for; warm, when the first task is handed out; it stops when the last output
// has been committed. The error is the context's; what fails otherwise stands
// in the report.
func (p *Pool) Run(ctx context.Context, job Job) (Report, error) {
	r, err := p.newRound(ctx, job)
	if err != nil {
		return Report{}, err
	}
	if err := r.run(ctx); err != nil {
		return Report{}, err
	}
	r.collect(ctx)
	return r.report(), nil
}

// Close ends all processes and returns when they are gone.
func (p *Pool) Close() {
	for _, c := range p.children {
		c.leave()
	}
	for late := time.After(closeTimeout); len(p.children) > 0; {
		select {
		case ev := <-p.events:
			if ev.end != nil {
				p.bury(ev)
			}
		case <-late:
			for _, c := range p.children {
				c.kill()
			}
		}
	}
	close(p.closed)
}

func (p *Pool) spawn(id, slot int, delay time.Duration) {
	p.children[id] = p.cfg.spawn(id, slot, delay, setup{
		TempDir: p.cfg.TempDir, Shape: p.cfg.Shape, Spec: &p.cfg.Spec,
	}, p.send)
}

// bury takes the end of a child.
func (p *Pool) bury(ev event) {
	c := p.children[ev.proc]
	delete(p.children, ev.proc)
	if !c.ready.IsZero() {
		p.buried = append(p.buried, grave{c: c, why: ev.end.reason.EN, usage: ev.end.usage.since(c.before)})
	}
}

// inOrder lists the children that have not ended in the order of their lanes.
func (p *Pool) inOrder() []*child {
	return slices.SortedFunc(maps.Values(p.children), func(a, b *child) int {
		return cmp.Or(cmp.Compare(a.slot, b.slot), cmp.Compare(a.id, b.id))
	})
}

func (p *Pool) send(ev event) {
	select {
	case p.events <- ev:
	case <-p.closed:
	}
}

// greet takes a child's hello.
func (p *Pool) greet(ev event) error {
	var h hello
	if ev.kind != kindHello {
		return fmt.Errorf("a worker's first frame is %q, want hello", byte(ev.kind))
	}
	if err := unmarshal(ev.data, &h); err != nil {
		return err
	}
	c := p.children[ev.proc]
	c.ready, c.pid, c.clock = ev.at, h.PID, h.Clock
	return nil
}

// now is the time on the pool's own clock, which the machine is told.
func (p *Pool) now() time.Duration { return time.Since(p.epoch) }
