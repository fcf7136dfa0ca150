package process

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

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
