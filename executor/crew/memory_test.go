package crew_test

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"carriles/executor/codec"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// fate is what becomes of an order at a worker.
type fate struct {
	Takes  time.Duration // on a lane, before anything else; it counts as filtering
	Err    *fault.Error  // how the task ends; nil: well
	Output crew.Output   // none: the name of the image as Data
	Dies   string        // not empty: the worker dies of that, an English predicate
	Hangs  bool          // the worker answers nothing any more
}

// memory is a place in memory: its workers are goroutines that do what a test
// tells them to, die and freeze included. In a bubble of testing/synctest minutes
// pass in no time. Its fields may be set before its first worker is
// asked for.
type memory struct {
	// Do decides what becomes of an order; nil: every order takes a millisecond.
	// Lanes call it at the same time.
	Do func(worker int, o crew.Order) fate
	// Startup is how long a worker takes to be ready, and Stillborn, if not empty,
	// why it dies instead; both nil: it is ready at once.
	Startup   func(worker int) time.Duration
	Stillborn func(worker int) string
	// Hello may change how a worker introduces itself: by the setup's lanes, and
	// with its own start as its clock's zero.
	Hello func(worker int, h *crew.Hello)
	// Arrive has workers come by themselves: Come brings one.
	Arrive bool
	// Lingers is how long a worker that is let go takes to be gone.
	Lingers time.Duration

	mu      sync.Mutex
	workers []*hand
	setup   crew.Setup
	tell    crew.Tell // of who asked for workers that arrive
	asked   int
}

// About implements crew.Place.
func (*memory) About() crew.About {
	return crew.About{Worker: text.Text{ES: "trabajador", EN: "worker"}}
}

// Own implements crew.Metered: a second more each time that it is asked.
func (p *memory) Own() crew.Usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return crew.Usage{User: time.Duration(p.asked) * time.Second}
}

// Hire implements crew.Place.
func (p *memory) Hire(id int, s crew.Setup, tell crew.Tell) (crew.Link, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Arrive {
		p.setup, p.tell = s, tell
		for _, w := range p.workers {
			w.tell = tell
			go w.live(0, "")
		}
		return nil, crew.ErrArrive
	}
	w := p.add(id, s, tell)
	startup, dies := time.Duration(0), ""
	if p.Startup != nil {
		startup = p.Startup(id)
	}
	if p.Stillborn != nil {
		dies = p.Stillborn(id)
	}
	go w.live(startup, dies)
	return w, nil
}

// Come brings a worker to a place where they arrive.
func (p *memory) Come() *hand {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.add(100+len(p.workers), p.setup, p.tell)
	if p.tell != nil {
		go w.live(0, "")
	}
	return w
}

// Workers are all that there ever were, in the order of their coming.
func (p *memory) Workers() []*hand {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.workers)
}

// add makes a worker; p.mu is held.
func (p *memory) add(id int, s crew.Setup, tell crew.Tell) *hand {
	w := &hand{
		place: p, id: id, setup: s, tell: tell,
		orders: make(chan crew.Order, 1024), asks: make(chan struct{}, 16), over: make(chan struct{}),
	}
	p.workers = append(p.workers, w)
	return w
}

// hand is a worker of memory's, and the crew's link to it.
type hand struct {
	place  *memory
	id     int
	setup  crew.Setup
	tell   crew.Tell
	zero   time.Time
	orders chan crew.Order
	asks   chan struct{}

	once sync.Once
	over chan struct{} // closed when it is gone

	mu     sync.Mutex
	frozen bool
	used   time.Duration
}

