package topology

import (
	"os"

	"golang.org/x/sys/unix"
)

func readHost() host {
	root := os.DirFS("/")
	aff := readAffinity()
	return host{
		counts:   readSysfs(root, aff.CPUs),
		affinity: aff,
		quota:    readQuota(root),
		memory:   readMemoryLimit(root),
	}
}

// throttled is readThrottled's.
func throttled() float64 { return readThrottled(os.DirFS("/")) }

// readAffinity asks for the mask of the calling thread, which is the process's
// unless somebody pinned this very thread.
func readAffinity() Affinity {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil || set.Count() == 0 {
		// A kernel built for more CPUs than the set holds refuses.
		return runtimeAffinity()
	}
	cpus := make([]int, 0, set.Count())
	for cpu := 0; len(cpus) < cap(cpus); cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return Affinity{CPUs: cpus, Count: len(cpus), Source: SourceOS}
}

func logicalCPUs() Reading {
	return Reading{len(onlineCPUs(os.DirFS("/"))), SourceSysfs}
}
