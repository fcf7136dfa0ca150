package process

import (
	"cmp"
	"slices"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

// maxAttempts is how often a task is tried before its entry says that it
// failed. The last attempt is alone in a fresh process, so that a task can not
// fail for a neighbour's fault.
const maxAttempts = 3

// The supervisor's rules for worker processes that die often, which is meant for
// those that die over and over without doing anything: one that has settled a
// task is replaced at once, however it ended. Fruitless is how many may die in
// a row without one of them getting ready: then workers cannot be had at all.
const (
	startTimeout  = 10 * time.Second
	deathWindow   = 10 * time.Second
	deathsAllowed = 5
	backoffMin    = 100 * time.Millisecond
	backoffMax    = 5 * time.Second
	fruitlessMax  = 5
)

// machine decides what happens to the tasks of one job: which process gets
// which task, what is tried again, who is killed and started. It is pure:
// events and the time go in, actions come out; the Pool does the rest.
type machine struct {
	shape   request.Shape
	timeout time.Duration // of one attempt

	tasks []taskState
	queue []int // tasks waiting for a process of the shape
	last  []int // tasks waiting for their last attempt, alone
	left  int   // tasks not settled

	procs     map[int]*procState
	nextID    int
	deaths    []time.Duration // of processes that settled nothing
	fruitless int
}

type taskState struct {
	attempts int
	settled  bool
	failure  *text.Text // why it failed for good
}

type procState struct {
	slot     int // which of the shape's processes it is; shape.Processes and up: alone
	ready    bool
	alone    bool
	useful   bool           // it has settled a task
	deadline time.Duration  // to get ready
	flying   map[int]flight // by task
	doomed   *text.Text     // why it has been killed
}

type flight struct{ since, deadline time.Duration }

type actionKind int

const (
	actSpawn actionKind = iota
	actDispatch
	actKill
	actStop // an idle process that is no longer needed
)

// action is something for the Pool to do. Spawn waits for delay first.
type action struct {
	kind          actionKind
	proc, slot    int
	task, attempt int
	delay         time.Duration
}

// newMachine starts with n tasks and the processes that are ready already
// (id to slot), as in a warm pool; nextID must be above every id.
func newMachine(n int, shape request.Shape, timeout time.Duration, ready map[int]int, nextID int) *machine {
	m := &machine{
		shape: shape, timeout: timeout, tasks: make([]taskState, n), left: n,
		procs: map[int]*procState{}, nextID: nextID,
	}
	for i := range n {
		m.queue = append(m.queue, i)
	}
	for id, slot := range ready {
		m.procs[id] = &procState{slot: slot, ready: true, flying: map[int]flight{}}
	}
	return m
}

// start gives the first actions.
func (m *machine) start(now time.Duration) []action { return m.assign(now, nil) }

// finished reports whether every task is settled.
func (m *machine) finished() bool { return m.left == 0 }

// becameReady says that a process is ready for tasks.
func (m *machine) becameReady(now time.Duration, id int) []action {
	if p := m.procs[id]; p != nil && p.doomed == nil {
		p.ready = true
		m.fruitless = 0
	}
	return m.assign(now, nil)
}

// outcome says that a process has settled a task, well or with an error of its
// own: an image that cannot be decoded will not get better. It reports false
// for an answer that nobody waits for any more.
func (m *machine) outcome(now time.Duration, id, task, attempt int) ([]action, bool) {
	p := m.procs[id]
	if p == nil || task < 0 || task >= len(m.tasks) {
		return nil, false
	}
	if _, waited := p.flying[task]; !waited || m.tasks[task].attempts != attempt {
		return nil, false
	}
	delete(p.flying, task)
	p.useful = true
	m.settle(task, nil)
	var acts []action
	if p.alone {
		delete(m.procs, id)
		acts = append(acts, action{kind: actStop, proc: id})
	}
	return m.assign(now, acts), true
}

// lost is a task that a dying process took with it.
type lost struct {
	task  int
	since time.Duration
}

// reason is why a process has ended: what it looked like from outside, or why
// it had been killed.
func (m *machine) reason(id int, seen text.Text) text.Text {
	if p := m.procs[id]; p != nil && p.doomed != nil {
		return *p.doomed
	}
	return seen
}

// died says that a process has ended, and why. It returns what was in flight,
// the oldest first.
func (m *machine) died(now time.Duration, id int, reason text.Text) ([]action, []lost) {
	p := m.procs[id]
	if p == nil {
		return nil, nil // it was stopped
	}
	reason = m.reason(id, reason)
	delete(m.procs, id)
	if !p.useful {
		m.deaths = append(m.deaths, now)
	}
	if !p.ready {
		m.fruitless++
	}
	var gone []lost
	for task := range m.tasks { // in order, so that the outcome does not hang on a map's order
		f, flying := p.flying[task]
		if !flying {
			continue
		}
		gone = append(gone, lost{task, f.since})
		switch {
		case m.tasks[task].attempts >= maxAttempts:
			m.settle(task, failureText(reason))
		case m.tasks[task].attempts == maxAttempts-1:
			m.last = append(m.last, task)
		default:
			m.queue = append(m.queue, task)
		}
	}
	slices.SortStableFunc(gone, func(a, b lost) int { return cmp.Compare(a.since, b.since) })
	if m.fruitless >= fruitlessMax {
		m.giveUp(text.Text{
			ES: "no se puede arrancar ningún proceso: el último " + reason.ES,
			EN: "no worker process can be started: the last one " + reason.EN,
		})
		return nil, gone
	}
	return m.assign(now, nil), gone
}

// tick kills the processes that have not answered in time.
func (m *machine) tick(now time.Duration) []action {
	var acts []action
	for id, p := range m.procs {
		if p.doomed != nil {
			continue
		}
		if !p.ready {
			if now >= p.deadline {
				acts = append(acts, m.doom(id, p, text.Sprintf("no estuvo listo en %v", "was not ready within %v", startTimeout)))
			}
			continue
		}
		for _, f := range p.flying {
			if now >= f.deadline {
				acts = append(acts, m.doom(id, p, text.Sprintf("no terminó la imagen en %v", "did not finish the image within %v", m.timeout)))
				break
			}
		}
	}
	return acts
}

// sabotage kills the process with the most tasks in flight, on purpose; false
// if none is ready.
func (m *machine) sabotage() ([]action, bool) {
	victim := -1
	for id, p := range m.procs {
		if !p.ready || p.doomed != nil {
			continue
		}
		if victim < 0 || len(p.flying) > len(m.procs[victim].flying) ||
			len(p.flying) == len(m.procs[victim].flying) && id < victim {
			victim = id
		}
	}
	if victim < 0 {
		return nil, false
	}
	return []action{m.doom(victim, m.procs[victim], text.Text{ES: "fue eliminado a propósito", EN: "was killed on purpose"})}, true
}

// deadline is when tick has something to do, and false if never.
func (m *machine) deadline() (time.Duration, bool) {
	var at time.Duration
	found := false
	earlier := func(d time.Duration) {
		if !found || d < at {
			at, found = d, true
		}
	}
	for _, p := range m.procs {
		if p.doomed != nil {
			continue
		}
		if !p.ready {
			earlier(p.deadline)
		}
		for _, f := range p.flying {
			earlier(f.deadline)
		}
	}
	return at, found
}

func (m *machine) doom(id int, p *procState, why text.Text) action {
	p.doomed = &why
	return action{kind: actKill, proc: id}
}

func (m *machine) settle(task int, failure *text.Text) {
	if t := &m.tasks[task]; !t.settled {
		t.settled, t.failure = true, failure
		m.left--
	}
}

func (m *machine) giveUp(why text.Text) {
	for i := range m.tasks {
		m.settle(i, &why)
	}
	m.queue, m.last = nil, nil
}

// backoff is how long to wait before the next start: nothing as long as at
// most deathsAllowed processes died within the window, then doubling.
func (m *machine) backoff(now time.Duration) time.Duration {
	recent := 0
	for _, d := range m.deaths {
		if now-d < deathWindow {
			recent++
		}
	}
	if recent <= deathsAllowed {
		return 0
	}
	return min(backoffMax, backoffMin<<min(recent-deathsAllowed-1, 10))
}

func failureText(reason text.Text) *text.Text {
	t := text.Text{
		ES: "tras " + text.FormatNumber(maxAttempts) + " intentos: el proceso " + reason.ES,
		EN: "after " + text.FormatNumber(maxAttempts) + " attempts: the worker process " + reason.EN,
	}
	return &t
}
