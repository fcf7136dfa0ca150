package runs

import (
	"context"

	"carriles/executor/batch/request"
	"carriles/executor/contest"
	"carriles/executor/crew"
	"carriles/executor/crew/process"
)

// team is a method's crew of child processes.
type team struct {
	*crew.Crew
	// again makes the folder for unfinished outputs anew before a round of a warm
	// team: what an attempt that died left there is in the next one's way.
	again func() error
}

func (e *execution) team(method string) (contest.Team, error) {
	dir, err := e.Outputs.TempDir(e.id, method)
	if err != nil {
		return nil, err
	}
	place := process.Place{Launcher: e.Launcher, TempDir: dir}
	if request.Described(method).Python {
		place.Command = e.Python
	}
	c := crew.New(place, crew.Config{Spec: e.spec, Shape: e.spec.Shape(method), Timeout: e.Timeout})
	t := &team{Crew: c, again: func() error { return nil }}
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
	return t.Crew.Run(ctx, job)
}
