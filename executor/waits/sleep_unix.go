//go:build unix

package waits

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleep blocks the calling thread in the kernel: poll of nothing, which every Unix
// has, with a timeout. A signal of the runtime's ends it early.
func sleep(wait time.Duration) {
	for until := time.Now().Add(wait); ; {
		left := time.Until(until)
		if left <= 0 {
			return
		}
		_, _ = unix.Poll(nil, int((left+time.Millisecond-1)/time.Millisecond))
	}
}
