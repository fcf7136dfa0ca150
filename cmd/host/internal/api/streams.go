package api

import (
	"net/http"
	"sync"
	"time"

	"carriles/executor/batch/class"
	"carriles/executor/fault"
)

// The limits of event streams. Those of runs and those of the class are counted
// apart, so that neither keeps the other out. An address may have a quarter of
// either: a class behind one fits, and four such addresses fill it.
const (
	runStreams     = 256
	classStreams   = 512
	anAddressOf    = 4
	streamsAMember = 4 // a tab that is loaded again comes before the old one has gone
	heartbeat      = 15 * time.Second
	streamWrite    = 5 * time.Second // a reader that never reads is dropped
)

// places counts who has something of which there are only so many: event streams
// of a kind, uploads.
type places struct {
	most int
	mu   sync.Mutex
	of   map[string]int // by who has them
	all  int
}

func newPlaces(most int) *places { return &places{most: most, of: map[string]int{}} }

// who may have how many places.
type who struct {
	name string
	most int
}

// enter takes a place that counts for each of those; leave must be called if ok.
func (p *places) enter(counted ...who) (leave func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all >= p.most {
		return nil, false
	}
	for _, c := range counted {
		if p.of[c.name] >= c.most {
			return nil, false
		}
	}
	p.add(counted, 1)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.add(counted, -1)
	}, true
}

// taken is how many there are.
func (p *places) taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all
}

func (p *places) add(counted []who, n int) {
	p.all += n
	for _, c := range counted {
		if p.of[c.name] += n; p.of[c.name] == 0 {
			delete(p.of, c.name)
		}
	}
}

// enterFor takes a place for a request, and for a member of the class if it is
// one's. The presenter's are not counted: its browser, which sets no header with
// an event stream, gives the seat that its token makes. Where there is no place, that
// is answered.
func (a *api) enterFor(p *places, w http.ResponseWriter, r *http.Request, member string) (leave func(), ok bool) {
	if a.presents(r) || a.Class.IsSeat(r.URL.Query().Get(class.SeatField)) {
		return func() {}, true
	}
	counted := []who{{client(r), p.most / anAddressOf}}
	if member != "" {
		counted = append(counted, who{"member " + member, streamsAMember})
	}
	if leave, ok = p.enter(counted...); !ok {
		a.fail(w, r, fault.Errorf(fault.CodeBusy, "hay demasiadas páginas mirando", "too many pages are watching"))
	}
	return leave, ok
}

// eventStream begins a stream of events. What it returns writes to it, and is
// false when the reader is gone, does not read, or wants the headers only.
func eventStream(w http.ResponseWriter, r *http.Request) (write func(parts ...[]byte) bool) {
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return func(...[]byte) bool { return false }
	}
	out := http.NewResponseController(w)
	return func(parts ...[]byte) bool {
		_ = out.SetWriteDeadline(time.Now().Add(streamWrite))
		for _, p := range parts {
			if _, err := w.Write(p); err != nil {
				return false
			}
		}
		return out.Flush() == nil
	}
}
