//go:build !unix

package waits

import "time"

// sleep parks the goroutine, whose thread waits with it: it is locked to that.
func sleep(wait time.Duration) { time.Sleep(wait) }
