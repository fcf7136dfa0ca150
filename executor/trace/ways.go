package trace

import (
	"iter"
	"slices"
	"time"
)

// Way is a way in which a worker's time within a span was spent, other than
// computing: an account beside the span's length, and part of it. What it is not
// known of is unknown, never 0.
type Way uint8

// The ways. The numbers are part of the wire protocol of executor/crew/process:
// append only. A new one gets its name below and its line in result's list of
// them; from there it is in the accounts, in the lanes and in the report.
const (
	Queued  Way = iota // ready to run, without a processor to run on
	Blocked            // waiting for something else than a processor
	Locked             // of that, for the lock that the lanes of a worker share
	wayCount
)

// WayCount is how many ways there are.
const WayCount = int(wayCount)

var wayNames = [wayCount]string{"queued", "blocked", "lock"}

// String returns the name of the way: in the JSON it is a field of that name
// with _s behind it.
func (w Way) String() string { return wayNames[w] }

// WayNames lists the ways by their names, in the order of their numbers.
func WayNames() []string { return slices.Clone(wayNames[:]) }

// Ways is how long something was spent in each way, as far as that is known. The
// zero value knows of none.
type Ways struct {
	known uint8 // a bit a way
	spent [wayCount]time.Duration
}

// Set says how long it was spent in a way.
func (w *Ways) Set(way Way, d time.Duration) {
	w.known |= 1 << way
	w.spent[way] = d
}

// Of tells how long it was spent in a way, if that is known.
func (w Ways) Of(way Way) (d time.Duration, known bool) {
	return w.spent[way], w.known>>way&1 == 1
}

// All goes through the ways that are known.
func (w Ways) All() iter.Seq2[Way, time.Duration] {
	return func(yield func(Way, time.Duration) bool) {
		for way := range wayCount {
			if d, known := w.Of(way); known && !yield(way, d) {
				return
			}
		}
	}
}

// Plus is the sum of both, in the ways that are known of both.
func (w Ways) Plus(o Ways) (sum Ways) {
	for way, d := range w.All() {
		if e, known := o.Of(way); known {
			sum.Set(way, d+e)
		}
	}
	return sum
}

// Used is what a worker's thread has used so far. Only differences of two mean
// something.
type Used struct {
	CPU time.Duration
	// Queued is how long it has been ready without a processor; UnknownCPU where
	// the system does not tell.
	Queued time.Duration
	// Waits is how often it has given its processor up to wait for something;
	// negative where the system does not tell.
	Waits int64
}

// Meter tells what the calling thread has used so far.
type Meter func() Used

// since gives the processor time of a span and how the rest was spent.
//
// A thread that did not give its processor up has not been blocked. What of the
// span it neither ran nor was queued, a hypervisor or an interrupt took from it.
func (u Used) since(before Used, length time.Duration) (cpu time.Duration, w Ways) {
	cpu = u.CPU - before.CPU
	rest := length - cpu
	if u.Queued >= 0 {
		queued := min(u.Queued-before.Queued, max(0, length))
		w.Set(Queued, queued)
		rest -= queued
	}
	switch {
	case u.Waits < 0:
	case u.Waits == before.Waits:
		w.Set(Blocked, 0)
	case u.Queued >= 0:
		w.Set(Blocked, max(0, rest))
	}
	return cpu, w
}
