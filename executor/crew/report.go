package crew

import (
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/pipeline"
	"carriles/executor/trace"
)

// Config is what a crew is for.
type Config struct {
	Spec request.Spec
	// Shape is how many workers to hire (Processes), and how many lanes and
	// processors each has. Workers that arrive have their own number of lanes, and
	// there may be any number of them.
	Shape request.Shape
	// Timeout is how long one attempt at one image may take, by a worker that does
	// not say otherwise.
	Timeout time.Duration
	// StartTimeout is how long a worker that was hired may take to be ready; 0 for
	// what a process of this machine needs, or an attempt and a little if that is
	// less: who freezes over a start delays an answer no more than over an image.
	StartTimeout time.Duration
}

// Job is one round: every task of the spec once.
type Job struct {
	// Commit makes a finished output visible. It is called within the clock, once
	// for each task that succeeded. An error makes the task a failed one.
	Commit func(o Outcome) error
	// Progress is called after each settled task and must return at once.
	Progress func(done, failed int)
	// Began, if not nil, is called with the time at which the clock starts, and
	// Spans with what has become known of a lane: the start of its worker, the
	// spans of a task when it is settled, the work that died with a worker; on
	// the round's clock, as recorded, valid during the call. The lane is numbered
	// as in TaskReport. Both must return at once.
	Began func(at time.Time)
	Spans func(lane int, who Identity, spans []trace.Span)
	// Chaos has a worker killed on purpose; nil for none.
	Chaos *request.Chaos
	// Sample has the workers watched a few times a second, where their links are
	// Watched.
	Sample bool
}

// Identity says who a worker is.
type Identity struct {
	ID        int    // within its crew; no other worker has had it
	Name      string // as it has introduced itself
	ProcessID int    // of a process of this machine, else 0
	Kind      string // of a device that came over a network, else empty
}

// Device is the worker as results name it, if it is one.
func (w Identity) Device(clockError time.Duration) result.Device {
	if w.Kind == "" {
		return result.Device{}
	}
	return result.Device{Name: w.Name, Kind: w.Kind, ClockErrorS: clockError.Seconds()}
}

// Report is what became of a job.
type Report struct {
	Wall  time.Duration
	Tasks []TaskReport // in task order
	// Lanes are the workers', in lane order; last that of the workers that ran
	// a last attempt alone.
	Lanes []Lane
	// Processes are the accounts of the workers that were there, in the order of
	// their lanes; last those that have ended, in the order of their ends.
	Processes []result.ProcessAccount
	// Server is what this program used meanwhile, where the place is Metered.
	Server Usage
	Deaths []string
	Chaos  *result.ChaosReport // nil unless a worker was killed on purpose
	Series []result.Sampled    // of a job with Sample
}

// CPU is the processor time of all workers, user and system.
func (r Report) CPU() (user, system time.Duration) {
	for _, p := range r.Processes {
		user += time.Duration(p.UserS * float64(time.Second))
		system += time.Duration(p.SystemS * float64(time.Second))
	}
	return user, system
}

// PeakMemory is the sum over the workers of each one's peak, in bytes.
func (r Report) PeakMemory() (sum int64) {
	for _, p := range r.Processes {
		sum += p.PeakMemoryBytes
	}
	return sum
}

// TaskReport is what became of one task.
type TaskReport struct {
	pipeline.Outcome
	Lane     int      // over all workers; NoLane if none finished it
	Worker   Identity // who settled it; the zero one if nobody did
	Attempts int
}

// Lane is what one lane of a worker did in a round. Its spans are on the round's
// clock, in the order of their start, without overlaps or holes: where a lane did
// nothing else it was idle.
type Lane struct {
	Number  int           // as in TaskReport; none is given twice, but one may be missing
	Worker  Identity      // the last to have it
	Startup time.Duration // from asking for the worker to its first word; 0 if it came by itself
	Tasks   int
	In, Out int64 // bytes that travelled
	Spans   []trace.Span
	// Clipped is how much of what was recorded lay outside of the clock or over
	// another span: how far off the account is.
	Clipped time.Duration
	// ClockError is how far its spans may be shifted, where its clock is not this
	// machine's.
	ClockError time.Duration
	occupied   bool
}
