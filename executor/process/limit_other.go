//go:build !linux

package process

// MemoryLimit is 0: this system does not bound the data of a process.
const MemoryLimit = 0

func limitMemory(int64) error { return nil }
