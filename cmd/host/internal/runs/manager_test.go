package runs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"carriles/executor/batch/result"
	"carriles/executor/fault"
)

func TestOneRunAtATimeInTurns(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		a1, a2 := l.submit("a"), l.submit("a")
		first := l.begins(a1)
		b1 := l.submit("b")
		l.nothingBegins()
		l.is(a1, result.Running, 0)
		l.is(b1, result.Queued, 1) // before the second run of a client that has one
		l.is(a2, result.Queued, 2)
		want := &result.Comparison{}
		first.finish <- outcome{result: want}
		second := l.begins(b1)
		if v := l.is(a1, result.Done, 0); v.Result != want {
			t.Errorf("result %v", v.Result)
		}
		l.is(a2, result.Queued, 1)
		second.finish <- outcome{err: fault.Errorf(fault.CodeDiskFull, "lleno", "full")}
		third := l.begins(a2)
		if v := l.is(b1, result.Failed, 0); v.Error.Code != fault.CodeDiskFull || v.Error.Error != "lleno" || v.ErrorEN.Error != "full" {
			t.Errorf("error %+v", v.Error)
		}
		third.finish <- outcome{result: want}
		l.is(a2, result.Done, 0)
		var ids []string
		for _, v := range l.List() {
			if v.Result != nil {
				t.Error("the list carries results")
			}
			ids = append(ids, v.ID)
		}
		if got, want := strings.Join(ids, " "), b1+" "+a2+" "+a1; got != want {
			t.Errorf("listed %s, want the newest first: %s", got, want)
		}
		if len(l.discarded) > 0 {
			t.Error("a result was discarded")
		}
	})
}

func TestPositionsOfAnIdleLab(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		v, err := l.Submit(spec, Asker{Client: "a"})
		if err != nil || v.State != result.Queued || v.Position != 0 {
			t.Errorf("%s with %d ahead, %v; want queued with none", v.State, v.Position, err)
		}
		l.begins(v.ID).finish <- outcome{result: &result.Comparison{}}
	})
}

func TestFailureWithoutASentence(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		id := l.submit("a")
		l.begins(id).finish <- outcome{err: errors.New("secret cause")}
		v := l.is(id, result.Failed, 0)
		if v.Error.Code != fault.CodeInternal || strings.Contains(v.Error.Error+v.ErrorEN.Error, "secret") {
			t.Errorf("the user sees %+v", v.Error)
		}
		if !strings.Contains(l.log.String(), "secret cause") || !strings.Contains(l.log.String(), id) {
			t.Errorf("the log says %q", l.log)
		}
		if _, err := l.Wait(t.Context(), id); err == nil {
			t.Error("Wait gives no error")
		}
	})
}

// A panic in Execute is one run's failure: the queue goes on.
func TestPanic(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		id, after := l.submit("a"), l.submit("a")
		l.begins(id).finish <- outcome{panics: "oh no"}
		next := l.begins(after)
		if v := l.is(id, result.Failed, 0); v.Error.Code != fault.CodeInternal {
			t.Errorf("error %+v", v.Error)
		}
		if log := l.log.String(); !strings.Contains(log, "oh no") || !strings.Contains(log, "lab_test.go") {
			t.Errorf("the log lacks the panic or its stack: %q", log)
		}
		next.finish <- outcome{result: &result.Comparison{}}
		l.is(after, result.Done, 0)
	})
}

func TestCancelQueued(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		running, queued, after := l.submit("a"), l.submit("a"), l.submit("a")
		first := l.begins(running)
		l.is(after, result.Queued, 2)
		if err := l.Cancel(queued); err != nil {
			t.Fatal(err)
		}
		if v := l.is(queued, result.Cancelled, 0); v.Error.Code != fault.CodeCancelled || v.Started != nil {
			t.Errorf("error %+v, started %v", v.Error, v.Started)
		}
		l.is(after, result.Queued, 1)
		if first.ctx.Err() != nil {
			t.Error("another run's cancellation reached this one")
		}
		first.finish <- outcome{result: &result.Comparison{}}
		l.begins(after).finish <- outcome{result: &result.Comparison{}}
		l.is(after, result.Done, 0)
	})
}

// A running run is cancelled at once; the next one starts only when Execute
// has given the machine back.
func TestCancelRunning(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		id, after := l.submit("a"), l.submit("a")
		c := l.begins(id)
		c.progress(result.Progress{Done: 1})
		if err := l.Cancel(id); err != nil {
			t.Fatal(err)
		}
		v := l.is(id, result.Cancelled, 0)
		if v.Error.Code != fault.CodeCancelled || v.Started == nil || c.ctx.Err() == nil {
			t.Errorf("error %+v, context %v", v.Error, c.ctx.Err())
		}
		l.nothingBegins()
		l.is(after, result.Queued, 1) // what is being stopped is still ahead
		if err := l.Cancel(id); err != nil {
			t.Errorf("a second time: %v", err)
		}
		c.progress(result.Progress{Done: 2}) // late, but harmless
		c.finish <- outcome{err: c.ctx.Err()}
		l.begins(after).finish <- outcome{result: &result.Comparison{}}
		l.is(id, result.Cancelled, 0)
		l.is(after, result.Done, 0)
		if strings.Contains(l.log.String(), "run failed") {
			t.Errorf("a cancellation stands in the log as a failure: %s", l.log)
		}
		if len(l.discarded) != 0 {
			t.Error("nothing was there to discard")
		}
	})
}

