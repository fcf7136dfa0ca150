package process

import (
	"context"

	"carriles/executor/batch/request"
	"carriles/executor/ceiling"
	"carriles/executor/crew"
)

// Ceiling measures in a child of its own what the machine's lanes at once give over
// one, and tells what the child has used. The child is gone when it returns.
func (l Launcher) Ceiling(ctx context.Context, plan ceiling.Plan) (r ceiling.Ratios, used crew.Usage, err error) {
	a := l.attend(setup{Shape: request.Shape{Processes: 1, Goroutines: plan.Lanes, MaxProcs: plan.Lanes}})
	defer func() { used = a.end().Usage }()
	if _, err := a.greeting(ctx); err != nil {
		return r, used, err
	}
	return r, used, a.ask(ctx, kindCeiling, plan, kindCeilings, &r)
}
