package process

import (
	"time"

	psprocess "github.com/shirou/gopsutil/v4/process"

	"carriles/executor/batch/result"
)

// sampleInterval is how often the processes of a job with Sample are looked
// at. A look takes some 0.1 ms a process.
const sampleInterval = 200 * time.Millisecond

// sampler watches the processes of a round from outside. The zero value
// watches nothing.
type sampler struct {
	ticker  *time.Ticker
	used    map[int]float64 // CPU seconds by process, when last looked at
	last    time.Duration
	samples []result.Sampled
}

func (s *sampler) start() {
	s.ticker, s.used = time.NewTicker(sampleInterval), map[int]float64{}
}

func (s *sampler) stop() { s.ticker.Stop() }

func (s *sampler) due() <-chan time.Time {
	if s.ticker == nil {
		return nil
	}
	return s.ticker.C
}

// take looks at the processes. One that has ended since, or that the system
// says nothing of, counts with what was known of it before.
func (s *sampler) take(at time.Duration, children map[int]*child, done int) {
	sample := result.Sampled{AtS: at.Seconds(), Done: done}
	cpu := 0.0
	for _, c := range children {
		if c.ready.IsZero() {
			continue
		}
		sample.Processes++
		p, err := psprocess.NewProcess(int32(c.pid))
		if err != nil {
			continue
		}
		if t, err := p.Times(); err == nil {
			before, seen := s.used[c.pid]
			if !seen {
				before = c.before.CPU().Seconds()
			}
			s.used[c.pid] = t.User + t.System
			cpu += s.used[c.pid] - before
		}
		if m, err := p.MemoryInfo(); err == nil {
			sample.Memory += int64(m.RSS)
		}
	}
	if since := (at - s.last).Seconds(); since > 0 {
		sample.CoresBusy = max(0, cpu/since)
	}
	s.last = at
	s.samples = append(s.samples, sample)
}
