package runs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"carriles/cmd/host/internal/latest"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
	"carriles/executor/fault"
)

// The limits of the queue. Who is over one is answered "busy".
const (
	// QueueLimit is how many runs may wait.
	QueueLimit = 64
	// freePlaces is how many wait before clients are held to their share, and
	// clientShare what one may then have, waiting or running.
	freePlaces  = 8
	clientShare = 2
)

// Runner carries out one run.
type Runner interface {
	// Execute tells of its progress, and live of its lanes.
	Execute(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *contest.Live) (Outcome, error)
	// Cores is how many a run may use at once.
	Cores() int
	// Discard removes the outputs of a result that nobody wants: the run was
	// cancelled when Execute had just succeeded.
	Discard(res Outcome)
}

// Manager queues runs and executes one at a time.
type Manager struct {
	runner Runner
	store  Store
	log    *slog.Logger
	now    func() time.Time

	// machine is held by whoever may use the machine's cores: a timed run, or
	// work that must not disturb one.
	machine chan struct{}

	mu      sync.Mutex
	queue   *queue
	runs    map[string]*run
	history []string // ids, oldest first
	active  *run     // is being executed, cancelled or not
	closed  bool
	wake    chan struct{}
	waiting latest.Topic[News] // the queue
	trial   []result.RunView   // what was measured for a first forecast: none or one

	trying chan struct{} // holds one while that is looked for

	stopping <-chan struct{}
	stop     context.CancelFunc
	done     sync.WaitGroup
}

type run struct {
	view   result.RunView
	by     Asker
	cancel context.CancelFunc
	ctx    context.Context
	done   chan struct{} // closed in a final state
	live   *contest.Live // while it is executed
	news   bool          // progress that the watchers have not heard of
	topic  latest.Topic[News]
	ending bool // executed, and being stored: nothing changes its fate
	err    *fault.Error
	bytes  int64 // of its result in the store; 0 if that has none
}

// NewManager makes a manager that goes on with the history of a store; without
// one, nil, it remembers runs as long as it lives. Close must be called.
func NewManager(runner Runner, store Store, log *slog.Logger) *Manager {
	if store == nil {
		store = noStore{}
	}
	ctx, stop := context.WithCancel(context.Background())
	m := &Manager{
		runner: runner, store: store, log: log, now: time.Now,
		machine: make(chan struct{}, 1), trying: make(chan struct{}, 1),
		queue: newQueue(QueueLimit), runs: map[string]*run{}, wake: make(chan struct{}, 1),
		stopping: ctx.Done(), stop: stop,
	}
	m.restore()
	m.done.Go(func() { m.work(ctx) })
	m.done.Go(func() { m.tick(ctx) })
	return m
}

// Close cancels everything and returns when no run is executed any more.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	ids := make([]string, 0, len(m.runs))
	for id, r := range m.runs {
		if !r.view.State.Final() {
			ids = append(ids, id)
		}
	}
	m.mu.Unlock()
	for _, id := range ids {
		_ = m.cancel(id, stopping()) // it may be final by now
	}
	m.stop()
	m.done.Wait()
}

// Submit queues a run for who asks and returns its view.
func (m *Manager) Submit(spec request.Spec, by Asker) (result.RunView, error) {
	return m.SubmitAs(NewID(), spec, by)
}

// SubmitAs is Submit of a run whose id is known already; one of another run's is an
// error.
func (m *Manager) SubmitAs(id string, spec request.Spec, by Asker) (result.RunView, error) {
	view, err := m.add(id, spec, by)
	if err == nil {
		m.publishQueue() // clients take turns, so it may stand before others
		m.poke()
	}
	return view, err
}

func (m *Manager) add(id string, spec request.Spec, by Asker) (result.RunView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return result.RunView{}, stopping()
	}
	if m.runs[id] != nil {
		return result.RunView{}, fmt.Errorf("there is a run %q already", id)
	}
	if err := m.enqueue(id, by); err != nil {
		return result.RunView{}, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &run{
		view: result.RunView{ID: id, State: result.Queued, Created: m.now(), Spec: spec},
		by:   by, cancel: cancel, ctx: ctx, done: make(chan struct{}),
	}
	m.runs[id] = r
	m.history = append(m.history, id)
	m.note(r.view)
	m.forget()
	return m.viewLocked(id), nil
}

// enqueue has a run wait, if it may; m.mu is held.
func (m *Manager) enqueue(id string, by Asker) error {
	if by.Presents {
		m.queue.addFirst(id)
		return nil
	}
	running := 0
	if m.active != nil && m.active.by.Client == by.Client {
		running = 1
	}
	switch m.queue.add(id, by.Client, running) {
	case queueFull:
		return fault.Errorf(fault.CodeBusy,
			"ya esperan %d ejecuciones: pruebe otra vez dentro de un momento",
			"%d runs are waiting already: try again in a moment", QueueLimit)
	case shareTaken:
		return fault.Errorf(fault.CodeBusy,
			"la cola es larga y desde aquí ya hay %d ejecuciones en ella: espere a que acabe una",
			"the queue is long and %d runs in it are from here: wait until one ends", clientShare)
	}
	return nil
}

