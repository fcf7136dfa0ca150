// Package topology says what the machine is and how that is known: cores,
// threads, caches, vector instructions, the processors this process may use, a
// container's CPU quota; and it derives from them how many workers a pool
// should have.
//
// Every figure names its source. What cannot be read is 0 with the source
// "unknown", never a guess, because the lab shows these figures beside its
// measurements. The package imports nothing of this project, changes nothing on
// the machine, starts no goroutine, and never asks runtime.GOMAXPROCS: bild
// overrides that in an init, so it says nothing about the machine.
package topology

import (
	"runtime"

	"github.com/shirou/gopsutil/v4/mem"
)

// Source says where a figure was read.
type Source string

// The sources, the most trusted first.
const (
	// SourceSysfs is Linux's /sys/devices/system/cpu: the processors that the
	// kernel really has, on a virtual machine too.
	SourceSysfs Source = "sysfs"
	// SourceOS is another answer of the operating system: sysctl, a system
	// call, /proc, the Windows API.
	SourceOS Source = "os"
	// SourceCPUID is the processor's own CPUID instruction (amd64). It speaks
	// for one package, and a hypervisor may let it speak of the host.
	SourceCPUID Source = "cpuid"
	// SourceRuntime is Go's runtime.NumCPU: the CPUs the process could use when
	// it started.
	SourceRuntime Source = "runtime"
	// SourceCgroupV1 and SourceCgroupV2 are the two generations of Linux
	// control groups.
	SourceCgroupV1 Source = "cgroup_v1"
	SourceCgroupV2 Source = "cgroup_v2"
	// SourceUnknown marks a figure that could not be read.
	SourceUnknown Source = "unknown"
)

// Reading is what one source said.
type Reading struct {
	Value  int    `json:"value"`
	Source Source `json:"source"`
}

// Figure is a number and where it comes from. Where several sources were read,
// Readings lists all of them and Source is the one that won.
type Figure struct {
	// Value is a count or a number of bytes; 0 means unknown.
	Value    int       `json:"value"`
	Source   Source    `json:"source"`
	Readings []Reading `json:"readings,omitempty"`
}

// Known tells whether any source gave the figure.
func (f Figure) Known() bool { return f.Value > 0 }

// Topology is the machine as this process sees it.
type Topology struct {
	OS         string     `json:"os"`   // GOOS
	Arch       string     `json:"arch"` // GOARCH
	CPU        CPU        `json:"cpu"`
	Cores      Cores      `json:"cores"`
	Caches     Caches     `json:"caches"`
	Affinity   Affinity   `json:"affinity"`
	Quota      Quota      `json:"quota"`
	Hypervisor Hypervisor `json:"hypervisor"`
	// Memory is the machine's memory in bytes, not a container's limit.
	Memory Figure `json:"memory_bytes"`
	// MemoryLimit is a container's limit in bytes; unknown if there is none.
	MemoryLimit Figure `json:"memory_limit_bytes"`
}

// CPU is the processor's name and what it can do.
type CPU struct {
	Model  string `json:"model"`  // brand string; empty if unknown
	Vendor string `json:"vendor"` // empty if unknown
	// Features are the usable instruction sets that matter to pixel code, as
	// "avx2" or "neon": the processor has them and the system lets them be used.
	Features []string `json:"features"`
	// Source holds for all three: "cpuid" on amd64; "os" on arm64, where a
	// program can only ask the kernel.
	Source Source `json:"source"`
}

// Cores counts the processors of the whole machine, and those left to this
// process.
type Cores struct {
	// Packages are the chips, or sockets.
	Packages Figure `json:"packages"`
	Physical Figure `json:"physical"`
	Logical  Figure `json:"logical"`
	// ThreadsPerCore is the most that any core has: a hybrid processor has
	// cores with one and cores with two.
	ThreadsPerCore Figure `json:"threads_per_core"`
	// Allowed counts the physical cores that have at least one CPU in the
	// affinity mask. Known only where sysfs tells which CPUs share a core.
	Allowed Figure `json:"allowed"`
}

