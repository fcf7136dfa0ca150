package runs

import (
	"maps"
	"slices"
)

// queue holds the waiting runs. Clients take turns: the next run is the oldest
// one of the client that was served the longest ago. So a client with ten runs
// waiting does not keep the others waiting for all ten. The presenter's go before
// them all. It is pure and not safe for concurrent use.
type queue struct {
	limit   int // of all that wait
	free    int // up to so many waiting runs nobody's share is looked at
	share   int // of a client beyond that, the running run included
	waiting []waiting
	served  map[string]int // client to the turn in which it was last served
	turn    int
}

type waiting struct {
	id, client string
	first      bool // the presenter's
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, free: freePlaces, share: clientShare, served: map[string]int{}}
}

// refusal is why a run may not wait.
type refusal int

const (
	welcome refusal = iota
	queueFull
	shareTaken // the client has its share of a long queue
)

// add puts a run at the end, if it may wait. running is the number of runs of
// the client that are not in the queue any more and not over yet.
func (q *queue) add(id, client string, running int) refusal {
	if len(q.waiting) >= q.limit {
		return queueFull
	}
	if len(q.waiting) > q.free && running+q.of(client) >= q.share {
		return shareTaken
	}
	q.waiting = append(q.waiting, waiting{id: id, client: client})
	return welcome
}

// addFirst puts a run before all but those that came so; there is always a place.
func (q *queue) addFirst(id string) { q.waiting = append(q.waiting, waiting{id: id, first: true}) }

// of counts the waiting runs of a client.
func (q *queue) of(client string) int {
	n := 0
	for _, w := range q.waiting {
		if w.client == client {
			n++
		}
	}
	return n
}

// pop takes the next run out; false if none is waiting.
func (q *queue) pop() (string, bool) {
	order := q.order()
	if len(order) == 0 {
		q.served = map[string]int{} // nobody is ahead of anybody any more
		return "", false
	}
	first := order[0]
	if !first.first {
		q.turn++
		q.served[first.client] = q.turn
	}
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
	var out, left []waiting
	for _, w := range q.waiting {
		if w.first {
			out = append(out, w)
		} else {
			left = append(left, w)
		}
	}
	turn, served := q.turn, maps.Clone(q.served)
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
