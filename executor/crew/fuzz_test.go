package crew

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/text"
)

// world is what a scheduler acts on, as the events of a script make it: whom it
// has hired or who has come, and what each has in hand. It checks every action.
type world struct {
	t       *testing.T
	s       *scheduler
	now     time.Duration
	workers map[int]*creature
	ids     []int    // of workers, in the order of their coming
	next    int      // id of the next to arrive
	said    []action // orders that were ever given
	settled []int    // outcomes accepted, by task
	log     []string
	quiet   bool // nothing is logged
}

// creature is a worker of the world.
type creature struct {
	recruit
	ready, doomed, dismissed bool
	hand                     []action
}

func newWorld(t *testing.T, tasks int, shape request.Shape) *world {
	cfg := Config{Shape: shape, Timeout: time.Second, StartTimeout: startTimeout}
	return &world{
		t: t, s: newScheduler(tasks, text.Text{ES: "trabajador", EN: "worker"}, cfg, 0),
		workers: map[int]*creature{}, next: 1000, settled: make([]int, tasks),
	}
}

func (w *world) note(acts []action, event string, about ...any) {
	if !w.quiet {
		w.log = append(w.log, fmt.Sprintf("%v %s: %s", w.now, fmt.Sprintf(event, about...), script(acts)))
	}
	for _, a := range acts {
		w.check(a)
	}
}

func (w *world) fail(a action, why string) {
	w.t.Helper()
	w.t.Fatalf("%s: %s\n%s", script([]action{a}), why, strings.Join(w.log, "\n"))
}

// check carries an action out, if it is one that may be.
func (w *world) check(a action) {
	w.t.Helper()
	c := w.workers[a.worker]
	switch a.kind {
	case actHire:
		if c != nil || w.s.arrive {
			w.fail(a, "an id is given twice, or somebody is hired where workers arrive")
		}
		w.add(recruit{id: a.worker, slot: a.slot})
	case actGive:
		w.checkOrder(a, c)
		c.hand = append(c.hand, a)
		w.said = append(w.said, a)
	case actKill:
		if c == nil || c.doomed {
			w.fail(a, "nobody to kill")
		}
		c.doomed = true
	case actDismiss:
		if c == nil || len(c.hand) > 0 {
			w.fail(a, "who is dismissed has work")
		}
		c.dismissed = true
	}
}

func (w *world) checkOrder(a action, c *creature) {
	w.t.Helper()
	switch {
	case c == nil || !c.ready || c.doomed || c.dismissed:
		w.fail(a, "who gets an order is not there")
	case len(c.hand) >= c.lanes+c.credits:
		w.fail(a, "it has its hands full")
	case w.s.tasks[a.task].settled || a.attempt > maxAttempts || a.attempt < 1:
		w.fail(a, "the task is settled, or has had its attempts")
	}
	holders := 0
	for _, id := range w.ids {
		for _, h := range w.workers[id].hand {
			if h.task == a.task {
				if holders++; id == a.worker || !w.s.arrive || holders > 1 || len(w.s.queue) > 0 || a.attempt == maxAttempts {
					w.fail(a, "the task is in two hands, and may not be")
				}
			}
			waited := !w.s.tasks[h.task].settled
			if a.attempt == maxAttempts && (waited || id == a.worker) || h.attempt == maxAttempts && id == a.worker && waited {
				w.fail(a, "a last attempt is not alone")
			}
		}
	}
}

func (w *world) add(r recruit) *creature {
	c := &creature{recruit: r}
	w.workers[r.id] = c
	w.ids = append(w.ids, r.id)
	return c
}

// arrive has a worker say hello, or come.
func (w *world) arrive(c *creature, lanes, credits int) {
	c.lanes, c.credits, c.ready = lanes, credits, true
	acts, ok := w.s.arrived(w.now, c.recruit)
	w.note(acts, "%d arrives with %d+%d, %v", c.id, lanes, credits, ok)
}

// settle has a worker answer an order. Only one that it has in hand may count, and of
// two copies the first.
func (w *world) settle(id, task, attempt int) {
	c, waited := w.workers[id], false
	if c != nil {
		if i := slices.IndexFunc(c.hand, func(h action) bool { return h.task == task && h.attempt == attempt }); i >= 0 {
			c.hand, waited = slices.Delete(c.hand, i, i+1), true
		}
	}
	waited = waited && !w.s.tasks[task].settled
	left := w.s.left
	acts, ok := w.s.settled(w.now, id, task, attempt)
	if ok != waited || ok && w.s.left != left-1 {
		w.t.Fatalf("an answer of %d to t%d#%d: accepted %v, want %v; %d left of %d", id, task, attempt, ok, waited, w.s.left, left)
	}
	if ok {
		w.settled[task]++
	}
	w.note(acts, "%d settles t%d#%d, %v", id, task, attempt, ok)
}

func (w *world) leave(id int) {
	c := w.workers[id]
	delete(w.workers, id)
	w.ids = slices.DeleteFunc(w.ids, func(i int) bool { return i == id })
	acts, gone := w.s.gone(w.now, id, Gone{Reason: crashed.Reason, Killed: id%2 == 0, Excused: id%5 == 0})
	if len(gone) > c.lanes {
		w.t.Fatalf("%d took %d tasks along from %d lanes", id, len(gone), c.lanes)
	}
	w.note(acts, "%d is gone with %v", id, gone)
}

// tick lets time pass, to the next deadline at most if there is one.
func (w *world) tick(d time.Duration) {
	w.now += d
	w.note(w.s.tick(w.now), "tick")
}

