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
// with it: those of a worker's lanes live as long as the process. What a thread
// waits counts when it has got its processor.
func queued() *time.Duration {
	threads, err := filepath.Glob("/proc/self/task/[0-9]*/schedstat")
	if err != nil {
		return nil
	}
	var sum time.Duration
	known := false
	for _, path := range threads {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		waited, counted, ok := runQueue(data)
		if !ok {
			return nil
		}
		sum += waited
		known = known || counted
	}
	if !known {
		return nil
	}
	return &sum
}

// runQueue reads a thread's schedstat: the nanoseconds that it has run, those that
// it has spent in the run queue, and how often it has left that for a processor
// (Documentation/scheduler/sched-stats.rst of Linux). A kernel that does not count
// says 0 each time, or has no such file.
func runQueue(schedstat []byte) (waited time.Duration, counted, ok bool) {
	fields := bytes.Fields(schedstat)
	if len(fields) != 3 {
		return 0, false, false
	}
	ns, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0, false, false
	}
	return time.Duration(ns), string(fields[2]) != "0", true
}
