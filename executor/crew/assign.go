package crew

import (
	"cmp"
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
	if !slices.ContainsFunc(s.workers, s.spare) {
		return acts
	}
	late := s.late()
	for _, w := range s.workers {
		for s.spare(w) {
			i, due := late.first(w)
			if i < 0 || due > now {
				break
			}
			acts = append(acts, s.give(now, w, late.orders[i].task))
			late.orders = slices.Delete(late.orders, i, i+1)
		}
	}
	return acts
}

// lateTimes is how often another must have had the time that a worker takes: those that
// are as fast as each other copy nothing of each other's. For less than leastLate a copy
// does not pay.
const (
	lateTimes = 2
	leastLate = 100 * time.Millisecond
)

// spare tells whether a worker could do copies.
func (s *scheduler) spare(w *workerState) bool {
	return s.arrive && len(s.queue) == 0 && w.takes() && len(w.hand) < w.lanes
}

// lateOrders are the tasks on their first attempt that are in hand, as copies of them
// are given: what has no lane yet before what has been worked on longest. The list is
// made once for all workers, of which there may be a thousand, and only where one of
// them is spare; its memory is the scheduler's.
type lateOrders struct {
	orders  []lateOrder
	fastest time.Duration // how long the fastest worker took over its last task; 0: none has done one
}

type lateOrder struct {
	task   int
	holder *workerState
	begun  bool // it has a lane, since then
	since  time.Duration
}

func (s *scheduler) late() (l lateOrders) {
	l.orders = s.inHand[:0]
	for _, w := range s.workers {
		if w.took > 0 && (l.fastest == 0 || w.took < l.fastest) {
			l.fastest = w.took
		}
		for i, h := range w.hand {
			if t := s.tasks[h.task]; !t.settled && t.attempts == 1 {
				o := lateOrder{task: h.task, holder: w}
				if i < w.lanes {
					o.begun, o.since = true, h.since
				}
				l.orders = append(l.orders, o)
			}
		}
	}
	slices.SortFunc(l.orders, func(a, b lateOrder) int {
		if a.begun != b.begun {
			if b.begun {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.task, b.task))
	})
	s.inHand = l.orders
	return l
}

// first is the order of which a worker is to get a copy next, and when: after so many
// times what it took over its last task, or the fastest one, if it has done none. The
// order is -1 if there is none, or nobody has done one yet.
func (l lateOrders) first(w *workerState) (i int, due time.Duration) {
	takes := cmp.Or(w.took, l.fastest)
	if takes == 0 {
		return -1, 0
	}
	i = slices.IndexFunc(l.orders, func(o lateOrder) bool { return o.holder != w })
	if i >= 0 && l.orders[i].begun {
		due = l.orders[i].since + max(leastLate, lateTimes*takes)
	}
	return i, due
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
