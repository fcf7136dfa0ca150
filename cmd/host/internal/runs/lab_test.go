package runs

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/contest"
)

// fake is a Runner whose runs do what the test says.
type fake struct {
	t       *testing.T
	begun   chan *call
	running atomic.Int32

	mu        sync.Mutex
	discarded []*result.Comparison
}

// call is one Execute: it returns what comes from finish, if it does not
// panic over it.
type call struct {
	id       string
	ctx      context.Context
	progress func(result.Progress)
	live     *contest.Live
	finish   chan outcome
}

type outcome struct {
	result *result.Comparison
	err    error
	panics any
}

func (f *fake) Execute(ctx context.Context, id string, _ request.Spec, progress func(result.Progress), live *contest.Live) (Outcome, error) {
	if f.running.Add(1) != 1 {
		f.t.Error("two runs are executed at a time")
	}
	defer f.running.Add(-1)
	c := &call{id: id, ctx: ctx, progress: progress, live: live, finish: make(chan outcome, 1)}
	f.begun <- c
	o := <-c.finish
	if o.panics != nil {
		panic(o.panics)
	}
	return Outcome{Comparison: o.result}, o.err
}

func (f *fake) Cores() int { return 2 }

func (f *fake) Discard(o Outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.discarded = append(f.discarded, o.Comparison)
}

var spec = request.Spec{Count: 3, Rounds: 1, Methods: []string{request.Sequential}}

// lab is a manager in a bubble of its own, in which synctest.Wait returns when
// everything that can happen has happened.
type lab struct {
	*Manager
	*fake
	t   *testing.T
	log *bytes.Buffer
}

func inLab(t *testing.T, test func(t *testing.T, l lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{t: t, begun: make(chan *call, 1000)}
		log := &bytes.Buffer{}
		l := lab{NewManager(f, nil, slog.New(slog.NewTextHandler(log, nil))), f, t, log}
		test(t, l)
		l.Close()
	})
}

func (l lab) submit(client string) string {
	l.t.Helper()
	v, err := l.Submit(spec, Asker{Client: client})
	if err != nil {
		l.t.Fatal(err)
	}
	return v.ID
}

// begins gives the call of a run, which must have begun or begin now.
func (l lab) begins(id string) *call {
	l.t.Helper()
	synctest.Wait()
	select {
	case c := <-l.begun:
		if c.id != id {
			l.t.Fatalf("%s begins, want %s", c.id, id)
		}
		return c
	default:
		l.t.Fatalf("%s does not begin", id)
		return nil
	}
}

func (l lab) nothingBegins() {
	l.t.Helper()
	synctest.Wait()
	select {
	case c := <-l.begun:
		l.t.Fatalf("%s begins", c.id)
	default:
	}
}

// is checks a run's state and place.
func (l lab) is(id string, state result.State, position int) result.RunView {
	l.t.Helper()
	synctest.Wait()
	v, err := l.View(id)
	if err != nil {
		l.t.Fatal(err)
	}
	if v.State != state || v.Position != position {
		l.t.Errorf("%s, %d ahead; want %s, %d", v.State, v.Position, state, position)
	}
	if state != result.Cancelled && (v.Started != nil) != (state != result.Queued) {
		l.t.Errorf("%s with Started %v", state, v.Started)
	}
	if (v.Finished != nil) != state.Final() {
		l.t.Errorf("%s with Finished %v", state, v.Finished)
	}
	if (v.Error != nil) != (state == result.Failed || state == result.Cancelled) || (v.Error != nil) != (v.ErrorEN != nil) {
		l.t.Errorf("%s with the error %+v", state, v.Error)
	}
	return v
}
