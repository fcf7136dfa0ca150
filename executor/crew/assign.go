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
	if s.arrive {
		acts = s.copyLate(now, acts)
	} else {
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

// copyLate gives workers that have nothing to do a copy each of what others have had
// longest, if that is twice as long as they take: first what has not even a lane there.
func (s *scheduler) copyLate(now time.Duration, acts []action) []action {
	for _, w := range s.workers {
		for s.spare(w) {
			task, due, found := s.latest(w)
			if !found || due > now {
				break
			}
			acts = append(acts, s.give(now, w, task))
		}
	}
	return acts
}

// late is how often another must have had the time that a worker takes: those that are
// as fast as each other copy nothing of each other's. For less than leastLate a copy
// does not pay.
const (
	late      = 2
	leastLate = 100 * time.Millisecond
)

// spare tells whether a worker could do copies.
func (s *scheduler) spare(w *workerState) bool {
	return s.arrive && len(s.queue) == 0 && w.takes() && len(w.hand) < w.lanes
}

// latest is the task of a first attempt that another worker than w has had longest, of
// two as old the first, and when w is to get a copy.
func (s *scheduler) latest(w *workerState) (task int, due time.Duration, found bool) {
	takes := s.takes(w)
	if takes == 0 {
		return 0, 0, false
	}
	for _, o := range s.workers {
		for i, h := range o.hand {
			t := s.tasks[h.task]
			if o == w || t.settled || t.attempts != 1 {
				continue
			}
			at := h.since + max(leastLate, late*takes)
			if i >= o.lanes {
				at = 0
			}
			if !found || at < due || at == due && h.task < task {
				task, due, found = h.task, at, true
			}
		}
	}
	return task, due, found
}

// takes is how long a worker takes over a task, by its last one; of one that has done
// none, as long as the fastest; 0 before anybody has done one.
func (s *scheduler) takes(w *workerState) time.Duration {
	if w.took > 0 {
		return w.took
	}
	fastest := time.Duration(0)
	for _, o := range s.workers {
		if o.took > 0 && (fastest == 0 || o.took < fastest) {
			fastest = o.took
		}
	}
	return fastest
}

// runLast gives the tasks on their last attempt a worker each, one at a time,
// when nothing else is left to do: a fresh one, or where workers arrive one that
// has not taken it along before, and rather a native one.
func (s *scheduler) runLast(now time.Duration, acts []action) []action {
	if len(s.queue) > 0 || len(s.last) == 0 {
		return acts
	}
	task := s.last[0]
	var best *workerState
	fitness := func(w *workerState) (n int) {
		if !slices.Contains(s.tasks[task].lostBy, w.id) {
			n += 2
		}
		if w.native {
			n++
		}
		return n
	}
	for _, w := range s.workers {
		if s.busy(w) || w.alone && !w.takes() {
			return acts
		}
		if !w.takes() || len(w.hand) > 0 || !w.alone && !s.arrive {
			continue
		}
		if best == nil || fitness(w) > fitness(best) {
			best = w
		}
	}
	switch {
	case best == nil && s.arrive:
		return acts // the next one to come
	case best == nil:
		return append(acts, s.hire(now, s.shape.Processes, true))
	}
	s.last = s.last[1:]
	return append(acts, s.give(now, best, task))
}

// busy tells whether a worker has anything in hand that is still waited for.
func (s *scheduler) busy(w *workerState) bool {
	return slices.ContainsFunc(w.hand, func(h held) bool { return !s.tasks[h.task].settled })
}

func (s *scheduler) give(now time.Duration, w *workerState, task int) action {
	s.tasks[task].attempts++
	w.hand = append(w.hand, held{task: task, attempt: s.tasks[task].attempts})
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
