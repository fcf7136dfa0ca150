package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestQueued lets two threads compute on one processor until it shows: what the
// one computes the other waits.
func TestQueued(t *testing.T) {
	before, began := Queued(), time.Now()
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
	// With one P it would be the runtime that has them take turns.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	const enough = 50 * time.Millisecond
	var both sync.WaitGroup
	var stop atomic.Bool
	for range 2 {
		both.Go(func() {
			runtime.LockOSThread() // and not unlocked: the thread, which is bound to a processor, ends with the goroutine
			if err := unix.SchedSetaffinity(0, &one); err != nil {
				t.Error(err)
			}
			for !stop.Load() {
			}
		})
	}
	waited := time.Duration(0)
	for waited < enough && time.Since(began) < time.Minute {
		time.Sleep(time.Millisecond)
		waited = *Queued() - *before
	}
	stop.Store(true)
	both.Wait()
	if waited < enough {
		t.Errorf("two threads on one processor waited for %v in all in %v", waited, time.Since(began))
	}
}

func TestRunQueue(t *testing.T) {
	for _, tt := range []struct {
		text    string
		waited  time.Duration
		counted bool
		ok      bool
	}{
		{"81234567 12003 45\n", 12003 * time.Nanosecond, true, true},
		{"0 54381 1\n", 54381 * time.Nanosecond, true, true}, // it has just begun to run
		{"1 0 1\n", 0, true, true},
		{"0 0 0\n", 0, false, true},
		{"1 2\n", 0, false, false},
		{"1 two 3\n", 0, false, false},
		{"", 0, false, false},
	} {
		waited, counted, ok := runQueue([]byte(tt.text))
		if waited != tt.waited || counted != tt.counted || ok != tt.ok {
			t.Errorf("%q: %v, %v, %v", tt.text, waited, counted, ok)
		}
	}
}
