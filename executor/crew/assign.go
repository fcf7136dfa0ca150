package crew

import (
	"slices"
	"time"
)

// assign gives waiting tasks to workers with room for them and hires those who
// are missing.
func (s *scheduler) assign(now time.Duration, acts []action) []action {
	acts = s.fill(now, acts, func(w *workerState) int { return w.lanes })
	acts = s.fill(now, acts, func(w *workerState) int { return w.lanes + w.credits })
	if !s.arrive {
		acts = s.hireMissing(now, acts)
	}
	return s.runLast(now, acts)
}

// fill gives each worker waiting tasks until it has as many as room says: first
// a task for every lane, then what each may hold beyond them.
func (s *scheduler) fill(now time.Duration, acts []action, room func(*workerState) int) []action {
	for _, w := range s.workers {
		if !w.takes() || w.alone {
			continue
		}
		for len(s.queue) > 0 && len(w.hand) < room(w) {
			task := s.queue[0]
			s.queue = s.queue[1:]
			acts = append(acts, s.give(now, w, task))
		}
	}
	return acts
}

// hireMissing hires a worker for each empty slot of the shape that waiting tasks
// could use, or for each one where it is about the staff.
func (s *scheduler) hireMissing(now time.Duration, acts []action) []action {
	taken := make([]bool, s.shape.Processes)
	coming := 0 // lanes of workers that are about to be ready
	for _, w := range s.workers {
		if w.slot < len(taken) {
			taken[w.slot] = true
		}
		if w.phase != ready && !w.alone && w.doomed == nil {
			coming += s.shape.Goroutines
		}
	}
	for slot := 0; slot < len(taken) && (s.staff || coming < len(s.queue)); slot++ {
		if !taken[slot] {
			acts = append(acts, s.hire(now, slot, false))
			coming += s.shape.Goroutines
		}
	}
	return acts
}

// runLast gives the tasks on their last attempt a worker each, one at a time,
// when nothing else is left to do: a fresh one, or where workers arrive one that
// has not taken it along before.
func (s *scheduler) runLast(now time.Duration, acts []action) []action {
	if len(s.queue) > 0 || len(s.last) == 0 {
		return acts
	}
	task := s.last[0]
	var free, fresh *workerState // who could, and who has not had it
	for _, w := range s.workers {
		if len(w.hand) > 0 || w.alone && !w.takes() {
			return acts
		}
		if !w.takes() || !w.alone && !s.arrive {
			continue
		}
		if free == nil {
			free = w
		}
		if fresh == nil && !slices.Contains(s.tasks[task].lostBy, w.id) {
			fresh = w
		}
	}
	switch {
	case fresh != nil:
		free = fresh
	case free == nil && s.arrive:
		return acts // the next one to come
	case free == nil:
		return append(acts, s.hire(now, s.shape.Processes, true))
	}
	s.last = s.last[1:]
	return append(acts, s.give(now, free, task))
}

func (s *scheduler) give(now time.Duration, w *workerState, task int) action {
	s.tasks[task].attempts++
	w.hand = append(w.hand, held{task: task})
	if len(w.hand) <= w.lanes {
		s.begin(now, w, len(w.hand)-1)
	}
	return action{kind: actGive, worker: w.id, task: task, attempt: s.tasks[task].attempts}
}

// begin says that an order in hand has a lane now.
func (s *scheduler) begin(now time.Duration, w *workerState, i int) {
	w.hand[i].since, w.hand[i].deadline = now, now+w.timeout
}

func (s *scheduler) hire(now time.Duration, slot int, alone bool) action {
	w := &workerState{id: s.nextID, slot: slot, alone: alone, phase: postponed, deadline: now + s.backoff(now)}
	s.nextID++
	s.insert(w)
	if w.deadline > now {
		return action{kind: actPostpone, worker: w.id, slot: slot, delay: w.deadline - now}
	}
	return s.ask(w)
}

// ask hires a worker whose time has come.
func (s *scheduler) ask(w *workerState) action {
	w.phase, w.deadline = starting, w.deadline+s.starts
	return action{kind: actHire, worker: w.id, slot: w.slot}
}

// backoff is how long to wait before the next start: nothing as long as at
// most deathsAllowed workers died within the window, then doubling.
func (s *scheduler) backoff(now time.Duration) time.Duration {
	recent := 0
	for _, d := range s.deaths {
		if now-d < deathWindow {
			recent++
		}
	}
	if recent <= deathsAllowed {
		return 0
	}
	return min(backoffMax, backoffMin<<min(recent-deathsAllowed-1, 10))
}
