package runs

import "sync"

// News is a run's view as JSON, without its result.
type News struct {
	JSON  []byte
	Final bool // there will be no more
	live  *Live
}

// Lanes lists the events of the run's lanes after one, each a result.LanesEvent
// as JSON, and gives the number of the last. It is 0 for who has heard none.
func (n News) Lanes(after int) (events [][]byte, last int) { return n.live.since(after) }

// hub passes a run's latest news to whoever watches it. A slow watcher misses
// news in between but always gets the latest; nobody is ever waited for.
type hub struct {
	mu       sync.Mutex
	watchers map[string]map[chan News]struct{}
}

func newHub() *hub { return &hub{watchers: map[string]map[chan News]struct{}{}} }

// watch gives a channel with the news of a run, beginning with the latest of
// those that are given. stop must be called.
func (h *hub) watch(id string, first ...News) (news <-chan News, stop func()) {
	c := make(chan News, 1)
	if len(first) > 0 {
		c <- first[len(first)-1]
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers[id] == nil {
		h.watchers[id] = map[chan News]struct{}{}
	}
	h.watchers[id][c] = struct{}{}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.watchers[id], c)
		if len(h.watchers[id]) == 0 {
			delete(h.watchers, id)
		}
	}
}

// isWatched reports whether somebody watches a run.
func (h *hub) isWatched(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.watchers[id]) > 0
}

// watched lists the runs that somebody watches.
func (h *hub) watched() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]string, 0, len(h.watchers))
	for id := range h.watchers {
		ids = append(ids, id)
	}
	return ids
}

// tell gives all watchers of a run its news, in place of older news that they
// have not taken.
func (h *hub) tell(id string, news News) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.watchers[id] {
		select {
		case <-c:
		default:
		}
		c <- news
	}
}
