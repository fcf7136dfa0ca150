package crew

import (
	"cmp"
	"slices"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

// maxAttempts is how often a task is tried before its entry says that it
// failed. The last attempt is alone in a fresh worker, so that a task can not
// fail for a neighbour's fault. Where workers arrive it is alone in one that has
// not had it, if there is one.
const maxAttempts = 3

// The rules for workers that die often, which are meant for those that die over
// and over without doing anything: one that has settled a task is replaced at
// once, however it ended. Workers cannot be had at all when nobody has been ready
// for unmannedMax; where they are hired, that takes fruitlessMax starts in a row
// without a hello too, so that a single one that froze is not the end; and if so
// many ended by themselves, without having been killed, no more are tried.
const (
	startTimeout  = 10 * time.Second
	unmannedMax   = 10 * time.Second
	deathWindow   = 10 * time.Second
	deathsAllowed = 5
	backoffMin    = 100 * time.Millisecond
	backoffMax    = 5 * time.Second
	fruitlessMax  = 5
)

// scheduler decides what happens to the tasks of one job: which worker gets
// which task, what is tried again, who is killed and hired. It is pure and
// deterministic: events and the time go in, actions come out, and the same
// events give the same actions in the same order. A round carries them out.
//
// A task waits, is in hand (of one worker), waits for its last attempt, or is
// settled, which is final: by an outcome, or by a failure with its reason.
//
// Where workers arrive, which may be of any speed, one that has nothing to do gets a
// copy of what another has had longest, and twice as long as it takes itself: a second
// attempt beside the first. The first outcome settles the task; the other worker goes
// on, and what it answers counts for nothing. A task is in two hands at most, and its
// last attempt in one.
//
//	waiting --give--> in hand --settled--> settled
//	   ^                 |
//	   '---first death---+--second death--> last --give--> in hand --death--> settled
//
// A worker is postponed (too many have died), starting, ready, or doomed: killed,
// and not gone yet. One that arrives is ready at once. When it is gone it is
// forgotten.
type scheduler struct {
	called  text.Text // what a worker is called
	shape   request.Shape
	timeout time.Duration // of one attempt
	starts  time.Duration // how long a start may take
	arrive  bool          // workers come by themselves
	staff   bool          // it has no tasks: it is there to have everybody ready, as a warm crew's start has

	tasks  []taskState
	queue  []int // tasks waiting for a worker
	last   []int // tasks waiting for their last attempt, alone
	left   int   // tasks not settled
	failed int   // tasks with a failure

	workers   []*workerState // in the order of their slots, then of their ids
	nextID    int
	deaths    []time.Duration // of workers that settled nothing
	fruitless int             // that ended in a row without a hello
	refused   int             // that did so by themselves
	unmanned  time.Duration   // since when nobody is ready, if nobody is
	gaveUp    *text.Text      // why workers cannot be had
	inHand    []lateOrder     // the memory of late's list
}

type taskState struct {
	attempts int
	settled  bool
	failure  *text.Text // why it failed for good
	lostBy   []int      // the workers that took it with them
}

type workerState struct {
	id, slot int
	phase    phase
	alone    bool // hired for a last attempt
	useful   bool // it has settled a task
	// deadline is when one that is postponed is to be hired, and by when one that
	// starts is to be ready.
	deadline time.Duration
	lanes    int
	credits  int           // how many orders beyond its lanes it may hold
	native   bool          // see Hello
	took     time.Duration // over its last task; 0 before
	timeout  time.Duration // of one attempt
	hand     []held        // oldest first: as many as it has lanes are being worked on
	doomed   *text.Text    // why it has been killed
}

type phase int

const (
	postponed phase = iota
	starting
	ready
)

// held is an order in a worker's hand. Its times count from when it has a lane.
type held struct {
	task, attempt   int
	since, deadline time.Duration
}

// takes tells whether orders may be given to the worker, now or later.
func (w *workerState) takes() bool { return w.phase == ready && w.doomed == nil }

// working are the orders that have a lane.
func (w *workerState) working() []held { return w.hand[:min(len(w.hand), w.lanes)] }

type actionKind int

const (
	actPostpone actionKind = iota // a hiring that is due after a delay
	actHire
	actGive
	actKill
	actDismiss // an idle worker that is no longer needed
)

// action is something for the round to do.
type action struct {
	kind          actionKind
	worker, slot  int
	task, attempt int
	delay         time.Duration
}

// recruit is a worker that is ready.
type recruit struct {
	id, slot, lanes, credits int
	native                   bool          // see Hello
	timeout                  time.Duration // of one attempt; 0: the scheduler's
}

// newScheduler starts with n tasks and nobody; nextID must be above every id
// that the crew has given.
func newScheduler(n int, called text.Text, cfg Config, nextID int) *scheduler {
	s := &scheduler{
		called: called, shape: cfg.Shape, timeout: cfg.Timeout, starts: cfg.StartTimeout,
		tasks: make([]taskState, n), queue: make([]int, n), left: n, nextID: nextID,
	}
	for i := range n {
		s.queue[i] = i
	}
	return s
}

// enlist adds a worker that is ready before the start, as in a warm crew.
func (s *scheduler) enlist(r recruit) {
	w := &workerState{id: r.id, slot: r.slot}
	s.insert(w)
	s.accept(w, r)
}

// start gives the first actions.
func (s *scheduler) start(now time.Duration) []action {
	s.unmanned = now
	return s.assign(now, nil)
}

// finished reports whether every task is settled; of a staff, whether everybody is
// ready, or somebody where workers arrive.
func (s *scheduler) finished() bool {
	if !s.staff || s.gaveUp != nil {
		return s.left == 0
	}
	ready := 0
	for _, w := range s.workers {
		if w.takes() {
			ready++
		}
	}
	return ready >= s.shape.Processes || s.arrive && ready > 0
}

// arrives says that a hiring was refused because workers come by themselves:
// nobody is hired any more.
func (s *scheduler) arrives(now time.Duration) {
	s.arrive, s.unmanned = true, now
	s.workers = slices.DeleteFunc(s.workers, func(w *workerState) bool { return w.phase != ready })
}

// arrived says that a worker is ready: one that was hired, or where workers
// arrive, a new one. It reports false for any other.
func (s *scheduler) arrived(now time.Duration, r recruit) ([]action, bool) {
	w := s.find(r.id)
	switch {
	case w == nil && s.arrive:
		w = &workerState{id: r.id, slot: r.slot}
		s.insert(w)
	case w == nil || w.phase != starting || w.doomed != nil:
		return nil, false
	}
	s.accept(w, r)
	s.fruitless, s.refused = 0, 0
	return s.assign(now, nil), true
}

func (s *scheduler) accept(w *workerState, r recruit) {
	w.phase, w.lanes, w.credits, w.native = ready, r.lanes, r.credits, r.native
	w.timeout = cmp.Or(r.timeout, s.timeout)
}

// settled says that a worker has settled a task, well or with an error of its
// own. It reports false for an answer that nobody waits for any more, such as of a
// task that another has settled before.
func (s *scheduler) settled(now time.Duration, id, task, attempt int) ([]action, bool) {
	w := s.find(id)
	if w == nil {
		return nil, false
	}
	i := slices.IndexFunc(w.hand, func(h held) bool { return h.task == task && h.attempt == attempt })
	if i < 0 {
		return nil, false
	}
	if i < w.lanes {
		w.took = max(1, now-w.hand[i].since)
	}
	w.hand = slices.Delete(w.hand, i, i+1)
	if i < w.lanes && len(w.hand) >= w.lanes { // the lane goes on with the next
		s.begin(now, w, w.lanes-1)
	}
	w.useful = true
	if s.tasks[task].settled {
		return s.assign(now, nil), false
	}
	s.settle(task, nil)
	var acts []action
	if w.alone {
		s.forget(now, w)
		acts = append(acts, action{kind: actDismiss, worker: id})
	}
	return s.assign(now, acts), true
}

// other is another worker than one that has a task in hand; nil if there is none.
func (s *scheduler) other(id, task int) *workerState {
	for _, w := range s.workers {
		if w.id != id && slices.ContainsFunc(w.hand, func(h held) bool { return h.task == task }) {
			return w
		}
	}
	return nil
}

// since is when a worker began with a task in its hand.
func (w *workerState) since(task int) time.Duration {
	i := slices.IndexFunc(w.hand, func(h held) bool { return h.task == task })
	return w.hand[i].since
}

// second is an order in a worker's hand whose task another has settled.
func (s *scheduler) second(id, task, attempt int) (lost, bool) {
	if w := s.find(id); w != nil && s.tasks[task].settled {
		for _, h := range w.working() {
			if h.task == task && h.attempt == attempt {
				return lost{task, h.since}, true
			}
		}
	}
	return lost{}, false
}

// seconds are those that are being worked on, by worker.
func (s *scheduler) seconds() map[int][]lost {
	list := map[int][]lost{}
	for _, w := range s.workers {
		for _, h := range w.working() {
			if second, ok := s.second(w.id, h.task, h.attempt); ok {
				list[w.id] = append(list[w.id], second)
			}
		}
	}
	return list
}

// lost is a task that was being worked on by a worker that is gone.
type lost struct {
	task  int
	since time.Duration
}

// reason is why a worker has gone: what it looked like from outside, or why it
// had been killed.
func (s *scheduler) reason(id int, seen text.Text) text.Text {
	if w := s.find(id); w != nil && w.doomed != nil {
		return *w.doomed
	}
	return seen
}

// gone says that a worker has gone, and why. It returns what was being worked
// on, the oldest first.
func (s *scheduler) gone(now time.Duration, id int, g Gone) ([]action, []lost) {
	w := s.find(id)
	if w == nil {
		return nil, nil // it was dismissed
	}
	reason := s.reason(id, g.Reason)
	s.forget(now, w)
	if !w.useful && !s.arrive {
		s.deaths = append(s.deaths, now)
	}
	if w.phase != ready {
		s.fruitless++
		if s.refused++; g.Killed || w.doomed != nil {
			s.refused = 0
		}
	}
	gone := s.recover(w, reason, g.Excused)
	if !s.manned() && (s.refused >= fruitlessMax || s.fruitless >= fruitlessMax && now-s.unmanned >= unmannedMax) {
		s.giveUp(text.Text{
			ES: "no se puede arrancar ningún " + s.called.ES + ": el último " + reason.ES,
			EN: "no " + s.called.EN + " can be started: the last one " + reason.EN,
		})
		return nil, gone
	}
	return s.assign(now, nil), gone
}

// recover takes back what a worker had in hand. An order that had no lane yet, or
// whose worker is excused, was no attempt. What another has in hand too stays there,
// and what another has settled is of no interest.
func (s *scheduler) recover(w *workerState, reason text.Text, excused bool) (gone []lost) {
	working := len(w.working())
	for i, h := range w.hand {
		t := &s.tasks[h.task]
		if t.settled {
			continue
		}
		if i >= working || excused {
			t.attempts--
		} else {
			t.lostBy = append(t.lostBy, w.id)
		}
		if i < working {
			gone = append(gone, lost{h.task, h.since})
		}
	}
	// By their numbers, whoever was given first.
	slices.SortFunc(w.hand, func(a, b held) int { return cmp.Compare(a.task, b.task) })
	for _, h := range w.hand {
		switch t := &s.tasks[h.task]; {
		case t.settled || s.other(w.id, h.task) != nil:
		case t.attempts >= maxAttempts:
			s.settle(h.task, s.failure(reason))
		case t.attempts == maxAttempts-1:
			s.last = append(s.last, h.task)
		default:
			s.queue = append(s.queue, h.task)
		}
	}
	slices.SortStableFunc(gone, func(a, b lost) int { return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.task, b.task)) })
	return gone
}

