//go:build unix && !linux

package process

import (
	"runtime"
	"syscall"
)

// peakMemory reads ru_maxrss: bytes on macOS, KiB on the BSDs.
func peakMemory(ru *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(ru.Maxrss)
	}
	return int64(ru.Maxrss) << 10
}
