package crew

import "sync"

// inbox keeps events until the crew comes to take them, in the order in which
// they were told. Who tells never waits: a worker has a bounded number of orders
// in hand, and so of answers to give; and in a browser, where events come in
// callbacks, waiting in one would stop them all.
type inbox struct {
	more chan struct{} // has one in it while there are events

	mu     sync.Mutex
	events []Event
	read   int // of events
	closed bool
}

func newInbox() *inbox { return &inbox{more: make(chan struct{}, 1)} }

// put is a Tell.
func (b *inbox) put(ev Event) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.events = append(b.events, ev)
	b.announce()
	return true
}

// take gives the oldest event, after one was received from more.
func (b *inbox) take() Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	ev := b.events[b.read]
	b.events[b.read] = Event{}
	if b.read++; b.read == len(b.events) {
		b.events, b.read = b.events[:0], 0
	} else {
		b.announce()
	}
	return ev
}

// announce says that there are events; b.mu is held.
func (b *inbox) announce() {
	select {
	case b.more <- struct{}{}:
	default:
	}
}

func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
}
