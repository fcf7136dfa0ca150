package analysis

import "carriles/executor/batch"

// What a run was bound by.
const (
	BoundCPU     = "cpu"
	BoundIO      = "io"
	BoundMixed   = "mixed"
	BoundUnknown = "unknown" // the figures tell nothing
)

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

// Bound tells what a run spent its time on, from three sums in seconds:
//
//   - cpu: CPU time, user and system, of all its processes;
//   - busy: over all lanes, the wall time in which a lane was not idle, waiting
//     for I/O included;
//   - capacity: the wall time of the run times the processors that it could use
//     at once: processes x GOMAXPROCS of each, at most the cores of the pool.
//
// The share is cpu / min(busy, capacity): "cpu" from CPUBoundFrom, "io" up to
// IOBoundUpTo, else "mixed". A lane that computes has a share near 1, one that
// waits for a slow server near 0. The capacity matters where lanes outnumber
// processors: of eight goroutines that compute under a GIL, seven wait at any
// moment, but for the processor, and that is not I/O. The share may exceed 1:
// the garbage collector computes beside the lanes.
//
// It is "unknown" if cpu is negative, busy or capacity is not positive, or any
// is not a finite number.
func Bound(cpu, busy, capacity float64) string {
	if !finite(cpu) || cpu < 0 || !positive(busy) || !positive(capacity) {
		return BoundUnknown
	}
	switch share := cpu / min(busy, capacity); {
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
// memory (decode, filter, encode): the one with the largest share is taken to
// have computed or waited for a processor all the time, at most lanes over
// processors as long as it computed, and every share is raised by that.
//
// A stage is "unknown" if its wall time is below leastStage in all, its figures
// are not finite or negative, or there are no lanes or processors.
func StageBoundsOf(cpu, wall batch.StageTimes, lanes, processors int) batch.StageBounds {
	if lanes < 1 || processors < 1 {
		return batch.StageBounds{Read: BoundUnknown, Decode: BoundUnknown, Filter: BoundUnknown, Encode: BoundUnknown, Write: BoundUnknown}
	}
	computing := 0.0
	for _, s := range [][2]float64{{cpu.Decode, wall.Decode}, {cpu.Filter, wall.Filter}, {cpu.Encode, wall.Encode}} {
		if positive(s[0]) && positive(s[1]) && s[1] >= leastStage {
			computing = max(computing, s[0]/s[1])
		}
	}
	turn := 1.0 // how much longer computing took because of waiting for a turn
	if computing > 0 {
		turn = max(1, min(1/computing, float64(lanes)/float64(processors)))
	}
	of := func(cpu, wall float64) string {
		if wall < leastStage {
			return BoundUnknown
		}
		return Bound(cpu*turn, wall, wall)
	}
	return batch.StageBounds{
		Read:   of(cpu.Read, wall.Read),
		Decode: of(cpu.Decode, wall.Decode),
		Filter: of(cpu.Filter, wall.Filter),
		Encode: of(cpu.Encode, wall.Encode),
		Write:  of(cpu.Write, wall.Write),
	}
}
