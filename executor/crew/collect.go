package crew

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// accountTimeout is how long workers may take to give their accounts at most: no
// clock runs then, and a machine that is taken away for some seconds is not a
// frozen worker. But an answer is not to be late by more than a frozen worker may
// cost within the clock, and a little for it to end.
const (
	accountTimeout = 10 * time.Second
	frozenSlack    = time.Second / 2
)

// within is how long something of a worker's is waited for: so long, but no longer than
// a frozen one may cost.
func (c *Crew) within(most time.Duration) time.Duration {
	return min(most, c.cfg.Timeout+frozenSlack)
}

// accounts asks the workers that are ready for their accounts, and waits for
// those that have been let go to be gone. It lists who was asked, in the order of
// their lanes. Who has not answered or left in time is frozen: it is ended.
func (c *Crew) accounts(ctx context.Context) (asked []*member) {
	for _, m := range c.inOrder() {
		if !m.ready.IsZero() && !m.leaving {
			m.account = nil
			asked = append(asked, m)
			m.link.Ask()
		}
	}
	_ = c.hear(ctx, c.within(accountTimeout), func(*Gone) bool {
		for _, m := range asked {
			if m.account == nil && c.members[m.ID] != nil {
				return false
			}
		}
		return !c.anyone(func(m *member) bool { return m.leaving })
	})
	c.end(ctx, func(m *member) bool { return m.leaving || m.silent() && slices.Contains(asked, m) })
	return asked
}

// end kills the workers that are like that, and waits until they are gone: no
// longer than a kill takes that works.
func (c *Crew) end(ctx context.Context, like func(*member) bool) {
	for _, m := range c.inOrder() {
		if like(m) {
			m.leaving, m.late = true, true
			m.link.Kill()
		}
	}
	_ = c.hear(ctx, closeTimeout, func(*Gone) bool {
		return !c.anyone(func(m *member) bool { return m.late })
	})
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
	c.end(ctx, func(m *member) bool { return m.behind })
	for _, m := range c.accounts(ctx) {
		if m.account == nil {
			r.deaths = append(r.deaths, fmt.Sprintf("%s gave no account: %s", m.called(c.place.About()), m.silence(c.within(accountTimeout))))
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
	_ = c.hear(ctx, c.cfg.StartTimeout, func(*Gone) bool {
		return !c.anyone(func(m *member) bool { return m.ready.IsZero() })
	})
	c.end(ctx, func(m *member) bool { return m.ready.IsZero() })
	for _, m := range starting {
		if m.ready.IsZero() {
			r.deaths = append(r.deaths, fmt.Sprintf("a %s was not ready after the batch: %s", c.place.About().Worker.EN, m.silence(c.cfg.StartTimeout)))
			continue
		}
		until := m.ready
		if until.After(end) {
			until = end
		}
		r.opened(m, until)
	}
}

// silent tells whether a worker that was asked for its account has given none.
func (m *member) silent() bool { return !m.ready.IsZero() && m.account == nil }

// silence is why a worker has not answered.
func (m *member) silence(within time.Duration) string {
	if m.late {
		return fmt.Sprintf("no answer within %v", within)
	}
	return "it has ended"
}
