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
	Queued  Way = iota // ready to run, without a processor to run on, or without its process's leave to use one
	Blocked            // waiting for something else than a processor
	Locked             // of that, for the lock that the lanes of a worker share
	Touched            // of its processor time, for memory touched for the first time; estimated
	wayCount
)

// WayCount is how many ways there are.
const WayCount = int(wayCount)

var wayNames = [wayCount]string{"queued", "blocked", "lock", "touch"}

// String returns the name of the way: in the JSON it is a field of that name
// with _s behind it.
func (w Way) String() string { return wayNames[w] }

// WayNames lists the ways by their names, in the order of their numbers.
func WayNames() []string { return slices.Clone(wayNames[:]) }

// Ways is how long something was spent in each way, as far as that is known. The
// zero value knows of none. Its fields are for who writes it down as JSON.
type Ways struct {
	Known uint8 // a bit a way
	Spent [wayCount]time.Duration
}

// Set says how long it was spent in a way.
func (w *Ways) Set(way Way, d time.Duration) {
	w.Known |= 1 << way
	w.Spent[way] = d
}

// Of tells how long it was spent in a way, if that is known.
func (w Ways) Of(way Way) (d time.Duration, known bool) {
	return w.Spent[way], w.Known>>way&1 == 1
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
	// Loads is how often it has had something read from a disk: pages of memory, and
	// of files.
	Loads int64
	// Touched is what the pages have taken that it has touched for the first time,
	// estimated by their number; UnknownCPU where nobody can tell.
	Touched time.Duration
}

// Meter tells what the calling thread has used so far.
type Meter func() Used

// since gives the processor time of a span and how the rest of its length was
// spent: locked is how long it has waited for the lock.
//
// A thread that did not give its processor up has not been blocked. What of the
// time it neither ran nor was queued, a hypervisor or an interrupt took from it.
//
// A span that is alone touches nothing but this machine's memory and disk. If its
// thread sleeps, without the lock's and a disk's doing, then the Go runtime has
// given its turn to somebody else: another lane, the collector, goroutines that
// compute for it. So that is being queued too.
func (u Used) since(before Used, length, locked time.Duration, alone bool) (cpu time.Duration, w Ways) {
	cpu = u.CPU - before.CPU
	rest := max(0, length-cpu)
	queued, known := time.Duration(0), u.Queued >= 0
	if known {
		queued = min(u.Queued-before.Queued, rest)
		rest -= queued
	}
	locked = min(locked, rest)
	waited, told := u.Waits != before.Waits, u.Waits >= 0
	switch {
	case told && !waited:
		w.Set(Blocked, 0)
	case alone && told && u.Loads == before.Loads:
		w.Set(Blocked, locked)
		queued += rest - locked
	case told && known:
		w.Set(Blocked, rest)
	}
	if known {
		w.Set(Queued, queued)
	}
	if u.Touched >= 0 {
		w.Set(Touched, min(u.Touched-before.Touched, max(0, cpu)))
	}
	return cpu, w
}
