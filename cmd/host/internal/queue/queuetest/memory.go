package queuetest

import (
	"context"
	"slices"
	"sync"
	"time"

	"carriles/cmd/host/internal/queue"
)

// Memory is a queue that is gone with the test. It keeps what package queue says of
// jobs and holds, without a server.
type Memory struct {
	lease time.Duration

	mu      sync.Mutex
	jobs    []*job // in the order of their coming
	known   map[string]bool
	notes   map[string][]byte
	changed chan struct{} // closed and made anew when a job comes or comes back
}

type job struct {
	id    string
	data  []byte
	count int
	until time.Time // nobody gets it before
}

// NewMemory makes one.
func NewMemory(lease time.Duration) *Memory {
	return &Memory{lease: lease, known: map[string]bool{}, notes: map[string][]byte{}, changed: make(chan struct{})}
}

// Lease implements jobs.Queue.
func (m *Memory) Lease() time.Duration { return m.lease }

// Shared implements jobs.Queue.
func (m *Memory) Shared() bool { return false }

// Put implements jobs.Queue.
func (m *Memory) Put(_ context.Context, id string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.known[id]:
		return nil
	case len(m.jobs) >= queue.MaxJobs:
		return queue.ErrFull
	}
	m.known[id] = true
	m.jobs = append(m.jobs, &job{id: id, data: data})
	m.tell()
	return nil
}

// tell wakes who waits; m.mu is held.
func (m *Memory) tell() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// Next implements jobs.Queue.
func (m *Memory) Next(ctx context.Context, wait time.Duration) (queue.Held, error) {
	over := time.After(wait)
	for {
		h, due, changed := m.take()
		if h.Hold != nil {
			return h, nil
		}
		select {
		case <-ctx.Done():
			return queue.Held{}, ctx.Err()
		case <-over:
			return queue.Held{}, queue.ErrNone
		case <-changed:
		case <-time.After(due):
		}
	}
}

// take takes a job, or tells when to look again.
func (m *Memory) take() (h queue.Held, due time.Duration, changed chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	due = m.lease
	for _, j := range m.jobs {
		left := time.Until(j.until)
		if left <= 0 {
			j.count++
			j.until = time.Now().Add(m.lease)
			return queue.Held{ID: j.id, Data: j.data, Count: j.count, Hold: hold{m, j}}, 0, nil
		}
		due = min(due, left)
	}
	return queue.Held{}, due, m.changed
}

// Note implements jobs.Queue.
func (m *Memory) Note(_ context.Context, id string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.notes[id] = data
	return nil
}

// Noted implements jobs.Queue.
func (m *Memory) Noted(_ context.Context, id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.notes[id]
	if !ok {
		return nil, queue.ErrNone
	}
	return data, nil
}

// Len implements jobs.Queue.
func (m *Memory) Len(context.Context) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.jobs), nil
}

// hold is a job in somebody's hands.
type hold struct {
	m *Memory
	j *job
}

// Extend implements queue.Hold.
func (h hold) Extend() error { return h.Back(h.m.lease) }

// Done implements queue.Hold.
func (h hold) Done(context.Context) error {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	h.m.jobs = slices.DeleteFunc(h.m.jobs, func(j *job) bool { return j == h.j })
	return nil
}

// Drop implements queue.Hold.
func (h hold) Drop(string) error { return h.Done(context.Background()) }

// Back implements queue.Hold.
func (h hold) Back(after time.Duration) error {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	h.j.until = time.Now().Add(after)
	h.m.tell()
	return nil
}
