package crew

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carriles/executor/fault"
	"carriles/executor/trace"
)

// round is one job on its way: it tells the scheduler what happens, carries out
// what that decides, and keeps the books.
type round struct {
	crew   *Crew
	job    Job
	s      *scheduler
	began  time.Time // the clock
	wall   time.Duration
	tasks  []TaskReport
	ledger ledger
	server Usage
	deaths []string
	chaos  chaos
	series series
	done   int
	failed int
	noted  int // failures of the scheduler's
}

// newRound prepares a job: it has everybody ready, if the crew is warm, and asks
// the workers that are ready already what they have used so far. Who does not
// answer is replaced, once: a round begins with whoever is there.
func (c *Crew) newRound(ctx context.Context, job Job) (*round, error) {
	for tries := 0; tries < 2; tries++ {
		if c.warm {
			_ = c.staff(ctx) // if workers cannot be had, the round is to say it of each task
		}
		asked := c.accounts(ctx)
		for _, m := range asked {
			if m.account != nil {
				m.before = m.account.Usage
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(asked, (*member).silent) {
			break
		}
	}
	r := &round{crew: c, job: job, tasks: make([]TaskReport, c.cfg.Spec.Count), deaths: c.deaths}
	c.departed, c.deaths = nil, nil
	for i := range r.tasks {
		r.tasks[i] = TaskReport{Lane: NoLane}
		r.tasks[i].Task.Index = i
	}
	r.s = newScheduler(c.cfg.Spec.Count, c.place.About().Worker, c.cfg, c.nextID)
	r.s.arrive = c.arrive
	for _, m := range c.inOrder() {
		if !m.ready.IsZero() && !m.leaving {
			r.s.enlist(m.recruit())
		}
	}
	return r, nil
}

// run is the timed region.
func (r *round) run(ctx context.Context) error {
	c := r.crew
	own := func() (u Usage) { return }
	if place, ok := c.place.(Metered); ok {
		own = place.Own
	}
	r.server = own()
	r.began = time.Now()
	if r.job.Began != nil {
		r.job.Began(r.began)
	}
	for _, m := range c.inOrder() {
		r.opened(m, m.ready)
	}
	if r.job.Sample {
		r.series.start()
		defer r.series.stop()
	}
	r.do(r.s.start(c.now()))
	if err := r.loop(ctx); err != nil {
		return err
	}
	r.wall = time.Since(r.began)
	r.server = own().since(r.server)
	r.noteSeconds(time.Now())
	return nil
}

// noteSeconds puts into the accounts what workers have done until now for tasks that
// others have settled before them.
func (r *round) noteSeconds(now time.Time) {
	for id, list := range r.s.seconds() {
		m := r.crew.members[id]
		lanes := r.ledger.byRest(m.lane, m.lanes)
		for i, l := range list {
			r.second(m, lanes[i], l, now)
		}
		m.behind = len(list) > 0
	}
}

// second is an order that was in vain, since another had settled its task.
func (r *round) second(m *member, lane int, l lost, until time.Time) {
	before := r.ledger.size(lane)
	r.ledger.add(lane, r.span(trace.Lost, l.task, r.crew.epoch.Add(l.since), until))
	r.handOn(lane, before)
}

// loop hands events and deadlines to the scheduler until every task is settled.
func (r *round) loop(ctx context.Context) error {
	for !r.s.finished() {
		select {
		case <-ctx.Done():
			for _, m := range r.crew.inOrder() {
				m.link.Kill()
			}
			return ctx.Err()
		case <-r.timer():
			r.do(r.s.tick(r.crew.now()))
			r.noteFailures()
		case <-r.series.due():
			r.series.take(time.Since(r.began), r.crew.inOrder(), r.done)
		case <-r.crew.inbox.more:
			r.take(r.crew.inbox.take())
		}
	}
	return nil
}

func (r *round) timer() <-chan time.Time {
	at, ok := r.s.deadline()
	if !ok {
		return nil
	}
	return time.After(max(0, at-r.crew.now()))
}

// do carries out what the scheduler has decided.
func (r *round) do(acts []action) {
	c := r.crew
	for _, a := range acts {
		switch a.kind {
		case actPostpone:
			r.deaths = append(r.deaths, fmt.Sprintf("too many deaths: waiting %v before the next start", a.delay))
		case actHire:
			c.nextID = max(c.nextID, a.worker+1)
			if errors.Is(c.hire(a.worker, a.slot), ErrArrive) {
				r.s.arrives(c.now())
				return // all else would be hired too
			}
		case actGive:
			r.noteAgain(a)
			c.members[a.worker].link.Give(Order{Task: a.task, Attempt: a.attempt, Image: c.cfg.Spec.Image(a.task)})
		case actKill:
			c.members[a.worker].link.Kill()
		case actDismiss:
			c.members[a.worker].leave()
		}
	}
}

// noteAgain says who gets a task that somebody else has had, where workers arrive:
// there it tells which device does what another has not.
func (r *round) noteAgain(a action) {
	if a.attempt < 2 || !r.s.arrive {
		return
	}
	about := r.crew.place.About()
	to := r.crew.members[a.worker].called(about)
	if first := r.s.other(a.worker, a.task); first != nil {
		r.deaths = append(r.deaths, fmt.Sprintf("image %d: a copy given to %s, for %s had had it for %.1f s",
			a.task+1, to, r.crew.members[first.id].called(about), (r.crew.now()-first.since(a.task)).Seconds()))
		return
	}
	r.deaths = append(r.deaths, fmt.Sprintf("image %d: given to %s, attempt %d", a.task+1, to, a.attempt))
}

// take handles what became of a worker.
func (r *round) take(ev Event) {
	switch news := ev.News.(type) {
	case Arrived:
		if m := r.crew.greet(ev, news); m != nil {
			r.opened(m, m.ready)
			r.chaos.ready(m, ev.At)
			acts, _ := r.s.arrived(r.crew.now(), m.recruit())
			r.do(acts)
		}
	case Settled:
		if m := r.crew.members[ev.Worker]; m != nil {
			r.finished(m, ev.At, news.Outcome)
		}
	case Gone:
		if m := r.crew.members[ev.Worker]; m != nil {
			r.ended(m, ev.At, news)
		}
	}
}

// opened begins the accounts of a ready worker's lanes, with its start as far as
// that lay within the clock: until a time.
func (r *round) opened(m *member, until time.Time) {
	for n := range m.lanes {
		lane := m.laneOf(n)
		r.ledger.open(lane, m)
		if until.After(r.began) && !m.asked.IsZero() {
			before := r.ledger.size(lane)
			r.ledger.add(lane, r.span(trace.Spawn, trace.NoTask, m.asked, until))
			r.handOn(lane, before)
		}
	}
}

// span is one that the crew has measured.
func (r *round) span(stage trace.Stage, task int, from, to time.Time) trace.Span {
	return trace.Span{Stage: stage, Task: task, Start: from.Sub(r.began), End: to.Sub(r.began), CPU: trace.UnknownCPU}
}

// finished takes an order's outcome.
func (r *round) finished(m *member, at time.Time, o Outcome) {
	second, had := r.s.second(m.ID, o.Task.Index, o.Task.Attempt)
	acts, waited := r.s.settled(r.crew.now(), m.ID, o.Task.Index, o.Task.Attempt)
	if had {
		r.second(m, m.laneOf(o.Lane), second, at)
	}
	if !waited {
		r.do(acts)
		return
	}
	r.do(acts) // the lane works on while the output is committed
	if o.Err == nil {
		if err := r.job.Commit(o); err != nil {
			o.Err = fault.Internal(err, "no se puede guardar el resultado", "the result cannot be stored")
		}
	}
	report := TaskReport{Outcome: o.Outcome, Lane: NoLane, Worker: m.Identity, Attempts: o.Task.Attempt}
	if o.Lane != NoLane {
		report.Lane = m.laneOf(o.Lane)
		before := r.ledger.size(report.Lane)
		r.ledger.addAll(report.Lane, o.Spans, m.hello.Clock.shift(r.began))
		if o.Stored > 0 {
			r.ledger.add(report.Lane, r.span(trace.Write, o.Task.Index, at.Add(-o.Stored), at))
		}
		r.ledger.count(report.Lane, o.In, o.Out)
		r.handOn(report.Lane, before)
	}
	r.tasks[o.Task.Index] = report
	r.settled(o.Err)
}

// handOn tells the job what a lane has got since it had so many spans.
func (r *round) handOn(lane, before int) {
	if r.job.Spans != nil {
		a := r.ledger.at(lane)
		r.job.Spans(lane, a.Worker, a.Spans[before:])
	}
}

func (r *round) settled(err *fault.Error) {
	r.done++
	if err != nil {
		r.failed++
	}
	r.job.Progress(r.done, r.failed)
	if c := r.job.Chaos; c != nil && r.done == c.KillAfter {
		acts, _ := r.s.sabotage()
		for _, a := range acts {
			r.chaos.struck(r.crew.members[a.worker], time.Since(r.began))
		}
		r.do(acts)
	}
}

// ended takes the end of a worker.
func (r *round) ended(m *member, at time.Time, g Gone) {
	c := r.crew
	c.part(m, g)
	reason := r.s.reason(m.ID, g.Reason)
	acts, gone := r.s.gone(c.now(), m.ID, g)
	if len(gone) > 0 || m.ready.IsZero() {
		r.deaths = append(r.deaths, m.called(c.place.About())+" "+reason.EN)
	}
	sum := time.Duration(0)
	lanes := r.ledger.byRest(m.lane, m.lanes)
	for i, l := range gone {
		span := r.span(trace.Lost, l.task, c.epoch.Add(l.since), at)
		sum += span.Duration()
		before := r.ledger.size(lanes[i])
		r.ledger.add(lanes[i], span)
		r.handOn(lanes[i], before)
	}
	r.chaos.died(m, at, len(gone), sum)
	r.noteFailures()
	r.do(acts)
}

// noteFailures writes down the tasks that have failed for good.
func (r *round) noteFailures() {
	if r.noted == r.s.failed {
		return
	}
	r.noted = r.s.failed
	for i, t := range r.s.tasks {
		if t.failure == nil || r.tasks[i].Err != nil {
			continue
		}
		r.tasks[i].Err = &fault.Error{Code: fault.CodeInternal, Text: *t.failure}
		r.tasks[i].Attempts = t.attempts
		r.settled(r.tasks[i].Err)
	}
}

func (r *round) report() Report {
	return Report{
		Wall: r.wall, Tasks: r.tasks, Lanes: r.ledger.close(r.wall), Processes: r.ledger.workers,
		Server: r.server, Deaths: r.deaths, Chaos: r.chaos.report(r.failed), Series: r.series.samples,
	}
}
