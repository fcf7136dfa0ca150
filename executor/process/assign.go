package process

import "time"

// assign hands waiting tasks to free lanes and asks for the processes that are
// missing.
func (m *machine) assign(now time.Duration, acts []action) []action {
	for slot := range m.shape.Processes {
		if id, p := m.at(slot); p != nil && p.ready && p.doomed == nil {
			for len(m.queue) > 0 && len(p.flying) < m.shape.Goroutines {
				task := m.queue[0]
				m.queue = m.queue[1:]
				acts = append(acts, m.dispatch(now, id, p, task))
			}
		}
	}
	acts = m.spawnMissing(now, acts)
	return m.runLast(now, acts)
}

// at finds the living process of a slot.
func (m *machine) at(slot int) (int, *procState) {
	for id, p := range m.procs {
		if p.slot == slot {
			return id, p
		}
	}
	return 0, nil
}

// spawnMissing starts a process for each empty slot of the shape that waiting
// tasks could use.
func (m *machine) spawnMissing(now time.Duration, acts []action) []action {
	coming := 0 // lanes of processes that are about to be ready
	for _, p := range m.procs {
		if !p.ready && !p.alone && p.doomed == nil {
			coming += m.shape.Goroutines
		}
	}
	for slot := 0; slot < m.shape.Processes && coming < len(m.queue); slot++ {
		if _, p := m.at(slot); p == nil {
			acts = append(acts, m.spawn(now, slot, false))
			coming += m.shape.Goroutines
		}
	}
	return acts
}

// runLast gives the tasks on their last attempt a process each, one at a time,
// when nothing else is left to do.
func (m *machine) runLast(now time.Duration, acts []action) []action {
	if len(m.queue) > 0 || len(m.last) == 0 {
		return acts
	}
	for id, p := range m.procs {
		if p.alone && p.ready && p.doomed == nil && len(p.flying) == 0 {
			task := m.last[0]
			m.last = m.last[1:]
			return append(acts, m.dispatch(now, id, p, task))
		}
		if p.alone || len(p.flying) > 0 {
			return acts
		}
	}
	return append(acts, m.spawn(now, m.shape.Processes, true))
}

func (m *machine) dispatch(now time.Duration, id int, p *procState, task int) action {
	m.tasks[task].attempts++
	p.flying[task] = flight{since: now, deadline: now + m.timeout}
	return action{kind: actDispatch, proc: id, task: task, attempt: m.tasks[task].attempts}
}

func (m *machine) spawn(now time.Duration, slot int, alone bool) action {
	id := m.nextID
	m.nextID++
	delay := m.backoff(now)
	m.procs[id] = &procState{
		slot: slot, alone: alone, deadline: now + delay + startTimeout, flying: map[int]flight{},
	}
	return action{kind: actSpawn, proc: id, slot: slot, delay: delay}
}