// Caches are the data caches that one core sees, in bytes. Where cores differ
// these are those of the first CPU this process may use (on Linux).
type Caches struct {
	L1d Figure `json:"l1d_bytes"`
	L2  Figure `json:"l2_bytes"`
	L3  Figure `json:"l3_bytes"`
}

// Affinity is the set of CPUs that this process may run on.
type Affinity struct {
	// CPUs are the system's CPU numbers, ascending; empty where only their
	// number is known.
	CPUs   []int  `json:"cpus,omitempty"`
	Count  int    `json:"count"`
	Source Source `json:"source"`
}

// Hypervisor is the virtual machine monitor that announces itself through
// CPUID. An empty Name with the source "cpuid" means that none does.
type Hypervisor struct {
	Name   string `json:"name"`
	Source Source `json:"source"`
}

// Detect reads the machine: a few dozen small files and calls, so call it at
// start and keep the answer.
func Detect() Topology {
	h := readHost()
	cpu, hypervisor, c := readCPUID()
	return Topology{
		OS:   runtime.GOOS,
		Arch: runtime.GOARCH,
		CPU:  cpu,
		// The operating system stands before CPUID: it knows the processors
		// that are there, all packages of them, and both kinds of a hybrid.
		Cores: Cores{
			Packages:       figure(h.reading(h.packages)),
			Physical:       figure(h.reading(h.physical), c.reading(c.physical)),
			Logical:        figure(h.reading(h.logical), c.reading(c.logical)),
			ThreadsPerCore: figure(h.reading(h.threadsPerCore), c.reading(c.threadsPerCore)),
			Allowed:        figure(h.reading(h.allowed)),
		},
		Caches: Caches{
			L1d: figure(h.reading(h.l1d), c.reading(c.l1d)),
			L2:  figure(h.reading(h.l2), c.reading(c.l2)),
			L3:  figure(h.reading(h.l3), c.reading(c.l3)),
		},
		Affinity:   h.affinity,
		Quota:      h.quota,
		Hypervisor: hypervisor,
		Memory:     figure(Reading{totalMemory(), SourceOS}),

		MemoryLimit: figure(h.memory),
	}
}

// host is what the operating system says; each platform has its readHost.
type host struct {
	counts
	affinity Affinity
	quota    Quota
	memory   Reading // a container's limit, in bytes
}

// counts are the figures that one source gave; what it did not give is 0.
type counts struct {
	source                                     Source
	packages                                   int
	physical, logical, threadsPerCore, allowed int
	l1d, l2, l3                                int
}

func (c counts) reading(v int) Reading { return Reading{v, c.source} }

// figure takes the first reading that says anything, the most trusted standing
// first, and keeps the others beside it.
func figure(readings ...Reading) Figure {
	var said []Reading
	for _, r := range readings {
		if r.Value > 0 {
			said = append(said, r)
		}
	}
	switch len(said) {
	case 0:
		return Figure{Source: SourceUnknown}
	case 1:
		return Figure{Value: said[0].Value, Source: said[0].Source}
	}
	return Figure{Value: said[0].Value, Source: said[0].Source, Readings: said}
}

// runtimeAffinity is the answer where there is no mask to read.
func runtimeAffinity() Affinity {
	return Affinity{Count: runtime.NumCPU(), Source: SourceRuntime}
}

// Memory is the machine's memory now, in bytes; false if the system does not tell.
func Memory() (total, available uint64, ok bool) {
	m, err := mem.VirtualMemory()
	if err != nil {
		return 0, 0, false
	}
	return m.Total, m.Available, true
}

// totalMemory is in bytes; 0 if the system does not tell.
func totalMemory() int {
	m, err := mem.VirtualMemory()
	if err != nil {
		return 0
	}
	return int(m.Total)
}
