package process

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"carriles/executor/crew"
	"carriles/executor/trace"
)

// TestAnyMoment kills or stops a child of this process at a random time of a
// warm crew's life, from its fork to its leaving: every image is an output, however
// often its worker was somebody's victim once. It says how late the answers were. Thirty
// times here, a hundred in make chaos.
func TestAnyMoment(t *testing.T) {
	l := newLab(t)
	watch := l.watch()
	images := repeat([]string{"a.png", "b.png", "c.png"}, 4)
	const timeout = time.Second
	r := rand.New(rand.NewPCG(10, 11))
	var struck atomic.Int64
	latest := time.Duration(0)
	times := 30
	if os.Getenv("CARRILES_CHAOS") != "" {
		times = 100
	}
	for range times {
		signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGSTOP}[r.IntN(2)]
		p := l.place()
		p.Watch = watch
		began, victim := time.Now(), r.Int()
		strike := time.AfterFunc(time.Duration(r.Int64N(int64(60*time.Millisecond))), func() {
			pids := childrenOf("self")
			if len(pids) == 0 {
				return
			}
			slices.Sort(pids)
			if pid, err := strconv.Atoi(pids[victim%len(pids)]); err == nil && syscall.Kill(pid, signal) == nil {
				struck.Add(1)
			}
		})
		c := crew.New(p, crew.Config{Spec: spec(images...), Shape: twoProcesses, Timeout: timeout, StartTimeout: timeout})
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			job, out := l.job(nil)
			report, err := c.Run(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			if len(out.files) != len(images) {
				t.Errorf("%d outputs of %d; deaths %q", len(out.files), len(images), report.Deaths)
			}
			for _, lane := range report.Lanes {
				if trace.Spent(lane.Spans, trace.Spawn) > 0 && len(report.Deaths) == 0 {
					t.Error("a worker was started within a warm crew's clock, and nobody died")
				}
			}
			for _, f := range out.files {
				os.Remove(f)
			}
		}
		c.Close()
		strike.Stop()
		latest = max(latest, time.Since(began))
		for _, l := range p.links {
			<-l.gone
		}
	}
	t.Logf("%d were struck, the last answer took %v", struck.Load(), latest)
	if struck.Load() == 0 {
		t.Error("nobody was struck") // how many are is the machine's speed
	}
}
