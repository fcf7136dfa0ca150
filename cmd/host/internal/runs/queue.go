package runs

import (
	"maps"
	"slices"
)

// queue holds the waiting runs. Clients take turns: the next run is the oldest
// one of the client that was served the longest ago. So a client with ten runs
// waiting does not keep the others waiting for all ten. It is pure and not
// safe for concurrent use.
type queue struct {
	limit   int
	waiting []waiting
	served  map[string]int // client to the turn in which it was last served
	turn    int
}

type waiting struct{ id, client string }

func newQueue(limit int) *queue { return &queue{limit: limit, served: map[string]int{}} }

// add puts a run at the end; false if the queue is full.
func (q *queue) add(id, client string) bool {
	if len(q.waiting) >= q.limit {
		return false
	}
	q.waiting = append(q.waiting, waiting{id, client})
	return true
}

// pop takes the next run out; false if none is waiting.
func (q *queue) pop() (string, bool) {
	order := q.order()
	if len(order) == 0 {
		q.served = map[string]int{} // nobody is ahead of anybody any more
		return "", false
	}
	first := order[0]
	q.turn++
	q.served[first.client] = q.turn
	q.remove(first.id)
	return first.id, true
}

// remove takes a run out; false if it was not waiting.
func (q *queue) remove(id string) bool {
	before := len(q.waiting)
	q.waiting = slices.DeleteFunc(q.waiting, func(w waiting) bool { return w.id == id })
	return len(q.waiting) < before
}

// ahead is how many runs will be popped before one that is waiting.
func (q *queue) ahead(id string) int {
	return slices.IndexFunc(q.order(), func(w waiting) bool { return w.id == id })
}

// order lists the waiting runs in the order in which pop will give them if
// nothing is added.
func (q *queue) order() []waiting {
	left := slices.Clone(q.waiting)
	turn, served := q.turn, maps.Clone(q.served)
	var out []waiting
	for len(left) > 0 {
		best := 0
		for i, w := range left {
			if served[w.client] < served[left[best].client] {
				best = i
			}
		}
		turn++
		served[left[best].client] = turn
		out = append(out, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return out
}
