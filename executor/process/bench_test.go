package process

import (
	"slices"
	"testing"
	"time"

	"carriles/executor/trace"
)

// BenchmarkSpan is what recording one span costs a worker.
func BenchmarkSpan(b *testing.B) {
	r := trace.NewRecorder(trace.NewClock(), threadCPU())
	for b.Loop() {
		r.Add(trace.Filter, 0, r.Mark())
		r.Take()
	}
}

// BenchmarkColdWorker is how long a worker takes from being asked for to its
// first word, one at a time.
func BenchmarkColdWorker(b *testing.B) {
	l := newLab(b)
	var ready []time.Duration
	for b.Loop() {
		p := NewPool(Config{Launcher: l.launcher(), Spec: spec("a.png"), Shape: oneLane, TempDir: "temp", Timeout: long})
		if err := p.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		for _, c := range p.children {
			ready = append(ready, c.ready.Sub(c.asked))
		}
		p.Close()
	}
	slices.Sort(ready)
	b.ReportMetric(float64(ready[len(ready)/2].Microseconds())/1000, "ms-ready-p50")
	b.ReportMetric(float64(ready[len(ready)*95/100].Microseconds())/1000, "ms-ready-p95")
}
