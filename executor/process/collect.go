package process

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// accountTimeout is how long a worker may take to give its account.
const accountTimeout = 2 * time.Second

// collect asks the processes that are still there for their accounts, after
// the clock. The end of those that are leaving tells what they used.
func (r *round) collect(ctx context.Context) {
	for _, c := range r.pool.children {
		if c.ready.IsZero() {
			continue
		}
		if c.leaving {
			_, _ = r.pool.answer(ctx, c, 0)
			continue
		}
		a, err := r.pool.ask(ctx, c)
		if err != nil {
			r.deaths = append(r.deaths, fmt.Sprintf("worker process %d gave no account: %v", c.pid, err))
			continue
		}
		r.ledger.process(c, a.Usage.since(c.before), "")
		for n, spans := range a.Spans {
			if n < r.lanes(c) {
				r.ledger.addAll(r.laneOf(c, n), spans, r.shift(c))
			}
		}
	}
	for _, g := range r.pool.buried {
		r.ledger.process(g.c, g.usage, g.why)
	}
}

// ask gets a child's account.
func (p *Pool) ask(ctx context.Context, c *child) (account, error) {
	var a account
	if c.ready.IsZero() {
		return a, errors.New("not ready")
	}
	c.ask(kindAsk, nil)
	data, err := p.answer(ctx, c, kindAccount)
	if err != nil {
		return a, err
	}
	return a, unmarshal(data, &a)
}

// answer waits for a child's frame of a kind, or for its end, which is an
// error. Other children may end meanwhile.
func (p *Pool) answer(ctx context.Context, c *child, want kind) ([]byte, error) {
	late := time.After(accountTimeout)
	for p.children[c.id] != nil {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-late:
			return nil, fmt.Errorf("no answer within %v", accountTimeout)
		case ev := <-p.events:
			if ev.end != nil {
				p.bury(ev)
			} else if ev.proc == c.id && ev.kind == want {
				return ev.data, nil
			}
		}
	}
	return nil, errors.New("it has ended")
}
