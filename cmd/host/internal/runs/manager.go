package runs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
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
	// tickInterval is how often watchers hear of progress. An event a task
	// would be work inside the clock; four a second are seen as live.
	tickInterval = 250 * time.Millisecond
)

// Executor carries out one run.
type Executor interface {
	Execute(ctx context.Context, id string, spec batch.Spec, progress func(batch.Progress)) (*batch.Comparison, error)
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
	wake    chan struct{}
	closed  bool

	stop context.CancelFunc
	done sync.WaitGroup
}

type run struct {
	view   batch.RunView
	cancel context.CancelCauseFunc
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
		queue:   newQueue(QueueLimit), runs: map[string]*run{}, wake: make(chan struct{}, 1), stop: stop,
	}
	m.done.Go(func() { m.work(ctx) })
	m.done.Go(func() { m.tick(ctx) })
	return m
}

// Close cancels everything and returns when nothing runs any more.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	ids := make([]string, 0, len(m.runs))
	for id := range m.runs {
		ids = append(ids, id)
	}
	m.mu.Unlock()
	for _, id := range ids {
		_ = m.cancel(id, batch.Errorf(batch.CodeStopping, "el servidor se está parando", "the server is stopping"))
	}
	m.stop()
	m.done.Wait()
}

// Submit queues a run for a client and returns its view.
func (m *Manager) Submit(spec batch.Spec, client string) (batch.RunView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return batch.RunView{}, batch.Errorf(batch.CodeStopping, "el servidor se está parando", "the server is stopping")
	}
	id := NewID()
	if !m.queue.add(id, client) {
		return batch.RunView{}, batch.Errorf(batch.CodeBusy,
			"ya esperan %d ejecuciones: pruebe otra vez dentro de un momento",
			"%d runs are waiting already: try again in a moment", QueueLimit)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	m.runs[id] = &run{
		view:   batch.RunView{ID: id, State: batch.Queued, Created: m.now(), Spec: spec},
		cancel: cancel, ctx: ctx, done: make(chan struct{}),
	}
	m.remember(id)
	m.poke()
	return m.viewLocked(id), nil
}

// Wait returns when a run is final, with its result. If ctx ends first the run
// is cancelled: nobody waits for its answer.
func (m *Manager) Wait(ctx context.Context, id string) (*batch.Comparison, error) {
	r, err := m.find(id)
	if err != nil {
		return nil, err
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		_ = m.Cancel(id)
		return nil, ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.err != nil {
		return nil, r.err
	}
	return r.view.Result, nil
}

// View shows a run, its result included.
func (m *Manager) View(id string) (batch.RunView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs[id] == nil {
		return batch.RunView{}, notFound(id)
	}
	return m.viewLocked(id), nil
}

// List shows all remembered runs without their results, the newest first.
func (m *Manager) List() []batch.RunView {
	m.mu.Lock()
	defer m.mu.Unlock()
	views := make([]batch.RunView, 0, len(m.history))
	for i := len(m.history) - 1; i >= 0; i-- {
		v := m.viewLocked(m.history[i])
		v.Result = nil
		views = append(views, v)
	}
	return views
}

// Cancel ends a run that is not final; its outputs are removed.
func (m *Manager) Cancel(id string) error {
	return m.cancel(id, batch.Errorf(batch.CodeCancelled, "la ejecución se canceló", "the run was cancelled"))
}

// Watch gives the latest views of a run as JSON, without results, beginning
// with the present one. stop must be called.
func (m *Manager) Watch(id string) (news <-chan News, stop func(), err error) {
	if _, err := m.find(id); err != nil {
		return nil, nil, err
	}
	news, stop = m.hub.watch(id)
	m.publish(id)
	return news, stop, nil
}

// Exclusive calls f while no timed run uses the machine, and lets none start
// meanwhile.
func (m *Manager) Exclusive(ctx context.Context, f func() error) error {
	select {
	case m.machine <- struct{}{}:
		defer func() { <-m.machine }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
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
		for {
			ran := false
			err := m.Exclusive(ctx, func() error {
				ran = m.runNext()
				return nil
			})
			if err != nil || !ran {
				break
			}
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
	spec, ctx := r.view.Spec, r.ctx
	m.mu.Unlock()
	m.publish(id)
	m.publishQueue()

	result, err := m.exec.Execute(ctx, id, spec, func(p batch.Progress) {
		m.mu.Lock()
		r.view.Progress, r.news = p, true
		m.mu.Unlock()
	})

	m.mu.Lock()
	if err != nil && !r.view.State.Final() {
		m.move(r, fails, m.public(id, err))
	} else if err == nil && !r.view.State.Final() {
		r.view.Result = result
		m.move(r, succeeds, nil)
	}
	m.mu.Unlock()
	m.publish(id)
	return true
}

// public is the error that may be shown; any other goes to the log.
func (m *Manager) public(id string, err error) *batch.Error {
	m.log.Error("run failed", "run", id, "err", err)
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
	r.view.State = state
	if state == batch.Running {
		r.view.Started = &now
	}
	if why != nil {
		r.err = why
	}
	if state.Final() {
		r.view.Finished = &now
		r.cancel(nil)
		close(r.done)
	}
}

func (m *Manager) cancel(id string, why *batch.Error) error {
	m.mu.Lock()
	r := m.runs[id]
	if r == nil {
		m.mu.Unlock()
		return notFound(id)
	}
	m.queue.remove(id)
	r.cancel(why)
	m.move(r, isCancelled, why)
	m.mu.Unlock()
	m.publish(id)
	m.publishQueue()
	return nil
}

// tick tells the watchers of progress, a few times a second.
func (m *Manager) tick(ctx context.Context) {
	ticker := time.NewTicker(tickInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, id := range m.hub.watched() {
			m.mu.Lock()
			r := m.runs[id]
			fresh := r != nil && r.news
			if fresh {
				r.news = false
			}
			m.mu.Unlock()
			if fresh {
				m.publish(id)
			}
		}
	}
}

// publish tells the watchers of a run how it stands.
func (m *Manager) publish(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs[id] == nil {
		return
	}
	v := m.viewLocked(id)
	v.Result = nil
	data, err := json.Marshal(v)
	if err != nil {
		m.log.Error("encoding a run", "run", id, "err", err)
		return
	}
	m.hub.tell(id, News{JSON: data, Final: v.State.Final()})
}

// publishQueue tells the watchers of waiting runs their new positions.
func (m *Manager) publishQueue() {
	m.mu.Lock()
	order := m.queue.order()
	m.mu.Unlock()
	for _, w := range order {
		m.publish(w.id)
	}
}

// viewLocked shows a run with its place in the queue; m.mu is held.
func (m *Manager) viewLocked(id string) batch.RunView {
	r := m.runs[id]
	v := r.view
	if r.err != nil {
		es, en := r.err.Body("es"), r.err.Body("en")
		v.Error, v.ErrorEN = &es, &en
	}
	if v.State == batch.Queued {
		for i, w := range m.queue.order() {
			if w.id == id {
				v.Position = i + 1
			}
		}
	}
	return v
}

func (m *Manager) find(id string) (*run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.runs[id]; r != nil {
		return r, nil
	}
	return nil, notFound(id)
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

func notFound(id string) *batch.Error {
	return batch.Errorf(batch.CodeNotFound, "la ejecución «%s» no existe", "there is no run %q", id)
}
