package evidence

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
	"carriles/executor/fault"
	"carriles/executor/trace"
	"carriles/web/draw"
)

// WriteTrace writes the timelines of a run in the JSON object format of the
// Trace Event Format, which Perfetto and chrome://tracing open. An event stands
// on a line of its own.
//
// A method is a process of the trace, a worker a thread of it. Their numbers
// are the trace's own, so that two methods never share one; the operating
// system's stand in the threads' names. Times are whole microseconds since the
// clock of the method's round started: both ends of a span are rounded, so that
// spans that met still meet. Perfetto drops a span that reaches into the next.
//
// Idle time is not written. In a viewer the gap shows it already, and a sum
// over a lane's events is then what the lane worked. No colours are asked for
// either: a viewer gives equal names equal colours.
//
// The format: "Trace Event Format", N. Duca and D. Sinclair, Google,
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
//
// A run that is not finished, gave no result, is a sweep or has no timelines is
// a *fault.Error with CodeNotFound.
func WriteTrace(w io.Writer, view result.RunView) error {
	if err := missing(view); err != nil {
		return err
	}
	if view.Result == nil {
		return fault.Errorf(fault.CodeNotFound,
			"un barrido no guarda la línea de tiempo de sus puntos: mida el que interese como comparación",
			"a sweep keeps no timeline of its points: measure the one of interest as a comparison")
	}
	events, err := traceEvents(view.Result.Timelines, view.Spec)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		return fault.Errorf(fault.CodeNotFound, "de esta medición no se guardó ninguna línea de tiempo", "no timeline of this run was kept")
	}
	other, err := json.Marshal(traceOther{
		RunID: view.ID, Created: view.Created, Summary: view.Result.Performance.Summary.EN,
		Spec: view.Spec, Environment: view.Result.Environment,
	})
	if err != nil {
		return fmt.Errorf("encoding the trace's metadata: %w", err)
	}
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "{\"traceEvents\":[\n")
	for i, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encoding an event of the trace: %w", err)
		}
		if i < len(events)-1 {
			line = append(line, ',')
		}
		fmt.Fprintf(out, "%s\n", line)
	}
	fmt.Fprintf(out, "],\"displayTimeUnit\":\"ms\",\"otherData\":%s}\n", other)
	return out.Flush() // it keeps the first error of the writes above
}

// traceEvent is an event of the format; TS and Dur are microseconds.
type traceEvent struct {
	Name string `json:"name"`
	Cat  string `json:"cat,omitempty"`
	Ph   string `json:"ph"`
	PID  int    `json:"pid"`
	TID  int    `json:"tid"`
	TS   int64  `json:"ts"`
	Dur  *int64 `json:"dur,omitempty"`
	Args any    `json:"args"`
}

// The types of events that are written.
const (
	phMetadata = "M"
	phComplete = "X"
)

// spanArgs is what a click on a span shows.
type spanArgs struct {
	// Task and Image are absent where a worker did something without one.
	Task    *int     `json:"task,omitempty"`
	Image   string   `json:"image,omitempty"`
	Attempt int      `json:"attempt,omitempty"`
	CPUMS   *float64 `json:"cpu_ms,omitempty"`
}

// traceOther is what the trace says of itself.
type traceOther struct {
	RunID       string             `json:"run_id"`
	Created     time.Time          `json:"created"`
	Summary     string             `json:"summary"`
	Spec        request.Spec       `json:"spec"`
	Environment result.Environment `json:"environment"`
}

// traceEvents gives the metadata of every lane, then all spans by their start.
func traceEvents(timelines []result.Timeline, spec request.Spec) ([]traceEvent, error) {
	var names, spans []traceEvent
	tid := len(timelines) // no thread has the number of a process: viewers take such a one for its main thread
	for i, t := range timelines {
		pid := i + 1
		for j, lane := range t.Lanes {
			tid++
			meta := func(name string, args map[string]any) {
				names = append(names, traceEvent{Name: name, Ph: phMetadata, PID: pid, TID: tid, Args: args})
			}
			if j == 0 {
				meta("process_name", map[string]any{"name": draw.MethodTitle("en", t.Method)})
				meta("process_labels", map[string]any{"labels": fmt.Sprintf("%s, %.3f s", t.Method, t.WallS)})
				meta("process_sort_index", map[string]any{"sort_index": i})
			}
			name := fmt.Sprintf("worker %d (process %d)", lane.Worker, lane.ProcessID)
			if lane.Device.Name != "" {
				name = fmt.Sprintf("%s, lane %d (clock ±%.1f ms)", lane.Device.Name, lane.Worker, 1000*lane.ClockErrorS)
			}
			meta("thread_name", map[string]any{"name": name})
			meta("thread_sort_index", map[string]any{"sort_index": j})
			for _, s := range lane.Spans {
				if s.Stage == trace.Idle.String() {
					continue
				}
				start, end, err := microseconds(s)
				if err != nil {
					return nil, err
				}
				dur := end - start
				spans = append(spans, traceEvent{
					Name: cmp.Or(s.Filter, s.Stage), Cat: s.Stage, Ph: phComplete,
					PID: pid, TID: tid, TS: start, Dur: &dur, Args: argsOf(s, spec),
				})
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b traceEvent) int { return cmp.Compare(a.TS, b.TS) })
	return append(names, spans...), nil
}

// microseconds rounds the ends of a span. The clock of another process may be
// off by so little that its first span seems to start before the round: that is
// moved to 0. A span that ends before it starts is a fault of whoever made it.
func microseconds(s result.TimelineSpan) (start, end int64, err error) {
	from, to := math.Round(max(0, s.StartS)*1e6), math.Round(max(0, s.EndS)*1e6)
	if !(from <= to) || math.IsInf(to, 0) {
		return 0, 0, fmt.Errorf("a %s span of task %d lasts from %g s to %g s", s.Stage, s.Task, s.StartS, s.EndS)
	}
	return int64(from), int64(to), nil
}

func argsOf(s result.TimelineSpan, spec request.Spec) spanArgs {
	args := spanArgs{Attempt: s.Attempt}
	if s.Task >= 0 {
		args.Task = &s.Task
		if len(spec.Images) > 0 {
			args.Image = spec.Image(s.Task)
		}
	}
	if s.CPUS != nil {
		ms := math.Round(*s.CPUS*1e6) / 1e3
		args.CPUMS = &ms
	}
	return args
}
