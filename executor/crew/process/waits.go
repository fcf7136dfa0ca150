package process

import (
	"context"
	"errors"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/fault"
	"carriles/executor/text"
	"carriles/executor/waits"
)

// WaitPlan is a way for a server to wait for simultaneous requests.
type WaitPlan struct {
	Requests  int
	Processes int
	Lanes     int  // of each process, that wait at the same time
	Threads   bool // the lanes are threads
	MaxProcs  int  // of each process
	Wait      time.Duration
	Patience  time.Duration // after which who has no answer leaves
}

// Waited is what it cost. The usage is that of the server's processes together, from
// when all were connected; the peak of memory is since they began.
type Waited struct {
	waits.Pressed
	Start   time.Duration // of the server's processes, and until all were connected
	Used    crew.Usage
	Base    int64 // bytes in memory at most before anybody pressed
	Threads int   // at the end, when none has ended
}

// waited is a child's answer to a waits frame.
type waited struct {
	waits.Answer
	Usage   crew.Usage `json:"usage"`
	Threads int        `json:"threads"`
}

// threadsALane is how many threads the memory of one lane is for: where this program
// is linked with C's library, that reserves 8 MiB for the stack of each.
const threadsALane = 100

// settling is how long may pass beside the waiting itself.
const settling = 40 * time.Second

// Waits measures a way of waiting in children of their own, which are gone when it
// returns. The error is the context's or a *fault.Error that says why a child could
// not do it.
func (l Launcher) Waits(ctx context.Context, p WaitPlan) (r Waited, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, settling+p.Patience, errTooLong)
	defer cancel()
	began := time.Now()
	var all []waiter
	defer func() {
		for _, w := range all {
			w.child.kill() // all at once
		}
		for _, w := range all {
			w.end()
		}
	}()
	hire := func(threads int) waiter {
		w := waiter{l.attend(setup{Shape: request.Shape{Processes: 1, Goroutines: 1 + threads/threadsALane, MaxProcs: p.MaxProcs}})}
		all = append(all, w)
		return w
	}
	threads := 0
	if p.Threads {
		threads = p.Lanes
	}
	for range p.Processes {
		hire(threads)
	}
	servers := all
	class := hire(0)
	for _, w := range all {
		if _, err := w.greeting(ctx); err != nil {
			return r, w.failed(ctx, err)
		}
	}
	connect := waits.Connect{Students: p.Requests}
	for i, w := range servers {
		a, err := w.do(ctx, waits.Order{Listen: &waits.Listen{Connections: (p.Requests + len(servers) - 1 - i) / len(servers)}})
		if err != nil {
			return r, err
		}
		connect.Addresses = append(connect.Addresses, a.Address)
	}
	for _, w := range servers {
		w.child.ask(kindWaits, waits.Order{Accept: true})
	}
	if _, err := class.do(ctx, waits.Order{Connect: &connect}); err != nil {
		return r, err
	}
	before := make([]waited, len(servers))
	for i, w := range servers {
		if before[i], err = w.did(ctx); err != nil {
			return r, err
		}
	}
	r.Start = time.Since(began)
	class.child.ask(kindWaits, waits.Order{Press: &waits.Press{Patience: p.Patience}})
	for _, w := range servers {
		w.child.ask(kindWaits, waits.Order{Serve: &waits.Serve{Lanes: p.Lanes, Threads: p.Threads, Wait: p.Wait}})
	}
	for _, w := range servers {
		if _, err = w.did(ctx); err != nil { // at once
			return r, err
		}
	}
	a, err := class.did(ctx)
	if err != nil {
		return r, err
	}
	r.Pressed = *a.Pressed
	for i, w := range servers {
		after, err := w.do(ctx, waits.Order{Tell: true})
		if err != nil {
			return r, err
		}
		r.Used.User += after.Usage.User - before[i].Usage.User
		r.Used.System += after.Usage.System - before[i].Usage.System
		r.Used.PeakMemory += after.Usage.PeakMemory
		r.Base += before[i].Usage.PeakMemory
		r.Threads += after.Threads
	}
	return r, nil
}

var errTooLong = errors.New("the waiting takes longer than it may")

// waiter is a child that takes part.
type waiter struct{ *attendant }

func (w waiter) do(ctx context.Context, o waits.Order) (waited, error) {
	w.child.ask(kindWaits, o)
	return w.did(ctx)
}

// did takes the answer to an order in.
func (w waiter) did(ctx context.Context) (a waited, err error) {
	if err = w.answer(ctx, kindWaits, &a); err == nil && a.Error != "" {
		err = errors.New(a.Error)
	}
	if err != nil {
		return a, w.failed(ctx, err)
	}
	return a, nil
}

// failed says why a child did not do its part.
func (w waiter) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil && context.Cause(ctx) != errTooLong {
		return ctx.Err()
	}
	reason := text.Sprintf("%v", "%v", err)
	select {
	case <-w.heard.over:
		reason = w.heard.end.Reason
	default:
		if ctx.Err() != nil {
			reason = text.Sprintf("tarda más de lo que puede", "takes longer than it may")
		}
	}
	return (&fault.Error{Code: fault.CodeInternal, Text: text.Text{
		ES: "el proceso que esperaba falló: " + reason.ES,
		EN: "the process that waited failed: " + reason.EN,
	}}).Because(err)
}
