package process

import (
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"

	"carriles/executor/crew/process/kernel"
)

// A child that is stopped between fork and exec holds more than itself. On Linux
// it borrows the memory of the thread that started it, which the kernel lets go on
// at its exec or its end only. To the runtime that thread is running and has a P:
// it waits for it to stop the world, with everybody else stopped already, and the
// whole server would hang at the next garbage collection. Nor does it let go of
// the pipes of its siblings that it has copies of.
//
// So fork has the child watched from another thread (kernel.WatchStart), and no
// garbage collected meanwhile: a millisecond as a rule, some more if the watch has
// to kill it. One P is left for the watch, so there are two at least (cmd/host).
//
// What is left is a collection that had decided to begin when it was told not to,
// some ten microseconds before: with a child stopped just then the server hangs
// until that goes on or is killed. A watch in a process of its own would close that
// gap too; it is not worth one.

// starts are those under way, in the whole program.
var (
	starts struct {
		sync.Mutex
		n         int
		gcPercent int // to go back to when there are none
	}
	fewerStarts = sync.NewCond(&starts)
)

// fork starts a command. The calling goroutine must be locked to its thread, which
// has no other child.
func fork(cmd *exec.Cmd) error {
	begin()
	defer end()
	over := kernel.WatchStart()
	defer over()
	return cmd.Start()
}

func begin() {
	starts.Lock()
	defer starts.Unlock()
	for starts.n >= max(1, runtime.GOMAXPROCS(0)-1) {
		fewerStarts.Wait()
	}
	if starts.n++; starts.n == 1 {
		starts.gcPercent = debug.SetGCPercent(-1) // returns when none is collected any more
	}
}

func end() {
	starts.Lock()
	defer starts.Unlock()
	if starts.n--; starts.n == 0 {
		debug.SetGCPercent(starts.gcPercent)
	}
	fewerStarts.Signal()
}
