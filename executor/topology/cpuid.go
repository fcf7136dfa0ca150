package topology

import (
	"runtime"
	"strings"

	"github.com/klauspost/cpuid/v2"
)

// readCPUID gives what the processor says of itself.
func readCPUID() (CPU, Hypervisor, counts) {
	// A copy: the library's variable is shared.
	c := cpuid.CPU
	return describeCPU(c, runtime.GOARCH), describeHypervisor(c, runtime.GOARCH), countCPUID(c, runtime.GOARCH, runtime.NumCPU())
}

func describeCPU(c cpuid.CPUInfo, arch string) CPU {
	cpu := CPU{Model: known(c.BrandName), Vendor: known(c.VendorString), Features: features(c), Source: SourceOS}
	if arch == "amd64" {
		cpu.Source = SourceCPUID
	}
	if cpu.Model == "" && cpu.Vendor == "" && len(cpu.Features) == 0 {
		cpu.Source = SourceUnknown
	}
	return cpu
}

// describeHypervisor looks at the "hypervisor present" bit first: without it,
// the leaf that would hold the name returns unrelated numbers.
func describeHypervisor(c cpuid.CPUInfo, arch string) Hypervisor {
	switch {
	case arch != "amd64":
		return Hypervisor{Source: SourceUnknown}
	case !c.Has(cpuid.HYPERVISOR):
		return Hypervisor{Source: SourceCPUID}
	case c.HypervisorVendorID != cpuid.VendorUnknown:
		return Hypervisor{Name: c.HypervisorVendorID.String(), Source: SourceCPUID}
	}
	name := strings.Trim(c.HypervisorVendorString, "\x00 ")
	if name == "" {
		name = "unnamed"
	}
	return Hypervisor{Name: name, Source: SourceCPUID}
}

// countCPUID takes over the counts that really come from CPUID. numCPU is the
// number of CPUs that the process may use.
func countCPUID(c cpuid.CPUInfo, arch string, numCPU int) counts {
	n := counts{source: SourceCPUID}
	if arch != "amd64" {
		// On arm64 the library fills its fields with runtime.NumCPU and one
		// thread per core, or asks the system as readHost does.
		return n
	}
	n.l1d, n.l2, n.l3 = c.Cache.L1D, c.Cache.L2, c.Cache.L3
	n.logical = c.LogicalCores
	switch {
	case c.PhysicalCores <= 0 || c.LogicalCores <= 0:
		// ThreadsPerCore is 1 then, which means "undetectable".
	case c.LogicalCores < numCPU:
		// CPUID describes one package, and this machine has more of them.
		n.logical = 0
	case c.Has(cpuid.HYBRID_CPU):
		// The library divides all threads by the threads of the core it
		// happens to run on, which is wrong when cores differ.
	default:
		n.physical, n.threadsPerCore = c.PhysicalCores, c.ThreadsPerCore
	}
	return n
}

// features lists the instruction sets that pixel code uses or could use, from
// the oldest to the newest.
func features(c cpuid.CPUInfo) []string {
	list := []struct {
		id   cpuid.FeatureID
		name string
	}{
		{cpuid.SSE2, "sse2"}, {cpuid.SSSE3, "ssse3"}, {cpuid.SSE4, "sse4.1"}, {cpuid.SSE42, "sse4.2"},
		{cpuid.AVX, "avx"}, {cpuid.AVX2, "avx2"}, {cpuid.FMA3, "fma"}, {cpuid.BMI2, "bmi2"},
		{cpuid.AVX512F, "avx512f"}, {cpuid.AVX512BW, "avx512bw"}, {cpuid.AVX512DQ, "avx512dq"},
		{cpuid.AVX512VL, "avx512vl"}, {cpuid.AVX512VBMI, "avx512vbmi"}, {cpuid.AVX512VBMI2, "avx512vbmi2"},
		{cpuid.AVX512VNNI, "avx512vnni"}, {cpuid.AVXVNNI, "avxvnni"}, {cpuid.GFNI, "gfni"},
		{cpuid.ASIMD, "neon"}, {cpuid.ASIMDDP, "asimddp"}, {cpuid.ASIMDHP, "asimdhp"},
		{cpuid.I8MM, "i8mm"}, {cpuid.SVE, "sve"}, {cpuid.SVE2, "sve2"},
	}
	found := []string{} // not nil: the JSON shows an empty list
	for _, f := range list {
		if c.Has(f.id) {
			found = append(found, f.name)
		}
	}
	return found
}

// known drops the library's word for a name that it could not read.
func known(s string) string {
	s = strings.Trim(s, "\x00 ")
	if strings.EqualFold(s, "unknown") {
		return ""
	}
	return s
}
