package crew

import (
	"time"

	"carriles/executor/batch/result"
)

// chaos follows a deliberate failure: which worker was killed, what it took
// with it, and when another stood in its place.
type chaos struct {
	victim *member
	diedAt time.Time
	out    result.ChaosReport
}

// struck says that a worker has been killed on purpose.
func (k *chaos) struck(m *member, at time.Duration) {
	k.victim = m
	k.out.KilledAtS, k.out.ProcessID = at.Seconds(), m.ProcessID
}

// died says that a worker has gone, with tasks in hand that lose so much work.
func (k *chaos) died(m *member, at time.Time, tasks int, lost time.Duration) {
	if k.victim == m {
		k.diedAt, k.out.TasksInFlight, k.out.LostS = at, tasks, lost.Seconds()
	}
}

// ready says that a worker is ready. One that came by itself takes anybody's
// place.
func (k *chaos) ready(m *member, at time.Time) {
	if !k.diedAt.IsZero() && (m.slot == k.victim.slot || m.asked.IsZero()) && k.out.WithoutS == 0 {
		k.out.WithoutS = at.Sub(k.diedAt).Seconds()
	}
}

// report is nil unless a worker was killed.
func (k *chaos) report(failed int) *result.ChaosReport {
	if k.victim == nil {
		return nil
	}
	k.out.ImagesLost = failed
	return &k.out
}
