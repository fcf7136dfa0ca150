package crew

import (
	"errors"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// Place is where workers are and come from: the processes of this machine, the
// Web Workers of a page, the machines and phones of a room. One place may serve
// several crews, each with workers of its own.
//
// A place may implement Metered too.
type Place interface {
	// Hire asks for one worker, whom the crew calls id, and returns its link at
	// once. All that becomes of the worker is told, in the order in which it
	// happens: Arrived when it is ready, at last Gone, and nothing after that. A
	// start that fails is a Gone without an Arrived; an error here means the same.
	//
	// ErrArrive says that this place makes no workers: they come by themselves. The
	// crew does not ask again. From then on the place tells it of each worker
	// that is there or comes, with Arrived, under an id of the place's own that it
	// gives to no other worker.
	Hire(id int, s Setup, tell Tell) (Link, error)
	// About tells what the crew has to know of the place. It is always the same.
	About() About
}

// ErrArrive is Hire's answer at a place whose workers come by themselves.
var ErrArrive = errors.New("the workers of this place come by themselves")

// Tell takes an event in. It may be called from anywhere at any time, never
// blocks, and answers false when the crew is closed and nobody listens any
// more. Events of one worker keep their order.
type Tell func(Event) bool

// About is what a crew has to know of a place.
type About struct {
	// Worker is what a worker is called in sentences: "worker process". It is
	// masculine in Spanish.
	Worker text.Text
}

// Metered is a place that can tell what the crew's own program has used so far.
type Metered interface{ Own() Usage }

// Setup is what a worker is hired for: the batch, and how many lanes and
// processors of the shape it has.
type Setup struct {
	Spec  request.Spec
	Shape request.Shape
}

// Link is the crew's end of one worker. Nothing in it blocks; what comes of it is
// an event. The crew calls it from one goroutine, and may call it after the
// worker has gone: then it does nothing. A worker that cannot be reached or
// breaks the rules of its place is ended by the place, and is Gone.
//
// A link may implement Watched too.
type Link interface {
	// Give hands an order over. Its answer is one Settled. An image that cannot be
	// had is the order's outcome, with a lane of NoLane.
	Give(Order)
	// Ask asks for the worker's account; its answer is one Accounted.
	Ask()
	// Leave lets the worker go when it is idle. A worker that arrived stays at its
	// place, and leaves this crew.
	Leave()
	// Kill ends the worker now, or keeps it from being started. Orders in hand are
	// lost.
	Kill()
}

// Watched is a link whose worker can be looked at from outside while it works.
type Watched interface {
	// Look tells the processor time that the worker has used so far and the memory
	// that it has in use, in bytes; nil for what cannot be told.
	Look() (cpu *time.Duration, memory *int64)
}

// Order is one task, given to one worker.
type Order struct {
	Task    int    // its index in the batch
	Attempt int    // from 1
	Image   string // the photograph, as the spec names it
}

// Event is something that became of a worker.
type Event struct {
	Worker int       // its id
	At     time.Time // when it became known on this side
	News   News
}

// News is what an event tells: Arrived, Settled, Accounted or Gone.
type News interface{ news() }

// Arrived says that a worker is ready for orders. Link is that of a worker that
// came by itself, nil for one that was hired.
type Arrived struct {
	Hello
	Link Link
}

// Settled says what became of an order.
type Settled struct{ Outcome }

// Accounted is a worker's account.
type Accounted struct{ Account }

// Gone says that a worker has ended or has left, and why, as a predicate:
// "was killed by signal killed". It is a worker's last event, and what it had in
// hand is lost.
type Gone struct {
	Reason text.Text
	// Killed says that somebody or something else ended it, which the next one may
	// be spared: a signal, a machine that had no room for it just then.
	Killed bool
	// Excused says that it went for a reason that no task has any part in: what it had
	// in hand was no attempt.
	Excused bool
	// Usage is all that the worker has used, as far as that is known.
	Usage Usage
}

func (Arrived) news()   {}
func (Settled) news()   {}
func (Accounted) news() {}
func (Gone) news()      {}

// Hello is how a worker introduces itself.
type Hello struct {
	// Name tells the worker from others to who reads of it.
	Name string
	// ProcessID is that of a process of this machine, else 0.
	ProcessID int
	// Kind is that of a device that came over a network, else empty, and Elsewhere
	// says that its processors are not this machine's.
	Kind      string
	Elsewhere bool
	// Native says that it runs this very program, and not a browser's: a last attempt
	// goes to such a one first.
	Native bool
	// Lanes is how many tasks it does at a time, 1 at least; of a worker that was
	// hired, at most as many as its setup says.
	Lanes int
	// Credits is how many orders beyond its lanes it may hold, so that the next one
	// is there when a lane is free: 0 for one to whom the way is short.
	Credits int
	// Timeout is how long one of its lanes may take over an order; 0 for what the
	// crew's Config says.
	Timeout time.Duration
	Clock   Clock
}

// Clock places a worker's times on this side's.
type Clock struct {
	// Zero is when the worker's clock stood at 0, by the worker's own wall clock,
	// or with a monotonic reading of this program's where the place can tell.
	Zero time.Time
	// Ahead is how far that wall clock is ahead of this machine's, give or take
	// Error; both 0 where it is the same one.
	Ahead, Error time.Duration
}

// shift is what a worker's times have to be moved by to begin at a moment of this
// side's.
func (c Clock) shift(began time.Time) time.Duration { return c.Zero.Sub(began) - c.Ahead }

// Outcome is what became of an order. Its spans are on the worker's own clock
// and the crew's to keep.
type Outcome struct {
	// Outcome's task has the order's index and attempt. Its error, if there is one,
	// is the task's end: an image that cannot be decoded will not get better.
	pipeline.Outcome
	Output Output
	// Stored is how long this side took to put the output where it is, if it did,
	// until the event's time.
	Stored time.Duration
	// In and Out are the bytes of the image and of the output that travelled.
	In, Out int
}

// NoLane is the lane of an outcome that no lane has had.
const NoLane = -1

// Output is where a task's encoded output is until it is committed: one of the
// two.
type Output struct {
	File string // a temporary one, by a path that the place and who commits agree on
	Data []byte // in this program's memory
}

// Account is what a worker tells of itself when it is asked, out of the clock.
// (Its JSON is part of the processes' protocol.)
type Account struct {
	Usage Usage `json:"usage"`
	// Spans are those since each lane's last outcome, by lane.
	Spans [][]trace.Span `json:"spans"`
}

// Usage is what a worker has used since it started, as its system accounts it;
// 0 or nil where nobody tells.
type Usage struct {
	User   time.Duration `json:"user_ns"`
	System time.Duration `json:"system_ns"`
	// PeakMemory is the largest resident set so far, in bytes; 0 if the system
	// does not tell.
	PeakMemory int64   `json:"peak_memory_bytes"`
	Counts     *Counts `json:"counts,omitempty"`
	// Queued is how long its threads were ready without a processor to run on,
	// all together; nil where the system does not tell, of a worker that has
	// ended, and unless it was asked for its account.
	Queued *time.Duration `json:"queued_ns,omitempty"`
}

// Counts are what a kernel counts of a process.
type Counts struct {
	VoluntarySwitches   int64 `json:"voluntary_switches"`
	InvoluntarySwitches int64 `json:"involuntary_switches"`
	MinorFaults         int64 `json:"minor_faults"`
	MajorFaults         int64 `json:"major_faults"`
}

// CPU is user and system time.
func (u Usage) CPU() time.Duration { return u.User + u.System }

// since is what was used after an earlier usage of the same worker.
func (u Usage) since(before Usage) Usage {
	u.User, u.System = max(0, u.User-before.User), max(0, u.System-before.System)
	if c, b := u.Counts, before.Counts; c != nil && b != nil {
		u.Counts = &Counts{
			VoluntarySwitches:   c.VoluntarySwitches - b.VoluntarySwitches,
			InvoluntarySwitches: c.InvoluntarySwitches - b.InvoluntarySwitches,
			MinorFaults:         c.MinorFaults - b.MinorFaults,
			MajorFaults:         c.MajorFaults - b.MajorFaults,
		}
	}
	if u.Queued != nil && before.Queued != nil {
		waited := max(0, *u.Queued-*before.Queued)
		u.Queued = &waited
	}
	return u
}
