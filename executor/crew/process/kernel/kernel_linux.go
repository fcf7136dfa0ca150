package kernel

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"carriles/executor/trace"
)

// ThreadMeter makes a meter for one thread, on which it must always be called: it
// tells the processor time that this has used, how long it was queued for a
// processor, how often it has given one up to wait, and what its page faults have
// taken, if one costs so much (FaultCost; 0 for not known). That takes two system
// calls, and a read of a file that stays open when it has been off its processor: 3
// to 5 us on a virtual machine, where any system call takes 1.2.
func ThreadMeter(fault time.Duration) trace.Meter {
	// What it was queued for a processor only its file tells, which is opened by
	// the thread itself: the first to call. None of the calls blocks, so the Go
	// runtime is told of none: that would cost more than they do.
	queue := -2
	queued, switches := trace.UnknownCPU, int64(-1)
	return func() trace.Used {
		u := trace.Used{Queued: trace.UnknownCPU, Waits: -1, Touched: trace.UnknownCPU}
		var t unix.Timespec
		if _, _, e := unix.RawSyscall(unix.SYS_CLOCK_GETTIME, unix.CLOCK_THREAD_CPUTIME_ID, uintptr(unsafe.Pointer(&t)), 0); e == 0 {
			u.CPU = time.Duration(t.Nano())
		}
		var ru unix.Rusage
		if _, _, e := unix.RawSyscall(unix.SYS_GETRUSAGE, unix.RUSAGE_THREAD, uintptr(unsafe.Pointer(&ru)), 0); e == 0 {
			u.Waits, u.Loads = int64(ru.Nvcsw), int64(ru.Majflt)+int64(ru.Inblock)
			if fault > 0 {
				u.Touched = time.Duration(ru.Minflt) * fault
			}
		}
		// Who has not been off its processor since has not been queued either.
		off := int64(ru.Nvcsw) + int64(ru.Nivcsw)
		if u.Waits >= 0 && off == switches {
			u.Queued = queued
			return u
		}
		switches = off
		if queue == -2 {
			var err error
			if queue, err = unix.Open("/proc/thread-self/schedstat", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
				queue = -1
			}
		}
		if queue < 0 {
			return u
		}
		var line [80]byte
		n, _, e := unix.RawSyscall6(unix.SYS_PREAD64, uintptr(queue), uintptr(unsafe.Pointer(&line)), uintptr(len(line)), 0, 0, 0)
		if e != 0 {
			return u
		}
		if waited, counted, ok := runQueue(line[:n]); ok && counted {
			queued = waited
		}
		u.Queued = queued
		return u
	}
}

// FaultCost measures what it takes a thread to touch 4 KiB of memory for the first
// time: the least of a few tries, since what disturbs one makes it longer. It is 0
// if that cannot be measured, and itself takes some 5 ms.
//
// It stands for every fault of a worker. Of a large page one costs more, of the
// program's own file less; the small ones of fresh memory are the most.
func FaultCost() (least time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const pages, tries = 128, 4
	for range tries {
		size := pages * os.Getpagesize()
		memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			return 0
		}
		_ = unix.Madvise(memory, unix.MADV_NOHUGEPAGE)
		meter := ThreadMeter(1) // which counts them
		before := meter()
		for at := 0; at < size; at += os.Getpagesize() {
			memory[at] = 1
		}
		after := meter()
		_ = unix.Munmap(memory)
		if faults := after.Touched - before.Touched; faults > 0 {
			if cost := (after.CPU - before.CPU) / faults; least == 0 || cost < least {
				least = cost
			}
		}
	}
	return least
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
	_, rest, _ := bytes.Cut(bytes.TrimSuffix(schedstat, []byte("\n")), []byte(" "))
	queued, times, ok := bytes.Cut(rest, []byte(" "))
	if !ok || len(queued) == 0 || len(times) == 0 || bytes.IndexByte(times, ' ') >= 0 {
		return 0, false, false
	}
	for _, digit := range queued {
		if digit < '0' || digit > '9' {
			return 0, false, false
		}
		waited = 10*waited + time.Duration(digit-'0')
	}
	return waited, string(times) != "0", true
}
