package process

import (
	"context"
	"fmt"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

// Report is what became of a job.
type Report struct {
	Wall  time.Duration
	Tasks []TaskReport // in task order
	// Lanes are the workers', in lane order; last that of the processes that ran
	// a last attempt alone.
	Lanes []Lane
	// Processes are those that were there, in the order of their lanes; last those
	// that have ended, in the order of their ends.
	Processes []result.ProcessAccount
	// Server is what this process used meanwhile.
	Server Usage
	Deaths []string
	Chaos  *result.ChaosReport // nil unless a worker was killed on purpose
	Series []result.Sampled    // of a job with Sample
}

// CPU is the processor time of all processes, user and system.
func (r Report) CPU() (user, system time.Duration) {
	for _, p := range r.Processes {
		user += time.Duration(p.UserS * float64(time.Second))
		system += time.Duration(p.SystemS * float64(time.Second))
	}
	return user, system
}

// PeakMemory is the sum over the processes of each one's peak, in bytes.
func (r Report) PeakMemory() (sum int64) {
	for _, p := range r.Processes {
		sum += p.PeakMemoryBytes
	}
	return sum
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
	pool   *Pool
	job    Job
	m      *machine
	began  time.Time // the clock
	wall   time.Duration
	tasks  []TaskReport
	ledger ledger
	server Usage
	deaths []string
	chaos  chaos
	series sampler
	done   int
	failed int
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
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.buried = nil
	for i := range r.tasks {
		r.tasks[i] = TaskReport{Lane: noLane}
		r.tasks[i].Task.Index = i
	}
	r.m = newMachine(p.cfg.Spec.Count, p.cfg.Shape, p.cfg.Timeout, ready, p.nextID)
	return r, nil
}

// run is the timed region.
func (r *round) run(ctx context.Context) error {
	p := r.pool
	r.server = ownUsage()
	r.began = time.Now()
	if r.job.Began != nil {
		r.job.Began(r.began)
	}
	for _, c := range p.children {
		r.opened(c, c.ready)
	}
	if r.job.Sample {
		r.series.start()
		defer r.series.stop()
	}
	r.do(r.m.start(p.now()))
	for !r.m.finished() {
		select {
		case <-ctx.Done():
			for _, c := range p.children {
				c.kill()
			}
			return ctx.Err()
		case <-r.timer():
			r.do(r.m.tick(p.now()))
		case <-r.series.due():
			r.series.take(time.Since(r.began), p.children, r.done)
		case ev := <-p.events:
			r.take(ev)
		}
	}
	r.wall = time.Since(r.began)
	r.server = ownUsage().since(r.server)
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
			t := pipeline.Task{Index: a.task, Attempt: a.attempt, Area: c.areas[0]}
			c.areas = c.areas[1:]
			c.give(t, imagePath(p.cfg.Spec.Image(a.task)), p.send)
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
		r.opened(c, c.ready)
		r.chaos.ready(c, ev.at)
		r.do(r.m.becameReady(p.now(), c.id))
	case ev.kind == kindDone:
		r.finished(c, ev)
	}
}

// opened begins the accounts of a ready child's lanes, with the start of the
// child as far as it lay within the clock: until a time.
func (r *round) opened(c *child, until time.Time) {
	for n := range r.lanes(c) {
		lane := r.laneOf(c, n)
		r.ledger.open(lane, c)
		if until.After(r.began) {
			before := r.ledger.size(lane)
			r.ledger.add(lane, r.span(trace.Spawn, c.asked, until))
			r.handOn(lane, before)
		}
	}
}

// span is one that the parent has measured; it belongs to no task.
func (r *round) span(stage trace.Stage, from, to time.Time) trace.Span {
	return trace.Span{Stage: stage, Task: trace.NoTask, Start: from.Sub(r.began), End: to.Sub(r.began), CPU: trace.UnknownCPU}
}

// finished takes a task's outcome.
func (r *round) finished(c *child, ev event) {
	o := ev.done
	acts, waited := r.m.outcome(r.pool.now(), c.id, o.Task.Index, o.Task.Attempt)
	if !waited {
		return
	}
	c.areas = append(c.areas, o.Task.Area)
	r.do(acts) // the lane works on while the output is committed
	if o.Err == nil {
		if err := r.job.Commit(o.Outcome, tempName(r.pool.cfg.TempDir, o.Task, o.Format)); err != nil {
			o.Err = fault.Errorf(fault.CodeInternal, "no se puede guardar el resultado", "the result cannot be stored").Because(err)
		}
	}
	report := TaskReport{Outcome: o.Outcome, Lane: noLane, PID: c.pid, Attempts: o.Task.Attempt}
	if o.Lane != noLane {
		report.Lane = r.laneOf(c, o.Lane)
		before := r.ledger.size(report.Lane)
		r.ledger.addAll(report.Lane, o.Spans, r.shift(c))
		if o.stored > 0 {
			stored := r.span(trace.Write, ev.at.Add(-o.stored), ev.at)
			stored.Task = o.Task.Index
			r.ledger.add(report.Lane, stored)
		}
		r.ledger.count(report.Lane, o.in, o.out)
		r.handOn(report.Lane, before)
	}
	r.tasks[o.Task.Index] = report
	r.settled(o.Err)
}

// handOn tells the job what a lane has got since it had so many spans.
func (r *round) handOn(lane, before int) {
	if r.job.Spans != nil {
		a := r.ledger.at(lane)
		r.job.Spans(lane, a.PID, a.Spans[before:])
	}
}

// shift is what a child's times have to be moved by to be the round's.
func (r *round) shift(c *child) time.Duration {
	return time.Duration(c.clock - r.began.UnixNano())
}

func (r *round) settled(err *fault.Error) {
	r.done++
	if err != nil {
		r.failed++
	}
	r.job.Progress(r.done, r.failed)
	if c := r.job.Chaos; c != nil && r.done == c.KillAfter {
		acts, _ := r.m.sabotage()
		for _, a := range acts {
			r.chaos.struck(r.pool.children[a.proc], time.Since(r.began))
		}
		r.do(acts)
	}
}

// ended takes the end of a child.
func (r *round) ended(c *child, ev event) {
	p := r.pool
	p.bury(ev)
	before := r.m.left
	reason := r.m.reason(c.id, ev.end.reason)
	acts, gone := r.m.died(p.now(), c.id, reason)
	if len(gone) > 0 || c.ready.IsZero() {
		r.deaths = append(r.deaths, fmt.Sprintf("worker process %d %s", c.pid, reason.EN))
	}
	lost := time.Duration(0)
	lanes := r.ledger.byRest(r.laneOf(c, 0), r.lanes(c))
	for i, l := range gone {
		span := r.span(trace.Lost, p.epoch.Add(l.since), ev.at)
		span.Task = l.task
		lost += span.Duration()
		before := r.ledger.size(lanes[i])
		r.ledger.add(lanes[i], span)
		r.handOn(lanes[i], before)
	}
	r.chaos.died(c, ev.at, len(gone), lost)
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
		r.tasks[i].Err = &fault.Error{Code: fault.CodeInternal, Text: *t.failure}
		r.tasks[i].Attempts = t.attempts
		r.settled(r.tasks[i].Err)
	}
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

func (r *round) report() Report {
	return Report{
		Wall: r.wall, Tasks: r.tasks, Lanes: r.ledger.close(r.wall), Processes: r.ledger.processes,
		Server: r.server, Deaths: r.deaths, Chaos: r.chaos.report(r.failed), Series: r.series.samples,
	}
}
