package crew

import (
	"cmp"
	"slices"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
)

// ledger collects what the lanes and the workers of a round did and used. It is
// put in order when the clock has stopped.
//
// Accounts that could lie: spans are put in order after the clock and holes are
// idle, so a lane's parts add up by construction. What can be wrong is that spans
// overlap or lie outside of the clock. That is measured (Lane.Clipped), and tests
// hold it under 2 %.
//
// Clocks: spans are on each worker's own monotonic clock. A worker says at which
// wall time that stood at 0, which places its spans on the round's axis; where
// its wall clock is another's, its place says how far that is ahead, and how
// sure it is of it (Clock, Lane.ClockError).
type ledger struct {
	lanes   []Lane
	workers []result.ProcessAccount
}

func (l *ledger) at(lane int) *Lane {
	for len(l.lanes) <= lane {
		l.lanes = append(l.lanes, Lane{Number: len(l.lanes)})
	}
	return &l.lanes[lane]
}

// open says which worker a lane now belongs to.
func (l *ledger) open(lane int, m *member) {
	a := l.at(lane)
	a.Worker, a.Startup, a.ClockError, a.occupied = m.Identity, m.startup(), m.hello.Clock.Error, true
}

// size is how many spans a lane has.
func (l *ledger) size(lane int) int { return len(l.at(lane).Spans) }

func (l *ledger) add(lane int, s trace.Span) {
	a := l.at(lane)
	a.Spans = append(a.Spans, s)
}

// addAll adds spans of another clock.
func (l *ledger) addAll(lane int, spans []trace.Span, shift time.Duration) {
	for _, s := range spans {
		s.Start += shift
		s.End += shift
		l.add(lane, s)
	}
}

// count notes a task that a lane has done, and the bytes that travelled for it.
func (l *ledger) count(lane, in, out int) {
	a := l.at(lane)
	a.Tasks++
	a.In += int64(in)
	a.Out += int64(out)
}

// byRest lists n lanes from first on, that which has rested longest first. The
// oldest of the tasks that a worker takes with it was on that one: a lane gets
// its next task when it has finished one.
func (l *ledger) byRest(first, n int) []int {
	lanes := make([]int, n)
	for i := range lanes {
		lanes[i] = first + i
	}
	last := func(lane int) (end time.Duration) {
		for _, s := range l.at(lane).Spans {
			end = max(end, s.End)
		}
		return end
	}
	slices.SortStableFunc(lanes, func(a, b int) int { return cmp.Compare(last(a), last(b)) })
	return lanes
}

// worker notes what a worker used within the round, and why it ended if it did.
func (l *ledger) worker(m *member, u Usage, ended string) {
	p := result.ProcessAccount{
		ProcessID: m.ProcessID, Device: m.Device(0), Elsewhere: m.hello.Elsewhere, UserS: u.User.Seconds(), SystemS: u.System.Seconds(),
		PeakMemoryBytes: u.PeakMemory, StartupSeconds: m.startup().Seconds(), Ended: ended,
	}
	if n := u.Counts; n != nil {
		p.VoluntarySwitches, p.InvoluntarySwitches = &n.VoluntarySwitches, &n.InvoluntarySwitches
		p.MinorFaults, p.MajorFaults = &n.MinorFaults, &n.MajorFaults
	}
	if u.Queued != nil {
		waited := u.Queued.Seconds()
		p.QueuedS = &waited
	}
	l.workers = append(l.workers, p)
}

// close puts the spans in order and fills the holes, up to the end of the
// clock. Lanes whose worker never got ready are left out.
func (l *ledger) close(wall time.Duration) []Lane {
	lanes := slices.DeleteFunc(l.lanes, func(a Lane) bool { return !a.occupied })
	for i := range lanes {
		lanes[i].Spans, lanes[i].Clipped = trace.Whole(lanes[i].Spans, wall)
	}
	return lanes
}