// Cancelled in the moment in which it succeeds: it stays cancelled, and its
// outputs go.
func TestCancelTooLateForExecute(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		id := l.submit("a")
		c := l.begins(id)
		if err := l.Cancel(id); err != nil {
			t.Fatal(err)
		}
		res := &result.Comparison{}
		c.finish <- outcome{result: res}
		if v := l.is(id, result.Cancelled, 0); v.Result != nil {
			t.Error("a cancelled run has a result")
		}
		if len(l.discarded) != 1 || l.discarded[0] != res {
			t.Errorf("discarded %v", l.discarded)
		}
	})
}

func TestCancelFinal(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		id := l.submit("a")
		l.begins(id).finish <- outcome{result: &result.Comparison{}}
		l.is(id, result.Done, 0)
		if err := l.Cancel(id); err != nil {
			t.Errorf("cancelling a finished run: %v", err)
		}
		if v := l.is(id, result.Done, 0); v.Result == nil {
			t.Error("the result is gone")
		}
	})
}

func TestUnknownRun(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		_, waitErr := l.Wait(t.Context(), "nope")
		_, viewErr := l.View("nope")
		_, _, watchErr := l.Watch("nope")
		for name, err := range map[string]error{"Wait": waitErr, "View": viewErr, "Watch": watchErr, "Cancel": l.Cancel("nope")} {
			var e *fault.Error
			if !errors.As(err, &e) || e.Code != fault.CodeNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestWait(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		id := l.submit("a")
		c := l.begins(id)
		want := &result.Comparison{}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if got, err := l.Wait(t.Context(), id); got.Comparison != want || err != nil {
					t.Errorf("Wait: %v, %v", got, err)
				}
			})
		}
		synctest.Wait()
		c.finish <- outcome{result: want}
		wg.Wait()
	})
}

// Who goes away takes the run along.
func TestWaitWithADyingContext(t *testing.T) {
	for _, state := range []result.State{result.Queued, result.Running} {
		inLab(t, func(t *testing.T, l lab) {
			id := l.submit("a")
			c := l.begins(id)
			if state == result.Queued {
				id = l.submit("a")
			}
			ctx, leave := context.WithCancel(t.Context())
			done := make(chan error)
			go func() {
				_, err := l.Wait(ctx, id)
				done <- err
			}()
			l.is(id, state, map[result.State]int{result.Queued: 1}[state])
			leave()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("%s: Wait gives %v", state, err)
			}
			l.is(id, result.Cancelled, 0)
			if gone := c.ctx.Err() != nil; gone != (state == result.Running) {
				t.Errorf("%s: the executed run's context is over: %v", state, gone)
			}
			c.finish <- outcome{err: context.Canceled}
		})
	}
}

func TestBusy(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		c := l.begins(l.submit("a"))
		var waiting []string
		for i := range QueueLimit {
			waiting = append(waiting, l.submit(fmt.Sprint("client ", i)))
		}
		var e *fault.Error
		if _, err := l.Submit(spec, Asker{Client: "b"}); !errors.As(err, &e) || e.Code != fault.CodeBusy || !strings.Contains(e.Text.EN, "64") {
			t.Errorf("one more than %d: %v", QueueLimit, err)
		}
		if n := len(l.List()); n != QueueLimit+1 {
			t.Errorf("%d runs are remembered; the refused one must leave nothing", n)
		}
		l.is(waiting[63], result.Queued, 64)
		if err := l.Cancel(waiting[0]); err != nil {
			t.Fatal(err)
		}
		l.submit("b")
		c.finish <- outcome{result: &result.Comparison{}}
		l.begins(waiting[1]).finish <- outcome{result: &result.Comparison{}}
		(<-l.begun).finish <- outcome{result: &result.Comparison{}}
		go func() { // the rest end with Close
			for c := range l.begun {
				c.finish <- outcome{err: context.Canceled}
			}
		}()
		l.Close()
		close(l.begun)
	})
}

