package crew

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"carriles/executor/fault"
)

// closeTimeout is how long a worker may take to leave before it is killed, and one
// that was killed to be gone before it is given up for this round.
const closeTimeout = 2 * time.Second

// Crew runs jobs on the workers of one place. It is used by one goroutine at a
// time. Cold: make one, Run, Close. Warm: make one, Start, Run any number of
// times, Close.
type Crew struct {
	place    Place
	cfg      Config
	epoch    time.Time
	inbox    *inbox
	members  map[int]*member // that are not gone
	nextID   int
	warm     bool       // it was started: it has all its workers ready before any clock
	deaths   []string   // outside of any clock, for the next report
	arrive   bool       // the workers come by themselves
	closing  bool       // who comes now is let go
	nextSlot int        // of those
	nextLane int        // of those
	departed []departed // within the job
}

// New makes a crew without hiring anybody.
func New(place Place, cfg Config) *Crew {
	cfg.StartTimeout = cmp.Or(cfg.StartTimeout, min(startTimeout, cfg.Timeout+frozenSlack))
	return &Crew{place: place, cfg: cfg, epoch: time.Now(), inbox: newInbox(), members: map[int]*member{}}
}

// Start hires all workers of the shape and waits until they are ready; where
// workers arrive, until one is there. One that dies or freezes meanwhile is
// replaced as in a round; the error says why workers cannot be had at all. It is
// for warm crews, which do the same before each round.
func (c *Crew) Start(ctx context.Context) error {
	c.warm = true
	return c.staff(ctx)
}

// staff has every slot of the shape filled by a worker that is ready, out of any
// clock. The error is the context's or a *fault.Error.
func (c *Crew) staff(ctx context.Context) error {
	r := &round{crew: c, began: time.Now()}
	r.s = newScheduler(0, c.place.About().Worker, c.cfg, c.nextID)
	r.s.staff, r.s.arrive = true, c.arrive
	for _, m := range c.inOrder() {
		if !m.ready.IsZero() && !m.leaving {
			r.s.enlist(m.recruit())
		}
	}
	r.do(r.s.start(c.now()))
	err := r.loop(ctx)
	c.deaths = append(c.deaths, r.deaths...)
	if why := r.s.gaveUp; err == nil && why != nil {
		return &fault.Error{Code: fault.CodeInternal, Text: *why}
	}
	return err
}

// Run runs one job. Cold, the clock starts when the first worker is asked for;
// warm, when the first task is handed out; it stops when the last output has
// been committed. The error is the context's; what fails otherwise stands in the
// report.
func (c *Crew) Run(ctx context.Context, job Job) (Report, error) {
	r, err := c.newRound(ctx, job)
	if err != nil {
		return Report{}, err
	}
	if err := r.run(ctx); err != nil {
		return Report{}, err
	}
	r.collect(ctx)
	return r.report(), nil
}

// Close lets all workers go and returns when they are gone.
func (c *Crew) Close() {
	c.closing = true
	for _, m := range c.inOrder() {
		m.leave()
	}
	empty := func(*Gone) bool { return len(c.members) == 0 }
	if c.hear(context.Background(), c.within(closeTimeout), empty) != nil {
		for _, m := range c.inOrder() {
			m.link.Kill()
		}
		_ = c.hear(context.Background(), forever, empty)
	}
	c.inbox.close()
}

const forever time.Duration = 1<<63 - 1

// errLate says that what was waited for has not happened in time.
var errLate = errors.New("too late")

// hear takes events in, outside of any clock, until it is enough, which is asked
// at first and after each event, with what it says if a worker has gone.
func (c *Crew) hear(ctx context.Context, within time.Duration, enough func(*Gone) bool) error {
	late := time.NewTimer(within)
	defer late.Stop()
	for gone := (*Gone)(nil); !enough(gone); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return errLate
		case <-c.inbox.more:
			gone = c.note(c.inbox.take())
		}
	}
	return nil
}

// note takes in what an event says of a worker, and tells if it has gone.
// Outcomes are of interest within a clock only.
func (c *Crew) note(ev Event) *Gone {
	m := c.members[ev.Worker]
	switch news := ev.News.(type) {
	case Arrived:
		c.greet(ev, news)
	case Accounted:
		if m != nil {
			m.account = &news.Account
		}
	case Gone:
		if m != nil {
			c.part(m, news)
			return &news
		}
	}
	return nil
}

// inOrder lists the workers that are not gone in the order of their lanes.
func (c *Crew) inOrder() []*member {
	return slices.SortedFunc(maps.Values(c.members), func(a, b *member) int {
		return cmp.Or(cmp.Compare(a.slot, b.slot), cmp.Compare(a.ID, b.ID))
	})
}

// now is the time on the crew's own clock, which the scheduler is told.
func (c *Crew) now() time.Duration { return time.Since(c.epoch) }
