package crew_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/crew"
	"carriles/executor/trace"
)

// Workers that come by themselves have lanes, clocks and credits of their own.
func TestWorkersThatArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{
			Arrive: true,
			Do:     func(int, crew.Order) fate { return fate{Takes: 10 * time.Millisecond} },
			Hello:  func(worker int, h *crew.Hello) { h.Lanes = worker - 99 }, // 1, 2, 3
		}
		s := at(t, p, twoProcesses, names(18)...)
		defer s.Close()
		p.Come()
		time.AfterFunc(20*time.Millisecond, func() { p.Come() })
		time.AfterFunc(30*time.Millisecond, func() { p.Come() })
		r := s.run()
		// One lane for 20 ms, three for 10, then six: 2 + 3 tasks, and 13 for six lanes.
		if r.Wall != 60*time.Millisecond || len(s.outputs) != 18 || len(r.Lanes) != 6 || len(r.Processes) != 3 {
			t.Fatalf("%v, %d outputs, %d lanes, %d accounts", r.Wall, len(s.outputs), len(r.Lanes), len(r.Processes))
		}
		var owners []int
		for i, l := range r.Lanes {
			owners = append(owners, l.Worker.ID)
			if l.Number != i || l.Startup != 0 || trace.Spent(l.Spans, trace.Spawn) != 0 || l.Worker.ProcessID != 0 {
				t.Errorf("%+v", l)
			}
		}
		if !slices.Equal(owners, []int{100, 101, 101, 102, 102, 102}) {
			t.Errorf("the lanes are of workers %v", owners)
		}
		if n := len(p.Workers()); n != 3 {
			t.Errorf("%d workers", n)
		}
	})
}

// Orders beyond the lanes are there when a lane is free: of two workers, the one
// with a credit needs no way back in between.
func TestCredits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var most atomic.Int64
		p := &memory{Arrive: true, Hello: func(_ int, h *crew.Hello) { h.Lanes, h.Credits, h.Timeout = 1, 2, 15*time.Millisecond },
			Do: func(int, crew.Order) fate { return fate{Takes: 10 * time.Millisecond} }}
		s := at(t, watch{p, &most}, oneLane, names(6)...)
		defer s.Close()
		p.Come()
		r := s.run()
		// The time of an order counts from when it has a lane: none is late.
		if r.Wall != 60*time.Millisecond || most.Load() != 3 || len(r.Deaths) > 0 || len(s.outputs) != 6 {
			t.Errorf("%v, %d orders in hand at most, deaths %q, %d outputs", r.Wall, most.Load(), r.Deaths, len(s.outputs))
		}
	})
}

// What a worker that leaves has not begun was no attempt.
func TestOrdersNotBegunAreNoAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Arrive: true, Hello: func(_ int, h *crew.Hello) { h.Lanes, h.Credits = 1, 2 },
			Do: func(worker int, _ crew.Order) fate {
				if worker == 100 {
					return fate{Takes: time.Millisecond, Dies: "left the room"}
				}
				return fate{Takes: 10 * time.Millisecond}
			}}
		s := at(t, p, oneLane, names(3)...)
		defer s.Close()
		p.Come()
		time.AfterFunc(5*time.Millisecond, func() { p.Come() })
		r := s.run()
		s.wantOutputs(0, 1, 2)
		for i, want := range []int{2, 1, 1} {
			if got := r.Tasks[i].Attempts; got != want {
				t.Errorf("task %d took %d attempts, want %d", i, got, want)
			}
		}
		if lost := spent(r, trace.Lost); lost != time.Millisecond {
			t.Errorf("lost %v", lost)
		}
	})
}

// The last attempt is on a worker that has not had the task before.
func TestLastAttemptWhereWorkersArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var had []int
		p := &memory{Arrive: true, Hello: func(_ int, h *crew.Hello) { h.Timeout = time.Second },
			Do: func(worker int, o crew.Order) fate {
				if o.Image != "bad" {
					return fate{Takes: time.Millisecond}
				}
				had = append(had, worker)
				return fate{Dies: "died of it"}
			}}
		s := at(t, p, oneLane, "bad", "b", "c")
		defer s.Close()
		for range 4 {
			p.Come()
		}
		r := s.run()
		s.wantOutputs(1, 2)
		if slices.Sort(had); len(slices.Compact(had)) != 3 || r.Tasks[0].Err == nil || r.Tasks[0].Err.Text.EN != "after 3 attempts: the worker died of it" {
			t.Errorf("tried on %v: %v", had, r.Tasks[0].Err)
		}
	})
}

func TestNobodyComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, &memory{Arrive: true}, oneLane, names(2)...)
		defer s.Close()
		r := s.run()
		if e := r.Tasks[1].Err; e == nil || e.Text.EN != "no worker came within 10s" || e.Text.ES != "no vino ningún trabajador en 10s" || r.Wall != 10*time.Second {
			t.Errorf("%v after %v", e, r.Wall)
		}
		if err := s.Start(t.Context()); err == nil {
			t.Error("a warm crew of nobody started")
		}
	})
}

// A crew that has been started has those who are there by then, and those who come
// between two rounds.
func TestWorkersThatArriveWarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Arrive: true}
		s := at(t, p, oneLane, names(6)...)
		defer s.Close()
		p.Come()
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := s.run(); r.Wall != 6*time.Millisecond {
			t.Errorf("alone: %v", r.Wall)
		}
		p.Come()
		synctest.Wait()
		clear(s.outputs)
		if r := s.run(); r.Wall != 3*time.Millisecond || len(r.Lanes) != 2 {
			t.Errorf("together: %v on %d lanes", r.Wall, len(r.Lanes))
		}
	})
}

// The clock of another machine is an hour ahead: its spans are where they belong.
func TestClocksOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Arrive: true, Hello: func(_ int, h *crew.Hello) {
			h.Clock.Zero = h.Clock.Zero.Round(0).Add(time.Hour) // by its wall clock
			h.Clock.Ahead, h.Clock.Error = time.Hour, 3*time.Millisecond
		}}
		s := at(t, p, oneLane, names(3)...)
		defer s.Close()
		p.Come()
		r := s.run()
		if l := r.Lanes[0]; spent(r, trace.Filter) != 3*time.Millisecond || l.ClockError != 3*time.Millisecond {
			t.Errorf("%+v", l)
		}
	})
}

// A worker that says nonsense of itself is ended.
func TestHellosAreChecked(t *testing.T) {
	for _, h := range []crew.Hello{{Lanes: 0}, {Lanes: -1}, {Lanes: 2}, {Lanes: 1, Credits: -1}} {
		synctest.Test(t, func(t *testing.T) {
			p := &memory{Hello: func(worker int, own *crew.Hello) {
				if worker == 0 {
					own.Lanes, own.Credits = h.Lanes, h.Credits
				}
			}}
			s := at(t, p, oneLane, "a")
			defer s.Close()
			if r := s.run(); r.Tasks[0].Worker.ID != 1 || !p.Workers()[0].Gone() {
				t.Errorf("%+v: done by %+v", h, r.Tasks[0].Worker)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		p := &memory{Arrive: true, Hello: func(_ int, own *crew.Hello) { own.Lanes = 1025 }}
		s := at(t, p, oneLane, "a")
		defer s.Close()
		p.Come()
		if r := s.run(); r.Tasks[0].Err == nil || !p.Workers()[0].Gone() {
			t.Error("1025 lanes were believed")
		}
	})
}

// A place whose hiring fails says so in the failure.
func TestHiringFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, closed{&memory{}}, oneLane, "a")
		defer s.Close()
		r := s.run()
		if e := r.Tasks[0].Err; e == nil || e.Text.EN != "no worker can be started: the last one did not start (no vacancies)" {
			t.Error(e)
		}
	})
}

// closed is a place that hires nobody.
type closed struct{ crew.Place }

func (closed) Hire(int, crew.Setup, crew.Tell) (crew.Link, error) {
	return nil, errors.New("no vacancies")
}

// watch notes how many orders a worker has in hand at most.
type watch struct {
	*memory
	most *atomic.Int64
}

func (p watch) Hire(id int, s crew.Setup, tell crew.Tell) (crew.Link, error) {
	var inHand atomic.Int64
	return p.memory.Hire(id, s, func(ev crew.Event) bool {
		switch news := ev.News.(type) {
		case crew.Arrived:
			news.Link = counting{news.Link, &inHand, p.most}
			ev.News = news
		case crew.Settled:
			inHand.Add(-1)
		}
		return tell(ev)
	})
}

type counting struct {
	crew.Link
	inHand, most *atomic.Int64
}

func (c counting) Give(o crew.Order) {
	c.most.Store(max(c.most.Load(), c.inHand.Add(1))) // the crew alone gives
	c.Link.Give(o)
}