// A client that fills the queue leaves room for others.
func TestAClientsShare(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		c := l.begins(l.submit("a"))
		for range freePlaces + 1 {
			l.submit("a")
		}
		var e *fault.Error
		if _, err := l.Submit(spec, Asker{Client: "a"}); !errors.As(err, &e) || e.Code != fault.CodeBusy || !strings.Contains(e.Text.EN, "2 runs") || strings.Contains(e.Text.EN, "64") {
			t.Errorf("one more: %v", err)
		}
		b := l.submit("b")
		l.submit("b")
		if _, err := l.Submit(spec, Asker{Client: "b"}); !errors.As(err, &e) || e.Code != fault.CodeBusy {
			t.Errorf("a third run of another: %v", err)
		}
		if n := len(l.List()); n != freePlaces+4 {
			t.Errorf("%d runs are remembered; those that were refused must leave nothing", n)
		}
		c.finish <- outcome{result: &result.Comparison{}}
		second := l.begins(b)
		if _, err := l.Submit(spec, Asker{Client: "b"}); !errors.As(err, &e) || e.Code != fault.CodeBusy {
			t.Errorf("one is running, one waits: %v", err)
		}
		second.finish <- outcome{result: &result.Comparison{}}
		(<-l.begun).finish <- outcome{result: &result.Comparison{}} // of a, and then
		third := <-l.begun
		l.submit("b")
		go func() { // the rest end with Close
			for c := range l.begun {
				c.finish <- outcome{err: context.Canceled}
			}
		}()
		third.finish <- outcome{result: &result.Comparison{}}
		l.Close()
		close(l.begun)
	})
}

func TestClose(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		running, queued := l.submit("a"), l.submit("a")
		c := l.begins(running)
		closed := make(chan struct{})
		go func() {
			l.Close()
			close(closed)
		}()
		synctest.Wait()
		for _, id := range []string{running, queued} {
			if v := l.is(id, result.Cancelled, 0); v.Error.Code != fault.CodeStopping {
				t.Errorf("error %+v", v.Error)
			}
		}
		select {
		case <-closed:
			t.Error("closed while a run is being executed")
		default:
		}
		var e *fault.Error
		if _, err := l.Submit(spec, Asker{Client: "a"}); !errors.As(err, &e) || e.Code != fault.CodeStopping {
			t.Errorf("Submit while closing: %v", err)
		}
		c.finish <- outcome{err: c.ctx.Err()}
		<-closed
		l.nothingBegins()
		err := l.Exclusive(t.Context(), func() error { t.Error("worked in a closed lab"); return nil })
		if !errors.As(err, &e) || e.Code != fault.CodeStopping {
			t.Errorf("Exclusive after Close: %v", err)
		}
	})
}

func TestExclusive(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		// It keeps runs waiting.
		id := ""
		failure := errors.New("of its own")
		err := l.Exclusive(t.Context(), func() error {
			id = l.submit("a")
			l.nothingBegins()
			l.is(id, result.Queued, 0)
			return failure
		})
		if err != failure {
			t.Errorf("Exclusive gives %v", err)
		}
		c := l.begins(id)

		// It waits for runs, and gives up with its context.
		ctx, leave := context.WithCancel(t.Context())
		errs := make(chan error)
		go func() { errs <- l.Exclusive(ctx, func() error { t.Error("beside a run"); return nil }) }()
		synctest.Wait()
		leave()
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
		// With a dead context it never works, be the machine free or not.
		c.finish <- outcome{result: &result.Comparison{}}
		synctest.Wait()
		for range 20 {
			if err := l.Exclusive(ctx, func() error { t.Error("worked"); return nil }); !errors.Is(err, context.Canceled) {
				t.Fatalf("with a dead context: %v", err)
			}
		}
		c = l.begins(l.submit("a"))

		// It goes first when it came first.
		worked := make(chan struct{})
		go func() {
			errs <- l.Exclusive(t.Context(), func() error {
				<-worked
				return nil
			})
		}()
		synctest.Wait()
		second := l.submit("a")
		c.finish <- outcome{result: &result.Comparison{}}
		l.nothingBegins()
		close(worked)
		if err := <-errs; err != nil {
			t.Error(err)
		}
		l.begins(second).finish <- outcome{result: &result.Comparison{}}
	})
}

func TestExclusiveSurvivesAPanic(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		func() {
			defer func() { _ = recover() }()
			_ = l.Exclusive(t.Context(), func() error { panic("in an upload") })
		}()
		l.begins(l.submit("a")).finish <- outcome{result: &result.Comparison{}}
	})
}

func TestOldRunsAreForgotten(t *testing.T) {
	inLab(t, func(t *testing.T, l lab) {
		var first string
		for i := range keepRuns + 1 {
			id := l.submit("a")
			if i == 0 {
				first = id
			}
			l.begins(id).finish <- outcome{result: &result.Comparison{}}
			synctest.Wait()
		}
		if n := len(l.List()); n != keepRuns {
			t.Errorf("%d runs are remembered, want %d", n, keepRuns)
		}
		if _, err := l.View(first); err == nil {
			t.Error("the oldest run is still there")
		}
	})
}

func TestNewIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := NewID()
		if len(id) != 10 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}
