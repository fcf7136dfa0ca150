package process

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadCPU tells the processor time that the calling thread has used.
func threadCPU() func() time.Duration {
	return func() time.Duration {
		var t unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
			return 0
		}
		return time.Duration(t.Nano())
	}
}
