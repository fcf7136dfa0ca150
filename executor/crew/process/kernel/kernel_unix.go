//go:build unix

package kernel

import (
	"io"
	"math"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"carriles/executor/crew"
	"carriles/executor/text"
)

// Own is what this process has used so far, but for Queued.
func Own() crew.Usage {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return crew.Usage{}
	}
	u := usageOf(&ru)
	u.PeakMemory = peakMemory(&ru)
	return u
}

// Descriptors is how many files and connections this process may have open.
func Descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxInt
	}
	return int(min(limit.Cur, math.MaxInt32))
}

// Final is the usage of a process that has ended. Its peak memory is not
// known: what the kernel says begins with that of the process it came from.
func Final(s *os.ProcessState) crew.Usage {
	if ru, ok := s.SysUsage().(*syscall.Rusage); ok {
		return usageOf(ru)
	}
	return crew.Usage{User: s.UserTime(), System: s.SystemTime()}
}

func usageOf(ru *syscall.Rusage) crew.Usage {
	return crew.Usage{
		User:   time.Duration(ru.Utime.Nano()),
		System: time.Duration(ru.Stime.Nano()),
		Counts: &crew.Counts{
			VoluntarySwitches: int64(ru.Nvcsw), InvoluntarySwitches: int64(ru.Nivcsw),
			MinorFaults: int64(ru.Minflt), MajorFaults: int64(ru.Majflt),
		},
	}
}

// Signal is the name of the signal that ended a process; empty if none did.
func Signal(s *os.ProcessState) string {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return ws.Signal().String()
	}
	return ""
}

// LacksShared is nil: this system shares memory between processes.
var LacksShared *text.Text

// NewShared makes shared memory of so many bytes. Only the pages that are
// written take memory.
func NewShared(size int) (*Shared, error) {
	f, err := newSharedFile()
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(int64(size)); err != nil {
		f.Close()
		return nil, err
	}
	s, err := MapShared(f, size)
	if err != nil {
		f.Close()
	}
	return s, err
}

// MapShared maps the file of shared memory that was inherited.
func MapShared(f *os.File, size int) (*Shared, error) {
	mem, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &Shared{File: f, Mem: mem}, nil
}

// Close gives the memory back on this side.
func (s *Shared) Close() {
	_ = unix.Munmap(s.Mem)
	s.File.Close()
}

// Pollable makes a worker's standard input one that the runtime polls.
//
// A goroutine in a blocking read keeps its P until the runtime's monitor takes
// it away, 10 to 20 ms later. A worker with GOMAXPROCS 1 has no other P: that
// is how long each task would have waited for its lane after it had arrived.
func Pollable(in io.Reader) (io.Reader, error) {
	f, ok := in.(*os.File)
	if !ok {
		return in, nil
	}
	fd := int(f.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
