// Package kernel is what the operating system tells of a process and does for
// it, where systems differ: what a process has used and how long it waited for a
// processor, the processor time of a thread, a bound to memory, shared memory,
// the death of a child with its parent, input that the runtime polls.
//
// It starts nothing and knows no protocol. A system that lacks something says so
// (Instruments), and what it does not tell is nil: nothing is guessed.
//
// # Hard cases
//
//   - Peak memory: a forked child inherits the ru_maxrss of its parent, so on Linux
//     a worker reads VmHWM instead.
//   - A worker takes all memory: on Linux each worker bounds its own data
//     (RLIMIT_DATA, MemoryLimit a lane). A bomb ends its worker, with Go's own words
//     as the reason.
//   - The server dies: on Linux the kernel kills its workers as well (Attributes).
//   - One P: a goroutine in a blocking read keeps its P for 10 to 20 ms (Pollable).
//   - Processors that are busy with something else: the run queue tells how long
//     threads waited for one (Queued); that is no waiting for I/O.
package kernel

import (
	"os"
	"time"

	psprocess "github.com/shirou/gopsutil/v4/process"
)

// Shared is memory that two processes see: one has the other inherit File.
type Shared struct {
	File *os.File
	Mem  []byte
}

// Look tells what another process has used so far and has in memory, in bytes:
// nil for what the system does not tell of it.
func Look(pid int) (cpu *time.Duration, memory *int64) {
	p, err := psprocess.NewProcess(int32(pid))
	if err != nil {
		return nil, nil
	}
	if t, err := p.Times(); err == nil {
		used := time.Duration((t.User + t.System) * float64(time.Second))
		cpu = &used
	}
	if m, err := p.MemoryInfo(); err == nil {
		resident := int64(m.RSS)
		memory = &resident
	}
	return cpu, memory
}

// Threads is how many threads this process has; 0 if the system does not tell.
func Threads() int {
	p, err := psprocess.NewProcess(int32(os.Getpid()))
	if err != nil {
		return 0
	}
	n, err := p.NumThreads()
	if err != nil {
		return 0
	}
	return int(n)
}
