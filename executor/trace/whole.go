package trace

import (
	"cmp"
	"slices"
	"time"
)

// NoTask is the task of a span that belongs to none.
const NoTask = -1

// Whole puts a worker's spans in order and makes them cover 0 to wall once: where
// two overlap the earlier one keeps the time, and what nobody claims is idle. It
// tells how much it cut off.
//
// What of a last send lies after the clock is not counted as that: who is sent
// to has it before the worker, if it has lost its core meanwhile, comes to look
// at its own clock. For the same reason the storing of an output may seem to
// begin before the worker's send ends.
func Whole(spans []Span, wall time.Duration) (out []Span, clipped time.Duration) {
	spans = slices.SortedStableFunc(slices.Values(spans), func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	at := time.Duration(0)
	idle := func(until time.Duration) {
		if until > at {
			out = append(out, Span{Stage: Idle, Task: NoTask, Start: at, End: until, CPU: UnknownCPU})
			at = until
		}
	}
	for _, s := range spans {
		if s.Stage == Send {
			s.End = min(s.End, wall)
		}
		recorded := max(0, s.Duration())
		s.Start, s.End = max(s.Start, at), min(s.End, wall)
		clipped += recorded - max(0, s.Duration())
		if s.Start >= s.End {
			continue
		}
		idle(s.Start)
		out = append(out, s)
		at = s.End
	}
	idle(wall)
	return out, clipped
}

// Spent is how long spans were in a stage.
func Spent(spans []Span, stage Stage) (sum time.Duration) {
	for _, s := range spans {
		if s.Stage == stage {
			sum += s.Duration()
		}
	}
	return sum
}
