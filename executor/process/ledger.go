package process

import (
	"cmp"
	"slices"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/trace"
)

// Lane is what one worker did in a round. Its spans are on the round's clock,
// in the order of their start, without overlaps or holes: where a worker did
// nothing else it was idle.
type Lane struct {
	Number  int // as in TaskReport; none is given twice, but one may be missing
	PID     int
	Startup time.Duration // from asking for the process to its first word
	Tasks   int
	In, Out int64 // bytes that travelled
	Spans   []trace.Span
	// Clipped is how much of what was recorded lay outside of the clock or over
	// another span: how far off the account is.
	Clipped  time.Duration
	occupied bool
}

// ledger collects what the lanes and the processes of a round did and used. It
// is put in order when the clock has stopped.
type ledger struct {
	lanes     []Lane
	processes []result.ProcessAccount
}

func (l *ledger) at(lane int) *Lane {
	for len(l.lanes) <= lane {
		l.lanes = append(l.lanes, Lane{Number: len(l.lanes)})
	}
	return &l.lanes[lane]
}

// open says which process a lane now belongs to.
func (l *ledger) open(lane int, c *child) {
	a := l.at(lane)
	a.PID, a.Startup, a.occupied = c.pid, c.ready.Sub(c.asked), true
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
// oldest of the tasks that a process takes with it was on that one: a lane gets
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

func (l *ledger) process(c *child, u Usage, ended string) {
	p := result.ProcessAccount{
		ProcessID: c.pid, UserS: u.User.Seconds(), SystemS: u.System.Seconds(),
		PeakMemoryBytes: u.PeakMemory, StartupSeconds: c.ready.Sub(c.asked).Seconds(), Ended: ended,
	}
	if n := u.Counts; n != nil {
		p.VoluntarySwitches, p.InvoluntarySwitches = &n.VoluntarySwitches, &n.InvoluntarySwitches
		p.MinorFaults, p.MajorFaults = &n.MinorFaults, &n.MajorFaults
	}
	if u.Queued != nil {
		waited := u.Queued.Seconds()
		p.QueuedS = &waited
	}
	l.processes = append(l.processes, p)
}

// close puts the spans in order and fills the holes, up to the end of the
// clock. Lanes whose process never got ready are left out.
func (l *ledger) close(wall time.Duration) []Lane {
	lanes := slices.DeleteFunc(l.lanes, func(a Lane) bool { return !a.occupied })
	for i := range lanes {
		lanes[i].Spans, lanes[i].Clipped = trace.Whole(lanes[i].Spans, wall)
	}
	return lanes
}
