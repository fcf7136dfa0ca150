package crew

import (
	"context"
	"fmt"
	"time"
)

// accountTimeout is how long workers may take to give their accounts: no clock
// runs then, and a machine that is taken away for some seconds is not a frozen
// worker.
const accountTimeout = 10 * time.Second

// accounts asks the workers that are ready for their accounts, and waits for
// those that have been let go to be gone. It lists who was asked, in the order of
// their lanes: who has not answered has no account then.
func (c *Crew) accounts(ctx context.Context) (asked []*member) {
	for _, m := range c.inOrder() {
		if !m.ready.IsZero() && !m.leaving {
			m.account = nil
			asked = append(asked, m)
			m.link.Ask()
		}
	}
	_ = c.hear(ctx, accountTimeout, func(*Gone) bool {
		for _, m := range asked {
			if m.account == nil && c.members[m.ID] != nil {
				return false
			}
		}
		return !c.anyone(func(m *member) bool { return m.leaving })
	})
	return asked
}

// anyone tells whether one of the workers is like that.
func (c *Crew) anyone(like func(*member) bool) bool {
	for _, m := range c.members {
		if like(m) {
			return true
		}
	}
	return false
}

// collect completes the books after the clock: with the accounts of the workers
// that are still there, and with what those used that are not.
func (r *round) collect(ctx context.Context) {
	r.awaitStarting(ctx)
	c := r.crew
	for _, m := range c.accounts(ctx) {
		if m.account == nil {
			r.deaths = append(r.deaths, fmt.Sprintf("%s gave no account: %s", m.called(c.place.About()), c.silence(m, accountTimeout)))
			continue
		}
		r.ledger.worker(m, m.account.Usage.since(m.before), "")
		for own, spans := range m.account.Spans {
			if own < m.lanes {
				r.ledger.addAll(m.laneOf(own), spans, m.hello.Clock.shift(r.began))
			}
		}
	}
	for _, d := range c.departed {
		r.ledger.worker(d.member, d.usage, d.why)
	}
}

// awaitStarting waits for the workers that were asked for within the clock but
// are not ready, as in a cold crew whose first one was done with everything
// before: what their start took is part of the account.
func (r *round) awaitStarting(ctx context.Context) {
	c, end := r.crew, r.began.Add(r.wall)
	var starting []*member
	for _, m := range c.inOrder() {
		if m.ready.IsZero() {
			starting = append(starting, m)
		}
	}
	_ = c.hear(ctx, startTimeout, func(*Gone) bool {
		return !c.anyone(func(m *member) bool { return m.ready.IsZero() })
	})
	for _, m := range starting {
		if m.ready.IsZero() {
			r.deaths = append(r.deaths, fmt.Sprintf("a %s was not ready after the batch: %s", c.place.About().Worker.EN, c.silence(m, startTimeout)))
			continue
		}
		until := m.ready
		if until.After(end) {
			until = end
		}
		r.opened(m, until)
	}
}

// silence is why a worker has not answered.
func (c *Crew) silence(m *member, within time.Duration) string {
	if c.members[m.ID] == nil {
		return "it has ended"
	}
	return fmt.Sprintf("no answer within %v", within)
}
