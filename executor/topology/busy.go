package topology

import "github.com/shirou/gopsutil/v4/cpu"

// BusyInfo is how long the machine's processors have been at work since it
// started, in seconds over all of them.
type BusyInfo struct {
	Seconds float64 // by any program of this system, the kernel included
	Stolen  float64 // that a hypervisor gave to other systems meanwhile
	// Throttled is how long a container's quota has held its programs back, since
	// it started, over all processors; 0 where nothing is counted.
	Throttled float64
}

// Busy reads the counters of all processors; false where the system has none.
// They advance in ticks of some 10 ms.
func Busy() (BusyInfo, bool) {
	times, err := cpu.Times(false)
	if err != nil || len(times) != 1 {
		return BusyInfo{}, false
	}
	t := times[0]
	return BusyInfo{Seconds: t.User + t.Nice + t.System + t.Irq + t.Softirq, Stolen: t.Steal, Throttled: throttled()}, true
}
