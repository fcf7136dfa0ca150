package batch

import (
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

// TimelineLane is one worker's row. Its spans stand in the order of their
// start and do not overlap.
type TimelineLane struct {
	Worker    int            `json:"worker"`
	ProcessID int            `json:"process_id"`
	Spans     []TimelineSpan `json:"spans"`
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
	return out
}

// rounded is a time in seconds, to the microsecond: a timeline has hundreds of
// them, and more digits would say nothing.
func rounded(d time.Duration) float64 { return float64(d.Microseconds()) / 1e6 }
