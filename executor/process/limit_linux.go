package process

import "syscall"

// MemoryLimit bounds the data of one lane of a worker, in bytes. A lane needs
// some 450 MB for the largest image that is let in; an image that would need
// more than this ends its worker, not the machine.
const MemoryLimit = 1 << 30

// limitMemory bounds this process's private memory. RLIMIT_AS would not do: the
// runtime reserves far more addresses than it uses.
func limitMemory(bytes int64) error {
	return syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)})
}
