package kernel

import (
	"errors"
	"io"
	"math"
	"os"
	"syscall"
	"time"

	psprocess "github.com/shirou/gopsutil/v4/process"
	"golang.org/x/sys/windows"

	"carriles/executor/crew"
	"carriles/executor/text"
)

// Descriptors is how many files and connections this process may have open.
func Descriptors() int { return math.MaxInt } // as many as there is memory for

// Own is what this process has used so far, but for Queued.
func Own() crew.Usage {
	var u crew.Usage
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &kernel, &user) == nil {
		u.System, u.User = ticks(kernel), ticks(user)
	}
	if p, err := psprocess.NewProcess(int32(os.Getpid())); err == nil {
		if m, err := p.MemoryInfo(); err == nil {
			u.PeakMemory = int64(m.HWM)
			if u.PeakMemory == 0 {
				u.PeakMemory = int64(m.RSS)
			}
		}
	}
	return u
}

// ticks converts a span of 100 ns units.
func ticks(f windows.Filetime) time.Duration {
	return time.Duration(int64(f.HighDateTime)<<32|int64(f.LowDateTime)) * 100
}

// Final is the usage of a process that has ended.
func Final(s *os.ProcessState) crew.Usage {
	return crew.Usage{User: s.UserTime(), System: s.SystemTime()}
}

// Attributes puts a worker into a process group of its own, so that Ctrl-C
// reaches only the server.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// Signal is empty: Windows ends a process with a code, never by a signal.
func Signal(*os.ProcessState) string { return "" }

// LacksShared says why workers cannot share memory with the server.
var LacksShared = &text.Text{
	ES: "en Windows un proceso no hereda memoria compartida de esta manera",
	EN: "on Windows a process does not inherit shared memory in this way",
}

var errNoShared = errors.New("no shared memory on Windows")

// NewShared always fails.
func NewShared(int) (*Shared, error) { return nil, errNoShared }

// MapShared always fails.
func MapShared(*os.File, int) (*Shared, error) { return nil, errNoShared }

// Close does nothing.
func (*Shared) Close() {}

// Pollable would spare each task the wait for a P that is described beside the
// other systems' version. An inherited pipe of Windows cannot be polled, so
// there a worker with GOMAXPROCS 1 idles some milliseconds before each task,
// and its account says so.
func Pollable(in io.Reader) (io.Reader, error) { return in, nil }
