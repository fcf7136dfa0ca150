//go:build unix

package process

import (
	"os"
	"syscall"
	"time"
)

// ownUsage reads the usage of this process.
func ownUsage() Usage {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return Usage{}
	}
	u := usageOf(&ru)
	u.PeakMemory = peakMemory(&ru)
	return u
}

// finalUsage is the usage of a process that has ended. Its peak memory is not
// known: what the kernel says begins with that of the process it came from.
func finalUsage(s *os.ProcessState) Usage {
	if ru, ok := s.SysUsage().(*syscall.Rusage); ok {
		return usageOf(ru)
	}
	return Usage{User: s.UserTime(), System: s.SystemTime()}
}

func usageOf(ru *syscall.Rusage) Usage {
	return Usage{
		User:   time.Duration(ru.Utime.Nano()),
		System: time.Duration(ru.Stime.Nano()),
		Counts: &Counts{
			VoluntarySwitches: int64(ru.Nvcsw), InvoluntarySwitches: int64(ru.Nivcsw),
			MinorFaults: int64(ru.Minflt), MajorFaults: int64(ru.Majflt),
		},
	}
}
