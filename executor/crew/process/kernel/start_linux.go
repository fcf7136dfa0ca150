package kernel

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// The first look at a start that takes long, and how far apart the later ones get.
const (
	watchFirst = 20 * time.Millisecond
	watchEvery = 200 * time.Millisecond
)

// WatchStart watches over the child that the calling thread is about to start,
// until over is called: one that is stopped before its exec is killed. Nobody else
// could: who started it does not know of it yet. The thread must start no other
// child meanwhile, and must have none.
func WatchStart() (over func()) {
	w := &startWatch{thread: syscall.Gettid()}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(watchFirst, w.look)
	return w.end
}

// startWatch is one start that is watched.
type startWatch struct {
	thread int

	mu    sync.Mutex
	timer *time.Timer
	ended bool
}

// end returns when nobody will be killed any more.
func (w *startWatch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.timer.Stop()
}

func (w *startWatch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	for _, pid := range childrenOf(w.thread) {
		if Stopped(pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it is not waited for yet: the number is its own
		}
	}
	w.timer.Reset(watchEvery)
}

// childrenOf are those that a thread of this process has started (proc_pid_task(5):
// children, of kernels with CONFIG_PROC_CHILDREN).
func childrenOf(thread int) (pids []int) {
	list, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", thread))
	if err != nil {
		return nil
	}
	for _, word := range bytes.Fields(list) {
		if pid, err := strconv.Atoi(string(word)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Stopped tells whether a process is there and has been stopped by a signal (proc_pid_stat(5),
// the field after the name, which is in parentheses and may hold some itself).
func Stopped(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	i := bytes.LastIndexByte(stat, ')')
	return i >= 0 && bytes.HasPrefix(stat[i+1:], []byte(" T"))
}
