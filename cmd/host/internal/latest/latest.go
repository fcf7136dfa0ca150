// Package latest passes the newest state of something to whoever watches it. A
// slow watcher misses states in between but always gets the latest; nobody is
// ever waited for. It keeps no state, starts no goroutine, and does not know
// what is told.
package latest

import "sync"

// Topic is something that may be watched. The zero value is ready; it is safe
// for concurrent use.
type Topic[T any] struct {
	mu       sync.Mutex
	watchers map[chan T]struct{}
}

// Watch gives a channel with what is told from now on, beginning with the last
// of what is given. It is never closed. stop must be called.
func (t *Topic[T]) Watch(first ...T) (news <-chan T, stop func()) {
	c := make(chan T, 1)
	if len(first) > 0 {
		c <- first[len(first)-1]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.watchers == nil {
		t.watchers = map[chan T]struct{}{}
	}
	t.watchers[c] = struct{}{}
	return c, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.watchers, c)
	}
}

// Watched reports whether somebody watches.
func (t *Topic[T]) Watched() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.watchers) > 0
}

// Tell gives all watchers the news, in place of older news that they have not
// taken.
func (t *Topic[T]) Tell(news T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for c := range t.watchers {
		select {
		case <-c:
		default:
		}
		c <- news
	}
}
