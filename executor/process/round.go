package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carriles/executor/batch"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

// accountTimeout is how long a worker may take to give its account.
const accountTimeout = 2 * time.Second

// Report is what became of a job.
type Report struct {
	Wall  time.Duration
	Tasks []TaskReport // in task order
	// Accounts are the workers', in lane order; last those of the processes
	// that ran a last attempt alone.
	Accounts []batch.WorkerAccount
	CPU      time.Duration // user and system, of all processes
	// PeakMemory is the sum over the processes of each one's peak, in bytes.
	PeakMemory int64
	Deaths     []string
}

// TaskReport is what became of one task.
type TaskReport struct {
	pipeline.Outcome
	Lane     int // over all processes; -1 if none finished it
	PID      int
	Attempts int
}

// round is one job on its way.
type round struct {
	pool     *Pool
	job      Job
	m        *machine
	began    time.Time // the clock
	wall     time.Duration
	tasks    []TaskReport
	accounts []batch.WorkerAccount
	cpu      time.Duration // less the pool's buried before the job
	peak     int64
	deaths   []string
	done     int
	failed   int
}

// newRound prepares a job: it asks the processes that are ready already what
// they have used so far.
func (p *Pool) newRound(ctx context.Context, job Job) (*round, error) {
	r := &round{pool: p, job: job, tasks: make([]TaskReport, p.cfg.Spec.Count)}
	ready := map[int]int{}
	for id, c := range p.children {
		if a, err := p.ask(ctx, c); err == nil {
			c.before = a.Usage
			ready[id] = c.slot
			r.opened(c, 0)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.cpu = -p.buried
	for i := range r.tasks {
		r.tasks[i] = TaskReport{Lane: -1}
		r.tasks[i].Task.Index = i
	}
	r.m = newMachine(p.cfg.Spec.Count, p.cfg.Shape, p.cfg.Timeout, ready, p.nextID)
	return r, nil
}

// run is the timed region.
func (r *round) run(ctx context.Context) error {
	p := r.pool
	r.began = time.Now()
	r.do(r.m.start(p.now()))
	for !r.m.finished() {
		timer := r.timer()
		select {
		case <-ctx.Done():
			for _, c := range p.children {
				c.kill()
			}
			return ctx.Err()
		case <-timer:
			r.do(r.m.tick(p.now()))
		case ev := <-p.events:
			r.take(ev)
		}
	}
	r.wall = time.Since(r.began)
	return nil
}

func (r *round) timer() <-chan time.Time {
	at, ok := r.m.deadline()
	if !ok {
		return nil
	}
	return time.After(max(0, at-r.pool.now()))
}

// do carries out what the machine has decided.
func (r *round) do(acts []action) {
	p := r.pool
	for _, a := range acts {
		switch a.kind {
		case actSpawn:
			p.nextID = max(p.nextID, a.proc+1)
			if a.delay > 0 {
				r.deaths = append(r.deaths, fmt.Sprintf("too many deaths: waiting %v before the next start", a.delay))
			}
			p.spawn(a.proc, a.slot, a.delay)
		case actDispatch:
			c := p.children[a.proc]
			err := writeFrame(c.stdin, kindTask, encodeTask(pipeline.Task{Index: a.task, Attempt: a.attempt}))
			if err != nil {
				c.kill() // its ending gives the task back
			}
		case actKill:
			p.children[a.proc].kill()
		case actStop:
			p.children[a.proc].leave()
		}
	}
}

// take handles what a child said or that it ended.
func (r *round) take(ev event) {
	p := r.pool
	c := p.children[ev.proc]
	switch {
	case ev.end != nil:
		r.ended(c, ev)
	case ev.kind == kindHello:
		if err := p.greet(ev); err != nil {
			c.kill()
			return
		}
		r.opened(c, ev.at.Sub(c.asked))
		r.do(r.m.becameReady(p.now(), c.id))
	case ev.kind == kindDone:
		o, err := decodeDone(ev.data)
		if err != nil {
			c.kill()
			return
		}
		r.finished(c, o)
	}
}

// opened begins the accounts of a child's lanes; spawn is how much of its
// start lay within the clock.
func (r *round) opened(c *child, spawn time.Duration) {
	for lane := range r.lanes(c) {
		a := r.accountAt(r.laneOf(c, lane))
		a.ProcessID = c.pid
		a.SpawnS += spawn.Seconds()
		a.StartupSeconds = c.ready.Sub(c.asked).Seconds()
	}
}

// finished takes a task's outcome.
func (r *round) finished(c *child, o pipeline.Outcome) {
	acts, waited := r.m.outcome(r.pool.now(), c.id, o.Task.Index, o.Task.Attempt)
	if !waited {
		return
	}
	r.do(acts) // the lane works on while the output is committed
	lane := r.laneOf(c, o.Lane)
	a := r.accountAt(lane)
	a.Tasks++
	addSpans(a, o.Spans)
	if o.Err == nil {
		if err := r.job.Commit(o, tempName(r.pool.cfg.TempDir, o.Task, o.Format)); err != nil {
			o.Err = batch.Errorf(batch.CodeInternal, "no se puede guardar el resultado", "the result cannot be stored").Because(err)
		}
	}
	r.tasks[o.Task.Index] = TaskReport{Outcome: o, Lane: lane, PID: c.pid, Attempts: o.Task.Attempt}
	r.settled(o.Err)
}

func (r *round) settled(err *batch.Error) {
	r.done++
	if err != nil {
		r.failed++
	}
	r.job.Progress(r.done, r.failed)
}

// ended takes the end of a child.
func (r *round) ended(c *child, ev event) {
	p := r.pool
	p.bury(ev)
	before := r.m.left
	acts, gone := r.m.died(p.now(), c.id, ev.end.reason)
	if len(gone) > 0 || c.ready.IsZero() {
		r.deaths = append(r.deaths, fmt.Sprintf("worker process %d %s", c.pid, ev.end.reason.EN))
	}
	for i, l := range gone {
		a := r.accountAt(r.laneOf(c, i))
		a.LostS += (ev.at.Sub(p.epoch) - l.since).Seconds()
	}
	if r.m.left < before {
		r.noteFailures()
	}
	r.do(acts)
}

// noteFailures writes down the tasks that have failed for good.
func (r *round) noteFailures() {
	for i, t := range r.m.tasks {
		if t.failure == nil || r.tasks[i].Err != nil {
			continue
		}
		r.tasks[i].Err = &batch.Error{Code: batch.CodeInternal, Text: *t.failure}
		r.tasks[i].Attempts = t.attempts
		r.settled(r.tasks[i].Err)
	}
}

// collect asks the processes that are still there for their accounts, after
// the clock. The end of those that are leaving tells what they used.
func (r *round) collect(ctx context.Context) {
	for _, c := range r.pool.children {
		if c.ready.IsZero() {
			continue
		}
		if c.leaving {
			_, _ = r.pool.answer(ctx, c, 0)
			continue
		}
		a, err := r.pool.ask(ctx, c)
		if err != nil {
			r.deaths = append(r.deaths, fmt.Sprintf("worker process %d gave no account: %v", c.pid, err))
			continue
		}
		r.cpu += a.Usage.User + a.Usage.System - c.before.User - c.before.System
		r.peak += a.Usage.PeakMemory
		for lane, spans := range a.Spans {
			if lane < r.lanes(c) {
				end := time.Duration(r.began.UnixNano()-c.clock) + r.wall
				addSpans(r.accountAt(r.laneOf(c, lane)), cutOff(spans, end))
			}
		}
	}
}

// ask gets a child's account.
func (p *Pool) ask(ctx context.Context, c *child) (account, error) {
	var a account
	if c.ready.IsZero() {
		return a, errors.New("not ready")
	}
	if err := writeFrame(c.stdin, kindAsk, nil); err != nil {
		return a, err
	}
	data, err := p.answer(ctx, c, kindAccount)
	if err != nil {
		return a, err
	}
	return a, unmarshal(data, &a)
}

// answer waits for a child's frame of a kind, or for its end, which is an
// error. Other children may end meanwhile.
func (p *Pool) answer(ctx context.Context, c *child, want kind) ([]byte, error) {
	late := time.After(accountTimeout)
	for p.children[c.id] != nil {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-late:
			return nil, fmt.Errorf("no answer within %v", accountTimeout)
		case ev := <-p.events:
			if ev.end != nil {
				p.bury(ev)
			} else if ev.proc == c.id && ev.kind == want {
				return ev.data, nil
			}
		}
	}
	return nil, errors.New("it has ended")
}

// laneOf numbers the lanes over all processes: those of a slot follow those of
// the slot before.
func (r *round) laneOf(c *child, lane int) int {
	return c.slot*r.pool.cfg.Shape.Goroutines + lane
}

// lanes is how many lanes of a child can have work: one if it is there for a
// last attempt.
func (r *round) lanes(c *child) int {
	if c.slot >= r.pool.cfg.Shape.Processes {
		return 1
	}
	return r.pool.cfg.Shape.Goroutines
}

func (r *round) accountAt(lane int) *batch.WorkerAccount {
	for len(r.accounts) <= lane {
		r.accounts = append(r.accounts, batch.WorkerAccount{Worker: len(r.accounts)})
	}
	return &r.accounts[lane]
}

// cutOff cuts spans off at an end. A worker's last send may seem to end after
// the clock has stopped: the parent has the frame before the worker, if it has
// lost its core meanwhile, comes to look at its own clock.
func cutOff(spans []trace.Span, end time.Duration) []trace.Span {
	var cut []trace.Span
	for _, s := range spans {
		if s.End = min(s.End, end); s.Start < s.End {
			cut = append(cut, s)
		}
	}
	return cut
}

// addSpans adds the spans' lengths to an account.
func addSpans(a *batch.WorkerAccount, spans []trace.Span) {
	for _, s := range spans {
		d := s.Duration().Seconds()
		switch s.Stage {
		case trace.Receive:
			a.ReceiveS += d
		case trace.Send:
			a.SendS += d
		default:
			a.Add(s.Stage, d)
		}
	}
}

// report closes the accounts: what a worker did not spend on anything, it
// waited.
func (r *round) report() Report {
	wall := r.wall.Seconds()
	r.cpu += r.pool.buried
	for i := range r.accounts {
		a := &r.accounts[i]
		a.WallS = wall
		a.IdleS = max(0, wall-a.SpawnS-a.ReceiveS-a.StageTimes.Total()-a.SendS-a.LostS)
	}
	accounts := slices.DeleteFunc(r.accounts, func(a batch.WorkerAccount) bool { return a.ProcessID == 0 })
	return Report{
		Wall: r.wall, Tasks: r.tasks, Accounts: accounts, CPU: r.cpu, PeakMemory: r.peak, Deaths: r.deaths,
	}
}
