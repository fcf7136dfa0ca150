package process

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestQueued lets two threads compute on one processor: what the one computes
// the other waits.
func TestQueued(t *testing.T) {
	before := queued()
	if before == nil {
		t.Skip("this kernel does not count it")
	}
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		t.Fatal(err)
	}
	var one unix.CPUSet
	for cpu := range 1024 {
		if allowed.IsSet(cpu) {
			one.Set(cpu)
			break
		}
	}
	const each = 100 * time.Millisecond
	var both sync.WaitGroup
	start := make(chan struct{})
	var after [2]*time.Duration
	for i := range after {
		both.Go(func() {
			runtime.LockOSThread() // and not unlocked: the thread, which is bound to a processor, ends with the goroutine
			if err := unix.SchedSetaffinity(0, &one); err != nil {
				t.Error(err)
			}
			cpu := threadCPU()
			<-start
			for began := cpu(); cpu()-began < each; {
			}
			after[i] = queued()
		})
	}
	close(start)
	both.Wait()
	// Who ends last has waited for most of what the other computed, but for what
	// that was ahead.
	if got := max(*after[0], *after[1]) - *before; got < each/2 {
		t.Errorf("two threads of %v on one processor waited for %v in all", each, got)
	}
}

func TestQueuedSince(t *testing.T) {
	ms := func(n int) *time.Duration { d := time.Duration(n) * time.Millisecond; return &d }
	for _, tt := range []struct{ before, after, want *time.Duration }{
		{ms(3), ms(10), ms(7)},
		{ms(10), ms(3), ms(0)}, // a thread has ended
		{nil, ms(3), ms(3)},    // it has started since
		{ms(3), nil, nil},
	} {
		got := Usage{Queued: tt.after}.since(Usage{Queued: tt.before}).Queued
		if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
			t.Errorf("%v after %v: %v, want %v", tt.after, tt.before, got, tt.want)
		}
	}
}
