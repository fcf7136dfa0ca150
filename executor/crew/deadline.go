package crew

import (
	"fmt"
	"time"

	"carriles/executor/text"
)

// deadline is when tick has something to do, and false if never.
func (s *scheduler) deadline() (at time.Duration, found bool) {
	earlier := func(d time.Duration) {
		if !found || d < at {
			at, found = d, true
		}
	}
	var late lateOrders
	listed := false
	for _, w := range s.workers {
		switch {
		case w.doomed != nil:
		case w.phase != ready:
			earlier(w.deadline)
		default:
			for _, h := range w.working() {
				earlier(h.deadline)
			}
			if s.spare(w) {
				if !listed {
					late, listed = s.late(), true
				}
				if i, due := late.first(w); i >= 0 {
					earlier(due)
				}
			}
		}
	}
	if s.abandoned() {
		earlier(s.unmanned + unmannedMax)
	}
	return at, found
}

// tick hires those whose start was postponed until now, kills the workers that
// have not answered in time, gives copies of what is late, and gives up where nobody
// comes.
func (s *scheduler) tick(now time.Duration) (acts []action) {
	for _, w := range s.workers {
		switch {
		case w.doomed != nil:
		case w.phase == postponed && now >= w.deadline:
			acts = append(acts, s.ask(w))
		case w.phase == starting && now >= w.deadline:
			acts = append(acts, s.doom(w, text.Sprintf("no estuvo listo en %v", "was not ready within %v", s.starts)))
		case w.phase == ready && w.late(now):
			acts = append(acts, s.doom(w, text.Sprintf("no terminó la imagen en %v", "did not finish the image within %v", w.timeout)))
		}
	}
	acts = s.copyLate(now, acts)
	if s.abandoned() && now >= s.unmanned+unmannedMax {
		s.giveUp(text.Text{
			ES: fmt.Sprintf("no vino ningún %s en %v", s.called.ES, unmannedMax),
			EN: fmt.Sprintf("no %s came within %v", s.called.EN, unmannedMax),
		})
	}
	return acts
}

// late tells whether one of its lanes has taken too long.
func (w *workerState) late(now time.Duration) bool {
	for _, h := range w.working() {
		if now >= h.deadline {
			return true
		}
	}
	return false
}

// abandoned tells whether workers should come by themselves and none is there.
func (s *scheduler) abandoned() bool {
	return s.arrive && len(s.workers) == 0 && s.gaveUp == nil && !s.finished()
}
