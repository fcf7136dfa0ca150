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
	r.awaitStarting(ctx)
	for _, c := range r.pool.inOrder() {
		if c.ready.IsZero() {
			continue
		}
		if c.leaving {
			_, _ = r.pool.answer(ctx, c, 0, accountTimeout)
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

// awaitStarting waits for the processes that were asked for within the clock but
// are not ready, as in a cold pool whose first one was done with everything
// before: what their start took is part of the account.
func (r *round) awaitStarting(ctx context.Context) {
	end := r.began.Add(r.wall)
	var starting []*child
	for _, c := range r.pool.inOrder() {
		switch {
		case c.asked.After(end): // its start was put off, and nobody needs it now
			c.kill()
		case c.ready.IsZero():
			starting = append(starting, c)
		}
	}
	for _, c := range starting {
		if c.ready.IsZero() { // or its hello came while another's was waited for
			if _, err := r.pool.answer(ctx, c, kindHello, startTimeout); err != nil {
				r.deaths = append(r.deaths, fmt.Sprintf("a worker process was not ready after the batch: %v", err))
				continue
			}
		}
		until := c.ready
		if until.After(end) {
			until = end
		}
		r.opened(c, until)
	}
}

// ask gets a child's account.
func (p *Pool) ask(ctx context.Context, c *child) (account, error) {
	var a account
	if c.ready.IsZero() {
		return a, errors.New("not ready")
	}
	c.ask(kindAsk, nil)
	data, err := p.answer(ctx, c, kindAccount, accountTimeout)
	if err != nil {
		return a, err
	}
	return a, unmarshal(data, &a)
}

// answer waits for a child's frame of a kind, or for its end, which is an
// error. Other children may get ready or end meanwhile.
func (p *Pool) answer(ctx context.Context, c *child, want kind, within time.Duration) ([]byte, error) {
	late := time.After(within)
	for p.children[c.id] != nil {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-late:
			return nil, fmt.Errorf("no answer within %v", within)
		case ev := <-p.events:
			switch {
			case ev.end != nil:
				p.bury(ev)
			case ev.kind == kindHello:
				if err := p.greet(ev); err != nil {
					p.children[ev.proc].kill()
					continue
				}
			}
			if ev.end == nil && ev.proc == c.id && ev.kind == want {
				return ev.data, nil
			}
		}
	}
	return nil, errors.New("it has ended")
}
