package runs

import (
	"context"
	"encoding/json"
	"time"

	"carriles/executor/batch/result"
)

// tickInterval is how often watchers hear of progress. An event a task would
// be work inside the clock; four a second are seen as live.
const tickInterval = 250 * time.Millisecond

// View shows a run, its result included. That of an old one is read from the
// store.
func (m *Manager) View(id string) (result.RunView, error) {
	m.mu.Lock()
	r := m.runs[id]
	if r == nil {
		m.mu.Unlock()
		return result.RunView{}, notFound(id)
	}
	v, unloaded := m.viewLocked(id), r.unloaded()
	m.mu.Unlock()
	if unloaded {
		return m.load(v)
	}
	return v, nil
}

// List shows all remembered runs without their results, the newest first.
func (m *Manager) List() []result.RunView {
	m.mu.Lock()
	defer m.mu.Unlock()
	views := make([]result.RunView, 0, len(m.history))
	for i := len(m.history) - 1; i >= 0; i-- {
		views = append(views, withoutResult(m.viewLocked(m.history[i])))
	}
	return views
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

// publish tells the watchers of a run how it stands, and what its lanes have
// done.
func (m *Manager) publish(id string) {
	if !m.hub.isWatched(id) {
		return // encoding what nobody reads would be work beside a timed run
	}
	live := m.liveOf(id)
	// Not under the manager's lock, for which each settled task waits.
	if err := live.spell(); err != nil {
		m.log.Error("encoding a run's lanes", "run", id, "err", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs[id] == nil {
		return
	}
	v := withoutResult(m.viewLocked(id))
	data, err := json.Marshal(v)
	if err != nil {
		m.log.Error("encoding a run", "run", id, "err", err)
		return
	}
	m.hub.tell(id, News{JSON: data, Final: v.State.Final(), live: live})
}

// liveOf is what is known of the lanes of a run that is executed; nil of any
// other.
func (m *Manager) liveOf(id string) *Live {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.runs[id]; r != nil {
		return r.live
	}
	return nil
}

// publishQueue tells the watchers of waiting runs their new positions, and those
// of the queue how it stands.
func (m *Manager) publishQueue() {
	m.publishList()
	m.mu.Lock()
	order := m.queue.order()
	m.mu.Unlock()
	for _, w := range order {
		m.publish(w.id)
	}
}

// viewLocked shows a run with its place in the queue; m.mu is held.
func (m *Manager) viewLocked(id string) result.RunView {
	v := m.runs[id].view
	if v.State == result.Queued {
		v.Position = m.queue.ahead(id)
		if m.active != nil {
			v.Position++
		}
	}
	return v
}