// Wait returns when a run is final, with its result. If ctx ends first the run
// is cancelled: nobody waits for its answer.
func (m *Manager) Wait(ctx context.Context, id string) (Outcome, error) {
	r, err := m.find(id)
	if err != nil {
		return Outcome{}, err
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		_ = m.Cancel(id)
		return Outcome{}, ctx.Err()
	}
	m.mu.Lock()
	v, failure, unloaded := r.view, r.err, r.unloaded()
	m.mu.Unlock()
	switch {
	case failure != nil:
		return Outcome{}, failure
	case unloaded:
		v, err = m.load(v)
	}
	return Outcome{Comparison: v.Result, Sweep: v.Sweep}, err
}

// Ended is closed when a run is final; it is closed too where there is none of that id.
func (m *Manager) Ended(id string) <-chan struct{} {
	if r, err := m.find(id); err == nil {
		return r.done
	}
	over := make(chan struct{})
	close(over)
	return over
}

// Cancel ends a run that is not final; its outputs are removed.
func (m *Manager) Cancel(id string) error {
	return m.cancel(id, fault.Errorf(fault.CodeCancelled, "la ejecución se canceló", "the run was cancelled"))
}

func (m *Manager) cancel(id string, why *fault.Error) error {
	m.mu.Lock()
	r := m.runs[id]
	if r == nil {
		m.mu.Unlock()
		return notFound(id)
	}
	m.queue.remove(id)
	if !r.ending {
		m.move(r, isCancelled, why)
	}
	m.mu.Unlock()
	m.publish(id)
	m.publishQueue()
	return nil
}

// Exclusive calls f while no timed run uses the machine, and lets none start
// meanwhile. It fails when ctx ends or the manager is closed before that.
func (m *Manager) Exclusive(ctx context.Context, f func() error) error {
	if ctx.Err() != nil { // even if the machine is free
		return ctx.Err()
	}
	select {
	case <-m.stopping:
		return stopping()
	default:
	}
	select {
	case m.machine <- struct{}{}:
		defer func() { <-m.machine }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	case <-m.stopping:
		return stopping()
	}
}

// work executes the queue, one run after the other.
func (m *Manager) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		}
		for ran := true; ran; {
			ran = false
			_ = m.Exclusive(ctx, func() error { // fails only when the manager is closed
				ran = m.runNext()
				return nil
			})
		}
	}
}

// runNext executes the next run of the queue; false if none waits.
func (m *Manager) runNext() bool {
	m.mu.Lock()
	id, ok := m.queue.pop()
	if !ok {
		m.mu.Unlock()
		m.publishList() // whoever watches sees the last one gone
		return false
	}
	r := m.runs[id]
	m.active = r
	m.move(r, starts, nil)
	spec, ctx := r.view.Spec, r.ctx
	live := contest.NewLive(spec)
	r.live = live
	m.mu.Unlock()
	m.publish(id)
	m.publishQueue()

	res, err := m.execute(ctx, id, spec, func(p result.Progress) {
		m.mu.Lock()
		r.view.Progress, r.news = p, true
		m.mu.Unlock()
	}, live)
	cancelled := !m.end(r, res, err)
	m.publish(id)
	m.mu.Lock()
	r.live = nil // the result has its lanes
	m.mu.Unlock()
	switch {
	case cancelled && err == nil:
		m.runner.Discard(res)
	case err != nil && !(cancelled && errors.Is(err, context.Canceled)):
		m.log.Error("run failed", "run", id, "err", err)
	}
	if err := m.store.Settle(id); err != nil {
		m.log.Error("settling a run's outputs", "run", id, "err", err)
	}
	return true
}

// end gives an executed run its final state; false if it was cancelled before.
// Who sees it done can rely on that: it is in the store by then.
func (m *Manager) end(r *run, result Outcome, err error) bool {
	h, why := succeeds, (*fault.Error)(nil)
	if err != nil {
		h, why = fails, public(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() { m.active = nil }()
	if r.view.State.Final() {
		return false
	}
	r.ending = true
	after, _ := r.after(h, why, m.now())
	if err == nil {
		after.Result, after.Sweep = result.Comparison, result.Sweep
		if result.Comparison != nil {
			after.Winner, after.Times = result.Comparison.Performance.Winner, result.Comparison.Times()
		}
	}
	m.mu.Unlock() // storing a large result takes a while
	m.note(after)
	m.mu.Lock()
	r.bytes = m.store.Size(r.view.ID)
	m.become(r, after, why)
	m.unload()
	m.forget()
	return true
}

// execute is the runner's Execute, whose panic is a failure of the run: the
// queue goes on.
func (m *Manager) execute(ctx context.Context, id string, spec request.Spec, progress func(result.Progress), live *contest.Live) (_ Outcome, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return m.runner.Execute(ctx, id, spec, progress, live)
}

// public is the error that may be shown; the cause of any other is in the log.
func public(err error) *fault.Error {
	var shown *fault.Error
	if errors.As(err, &shown) {
		return shown
	}
	return fault.Internal(err, "la ejecución falló; la causa está en el registro del servidor",
		"the run failed; the cause is in the server's log")
}

// unloaded reports whether the run's result is only in the store.
func (r *run) unloaded() bool { return r.bytes > 0 && !hasResult(r.view) }

func (m *Manager) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

func (m *Manager) find(id string) (*run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.runs[id]; r != nil {
		return r, nil
	}
	return nil, notFound(id)
}

func notFound(id string) *fault.Error {
	return fault.Errorf(fault.CodeNotFound, "la ejecución «%s» no existe", "there is no run %q", id)
}

func stopping() *fault.Error {
	return fault.Errorf(fault.CodeStopping, "el servidor se está parando", "the server is stopping")
}
