//go:build !linux

package process

import "time"

// queued is nil: this system does not tell.
func queued() *time.Duration { return nil }
