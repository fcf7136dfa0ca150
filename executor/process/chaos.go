package process

import (
	"time"

	"carriles/executor/batch/result"
)

// chaos follows a deliberate failure: which process was killed, what it took
// with it, and when another stood in its place.
type chaos struct {
	victim *child
	diedAt time.Time
	out    result.ChaosReport
}

// struck says that a process has been killed on purpose.
func (k *chaos) struck(c *child, at time.Duration) {
	k.victim = c
	k.out.KilledAtS, k.out.ProcessID = at.Seconds(), c.pid
}

// died says that a process has ended, with tasks in flight that lose so much
// work.
func (k *chaos) died(c *child, at time.Time, tasks int, lost time.Duration) {
	if k.victim == c {
		k.diedAt, k.out.TasksInFlight, k.out.LostS = at, tasks, lost.Seconds()
	}
}

// ready says that a process is ready.
func (k *chaos) ready(c *child, at time.Time) {
	if !k.diedAt.IsZero() && c.slot == k.victim.slot && k.out.WithoutS == 0 {
		k.out.WithoutS = at.Sub(k.diedAt).Seconds()
	}
}

// report is nil unless a process was killed.
func (k *chaos) report(failed int) *result.ChaosReport {
	if k.victim == nil {
		return nil
	}
	k.out.ImagesLost = failed
	return &k.out
}
