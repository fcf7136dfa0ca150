package runs

import (
	"context"

	"carriles/executor/batch/request"
	"carriles/executor/contest"
	"carriles/executor/crew"
	"carriles/executor/pipeline"
	"carriles/executor/process"
	"carriles/executor/trace"
)

// team is a method's child processes.
type team struct {
	*process.Pool
	// again makes the folder for unfinished outputs anew before a round of a warm
	// team: what an attempt that died left there is in the next one's way.
	again func() error
}

func (e *execution) team(method string) (contest.Team, error) {
	dir, err := e.Outputs.TempDir(e.id, method)
	if err != nil {
		return nil, err
	}
	t := &team{again: func() error { return nil }, Pool: process.NewPool(process.Config{
		Launcher: e.Launcher, Spec: e.spec, Shape: shapesOf(e.spec)[method], TempDir: dir, Timeout: e.Timeout,
	})}
	if e.spec.Pool == request.Warm {
		t.again = func() error {
			_, err := e.Outputs.TempDir(e.id, method)
			return err
		}
	}
	return t, nil
}

// Run implements contest.Team.
func (t *team) Run(ctx context.Context, job crew.Job) (crew.Report, error) {
	if err := t.again(); err != nil {
		return crew.Report{}, err
	}
	r, err := t.Pool.Run(ctx, process.Job{
		Commit: func(o pipeline.Outcome, temp string) error {
			return job.Commit(crew.Outcome{Outcome: o, Output: crew.Output{File: temp}})
		},
		Progress: job.Progress, Began: job.Began, Chaos: job.Chaos, Sample: job.Sample,
		Spans: func(lane, pid int, spans []trace.Span) { job.Spans(lane, crew.Identity{ProcessID: pid}, spans) },
	})
	return reportOf(r), err
}

// reportOf is for the time until process is a place of the crew's.
func reportOf(r process.Report) crew.Report {
	out := crew.Report{
		Wall: r.Wall, Processes: r.Processes, Deaths: r.Deaths, Chaos: r.Chaos, Series: r.Series,
		Server: crew.Usage{User: r.Server.User, System: r.Server.System},
	}
	for _, t := range r.Tasks {
		out.Tasks = append(out.Tasks, crew.TaskReport{
			Outcome: t.Outcome, Lane: t.Lane, Worker: crew.Identity{ProcessID: t.PID}, Attempts: t.Attempts,
		})
	}
	for _, l := range r.Lanes {
		out.Lanes = append(out.Lanes, crew.Lane{
			Number: l.Number, Worker: crew.Identity{ProcessID: l.PID}, Startup: l.Startup, Tasks: l.Tasks,
			In: l.In, Out: l.Out, Spans: l.Spans, Clipped: l.Clipped,
		})
	}
	return out
}