// turn makes an event of two bytes.
func (w *world) turn(what, arg byte) {
	pick := func() *creature {
		if len(w.ids) == 0 {
			return nil
		}
		return w.workers[w.ids[int(arg)%len(w.ids)]]
	}
	c := pick()
	switch what % 8 {
	case 0: // a hello: of whoever starts, or of somebody new
		if w.s.arrive {
			w.next++
			w.arrive(w.add(recruit{id: w.next, slot: w.next, native: arg%2 == 0}), 1+int(arg)%3, int(arg)/3%3)
		} else if c != nil && !c.ready {
			w.arrive(c, 1+int(arg)%w.s.shape.Goroutines, int(arg)%2)
		}
	case 1, 2: // an answer, the oldest first or not
		if c != nil && len(c.hand) > 0 {
			h := c.hand[int(arg)/8%len(c.hand)]
			w.settle(c.id, h.task, h.attempt)
		}
	case 3:
		if c != nil {
			w.leave(c.id)
		}
	case 4:
		w.tick(time.Duration(arg) * 40 * time.Millisecond)
	case 5: // an answer once more, or late, or another's
		if len(w.said) > 0 {
			h := w.said[int(arg)%len(w.said)]
			if c := w.workers[h.worker]; c == nil || !slices.Contains(c.hand, h) {
				w.settle(h.worker, h.task, h.attempt)
			}
			w.settle(-1, h.task, h.attempt)
		}
	case 6:
		acts, _ := w.s.sabotage()
		w.note(acts, "sabotage")
	case 7: // a second hello, and one of nobody
		if c != nil && c.ready {
			acts, ok := w.s.arrived(w.now, c.recruit)
			if ok {
				w.t.Fatalf("%d was greeted twice", c.id)
			}
			w.note(acts, "again")
		}
	}
}

// end brings what is left to an end: nobody dies any more but who was killed.
func (w *world) end() {
	for steps := 0; !w.s.finished(); steps++ {
		if steps > 500 {
			w.t.Fatalf("no end:\n%s", strings.Join(w.log, "\n"))
		}
		moved := false
		for _, id := range slices.Clone(w.ids) {
			switch c := w.workers[id]; {
			case c == nil || w.s.finished():
			case c.doomed || c.dismissed:
				w.leave(id)
				moved = true
			case !c.ready:
				w.arrive(c, w.s.shape.Goroutines, 0)
				moved = true
			case len(c.hand) > 0:
				w.settle(id, c.hand[0].task, c.hand[0].attempt)
				moved = true
			}
		}
		if at, ok := w.s.deadline(); !moved {
			if !ok {
				w.t.Fatalf("nothing will ever happen:\n%s", strings.Join(w.log, "\n"))
			}
			w.tick(max(0, at-w.now))
		}
	}
}

// play runs a script of events, and gives all that was decided.
func play(t *testing.T, data []byte) []string {
	t.Helper()
	return playIn(t, data, false)
}

func playIn(t *testing.T, data []byte, quiet bool) []string {
	t.Helper()
	if len(data) < 3 {
		return nil
	}
	tasks, staff := 1+int(data[0])%9, data[2]%4 >= 2
	if staff {
		tasks = 0
	}
	w := newWorld(t, tasks, request.Shape{Processes: 1 + int(data[1])%3, Goroutines: 1 + int(data[1])/3%3, MaxProcs: 1})
	w.s.staff, w.quiet = staff, quiet
	if data[2]%2 == 1 {
		w.s.arrives(0)
	}
	w.note(w.s.start(0), "start")
	for data = data[3:]; len(data) > 1 && !w.s.finished(); data = data[2:] {
		w.turn(data[0], data[1])
	}
	w.end()
	for i, task := range w.s.tasks {
		if failed := task.failure != nil; !task.settled || failed == (w.settled[i] == 1) || w.settled[i] > 1 || failed && task.failure.EN == "" {
			t.Errorf("task %d: settled %v, %d outcomes, failure %v\n%s", i, task.settled, w.settled[i], task.failure, strings.Join(w.log, "\n"))
		}
	}
	return w.log
}

// randomScript is a script of a number's.
func randomScript(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	data := make([]byte, 3+2*r.IntN(120))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// FuzzScheduler: whatever happens in whatever order, each task ends as exactly one
// outcome or one failure with its reason, no task is in two hands but as a copy where
// workers arrive and nothing waits, nobody gets more than it may hold, and a last
// attempt is alone.
func FuzzScheduler(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(randomScript(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { play(t, data) })
}

// TestTheSameEventsGiveTheSameActions plays many random scripts twice.
func TestTheSameEventsGiveTheSameActions(t *testing.T) {
	for seed := range uint64(2000) {
		data := randomScript(seed)
		if first, again := play(t, data), play(t, data); !slices.Equal(first, again) {
			t.Fatalf("seed %d:\n%s\n\nand again:\n%s", seed, strings.Join(first, "\n"), strings.Join(again, "\n"))
		}
	}
}

// TestAHundredThousandOrders has devices join, leave, freeze, answer late, twice and
// for others in as many random orders: each task is committed once, or it is said why
// it failed.
func TestAHundredThousandOrders(t *testing.T) {
	orders := 100_000
	if testing.Short() {
		orders = 1000
	}
	for seed := range uint64(orders) {
		data := randomScript(seed + 1<<32)
		data[2] = 1 // workers arrive
		if playIn(t, data, true); t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, strings.Join(play(t, data), "\n"))
		}
	}
}
