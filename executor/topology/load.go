package topology

// LoadInfo is how busy the whole machine was, this process included.
type LoadInfo struct {
	// OneMinute is the load average of the last minute: runnable tasks, on
	// Linux also those in uninterruptible sleep. Nil where the system has none.
	OneMinute *float64 `json:"load_1m"`
	// Logical is the number of the machine's logical CPUs, to hold the load
	// against.
	Logical Figure `json:"logical_cpus"`
}

// Load reads the load average: one small file or one system call, cheap enough
// to stand beside every run.
func Load() LoadInfo {
	return LoadInfo{OneMinute: loadAverage(), Logical: figure(logicalCPUs())}
}
