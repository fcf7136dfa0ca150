package runs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"carriles/executor/batch"
)

// The default limits of the manager.
const (
	// QueueLimit is how many runs may wait; one more is answered "busy".
	QueueLimit = 64
	// keepRuns is how many finished runs are remembered.
	keepRuns = 200
)

// Executor carries out one run.
type Executor interface {
	Execute(ctx context.Context, id string, spec batch.Spec, progress func(batch.Progress)) (Outcome, error)
	// Discard removes the outputs of a result that nobody wants: the run was
	// cancelled when Execute had just succeeded.
	Discard(result Outcome)
}

// Manager queues runs and executes one at a time.
type Manager struct {
	exec Executor
	log  *slog.Logger
	hub  *hub
	now  func() time.Time

	// machine is held by whoever may use the machine's cores: a timed run, or
	// work that must not disturb one.
	machine chan struct{}

	mu      sync.Mutex
	queue   *queue
	runs    map[string]*run
	history []string // ids, oldest first
	busy    bool     // a run is being executed, cancelled or not
	closed  bool
	wake    chan struct{}

	stopping <-chan struct{}
	stop     context.CancelFunc
	done     sync.WaitGroup
}

type run struct {
	view   batch.RunView
	cancel context.CancelFunc
	ctx    context.Context
	done   chan struct{} // closed in a final state
	news   bool          // progress that the watchers have not heard of
	err    *batch.Error
}

// NewManager makes a manager. Close must be called.
func NewManager(exec Executor, log *slog.Logger) *Manager {
	ctx, stop := context.WithCancel(context.Background())
	m := &Manager{
		exec: exec, log: log, hub: newHub(), now: time.Now,
		machine: make(chan struct{}, 1),
		queue:   newQueue(QueueLimit), runs: map[string]*run{}, wake: make(chan struct{}, 1),
		stopping: ctx.Done(), stop: stop,
	}
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

// Submit queues a run for a client and returns its view.
func (m *Manager) Submit(spec batch.Spec, client string) (batch.RunView, error) {
	view, err := m.add(spec, client)
	if err == nil {
		m.publishQueue() // clients take turns, so it may stand before others
		m.poke()
	}
	return view, err
}

func (m *Manager) add(spec batch.Spec, client string) (batch.RunView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return batch.RunView{}, stopping()
	}
	id := NewID()
	if !m.queue.add(id, client) {
		return batch.RunView{}, batch.Errorf(batch.CodeBusy,
			"ya esperan %d ejecuciones: pruebe otra vez dentro de un momento",
			"%d runs are waiting already: try again in a moment", QueueLimit)
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.runs[id] = &run{
		view:   batch.RunView{ID: id, State: batch.Queued, Created: m.now(), Spec: spec},
		cancel: cancel, ctx: ctx, done: make(chan struct{}),
	}
	m.remember(id)
	return m.viewLocked(id), nil
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
	defer m.mu.Unlock()
	if r.err != nil {
		return Outcome{}, r.err
	}
	return Outcome{Comparison: r.view.Result, Sweep: r.view.Sweep}, nil
}

// Cancel ends a run that is not final; its outputs are removed.
func (m *Manager) Cancel(id string) error {
	return m.cancel(id, batch.Errorf(batch.CodeCancelled, "la ejecución se canceló", "the run was cancelled"))
}

func (m *Manager) cancel(id string, why *batch.Error) error {
	m.mu.Lock()
	r := m.runs[id]
	if r == nil {
		m.mu.Unlock()
		return notFound(id)
	}
	m.queue.remove(id)
	m.move(r, isCancelled, why)
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
		return false
	}
	r := m.runs[id]
	m.move(r, starts, nil)
	m.busy = true
	spec, ctx := r.view.Spec, r.ctx
	m.mu.Unlock()
	m.publish(id)
	m.publishQueue()

	result, err := m.execute(ctx, id, spec, func(p batch.Progress) {
		m.mu.Lock()
		r.view.Progress, r.news = p, true
		m.mu.Unlock()
	})

	m.mu.Lock()
	m.busy = false
	cancelled := r.view.State.Final()
	switch {
	case cancelled:
	case err != nil:
		m.move(r, fails, public(err))
	default:
		r.view.Result, r.view.Sweep = result.Comparison, result.Sweep
		m.move(r, succeeds, nil)
	}
	m.mu.Unlock()
	m.publish(id)
	switch {
	case cancelled && err == nil:
		m.exec.Discard(result)
	case err != nil && !(cancelled && errors.Is(err, context.Canceled)):
		m.log.Error("run failed", "run", id, "err", err)
	}
	return true
}

// execute is the executor's Execute, whose panic is a failure of the run: the
// queue goes on.
func (m *Manager) execute(ctx context.Context, id string, spec batch.Spec, progress func(batch.Progress)) (_ Outcome, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return m.exec.Execute(ctx, id, spec, progress)
}

// public is the error that may be shown; the cause of any other is in the log.
func public(err error) *batch.Error {
	var shown *batch.Error
	if errors.As(err, &shown) {
		return shown
	}
	return batch.Errorf(batch.CodeInternal, "la ejecución falló; la causa está en el registro del servidor",
		"the run failed; the cause is in the server's log").Because(err)
}

// move changes a run's state; m.mu is held.
func (m *Manager) move(r *run, h happening, why *batch.Error) {
	state, ok := next(r.view.State, h)
	if !ok {
		return
	}
	now := m.now()
	r.view.State, r.err = state, why
	if state == batch.Running {
		r.view.Started = &now
	}
	if state.Final() {
		r.view.Finished = &now
		r.cancel()
		close(r.done)
	}
}

// remember notes a run and forgets the oldest final ones; m.mu is held.
func (m *Manager) remember(id string) {
	m.history = append(m.history, id)
	for i := 0; len(m.history) > keepRuns && i < len(m.history); {
		if old := m.history[i]; m.runs[old].view.State.Final() {
			delete(m.runs, old)
			m.history = append(m.history[:i], m.history[i+1:]...)
		} else {
			i++
		}
	}
}

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

func notFound(id string) *batch.Error {
	return batch.Errorf(batch.CodeNotFound, "la ejecución «%s» no existe", "there is no run %q", id)
}

func stopping() *batch.Error {
	return batch.Errorf(batch.CodeStopping, "el servidor se está parando", "the server is stopping")
}
