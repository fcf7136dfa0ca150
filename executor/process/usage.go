package process

import "time"

// Usage is what a process has used since it started, as its kernel accounts
// it.
type Usage struct {
	User   time.Duration `json:"user_ns"`
	System time.Duration `json:"system_ns"`
	// PeakMemory is the largest resident set so far, in bytes; 0 if the system
	// does not tell.
	PeakMemory int64 `json:"peak_memory_bytes"`
}
