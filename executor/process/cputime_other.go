//go:build !linux

package process

import "time"

// threadCPU is nil: this system does not tell, or not finely enough.
func threadCPU() func() time.Duration { return nil }
