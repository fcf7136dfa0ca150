package topology

import "github.com/shirou/gopsutil/v4/cpu"

// readHost asks the Windows API. A job object can limit CPU time as a container
// does; that is not read, so the quota is unknown and not "none".
func readHost() host {
	logical, physical := cpuCount(true), cpuCount(false)
	return host{
		counts: counts{
			source:         SourceOS,
			physical:       physical,
			logical:        logical,
			threadsPerCore: wholeRatio(logical, physical),
		},
		affinity: runtimeAffinity(),
		quota:    Quota{State: QuotaUnknown, Source: SourceUnknown},
	}
}

func logicalCPUs() Reading { return Reading{cpuCount(true), SourceOS} }

func cpuCount(logical bool) int {
	n, err := cpu.Counts(logical)
	if err != nil {
		return 0
	}
	return n
}

// throttled is 0: there are no quotas here.
func throttled() float64 { return 0 }
