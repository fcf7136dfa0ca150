package kernel

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"carriles/executor/trace"
)

// ThreadMeter makes a meter for one thread, on which it must always be called: it
// tells the processor time that this has used, how long it was queued for a
// processor, and how often it has given one up to wait. That takes two system
// calls and a read of a file that stays open, 2 us together.
func ThreadMeter() trace.Meter {
	// What it was queued for a processor only its file tells, which is opened by
	// the thread itself: the first to call.
	var queue *os.File
	opened := false
	return func() trace.Used {
		u := trace.Used{Queued: trace.UnknownCPU, Waits: -1}
		var t unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err == nil {
			u.CPU = time.Duration(t.Nano())
		}
		var ru unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_THREAD, &ru); err == nil {
			u.Waits = int64(ru.Nvcsw)
		}
		if !opened {
			opened = true
			queue, _ = os.Open("/proc/thread-self/schedstat")
		}
		if queue == nil {
			return u
		}
		var line [80]byte
		n, _ := unix.Pread(int(queue.Fd()), line[:], 0)
		if waited, counted, ok := runQueue(line[:max(0, n)]); ok && counted {
			u.Queued = waited
		}
		return u
	}
}

// MemoryLimit bounds the data of one lane of a worker, in bytes. The largest images
// that are let in need 500 to 950 MB (50 megapixels, turned, a chain of four
// filters: as a JPEG, as a progressive one without subsampling, as a PNG of 16
// bits); what would need more ends its worker, not the machine.
const MemoryLimit = 1 << 30

// LimitMemory bounds this process's private memory. RLIMIT_AS would not do: the
// runtime reserves far more addresses than it uses.
func LimitMemory(bytes int64) error {
	return syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)})
}

// Sacrifice has the kernel take this process first when memory runs out
// (proc_pid_oom_score_adj(5)): anybody may raise his own score. Where that cannot be
// written the kernel chooses by size, as without it.
func Sacrifice() { _ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) }

// Attributes puts a worker into a process group of its own, so that Ctrl-C
// reaches only the server, and has the kernel kill it when the server's thread
// that started it dies: that thread has to stay until the worker is gone.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// HasDeathSignal tells whether the kernel ends orphans by itself.
const HasDeathSignal = true

// newSharedFile makes memory that has a descriptor but no name.
func newSharedFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("carriles", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "carriles"), nil
}

// peakMemory reads VmHWM. The kernel's ru_maxrss will not do here: a process
// inherits the one of the server that it was forked from.
func peakMemory(*syscall.Rusage) int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			var kib int64
			if _, err := fmt.Sscan(rest, &kib); err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}

// Queued is how long the threads of this process have been able to run without
// a processor to run on, all together, since they started; nil where the kernel
// does not count it (CONFIG_SCHED_INFO). A thread that has ended takes its part
// with it: those of a worker's lanes live as long as the process. What a thread
// waits counts when it has got its processor.
func Queued() *time.Duration {
	threads, err := filepath.Glob("/proc/self/task/[0-9]*/schedstat")
	if err != nil {
		return nil
	}
	var sum time.Duration
	known := false
	for _, path := range threads {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		waited, counted, ok := runQueue(data)
		if !ok {
			return nil
		}
		sum += waited
		known = known || counted
	}
	if !known {
		return nil
	}
	return &sum
}

// runQueue reads a thread's schedstat: the nanoseconds that it has run, those that
// it has spent in the run queue, and how often it has left that for a processor
// (Documentation/scheduler/sched-stats.rst of Linux). A kernel that does not count
// says 0 each time, or has no such file.
func runQueue(schedstat []byte) (waited time.Duration, counted, ok bool) {
	fields := bytes.Fields(schedstat)
	if len(fields) != 3 {
		return 0, false, false
	}
	ns, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0, false, false
	}
	return time.Duration(ns), string(fields[2]) != "0", true
}
