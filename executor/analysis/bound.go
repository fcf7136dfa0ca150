package analysis

import (
	"carriles/executor/batch/result"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// What a run was bound by.
const (
	BoundCPU     = "cpu"
	BoundIO      = "io"
	BoundLock    = "lock"
	BoundMixed   = "mixed"
	BoundUnknown = "unknown" // the figures tell nothing
)

// BoundTitle says what a run was bound by in a word; empty if that is unknown.
func BoundTitle(bound string) text.Text {
	switch bound {
	case BoundCPU:
		return text.Text{ES: "cálculo", EN: "CPU"}
	case BoundIO:
		return text.Text{ES: "espera", EN: "I/O"}
	case BoundLock:
		return text.Text{ES: "candado", EN: "lock"}
	case BoundMixed:
		return text.Text{ES: "mixto", EN: "mixed"}
	}
	return text.Text{}
}

// The thresholds of Bound: shares of the processor time that the lanes could
// have used. What lies between is mixed.
const (
	CPUBoundFrom = 0.8
	IOBoundUpTo  = 0.2
)

// leastStage is the wall time in seconds below which nothing is said of a
// stage: in so short a sum, reading the two clocks and what happens between the
// one and the other (a page fault, an interrupt) is a large part.
const leastStage = 0.001

// Load are the sums over a run that tell what it was bound by, in seconds.
type Load struct {
	// CPU is the CPU time, user and system, of all its processes.
	CPU float64
	// Busy is, over all lanes, the wall time in which a lane was not idle,
	// waiting for I/O included.
	Busy float64
	// Slots is the wall time of the run times the threads that it could run at
	// once if it were alone: processes x GOMAXPROCS of each. Capacity is the
	// same, but at most the cores of the pool.
	Slots, Capacity float64
	// Queued is how long its threads were ready without a processor to run on;
	// 0 where the system does not tell.
	Queued float64
}

// Bound tells what a run spent its time on.
//
// The share is CPU / min(Busy, Capacity): "cpu" from CPUBoundFrom, "io" up to
// IOBoundUpTo, else "mixed". A lane that computes has a share near 1, one that
// waits for a slow server near 0. The capacity matters where lanes outnumber
// processors: of eight goroutines that compute under a GIL, seven wait at any
// moment, but for the processor, and that is not I/O. The share may exceed 1:
// the garbage collector computes beside the lanes.
//
// On a machine that is busy with something else a lane that computes also waits
// for a processor. What it waited is taken off the time that it was busy: the
// share is CPU / (min(Busy, Slots) - Queued), if that is more.
//
// It is "unknown" if CPU or Queued is negative, Busy, Slots or Capacity is not
// positive, or any is not a finite number.
func Bound(l Load) string {
	if !finite(l.CPU) || l.CPU < 0 || !finite(l.Queued) || l.Queued < 0 || !positive(l.Busy) || !positive(l.Slots) || !positive(l.Capacity) {
		return BoundUnknown
	}
	share := l.CPU / min(l.Busy, l.Capacity)
	if ran := min(l.Busy, l.Slots) - l.Queued; ran > 0 {
		share = max(share, l.CPU/ran)
	}
	return boundOf(share)
}

// boundOf names a share of processor time.
func boundOf(share float64) string {
	switch {
	case share >= CPUBoundFrom:
		return BoundCPU
	case share <= IOBoundUpTo:
		return BoundIO
	}
	return BoundMixed
}

// StageBoundsOf tells for each stage what it was bound by, from sums in seconds
// over all workers: the processor time of their threads in the stage and its
// wall time. The share is processor time over wall time, with the thresholds of
// Bound. lanes are the workers of the method, and processors those that they
// could use at once, as in Bound.
//
// Where lanes outnumber processors, a lane that computes also waits for its
// turn, which is not I/O. How much is seen in the stages that touch nothing but
// memory (decode, filter, encode): together they are taken to have computed or
// waited for a processor all the time, and every share is raised by that; at
// most by lanes over processors, or, if that is more, by the time that the
// threads computed or were queued over the time that they computed: something
// else kept the processors busy. queued is that of Load.
//
// A stage is "unknown" if its wall time is below leastStage in all, its figures
// are not finite or negative, or there are no lanes or processors.
func StageBoundsOf(cpu, wall result.StageTimes, lanes, processors int, queued float64) result.StageBounds {
	if lanes < 1 || processors < 1 {
		return result.StageBounds{Read: BoundUnknown, Decode: BoundUnknown, Filter: BoundUnknown, Encode: BoundUnknown, Write: BoundUnknown}
	}
	computed, took := 0.0, 0.0
	for _, s := range [][2]float64{{cpu.Decode, wall.Decode}, {cpu.Filter, wall.Filter}, {cpu.Encode, wall.Encode}} {
		if positive(s[0]) && positive(s[1]) && s[1] >= leastStage {
			computed, took = computed+s[0], took+s[1]
		}
	}
	turn := 1.0 // how much longer computing took because of waiting for a turn
	if computed > 0 {
		most := float64(lanes) / float64(processors)
		if all := cpu.Total(); positive(all) && positive(queued) {
			most = max(most, (all+queued)/all)
		}
		turn = max(1, min(took/computed, most))
	}
	of := func(cpu, wall float64) string {
		if wall < leastStage {
			return BoundUnknown
		}
		if !finite(cpu) || cpu < 0 || !finite(wall) {
			return BoundUnknown
		}
		return boundOf(cpu * turn / wall)
	}
	return result.StageBounds{
		Read:   of(cpu.Read, wall.Read),
		Decode: of(cpu.Decode, wall.Decode),
		Filter: of(cpu.Filter, wall.Filter),
		Encode: of(cpu.Encode, wall.Encode),
		Write:  of(cpu.Write, wall.Write),
	}
}

// LockBound reports whether lanes waited for a lock for more of the time that they
// were busy than one that is bound by computing may wait, and for longer than for
// all else. What of that time they neither computed nor waited for the lock, they
// waited for something else.
func LockBound(locked, busy, cpu float64) bool {
	return locked > (1-CPUBoundFrom)*busy && locked > busy-locked-cpu
}

// Bind says what a method was bound by, as a whole and by its stages. wall is the
// time of the round to which its accounts belong, and cores are those that it
// could use at once; 0 where nobody tells. It is unknown where the processor time
// is: no system accounts it for a Web Worker.
func Bind(r *result.MethodResult, wall float64, cores int) {
	busy, locked := 0.0, 0.0
	for _, w := range r.Overhead.Workers {
		busy += w.Busy()
		locked += w.In(trace.Locked)
	}
	slots, queued := r.Shape.Processes*r.Shape.MaxProcs, r.Overhead.Queued()
	cores = min(slots, cores)
	r.Bound = BoundUnknown
	if r.CPUTime > 0 && LockBound(locked, busy, r.CPUTime) {
		r.Bound = BoundLock
	} else if r.CPUTime > 0 {
		r.Bound = Bound(Load{CPU: r.CPUTime, Busy: busy - locked, Slots: wall * float64(slots), Capacity: wall * float64(cores), Queued: queued})
	}
	if r.StageCPU != nil {
		bounds := StageBoundsOf(*r.StageCPU, r.Stages, r.Shape.Lanes(), cores, queued)
		r.StageBound = &bounds
	}
}
