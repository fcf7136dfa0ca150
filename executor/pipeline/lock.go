package pipeline

import (
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/trace"
)

// switchInterval is for how long a lane keeps the lock while others wait, where
// its work can be interrupted: CPython's sys.getswitchinterval().
const switchInterval = 5 * time.Millisecond

// Lock is what the lanes of a worker take around what computes, as CPython's
// threads take the GIL around their bytecode: one of them computes at a time. It
// is fair: who has waited longest gets it next, from the hand of who lets it go.
// (CPython's is not; a thread that lets go and asks again at once may have it
// again. Being fair it can be told from the figures that each lane has its share.)
//
// The zero value is free.
type Lock struct {
	mu      sync.Mutex
	held    bool
	waiting []chan struct{} // of those who wait, who came first first
}

// take waits for the lock and returns with it. mine has room for one message,
// and is nobody else's.
func (l *Lock) take(mine chan struct{}) {
	l.mu.Lock()
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return
	}
	l.waiting = append(l.waiting, mine)
	l.mu.Unlock()
	<-mine
}

// release hands the lock on to who has waited longest.
func (l *Lock) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.held = false
		return
	}
	l.waiting[0] <- struct{}{}
	l.waiting = append(l.waiting[:0], l.waiting[1:]...)
}

// wanted tells whether somebody waits.
func (l *Lock) wanted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting) > 0
}

// turn is a lane's side of its worker's lock. That of a lane without one does
// nothing.
type turn struct {
	lock *Lock
	gil  *request.GIL
	rec  *trace.Recorder
	mine chan struct{}
	held bool
	from time.Time // since when
}

// newTurn is the turn of one lane; lock is nil where there is none.
func newTurn(lock *Lock, gil *request.GIL, rec *trace.Recorder) *turn {
	return &turn{lock: lock, gil: gil, rec: rec, mine: make(chan struct{}, 1)}
}

// begin waits for the lock, unless the stage is one that lets it go. What it
// waited belongs to the span that is being recorded.
func (t *turn) begin(stage trace.Stage) {
	if t.lock == nil || t.gil.Releases(stage.String()) {
		return
	}
	asked := time.Now()
	t.lock.take(t.mine)
	t.held, t.from = true, time.Now()
	t.rec.Waited(t.from.Sub(asked))
}

// end hands the lock on, if the lane has it.
func (t *turn) end() {
	if t.held {
		t.held = false
		t.lock.release()
	}
}

// yield is called in the middle of a stage, where it can be interrupted.
func (t *turn) yield() {
	if !t.held || time.Since(t.from) < switchInterval || !t.lock.wanted() {
		return
	}
	asked := time.Now()
	t.lock.release()
	t.lock.take(t.mine)
	t.from = time.Now()
	t.rec.Waited(t.from.Sub(asked))
}

// hook is what kernels call between two strips; nil where nobody has to wait for
// a lock, so that there it costs nothing.
func (t *turn) hook() func() {
	if t.lock == nil {
		return nil
	}
	return t.yield
}
