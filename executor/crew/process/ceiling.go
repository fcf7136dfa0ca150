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
	heard := &answers{frames: make(chan frame, 4), over: make(chan struct{})}
	c := l.spawn(setup{Shape: request.Shape{Processes: 1, Goroutines: plan.Lanes, MaxProcs: plan.Lanes}}, heard)
	defer func() {
		c.kill()
		<-heard.over
		used = heard.end.Usage
	}()
	if _, err := heard.next(ctx, kindHello); err != nil {
		return r, used, err
	}
	c.ask(kindCeiling, plan)
	data, err := heard.next(ctx, kindCeilings)
	if err != nil {
		return r, used, err
	}
	return r, used, unmarshal(data, &r)
}
