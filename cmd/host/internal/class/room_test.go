package class

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"carriles/executor/batch/class"
	"carriles/executor/batch/result"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func noQueue() []result.QueuedRun { return []result.QueuedRun{} }

func TestThePresentersToken(t *testing.T) {
	r := NewRoom("the-presenters-own-token", noQueue)
	defer r.Close()
	for token, want := range map[string]bool{
		"the-presenters-own-token": true, "the-presenters-own-toke": false, "the-presenters-own-token ": false, "": false, "x": false,
	} {
		if r.IsPresenter(token) != want {
			t.Errorf("%q: %v", token, !want)
		}
	}
}

// TestStream watches a room in synthetic time.
func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var queue atomic.Pointer[[]result.QueuedRun]
		queue.Store(&[]result.QueuedRun{})
		r := NewRoom("t", func() []result.QueuedRun { return *queue.Load() })
		defer r.Close()
		if err := r.Join(class.Join{Member: id(1), Device: "phone"}, home, home); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		type news struct {
			at    time.Duration
			state *class.State // nil: a heartbeat
		}
		var mu sync.Mutex
		var seen []news
		// take gives what was seen since the last time.
		take := func() []news {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			all := seen
			seen = nil
			return all
		}
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() {
			left <- r.Stream(ctx, id(1), func(data []byte) bool {
				n := news{at: time.Since(began)}
				if data != nil {
					n.state = &class.State{}
					if err := json.Unmarshal(data, n.state); err != nil {
						t.Errorf("%v: %s", err, data)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, n)
				return true
			})
		}()
		expect := func(what string, at time.Duration, holds func(*class.State) bool) {
			t.Helper()
			if all := take(); len(all) != 1 || all[0].at != at || !holds(all[0].state) {
				t.Fatalf("%s: seen %+v, want one at %v", what, all, at)
			}
		}
		expect("the beginning", 0, func(s *class.State) bool { return s.Members.All == 1 })

		// Whatever happens within the pause comes as one.
		for i := 2; i < 30; i++ {
			if err := r.Join(class.Join{Member: id(i), Device: "laptop"}, home, home); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(pause)
		expect("many joined", pause, func(s *class.State) bool { return s.Members.All == 29 })

		// Those without a stream are said to be silent, once.
		time.Sleep(quiet)
		expect("silent", quiet, func(s *class.State) bool { return s.Members.All == 29 && s.Members.Silent == 28 })

		// What changes nothing, and what fails, is not told.
		_ = r.Join(class.Join{Member: id(1), Device: "phone"}, home, home)
		_ = r.StopAsking()
		time.Sleep(3*time.Second - pause)
		if all := take(); len(all) != 0 {
			t.Fatalf("told of nothing: %+v", all)
		}
		queue.Store(&[]result.QueuedRun{{ID: "a", State: result.Running}})
		time.Sleep(tick)
		expect("the queue", 6*time.Second, func(s *class.State) bool { return len(s.Queue) == 1 })

		// The stream keeps the watching member here; the others leave.
		const while = 2 * time.Minute
		time.Sleep(while)
		var last *class.State
		beats := 0
		for _, n := range take() {
			if n.state == nil {
				beats++
			} else {
				last = n.state
			}
		}
		if beats != int(while/Heartbeat) || last == nil || last.Members.All != 1 {
			t.Errorf("after two minutes: %d heartbeats, last %+v", beats, last)
		}
		leave()
		if err := <-left; err != nil {
			t.Error(err)
		}
		time.Sleep(10*time.Second + tick)
		if n := r.View().Members.All; n != 0 {
			t.Errorf("%d members are here long after all have left", n)
		}
	})
}

func TestStreamEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRoom("t", noQueue)
		if err := r.Stream(t.Context(), "", func([]byte) bool { return false }); err != nil { // the reader is gone
			t.Error(err)
		}
		ended := make(chan error)
		for range 3 {
			go func() { ended <- r.Stream(t.Context(), "", func([]byte) bool { return true }) }()
		}
		synctest.Wait()
		r.Close()
		r.Close()
		for range 3 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if r.changes.Watched() {
			t.Error("a watcher is left")
		}
	})
}
