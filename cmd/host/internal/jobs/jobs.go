// Package jobs has batches for the room done that somebody asked for and did not wait
// for: by this host, or by another one that shares its queue.
//
// It computes nothing: a job becomes a run of this host's, as if it had just been asked
// for. What a queue is and how a job is held is told in package queue.
//
// # Who has a job
//
//	asked for   on the queue's disk, noted "pending"; the host may die
//	taken       held by one host, noted with its address and the id of the run that
//	            it has become there; the host says five times a lease that it has it
//	over        noted with how it ended, and gone from the queue
//
// A host takes a job only while there are devices in its room, and has as many at a time
// as MaxHeld, or one where others could have it as well. It holds it until its run is
// final. If the host dies, the job is given out again after queue.Lease: to another host,
// or to itself when it has been started again. The run that it was is "interrupted" in
// that host's history, and the job goes on as another run, with an id of its own; the
// job's id leads to it. A host that is told to stop gives its jobs back at once.
//
// What a job asks for is the body of a request, with every field and every photograph
// named. Who takes it reads it as any request, by his own limits and photographs. Where
// that fails, as for a photograph that only the asked host has, it is given back, and
// tried Attempts times in all; then it has failed, with the reason. What is no job is
// dropped.
//
// # Hard cases
//
// A job that brings its host down comes back: it is counted (Held.Count), and the
// Attempts end it.
//
// Two hosts may do one job, if the one that holds it freezes for longer than its lease
// and goes on: each has its own run with its own outputs, and the note of who ends last
// stays. Nothing is lost, and no output is another's.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"carriles/cmd/host/internal/queue"
	"carriles/cmd/host/internal/runs"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

// The bounds of taking.
const (
	MaxHeld  = 16
	Attempts = 3
	asleep   = 200 * time.Millisecond // between two looks at an empty room
	nextWait = time.Second
	again    = time.Second // after which a job that was given back is given out
	answers  = 10 * time.Second
)

// job is a message.
type job struct {
	V        int             `json:"v"` // 1
	Method   string          `json:"method"`
	Body     json.RawMessage `json:"body"`
	Client   string          `json:"client"`
	Address  string          `json:"address,omitempty"` // from where it may be cancelled
	Presents bool            `json:"presents,omitempty"`
}

// Note is what is known of a job.
type Note struct {
	State   result.State     `json:"state"`
	Created time.Time        `json:"created"`
	Run     string           `json:"run,omitempty"`  // what it has become
	Host    string           `json:"host,omitempty"` // where that is, as http://192.168.1.2:8000
	Attempt int              `json:"attempt,omitempty"`
	Error   *fault.ErrorBody `json:"error,omitempty"`
	ErrorEN *fault.ErrorBody `json:"error_en,omitempty"`
}

// Failure is why a job failed; Error must be there.
func (n Note) Failure() *fault.Error {
	e := fault.Errorf(n.Error.Code, "%s", "%s", n.Error.Error)
	if n.ErrorEN != nil {
		e.Text.EN = n.ErrorEN.Error
	}
	return e
}

// Queue is where jobs are put and taken: a queue.Queue, or one in a test's memory
// (queue/queuetest).
type Queue interface {
	Put(ctx context.Context, id string, data []byte) error
	Next(ctx context.Context, wait time.Duration) (queue.Held, error)
	Note(ctx context.Context, id string, data []byte) error
	Noted(ctx context.Context, id string) ([]byte, error)
	Len(context.Context) (int, error)
	Lease() time.Duration
	Shared() bool
}

// Jobs puts jobs into a queue and takes them from it. Its fields are set before Run.
type Jobs struct {
	Queue Queue
	Runs  *runs.Manager
	Lab   func() request.Lab
	// Here tells whether anybody is in the room.
	Here func() bool
	Host string
	Log  *slog.Logger
}

// Put has a batch done some day; what it returns is the job's id.
func (j *Jobs) Put(ctx context.Context, spec request.Spec, by runs.Asker) (id string, err error) {
	_, asked := request.Of(spec).Endpoint()
	body, err := json.Marshal(asked)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(job{V: 1, Method: spec.Methods[0], Body: body, Client: by.Client, Address: by.Address, Presents: by.Presents})
	if err != nil {
		return "", err
	}
	id = runs.NewID()
	j.note(ctx, id, Note{State: result.Queued, Created: time.Now()})
	err = j.Queue.Put(ctx, id, data)
	if errors.Is(err, queue.ErrFull) {
		return "", fault.Errorf(fault.CodeBusy,
			"ya esperan %d trabajos: pruebe otra vez dentro de un momento", "%d jobs are waiting already: try again in a moment", queue.MaxJobs)
	}
	return id, err
}

// Of is what is known of a job; queue.ErrNone if there is none of that id.
func (j *Jobs) Of(ctx context.Context, id string) (n Note, err error) {
	data, err := j.Queue.Noted(ctx, id)
	if err == nil {
		err = json.Unmarshal(data, &n)
	}
	return n, err
}

// Cancel has nobody take a job that nobody has taken yet.
func (j *Jobs) Cancel(ctx context.Context, id string) {
	if n, err := j.Of(ctx, id); err == nil && n.State == result.Queued {
		n.State = result.Cancelled
		j.note(ctx, id, n)
	}
}

