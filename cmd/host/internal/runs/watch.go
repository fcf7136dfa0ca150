package runs

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"carriles/executor/analysis"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
)

// tickInterval is how often watchers hear of progress. An event a task would
// be work inside the clock; four a second are seen as live.
const tickInterval = 250 * time.Millisecond

// News is a run's view as JSON, without its result.
type News struct {
	JSON  []byte
	Final bool // there will be no more
	live  *contest.Live
}

// Lanes lists the events of the run's lanes after one, each a result.LanesEvent
// as JSON, and gives the number of the last. It is 0 for who has heard none.
func (n News) Lanes(after int) (events [][]byte, last int) { return n.live.Since(after) }

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
	r, err := m.find(id)
	if err != nil {
		return nil, nil, err
	}
	news, stop = r.topic.Watch()
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
		m.mu.Lock()
		id, r := "", m.active // no other makes progress
		if r != nil && r.news && r.topic.Watched() {
			id, r.news = r.view.ID, false
		}
		m.mu.Unlock()
		if id != "" {
			m.publish(id)
		}
	}
}

// publish tells the watchers of a run how it stands, and what its lanes have
// done.
func (m *Manager) publish(id string) {
	r, live := m.watched(id)
	if r == nil {
		return // encoding what nobody reads would be work beside a timed run
	}
	// Not under the manager's lock, for which each settled task waits.
	if err := live.Spell(); err != nil {
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
	r.topic.Tell(News{JSON: data, Final: v.State.Final(), live: live})
}

// watched is a run that somebody watches, nil if nobody does, and what is known
// of its lanes while it is executed.
func (m *Manager) watched(id string) (*run, *contest.Live) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.runs[id]; r != nil && r.topic.Watched() {
		return r, r.live
	}
	return nil, nil
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
	if !v.State.Final() {
		f := m.forecast(v)
		v.Forecast = &f
	}
	return v
}

// Forecast is how long a run of a spec would take.
func (m *Manager) Forecast(spec request.Spec) result.Forecast {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.forecast(result.RunView{Spec: spec})
}

// forecastRuns is how many runs of before are looked at for a forecast.
const forecastRuns = 30

// forecast is that of a run as it stands; m.mu is held.
func (m *Manager) forecast(v result.RunView) result.Forecast {
	elapsed := 0.0
	if v.Started != nil {
		elapsed = m.now().Sub(*v.Started).Seconds()
	}
	return analysis.ForecastOf(v.Spec, m.runner.Cores(), m.beforeLocked(), elapsed, v.Progress)
}

// beforeLocked are the runs that a forecast goes by; m.mu is held.
func (m *Manager) beforeLocked() []result.RunView {
	before := slices.Clone(m.trial)
	for _, id := range m.history[max(0, len(m.history)-forecastRuns):] {
		before = append(before, m.runs[id].view)
	}
	return before
}
