package crew

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// closeTimeout is how long a worker may take to leave before it is killed.
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
	arrive   bool       // the workers come by themselves
	nextSlot int        // of those
	nextLane int        // of those
	departed []departed // within the job
}

// New makes a crew without hiring anybody.
func New(place Place, cfg Config) *Crew {
	return &Crew{place: place, cfg: cfg, epoch: time.Now(), inbox: newInbox(), members: map[int]*member{}}
}

// Start hires all workers of the shape and waits until they are ready; where
// workers arrive, until one is there. It is for warm crews.
func (c *Crew) Start(ctx context.Context) error {
	for slot := range c.cfg.Shape.Processes {
		if err := c.hire(c.nextID, slot); errors.Is(err, ErrArrive) {
			break
		}
		c.nextID++
	}
	var failed *Gone
	err := c.hear(ctx, startTimeout, func(g *Gone) bool {
		if g != nil && !c.arrive {
			failed = g
		}
		return failed != nil || c.staffed()
	})
	switch {
	case errors.Is(err, errLate):
		return fmt.Errorf("workers not ready within %v", startTimeout)
	case failed != nil:
		return fmt.Errorf("a %s %s", c.place.About().Worker.EN, failed.Reason.EN)
	}
	return err
}

// staffed tells whether all who were hired are ready; where workers arrive,
// whether one is there.
func (c *Crew) staffed() bool {
	for _, m := range c.members {
		if m.ready.IsZero() {
			return false
		}
	}
	return len(c.members) > 0
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
	for _, m := range c.inOrder() {
		m.leave()
	}
	empty := func(*Gone) bool { return len(c.members) == 0 }
	if c.hear(context.Background(), closeTimeout, empty) != nil {
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
