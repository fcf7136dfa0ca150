package topology

import "golang.org/x/sys/unix"

// readHost asks sysctl. macOS has neither affinity masks nor CPU quotas.
func readHost() host {
	return host{
		counts: counts{
			source:         SourceOS,
			packages:       sysctl32("hw.packages"),
			physical:       sysctl32("hw.physicalcpu"),
			logical:        sysctl32("hw.logicalcpu"),
			threadsPerCore: wholeRatio(sysctl32("hw.logicalcpu"), sysctl32("hw.physicalcpu")),
			l1d:            sysctl64("hw.l1dcachesize"),
			l2:             sysctl64("hw.l2cachesize"),
			l3:             sysctl64("hw.l3cachesize"),
		},
		affinity: runtimeAffinity(),
		quota:    Quota{State: QuotaNone, Source: SourceOS},
	}
}

func logicalCPUs() Reading { return Reading{sysctl32("hw.logicalcpu"), SourceOS} }

// sysctl32 and sysctl64 give 0 for a name that this machine does not have.
func sysctl32(name string) int {
	v, err := unix.SysctlUint32(name)
	if err != nil {
		return 0
	}
	return int(v)
}

func sysctl64(name string) int {
	v, err := unix.SysctlUint64(name)
	if err != nil {
		return 0
	}
	return int(v)
}

// throttled is 0: there are no quotas here.
func throttled() float64 { return 0 }
