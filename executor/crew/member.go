package crew

import (
	"cmp"
	"errors"
	"time"

	"carriles/executor/text"
)

// member is a worker as its crew knows it.
type member struct {
	Identity
	link    Link
	slot    int       // which of the shape's workers it is; from Processes on: alone. One that arrives has its own
	lane    int       // the number of its first lane over all workers
	lanes   int       // how many can have work: one, if it is there for a last attempt
	asked   time.Time // when it was asked for; zero of one that came by itself
	ready   time.Time // zero until it has said hello
	hello   Hello
	before  Usage    // what it had used when the job began
	account *Account // its last one, if it was asked
	leaving bool     // it has been let go
	behind  bool     // it is still at what another has settled
	late    bool     // it has been killed because it did not answer or leave, out of the clock
}

// departed is what is left of a member.
type departed struct {
	*member
	why   string
	usage Usage // within the job
}

// called is the worker as the subject of a sentence; one that never got ready
// had no name.
func (m *member) called(about About) string { return about.Worker.EN + " " + cmp.Or(m.Name, "0") }

// laneOf numbers a worker's own lane over all workers: those of a slot follow
// those of the slot before.
func (m *member) laneOf(own int) int { return m.lane + max(0, min(own, m.lanes-1)) }

// startup is how long it took from being asked for to its first word.
func (m *member) startup() time.Duration {
	if m.asked.IsZero() {
		return 0
	}
	return m.ready.Sub(m.asked)
}

// recruit is the worker as the scheduler has to know it.
func (m *member) recruit() recruit {
	return recruit{id: m.ID, slot: m.slot, lanes: m.lanes, credits: m.hello.Credits, native: m.hello.Native, timeout: m.hello.Timeout}
}

func (m *member) leave() {
	m.leaving = true
	m.link.Leave()
}

// hire asks the place for a worker.
func (c *Crew) hire(id, slot int) error {
	m := &member{Identity: Identity{ID: id}, slot: slot, lane: slot * c.cfg.Shape.Goroutines, asked: time.Now()}
	// A worker that is there for a last attempt has one lane.
	if m.lanes = c.cfg.Shape.Goroutines; slot >= c.cfg.Shape.Processes {
		m.lanes = 1
	}
	link, err := c.place.Hire(id, Setup{Spec: c.cfg.Spec, Shape: c.cfg.Shape}, c.inbox.put)
	if errors.Is(err, ErrArrive) {
		c.arrive = true
		return err
	}
	if m.link = link; err != nil {
		m.link = absent{}
		c.inbox.put(Event{Worker: id, At: time.Now(), News: Gone{Reason: text.Sprintf("no arrancó (%v)", "did not start (%v)", err)}})
	}
	c.members[id] = m
	return nil
}

// absent is the link to a worker that there never was.
type absent struct{}

func (absent) Give(Order) {}
func (absent) Ask()       {}
func (absent) Leave()     {}
func (absent) Kill()      {}

// maxLanes bounds what a worker may say of its lanes.
const maxLanes = 1024

// greet takes a worker's hello. It gives nil for one who is not expected, and for
// one who cannot be worked with: that one is ended.
func (c *Crew) greet(ev Event, a Arrived) *member {
	m := c.members[ev.Worker]
	sound := a.Lanes >= 1 && a.Lanes <= maxLanes && a.Credits >= 0
	switch {
	case m == nil && c.arrive && a.Link != nil:
		if !sound {
			a.Link.Kill()
			return nil
		}
		m = &member{Identity: Identity{ID: ev.Worker}, slot: c.nextSlot, lane: c.nextLane, lanes: a.Lanes, link: a.Link}
		c.nextSlot++
		c.nextLane += a.Lanes
		c.members[m.ID] = m
	case m == nil || !m.ready.IsZero():
		return nil
	case !sound || a.Lanes > c.cfg.Shape.Goroutines:
		m.link.Kill()
		return nil
	}
	m.ready, m.hello, m.lanes = ev.At, a.Hello, min(m.lanes, a.Lanes)
	m.Name, m.ProcessID, m.Kind = a.Name, a.ProcessID, a.Kind
	return m
}

// part takes the end of a worker.
func (c *Crew) part(m *member, g Gone) {
	delete(c.members, m.ID)
	if !m.ready.IsZero() {
		c.departed = append(c.departed, departed{m, g.Reason.EN, g.Usage.since(m.before)})
	}
}
