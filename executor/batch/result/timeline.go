package result

import (
	"slices"
	"time"

	"carriles/executor/trace"
)

// Timeline is what every lane of a method did in its median round, on one
// axis: seconds since that round's clock started.
type Timeline struct {
	Method string         `json:"method"`
	WallS  float64        `json:"wall_s"`
	Lanes  []TimelineLane `json:"lanes"`
}

// End is where an axis must end on which the round and all of its spans fit: a
// span may end after the round's clock has stopped.
func (t Timeline) End() float64 {
	end := t.WallS
	for _, lane := range t.Lanes {
		for _, s := range lane.Spans {
			end = max(end, s.EndS)
		}
	}
	return end
}

// LanesHead says to what the lanes of an event belong, and how far it is.
type LanesHead struct {
	// Seq numbers the events of a run from 1. Who connects again hears those of
	// the rounds that are still the latest once more.
	Seq    int    `json:"seq"`
	Method string `json:"method"`
	Phase  string `json:"phase"` // PhaseWarmup or PhaseTimed
	Round  int    `json:"round"` // as in Progress
	// First says that it is the round's first event: what was told of the method
	// before was another round.
	First bool `json:"first,omitempty"`
	// Workers is how many lanes the method has; the lane after them is that of
	// processes that run a last attempt alone.
	Workers int `json:"workers"`
	// NowS is the time of the event in seconds since the round's clock started;
	// once it is Over, the time that the round took.
	NowS float64 `json:"now_s"`
	Over bool    `json:"over,omitempty"`
}

// LanesEvent is the data of a server-sent event "lanes" of a run under way:
// what has become known of a method's round since its event before. The events
// of a run end with it; what they have told stands whole, in order and without
// overlaps in the result's Timeline.
type LanesEvent struct {
	LanesHead
	// Lanes are those with something new. Their spans stand as they became known:
	// a task's when it is settled, its sending with the next task. They may
	// overlap a little, waiting is where none is, and they carry no attempt.
	Lanes []TimelineLane `json:"lanes"`
}

// TimelineLane is one worker's row. Its spans stand in the order of their
// start and do not overlap.
type TimelineLane struct {
	Worker    int `json:"worker"`
	ProcessID int `json:"process_id"`
	Device
	Spans []TimelineSpan `json:"spans"`
}

// TimelineSpan is one stage of one task, or what a worker did without one.
type TimelineSpan struct {
	// Stage is the name of a trace.Stage.
	Stage string `json:"stage"`
	// Filter is the name of the filter of a "filter" span.
	Filter string `json:"filter,omitempty"`
	// Task is the task's index in the batch; -1 for "spawn", "idle" and "lost".
	Task    int     `json:"task"`
	Attempt int     `json:"attempt,omitempty"`
	StartS  float64 `json:"start_s"`
	EndS    float64 `json:"end_s"`
	// CPUS is the processor time that the worker's thread used in the span;
	// absent where the system does not tell.
	CPUS *float64 `json:"cpu_s,omitempty"`
	Ways
}

// TimelineSpanOf is a span on the timeline; chain are the names of the filters.
// The attempt is left to the caller.
func TimelineSpanOf(s trace.Span, chain []string) TimelineSpan {
	out := TimelineSpan{Stage: s.Stage.String(), Task: s.Task, StartS: rounded(s.Start), EndS: rounded(s.End)}
	if s.Stage == trace.Filter && s.Step < len(chain) {
		out.Filter = chain[s.Step]
	}
	if s.CPU != trace.UnknownCPU {
		cpu := rounded(s.CPU)
		out.CPUS = &cpu
	}
	for way, d := range s.Ways.All() {
		out.put(way, rounded(d))
	}
	return out
}

// AddSpans adds spans to those of a worker's lane in a list, in which it gets a
// lane if it has none: of, which has no spans.
func AddSpans(lanes []TimelineLane, of TimelineLane, chain []string, spans ...trace.Span) []TimelineLane {
	i := slices.IndexFunc(lanes, func(t TimelineLane) bool {
		return t.Worker == of.Worker && t.ProcessID == of.ProcessID && t.Device == of.Device
	})
	if i < 0 {
		i = len(lanes)
		lanes = append(lanes, of)
	}
	for _, s := range spans {
		lanes[i].Spans = append(lanes[i].Spans, TimelineSpanOf(s, chain))
	}
	return lanes
}

// rounded is a time in seconds, to the microsecond: a timeline has hundreds of
// them, and more digits would say nothing.
func rounded(d time.Duration) float64 { return float64(d.Microseconds()) / 1e6 }
