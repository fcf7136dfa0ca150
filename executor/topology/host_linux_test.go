package topology

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Detect must see a mask, not the machine: pin this thread to one CPU.
func TestDetectSeesTheMask(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("the process has a single CPU")
	}
	before := Detect().Affinity
	if before.Source != SourceOS || before.Count != runtime.NumCPU() || len(before.CPUs) != before.Count {
		t.Fatalf("affinity: %+v, the runtime counts %d", before, runtime.NumCPU())
	}
	// The thread is never unlocked, so it ends with the test's goroutine and
	// nobody inherits its mask.
	runtime.LockOSThread()
	var one unix.CPUSet
	last := before.CPUs[len(before.CPUs)-1]
	one.Set(last)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		t.Skip("the system does not let a thread be pinned: ", err)
	}
	top := Detect()
	if a := top.Affinity; a.Count != 1 || len(a.CPUs) != 1 || a.CPUs[0] != last || a.Source != SourceOS {
		t.Errorf("affinity: %+v", a)
	}
	if p := top.Pool(); p.Workers != 1 {
		t.Errorf("pool: %+v", p)
	}
	if top.Cores.Logical.Known() && top.Cores.Logical.Value < 2 {
		t.Errorf("the machine has not shrunk: %+v", top.Cores.Logical)
	}
}