// sabotage kills the worker with the most tasks in hand, on purpose; false if
// none is ready.
func (s *scheduler) sabotage() ([]action, bool) {
	var victim *workerState
	for _, w := range s.workers {
		if w.takes() && (victim == nil || len(w.hand) > len(victim.hand) || len(w.hand) == len(victim.hand) && w.id < victim.id) {
			victim = w
		}
	}
	if victim == nil {
		return nil, false
	}
	return []action{s.doom(victim, text.Text{ES: "fue eliminado a propósito", EN: "was killed on purpose"})}, true
}

func (s *scheduler) doom(w *workerState, why text.Text) action {
	w.doomed = &why
	return action{kind: actKill, worker: w.id}
}

func (s *scheduler) settle(task int, failure *text.Text) {
	if t := &s.tasks[task]; !t.settled {
		t.settled, t.failure = true, failure
		s.left--
		if failure != nil {
			s.failed++
		}
	}
}

func (s *scheduler) giveUp(why text.Text) {
	s.gaveUp = &why
	for i := range s.tasks {
		s.settle(i, &why)
	}
	s.queue, s.last = nil, nil
}

func (s *scheduler) failure(reason text.Text) *text.Text {
	n := text.FormatNumber(maxAttempts)
	return &text.Text{
		ES: "tras " + n + " intentos: el " + s.called.ES + " " + reason.ES,
		EN: "after " + n + " attempts: the " + s.called.EN + " " + reason.EN,
	}
}

func (s *scheduler) find(id int) *workerState {
	for _, w := range s.workers {
		if w.id == id {
			return w
		}
	}
	return nil
}

func (s *scheduler) insert(w *workerState) {
	i, _ := slices.BinarySearchFunc(s.workers, w, func(a, b *workerState) int {
		return cmp.Or(cmp.Compare(a.slot, b.slot), cmp.Compare(a.id, b.id))
	})
	s.workers = slices.Insert(s.workers, i, w)
}

func (s *scheduler) forget(now time.Duration, w *workerState) {
	s.workers = slices.DeleteFunc(s.workers, func(o *workerState) bool { return o == w })
	if w.phase == ready && !s.manned() {
		s.unmanned = now
	}
}

// manned tells whether somebody is ready, if only to be gone soon.
func (s *scheduler) manned() bool {
	return slices.ContainsFunc(s.workers, func(w *workerState) bool { return w.phase == ready })
}
