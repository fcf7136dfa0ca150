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

// A thread that computes is not blocked, and one that sleeps is, whatever else the
// machine has to do: what a meter tells of either.
func TestThreadMeter(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	meter := ThreadMeter(time.Microsecond)
	before := meter()
	if before.Queued < 0 {
		t.Skip("this kernel does not count it")
	}
	for meter().CPU-before.CPU < 5*time.Millisecond {
	}
	computed := meter()
	// The thread itself sleeps: no other one of the runtime's for it.
	pause := unix.NsecToTimespec(int64(20 * time.Millisecond))
	began := time.Now()
	if err := unix.Nanosleep(&pause, nil); err != nil && err != unix.EINTR {
		t.Fatal(err)
	}
	slept, took := meter(), time.Since(began)
	if slept.Waits <= computed.Waits || slept.CPU-computed.CPU > took/2 || slept.Queued < computed.Queued {
		t.Errorf("slept for %v: %+v, then %+v", took, computed, slept)
	}
	memory, err := unix.Mmap(-1, 0, 64*4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(memory)
	if err := unix.Madvise(memory, unix.MADV_NOHUGEPAGE); err != nil {
		t.Skip(err)
	}
	for at := 0; at < len(memory); at += 4096 {
		memory[at] = 1
	}
	if d := meter().Touched - slept.Touched; d < time.Microsecond || d > time.Millisecond {
		t.Errorf("64 pages of 4 KiB at 1 us: %v", d)
	}
	if cost := FaultCost(); cost <= 0 || cost > 10*time.Millisecond {
		t.Errorf("a fault costs %v", cost)
	}
}
