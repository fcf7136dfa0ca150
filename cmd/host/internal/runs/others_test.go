package runs

import (
	"testing"
	"testing/synctest"
	"time"

	"carriles/executor/batch/result"
	"carriles/executor/crew"
	"carriles/executor/topology"
)

// clockwork is a machine whose counters say what the test wants.
type clockwork struct {
	bench
	now   topology.BusyInfo
	knows bool
}

func (c *clockwork) Busy() (topology.BusyInfo, bool) { return c.now, c.knows }

func TestOthers(t *testing.T) {
	round := crew.Report{
		Processes: []result.ProcessAccount{{UserS: 1, SystemS: 0.5}, {UserS: 1}},
		Server:    crew.Usage{User: 500 * time.Millisecond},
	}
	// In a bubble, whose clock stands still between two sleeps.
	measure := func(m *clockwork, busy, stolen float64) (env result.Environment) {
		synctest.Test(t, func(*testing.T) {
			var o others
			for range 2 {
				o.begin(m)
				time.Sleep(2 * time.Second)
				m.now.Seconds += busy
				m.now.Stolen += stolen
				m.now.Throttled += stolen / 4
				o.end(m, round)
			}
			o.tell(&env)
		})
		return env
	}
	// 4 s busy, 3 of them our own, in 2 s: others kept half a core busy.
	env := measure(&clockwork{knows: true}, 4, 1)
	if env.OtherCores == nil || *env.OtherCores != 0.5 || *env.StolenCores != 0.5 {
		t.Errorf("others %v, stolen %v; want half a core each", env.OtherCores, env.StolenCores)
	}
	if env.ThrottledS == nil || *env.ThrottledS != 0.5 { // in two rounds
		t.Errorf("held back for %v s, want half a second", env.ThrottledS)
	}
	if env := measure(&clockwork{knows: true}, 2.99, 0); *env.OtherCores != 0 || env.ThrottledS != nil { // ticks
		t.Errorf("others %v, want none", *env.OtherCores)
	}
	if env := measure(&clockwork{}, 4, 1); env.OtherCores != nil || env.StolenCores != nil {
		t.Errorf("a machine that does not tell: %+v", env)
	}
}
