package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// queued is how long the threads of this process have been able to run without
// a processor to run on, all together, since they started; nil where the kernel
// does not count it (CONFIG_SCHED_INFO). A thread that has ended takes its part
// with it: those of a worker's lanes live as long as the process.
//
// The second number of a thread's schedstat is the nanoseconds that it has spent
// in the run queue, the third how often it has left that for a processor
// (Documentation/scheduler/sched-stats.rst of Linux). A kernel that does not count
// either has no such file or says 0 three times.
func queued() *time.Duration {
	threads, err := filepath.Glob("/proc/self/task/[0-9]*/schedstat")
	if err != nil || len(threads) == 0 {
		return nil
	}
	var sum time.Duration
	counted := false
	for _, path := range threads {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		fields := bytes.Fields(data)
		if len(fields) != 3 {
			return nil
		}
		waited, err := strconv.ParseInt(string(fields[1]), 10, 64)
		if err != nil {
			return nil
		}
		sum += time.Duration(waited)
		counted = counted || string(fields[2]) != "0"
	}
	if !counted {
		return nil
	}
	return &sum
}