// Len is how many jobs are waiting or under way, of all hosts.
func (j *Jobs) Len(ctx context.Context) int {
	n, err := j.Queue.Len(ctx)
	if err != nil {
		j.Log.Warn("the queue does not answer", "err", err)
	}
	return n
}

func (j *Jobs) note(ctx context.Context, id string, n Note) {
	data, err := json.Marshal(n)
	if err == nil {
		err = j.Queue.Note(ctx, id, data)
	}
	if err != nil {
		j.Log.Error("noting a job", "job", id, "err", err)
	}
}

// Run takes jobs and has them done until ctx ends; those that are not over then are
// given back.
func (j *Jobs) Run(ctx context.Context) {
	most := MaxHeld
	if j.Queue.Shared() {
		most = 1
	}
	places := make(chan struct{}, most)
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		h, ok := j.next(ctx)
		if !ok {
			return
		}
		all.Go(func() {
			defer func() { <-places }()
			j.do(ctx, h)
		})
	}
}

// next waits for devices and a job; false if ctx ends before.
func (j *Jobs) next(ctx context.Context) (h queue.Held, ok bool) {
	for ctx.Err() == nil {
		wait := asleep
		if j.Here() {
			var err error
			if h, err = j.Queue.Next(ctx, nextWait); err == nil {
				return h, true
			}
			if errors.Is(err, queue.ErrNone) {
				continue
			}
			if ctx.Err() == nil {
				j.Log.Warn("the queue does not answer", "err", err)
				wait = nextWait
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return h, false
}

// do has a job done, and ends or gives it back.
func (j *Jobs) do(ctx context.Context, h queue.Held) {
	// What ends it is to be written when ctx has ended, too.
	late := context.WithoutCancel(ctx)
	n, _ := j.Of(late, h.ID)              // without, it is known from now on
	if n.State.Final() && n.State != "" { // its host died when it had written that, or nobody wants it any more
		j.ended(h, h.Drop(string(n.State)))
		return
	}
	n.Attempt, n.Host = h.Count, j.Host
	drop := func(why *fault.Error) {
		es, en := why.Body("es"), why.Body("en")
		n.State, n.Error, n.ErrorEN = result.Failed, &es, &en
		j.note(late, h.ID, n)
		j.ended(h, h.Drop(why.Text.EN))
	}
	var asked job
	if err := json.Unmarshal(h.Data, &asked); err != nil || asked.V != 1 {
		j.Log.Error("a message that is no job is dropped", "job", h.ID, "err", err)
		drop(fault.Errorf(fault.CodeInternal, "lo que había en la cola no es un trabajo", "what was in the queue is no job"))
		return
	}
	if h.Count > Attempts {
		drop(fault.Errorf(fault.CodeInterrupted, "se intentó %d veces, y cada vez su servidor terminó antes", "it was tried %d times, and each time its server ended before", Attempts))
		return
	}
	view, err := j.submit(h, asked)
	if err != nil {
		var known *fault.Error
		if h.Count < Attempts || !errors.As(err, &known) {
			j.ended(h, h.Back(again))
			return
		}
		drop(known)
		return
	}
	n.State, n.Run = result.Running, view.ID
	j.note(late, h.ID, n)
	view = j.hold(h, view.ID)
	if ctx.Err() != nil && view.Error != nil && (view.Error.Code == fault.CodeStopping || view.State == result.Interrupted) {
		n.State, n.Run, n.Host = result.Queued, "", ""
		j.note(late, h.ID, n)
		j.ended(h, h.Back(0))
		return
	}
	n.State, n.Error, n.ErrorEN = view.State, view.Error, view.ErrorEN
	j.note(late, h.ID, n)
	answer, cancel := context.WithTimeout(late, answers)
	defer cancel()
	j.ended(h, h.Done(answer))
}

// submit makes a run of a job: the first time with its id.
func (j *Jobs) submit(h queue.Held, asked job) (result.RunView, error) {
	spec, err := request.Parse(asked.Body, request.Endpoint{Methods: []string{asked.Method}, Queued: true}, j.Lab())
	if err != nil {
		return result.RunView{}, err
	}
	id := h.ID
	if _, err := j.Runs.View(id); err == nil {
		id = runs.NewID()
	}
	return j.Runs.SubmitAs(id, spec, runs.Asker{Client: asked.Client, Address: asked.Address, Presents: asked.Presents})
}

// hold says that a job is held, until its run is final.
func (j *Jobs) hold(h queue.Held, run string) result.RunView {
	sign := time.NewTicker(j.Queue.Lease() / 5)
	defer sign.Stop()
	over := j.Runs.Ended(run)
	for {
		select {
		case <-sign.C:
			if err := h.Extend(); err != nil {
				j.Log.Warn("a job's sign did not go out", "job", h.ID, "err", err)
			}
		case <-over:
			view, err := j.Runs.View(run)
			if err != nil { // it has been forgotten already
				view.State = result.Done
			}
			return view
		}
	}
}

// ended tells of a job that could not be ended: it is given out once more.
func (j *Jobs) ended(h queue.Held, err error) {
	if err != nil {
		j.Log.Error("ending a job", "job", h.ID, "err", err)
	}
}
