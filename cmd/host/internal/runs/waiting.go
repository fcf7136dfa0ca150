package runs

import (
	"encoding/json"

	"carriles/executor/batch/result"
)

// Queue lists the run that is measured, then those that wait in the order in
// which they will be: at most one more than QueueLimit.
func (m *Manager) Queue() []result.QueuedRun {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.queueLocked()
}

// queueLocked is Queue; m.mu is held.
func (m *Manager) queueLocked() []result.QueuedRun {
	list := []result.QueuedRun{}
	ahead, ends := 0, 0.0
	if m.active != nil {
		ahead = 1 // even a cancelled one, until it has given the machine back
		if m.active.view.State == result.Running {
			ends = m.forecast(m.active.view).LeftS
			list = append(list, queued(m.active.view, 0, ends))
		}
	}
	for i, w := range m.queue.order() {
		v := m.runs[w.id].view
		ends += m.forecast(v).TotalS
		list = append(list, queued(v, ahead+i, ends))
	}
	return list
}

func queued(v result.RunView, position int, ends float64) result.QueuedRun {
	q := result.QueuedRun{EstimateS: ends, ID: v.ID, State: v.State, Position: position, Methods: v.Spec.Methods, Images: v.Spec.Count}
	if v.Spec.Sweep != nil {
		q.Over = v.Spec.Sweep.Over
	}
	return q
}

// WatchQueue gives the queue as JSON, of a result.Queue: at once, and whenever it
// has changed. It is encoded once for all who watch. stop must be called.
func (m *Manager) WatchQueue() (news <-chan News, stop func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.waiting.Watch(m.queueNews()...)
}

// publishList tells the watchers of the queue how it stands.
func (m *Manager) publishList() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.waiting.Watched() {
		return
	}
	for _, n := range m.queueNews() {
		m.waiting.Tell(n)
	}
}

// queueNews is the queue as news, none if it cannot be encoded; m.mu is held.
func (m *Manager) queueNews() []News {
	data, err := json.Marshal(result.Queue{Runs: m.queueLocked()})
	if err != nil {
		m.log.Error("encoding the queue", "err", err)
		return nil
	}
	return []News{{JSON: data}}
}
