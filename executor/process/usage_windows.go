package process

import (
	"os"
	"time"

	psprocess "github.com/shirou/gopsutil/v4/process"
	"golang.org/x/sys/windows"
)

// ownUsage reads the usage of this process.
func ownUsage() Usage {
	var u Usage
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

// finalUsage is the usage of a process that has ended.
func finalUsage(s *os.ProcessState) Usage {
	return Usage{User: s.UserTime(), System: s.SystemTime()}
}
