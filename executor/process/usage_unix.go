//go:build unix

package process

import (
	"syscall"
	"time"
)

// ownUsage reads the usage of this process.
func ownUsage() Usage {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return Usage{}
	}
	return Usage{
		User:       time.Duration(ru.Utime.Nano()),
		System:     time.Duration(ru.Stime.Nano()),
		PeakMemory: peakMemory(&ru),
	}
}
