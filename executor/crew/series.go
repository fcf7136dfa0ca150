package crew

import (
	"time"

	"carriles/executor/batch/result"
)

// sampleInterval is how often the workers of a job with Sample are looked at. A
// look takes some 0.1 ms a process.
const sampleInterval = 200 * time.Millisecond

// series is what is seen of the workers of a round from outside. The zero value
// watches nothing.
type series struct {
	ticker  *time.Ticker
	used    map[int]time.Duration // by worker, when last looked at
	last    time.Duration
	samples []result.Sampled
}

func (s *series) start() {
	s.ticker, s.used = time.NewTicker(sampleInterval), map[int]time.Duration{}
}

func (s *series) stop() { s.ticker.Stop() }

func (s *series) due() <-chan time.Time {
	if s.ticker == nil {
		return nil
	}
	return s.ticker.C
}

// take looks at the workers. One that has ended since, or that nobody says
// anything of, counts with what was known of it before.
func (s *series) take(at time.Duration, members []*member, done int) {
	sample := result.Sampled{AtS: at.Seconds(), Done: done}
	used := time.Duration(0)
	for _, m := range members {
		if m.ready.IsZero() {
			continue
		}
		sample.Processes++
		link, ok := m.link.(Watched)
		if !ok {
			continue
		}
		cpu, memory := link.Look()
		if cpu != nil {
			before, seen := s.used[m.ID]
			if !seen {
				before = m.before.CPU()
			}
			s.used[m.ID] = *cpu
			used += *cpu - before
		}
		if memory != nil {
			sample.Memory += *memory
		}
	}
	if since := at - s.last; since > 0 {
		sample.CoresBusy = max(0, used.Seconds()/since.Seconds())
	}
	s.last = at
	s.samples = append(s.samples, sample)
}
