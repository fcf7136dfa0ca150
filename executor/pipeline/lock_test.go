package pipeline

import (
	"image"
	"image/color"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/trace"
	"carriles/filters"
)

func TestTheLockGoesToWhoWaitsLongest(t *testing.T) {
	var l Lock
	l.take(make(chan struct{}, 1))
	var order []int // guarded by the lock itself
	var done sync.WaitGroup
	const n = 5
	for i := range n {
		mine := make(chan struct{}, 1)
		done.Go(func() {
			l.take(mine)
			order = append(order, i)
			l.release()
		})
		for l.queued() != i+1 { // each comes when the one before it waits
			time.Sleep(50 * time.Microsecond)
		}
	}
	l.release()
	done.Wait()
	if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
		t.Errorf("taken in the order %v", order)
	}
	if l.held || l.wanted() {
		t.Errorf("in the end it is held (%v) or wanted", l.held)
	}
}

func (l *Lock) queued() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// computing is an engine whose kernel is given.
func computing(kernel filters.Kernel) []filters.Engine {
	return []filters.Engine{{Name: filters.NativeName, Kernel: func(filters.Filter) filters.Kernel { return kernel }}}
}

// lockedLanes makes so many lanes with one lock between them, and does a task on
// each at the same time.
func lockedLanes(t *testing.T, n int, gil *request.GIL, kernel filters.Kernel) (spans [][]trace.Span) {
	t.Helper()
	lock, clock := &Lock{}, trace.NewClock()
	spec := request.Spec{Steps: []request.Step{step("sharpen", filters.Values{"intensity": 1})}, Images: []string{"a.png"}, Count: n, Engine: filters.NativeName, GIL: gil}
	spans = make([][]trace.Span, n)
	var lanes sync.WaitGroup
	for i := range n {
		d := &disk{files: map[string][]byte{"a.png": encodedPNG(t, 4, 4, color.NRGBA{1, 2, 3, 255})}, out: map[int][]byte{}}
		l, err := NewLane(i, spec, computing(kernel), d, d, lock, trace.NewRecorder(clock, nil))
		if err != nil {
			t.Fatal(err)
		}
		lanes.Go(func() {
			o := l.Do(Task{Index: i, Attempt: 1})
			if o.Err != nil {
				t.Error(o.Err)
			}
			spans[i] = slices.Clone(o.Spans)
		})
	}
	lanes.Wait()
	if lock.held || lock.wanted() {
		t.Error("the lock was not given back")
	}
	return spans
}

func TestOneLaneComputesAtATime(t *testing.T) {
	var inside atomic.Int32
	lockedLanes(t, 4, nil, func(_, _ *image.NRGBA, _ filters.Values, s *filters.Scratch) {
		for range 100 {
			if n := inside.Add(1); n != 1 {
				t.Errorf("%d compute at a time", n)
			}
			runtime.Gosched()
			inside.Add(-1)
			s.Yield() // who hands the lock on is not inside meanwhile
		}
	})
}

// The first to have the lock would go on for ever unless the other got it too; so
// one has waited, in a stage that computes.
func TestTheLockIsHandedOnWithinAStage(t *testing.T) {
	var began atomic.Int32
	spans := lockedLanes(t, 2, nil, func(_, _ *image.NRGBA, _ filters.Values, s *filters.Scratch) {
		began.Add(1)
		for began.Load() < 2 {
			s.Yield()
		}
	})
	waited := time.Duration(0)
	for _, lane := range spans {
		for _, s := range lane {
			d, known := s.Ways.Of(trace.Locked)
			waited += d
			if !known || d > s.Duration() || d < 0 {
				t.Errorf("%v waited %v of %v, known: %v", s.Stage, d, s.Duration(), known)
			}
			if d != 0 && (s.Stage == trace.Read || s.Stage == trace.Write) {
				t.Errorf("%v waited for the lock", s.Stage)
			}
		}
	}
	if waited == 0 {
		t.Error("nobody has waited for the lock")
	}
}

// Both are in the kernel at once, which neither leaves alone.
func TestAReleasedStageNeedsNoLock(t *testing.T) {
	var met sync.WaitGroup
	met.Add(2)
	spans := lockedLanes(t, 2, &request.GIL{ReleasedIn: []string{request.StageFilter}}, func(_, _ *image.NRGBA, _ filters.Values, s *filters.Scratch) {
		met.Done()
		met.Wait()
		s.Yield() // has nothing to hand on
	})
	for _, lane := range spans {
		for _, s := range lane {
			if d, _ := s.Ways.Of(trace.Locked); s.Stage == trace.Filter && d != 0 {
				t.Errorf("the released stage waited %v", d)
			}
		}
	}
}

func TestWithoutALockNothingIsCalled(t *testing.T) {
	d := &disk{}
	l := newTestLane(t, d, nil, []string{"a.png"})
	if l.scratch.Yield != nil || l.dec.Yield != nil || l.enc.Yield != nil {
		t.Error("kernels have a hook to call where there is no lock")
	}
	l.turn.begin(trace.Filter)
	l.turn.yield()
	l.turn.end()
}