// live is a worker's life up to its hello. Its lanes go on.
func (w *hand) live(startup time.Duration, dies string) {
	w.zero = time.Now()
	select {
	case <-time.After(startup):
	case <-w.over:
		return
	}
	if dies != "" {
		w.die(dies)
		return
	}
	h := crew.Hello{Name: strconv.Itoa(1000 + w.id), Lanes: max(1, w.setup.Shape.Goroutines), Clock: crew.Clock{Zero: w.zero}}
	if w.place.Hello != nil {
		w.place.Hello(w.id, &h)
	}
	arrived := crew.Arrived{Hello: h}
	if w.place.Arrive {
		arrived.Link = w
	}
	w.say(arrived)
	for lane := range h.Lanes {
		go w.lane(lane)
	}
	go w.account(h.Lanes)
}

// lane does one order after the other.
func (w *hand) lane(n int) {
	for {
		select {
		case <-w.over:
			return
		case o := <-w.orders:
			w.do(n, o)
		}
	}
}

func (w *hand) do(lane int, o crew.Order) {
	f := fate{Takes: time.Millisecond}
	if w.place.Do != nil {
		f = w.place.Do(w.id, o)
	}
	began := time.Now()
	if f.Hangs {
		w.Freeze()
	}
	select {
	case <-w.over:
		return
	case <-time.After(f.Takes):
	}
	if f.Dies != "" {
		w.die(f.Dies)
		return
	}
	w.mu.Lock()
	w.used += f.Takes
	w.mu.Unlock()
	if f.Err == nil && f.Output.File == "" && f.Output.Data == nil {
		f.Output.Data = []byte(o.Image)
	}
	w.say(crew.Settled{Outcome: crew.Outcome{
		Outcome: pipeline.Outcome{
			Task: pipeline.Task{Index: o.Task, Attempt: o.Attempt}, Lane: lane, Err: f.Err, Format: codec.PNG, Size: int64(len(f.Output.Data)),
			Spans: []trace.Span{{Stage: trace.Filter, Task: o.Task, Start: began.Sub(w.zero), End: time.Since(w.zero), CPU: f.Takes}},
		},
		Output: f.Output, In: len(o.Image), Out: len(f.Output.Data),
	}})
}

// account answers the crew's asking.
func (w *hand) account(lanes int) {
	for {
		select {
		case <-w.over:
			return
		case <-w.asks:
			w.mu.Lock()
			used := w.used
			w.mu.Unlock()
			w.say(crew.Accounted{Account: crew.Account{Usage: crew.Usage{User: used, PeakMemory: 1 << 20}, Spans: make([][]trace.Span, lanes)}})
		}
	}
}

// say tells the crew something, unless the worker is frozen or gone.
func (w *hand) say(news crew.News) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.over:
	default:
		if !w.frozen {
			w.tell(crew.Event{Worker: w.id, At: time.Now(), News: news})
		}
	}
}

// Freeze has the worker say nothing any more.
func (w *hand) Freeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frozen = true
}

// Gone tells whether the worker has ended.
func (w *hand) Gone() bool {
	select {
	case <-w.over:
		return true
	default:
		return false
	}
}

func (w *hand) die(reason string) {
	w.once.Do(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		close(w.over)
		w.tell(crew.Event{Worker: w.id, At: time.Now(), News: crew.Gone{
			Reason: text.Text{ES: "murió: " + reason, EN: reason}, Killed: reason == killedWords, Usage: crew.Usage{User: w.used},
		}})
	})
}

// Give implements crew.Link.
func (w *hand) Give(o crew.Order) { w.orders <- o }

// Ask implements crew.Link.
func (w *hand) Ask() { w.asks <- struct{}{} }

// killedWords are the reason why one is gone that was killed.
const killedWords = "was killed"

// Leave implements crew.Link.
func (w *hand) Leave() {
	time.AfterFunc(w.place.Lingers, func() {
		w.mu.Lock()
		frozen := w.frozen
		w.mu.Unlock()
		if !frozen {
			w.die("left")
		}
	})
}

// Kill implements crew.Link.
func (w *hand) Kill() { go w.die(killedWords) }

// Look implements crew.Watched.
func (w *hand) Look() (cpu *time.Duration, memory *int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	used, bytes := w.used, int64(1<<20)
	return &used, &bytes
}
