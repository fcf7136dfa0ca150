package topology

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

const (
	sysCPU = "sys/devices/system/cpu"
	// maxCPUs bounds what a malformed list can make us allocate. Linux itself
	// stops at 8192 CPUs.
	maxCPUs = 1 << 16
)

// readSysfs counts the processors that the Linux kernel has online. root is the
// file system "/"; allowed are the CPUs of the affinity mask, nil if unknown.
// A count that cannot be read for every one of its CPUs stays 0.
func readSysfs(root fs.FS, allowed []int) counts {
	c := counts{source: SourceSysfs}
	online := onlineCPUs(root)
	c.logical = len(online)
	c.physical, c.threadsPerCore = countCores(root, online)
	c.allowed, _ = countCores(root, allowed)
	c.packages = countPackages(root, online)

	first := online
	if len(allowed) > 0 {
		first = allowed
	}
	if len(first) > 0 {
		c.l1d, c.l2, c.l3 = dataCaches(root, first[0])
	}
	return c
}

// onlineCPUs lists the CPUs that are switched on; nil if that cannot be read.
func onlineCPUs(root fs.FS) []int {
	return parseCPUList(readTrimmed(root, sysCPU+"/online"))
}

// countCores gives the number of distinct cores among cpus and the most CPUs
// that one of them has there; 0, 0 if any CPU's core cannot be told.
func countCores(root fs.FS, cpus []int) (cores, threads int) {
	perCore := map[string]int{}
	for _, cpu := range cpus {
		key := coreKey(root, cpu)
		if key == "" {
			return 0, 0
		}
		perCore[key]++
		threads = max(threads, perCore[key])
	}
	return len(perCore), threads
}

// countPackages counts the distinct packages of cpus; 0 if any CPU's cannot be
// told.
func countPackages(root fs.FS, cpus []int) int {
	packages := map[int]bool{}
	for _, cpu := range cpus {
		id, err := strconv.Atoi(readTrimmed(root, fmt.Sprintf("%s/cpu%d/topology/physical_package_id", sysCPU, cpu)))
		if err != nil || id < 0 { // -1 is the kernel's own "unknown"
			return 0
		}
		packages[id] = true
	}
	return len(packages)
}

// coreKey names the core that a CPU belongs to; empty if unknown.
//
// The list of the threads of a core is itself such a name, and the better one:
// core_id repeats between the clusters of some ARM boards. It is only the
// fallback, together with the package.
// https://docs.kernel.org/admin-guide/cputopology.html
func coreKey(root fs.FS, cpu int) string {
	dir := fmt.Sprintf("%s/cpu%d/topology/", sysCPU, cpu)
	if list := readTrimmed(root, dir+"thread_siblings_list"); parseCPUList(list) != nil {
		return "threads " + list
	}
	pkg, err1 := strconv.Atoi(readTrimmed(root, dir+"physical_package_id"))
	core, err2 := strconv.Atoi(readTrimmed(root, dir+"core_id"))
	// -1 is the kernel's own "unknown".
	if err1 != nil || err2 != nil || pkg < 0 || core < 0 {
		return ""
	}
	return fmt.Sprintf("package %d core %d", pkg, core)
}

// dataCaches gives the sizes, in bytes, of the caches that hold data for a CPU.
func dataCaches(root fs.FS, cpu int) (l1d, l2, l3 int) {
	for i := 0; ; i++ {
		dir := fmt.Sprintf("%s/cpu%d/cache/index%d/", sysCPU, cpu, i)
		level := readTrimmed(root, dir+"level")
		if level == "" {
			return l1d, l2, l3
		}
		if readTrimmed(root, dir+"type") == "Instruction" {
			continue
		}
		size := parseKiB(readTrimmed(root, dir+"size"))
		switch level {
		case "1":
			l1d = size
		case "2":
			l2 = size
		case "3":
			l3 = size
		}
	}
}

// parseKiB reads the kernel's "48K" as bytes; 0 if it is anything else.
func parseKiB(s string) int {
	digits, ok := strings.CutSuffix(s, "K")
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil {
		return 0
	}
	return int(n) << 10
}

// parseCPUList reads the kernel's list format, "0-3,8"; nil if it is malformed.
func parseCPUList(s string) []int {
	var cpus []int
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		a, err1 := strconv.ParseUint(from, 10, 32)
		b, err2 := strconv.ParseUint(to, 10, 32)
		if err1 != nil || err2 != nil || b < a || b >= maxCPUs {
			return nil
		}
		for i := a; i <= b; i++ {
			cpus = append(cpus, int(i))
		}
		if len(cpus) > maxCPUs {
			return nil
		}
	}
	return cpus
}

// readTrimmed gives a small file's text without the newline; empty if it
// cannot be read.
func readTrimmed(root fs.FS, name string) string {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
