package analysis

import (
	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// What a run was bound by.
const (
	BoundCPU     = "cpu"
	BoundIO      = "io"
	BoundLock    = "lock"
	BoundMixed   = "mixed"
	BoundUnknown = "unknown" // the machine was too busy, or does not tell
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

// The thresholds of a bound: shares of the time that lanes computed or were blocked.
// What lies between is mixed.
//
// Waiting is measured against the clock and stays what it is; on a busy machine, and
// in a worker's first image, computing takes up to three times the processor time
// (caches, shared cores, memory touched for the first time). With four fifths for both,
// one and the same batch of 200 ms of latency, 82 % waiting on an idle machine, was
// "mixed" six times of eight beside others. Who waits for longer than it computes is
// bound by that.
const (
	CPUBoundFrom = 0.8 // of computing
	IOBoundFrom  = 0.5 // of being blocked, but for the lock
	lockFrom     = 0.2 // of waiting for the lock, if that is more than for all else
)

// leastStage is the wall time in seconds below which nothing is said of a
// stage: in so short a sum, reading the clocks and what happens between the one and
// the other (an interrupt) is a large part.
const leastStage = 0.001

// Spent is how the lanes spent the time of a stage, or of all stages, in seconds.
// What of Wall is in none of these they were queued for a processor.
type Spent struct {
	Wall, CPU float64
	// Blocked is how long they waited for something else than a processor: for the
	// lock for so long as Lock says, which is a part of it, and otherwise for I/O.
	Blocked, Lock float64
	// Untold is how much of Wall is of spans of which nobody tells whether they were
	// blocked: at most so much longer they may have been.
	Untold float64
	// Stolen is how long a hypervisor or the like has kept their processors, at
	// most. Where a thread has waited too, that looks like waiting.
	Stolen float64
}

// Plus is the sum of both.
func (s Spent) Plus(o Spent) Spent {
	return Spent{
		Wall: s.Wall + o.Wall, CPU: s.CPU + o.CPU, Blocked: s.Blocked + o.Blocked, Lock: s.Lock + o.Lock,
		Untold: s.Untold + o.Untold, Stolen: s.Stolen + o.Stolen,
	}
}

// Bound tells what lanes spent their time on: "cpu" if they computed for
// CPUBoundFrom of the time that they computed or were blocked, "io" if they were
// blocked by something else than the lock for IOBoundFrom of it, "lock" if they waited for that longer than for
// anything else, else "mixed". How long they were queued for a processor does not
// matter: a machine that is busy with something else makes nothing wait for I/O.
//
// Where the figures leave open how long they were blocked, it is said if it is the
// same for all that it may be; else it is "unknown": the machine was too busy to
// tell. It is so too without any time, and if a figure is negative or not finite.
func Bound(s Spent) string {
	for _, x := range []float64{s.Wall, s.CPU, s.Blocked, s.Lock, s.Untold, s.Stolen} {
		if !finite(x) || x < 0 {
			return BoundUnknown
		}
	}
	s.Lock = min(s.Lock, s.Blocked+s.Untold) // clocks may disagree a little
	least := boundOf(s.CPU, max(s.Lock, s.Blocked-s.Stolen), s.Lock)
	most := boundOf(s.CPU, s.Blocked+s.Untold, s.Lock)
	if least != most {
		return BoundUnknown
	}
	return least
}

// boundOf names what lanes did that computed and were blocked for so long, for the
// lock for a part of it.
func boundOf(computed, blocked, lock float64) string {
	all := computed + blocked
	io := blocked - lock
	switch {
	case all <= 0:
		return BoundUnknown
	case computed >= CPUBoundFrom*all:
		return BoundCPU
	case io >= IOBoundFrom*all:
		return BoundIO
	case lock > lockFrom*all && lock >= io:
		return BoundLock
	}
	return BoundMixed
}

// StageBoundsOf is Bound of each of the pipeline's stages, in their order. A stage
// is "unknown" if its wall time is below leastStage in all.
func StageBoundsOf(stages [5]Spent) result.StageBounds {
	var bounds [len(stages)]string
	for i, s := range stages {
		bounds[i] = BoundUnknown
		if s.Wall >= leastStage {
			bounds[i] = Bound(s)
		}
	}
	return result.StageBounds{Read: bounds[0], Decode: bounds[1], Filter: bounds[2], Encode: bounds[3], Write: bounds[4]}
}

// Bind says what a method was bound by, as a whole and by its stages, of the round
// to which its accounts belong.
//
// Where threads tell nothing, its processes may: who has used the processors for
// four fifths of the time in which its lanes were busy has computed. cores are those
// that it could use at once; 0 where nobody tells. The opposite is not concluded:
// the processors may have been somebody else's. No system tells anything of a Web
// Worker.
func Bind(r *result.MethodResult, stages [5]Spent, wall float64, cores int) {
	var all Spent
	for _, s := range stages {
		all = all.Plus(s)
	}
	if r.StageCPU != nil {
		bounds := StageBoundsOf(stages)
		r.Bound, r.StageBound = Bound(all), &bounds
		return
	}
	busy := 0.0
	for _, w := range r.Overhead.Workers {
		busy += w.Busy()
	}
	capacity := wall * float64(min(r.Shape.Processes*r.Shape.MaxProcs, cores))
	r.Bound = BoundUnknown
	if most := min(busy, capacity); positive(most) && r.CPUTime >= CPUBoundFrom*most {
		r.Bound = BoundCPU
	}
}
