package topology

import (
	"math"
	"runtime"
)

// What a pool's size can be limited by.
const (
	LimitCores    = "cores"    // the machine's physical cores
	LimitAffinity = "affinity" // the CPUs this process may use
	LimitQuota    = "quota"    // the container's CPU time
	LimitOS       = "os"       // runtime.NumCPU: no better figure, or a smaller one
	LimitMemory   = "memory"   // the container's memory, or the machine's
)

// WorkerMemory is what a worker needs for the largest picture that is let in, and
// ServerMemory what the server needs beside them, in bytes.
const (
	WorkerMemory = 950 << 20
	ServerMemory = 64 << 20
)

// Pool is how many workers a batch gets by default, and why.
type Pool struct {
	Workers   int    `json:"workers"`    // at least 1
	LimitedBy string `json:"limited_by"` // LimitCores, LimitAffinity, LimitQuota, LimitOS or LimitMemory

	// The numbers it was chosen from; an unknown one is 0, took no part and is
	// left out of the JSON.
	PhysicalCores int   `json:"physical_cores,omitempty"` // of the machine
	AllowedCores  int   `json:"allowed_cores,omitempty"`  // of them, in the affinity mask
	AffinityCPUs  int   `json:"affinity_cpus,omitempty"`  // a real mask's
	OSCPUs        int   `json:"os_cpus,omitempty"`        // runtime.NumCPU, where there is no mask
	Quota         Quota `json:"quota"`
	MemoryBytes   int   `json:"memory_bytes,omitempty"` // the container's limit, or the machine's memory if that is less
}

// Pool chooses the number of workers: the smallest of the physical cores that
// the affinity mask leaves, the CPUs of the mask, the quota rounded up, and those
// that the memory has room for (at least 1).
//
// Physical cores, since two threads of one core share the units that a filter
// keeps busy: a second worker there adds little and blurs the speedup that the
// lesson measures. The quota is rounded up, since rounding down would leave
// paid time unused.
func (t Topology) Pool() Pool {
	p := Pool{PhysicalCores: t.Cores.Physical.Value, AllowedCores: t.Cores.Allowed.Value, Quota: t.Quota}
	switch t.Affinity.Source {
	case SourceOS:
		p.AffinityCPUs = t.Affinity.Count
	case SourceRuntime:
		p.OSCPUs = t.Affinity.Count
	}

	// The first of several equal limits is named.
	p.atMost(p.PhysicalCores, LimitCores)
	p.atMost(p.AllowedCores, LimitAffinity)
	p.atMost(p.AffinityCPUs, LimitAffinity)
	p.atMost(p.OSCPUs, LimitOS)
	if t.Quota.State == QuotaLimited {
		// Any quota is part of a processor at least, so this is 1 or more.
		p.atMost(int(math.Min(math.Ceil(t.Quota.CPUs), math.MaxInt32)), LimitQuota)
	}
	if p.Workers == 0 {
		p.OSCPUs = runtime.NumCPU()
		p.atMost(p.OSCPUs, LimitOS)
	}
	p.MemoryBytes = t.Memory.Value
	if limit := t.MemoryLimit.Value; limit > 0 && (p.MemoryBytes == 0 || limit < p.MemoryBytes) {
		p.MemoryBytes = limit
	}
	if p.MemoryBytes > 0 {
		p.atMost(max(1, (p.MemoryBytes-ServerMemory)/WorkerMemory), LimitMemory)
	}
	return p
}

// atMost lowers the number of workers to n; n = 0 is unknown and lowers nothing.
func (p *Pool) atMost(n int, by string) {
	if n > 0 && (p.Workers == 0 || n < p.Workers) {
		p.Workers, p.LimitedBy = n, by
	}
}
