//go:build unix && !linux

package kernel

import (
	"os"
	"runtime"
	"syscall"
)

// Attributes puts a worker into a process group of its own, so that Ctrl-C
// reaches only the server. That the server is gone a worker notices by the end
// of its input.
func Attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// newSharedFile makes a file without a name, whose mapping is shared memory as
// long as the system does not write it out.
func newSharedFile() (*os.File, error) {
	f, err := os.CreateTemp("", "carriles")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}

// peakMemory reads ru_maxrss: bytes on macOS, KiB on the BSDs.
func peakMemory(ru *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(ru.Maxrss)
	}
	return int64(ru.Maxrss) << 10
}
