package room

import (
	"cmp"
	"time"

	"carriles/executor/crew"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/pipeline"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// The times of the room. A device of which nothing has come for half a beat longer than
// it should is shown as silent. One that works for a batch gives a sign every beat, and
// is gone after SilenceTime. Of one that rests nobody waits for anything: it is asked
// every RestTime, so that a thousand of them cost a host next to nothing, and is gone
// when that has no answer.
const (
	BeatTime    = time.Second
	SilenceTime = 3 * time.Second
	RestTime    = 5 * time.Second

	helloTimeout = 5 * time.Second
	firstPings   = 5
	restMin      = 100 * time.Millisecond
	restMax      = 5 * time.Second
)

// State is what a device is doing.
type State string

// The states of a device.
const (
	StateJoining   State = "joining"
	StateIdle      State = "idle"
	StatePreparing State = "preparing" // its worker is being started
	StateResting   State = "resting"   // its last worker ended; another is asked for soon
	StateReady     State = "ready"     // it has a worker
	StatePaused    State = "paused"    // it says that it cannot compute for a while
	StateGone      State = "gone"
)

// session is what the host knows of one connection of a device. It is pure: what
// happens, with the time, goes in, and what is to be done comes out. Times count
// from any one moment, the same for all.
//
//	joining --hello--> idle --wanted--> preparing --ready, clock known--> ready
//	                    ^                   |                               |
//	                    |                   '--ended--> resting <--ended, spoiled, kill--
//	                    |                                  '--after a while--> preparing
//	                    '------------------- the batch is over, or wants it no more
//
// A device that is in the room may say that it pauses: paused, and back to idle or
// preparing when it says that it does not.
//
// From every state closing, silence or nonsense leads to gone, which is final.
// Whatever had been told to have arrived is told to be gone, once.
type session struct {
	state State
	who   wire.Hello
	far   bool          // it is not this machine
	heard time.Duration // when anything came last

	wanted *Place        // whose batch it works for; nil: none
	since  time.Duration // when it was asked to
	job    int           // the number of its latest worker
	worker int           // what the crew calls it
	ready  bool          // it has said so
	zero   time.Duration // of its clock, as the crew was told
	leases map[uint64]lease
	useful bool          // the worker has settled a task
	rest   int           // workers in a row that settled nothing
	until  time.Duration // while it rests

	strikes int
	chatter chatter
	clock   clock
	pings   int // sent
	pinged  map[int]time.Duration
	nextHi  time.Duration // when the next ping is due
}

// lease is an order that the device has.
type lease struct {
	crew.Order
	given time.Duration
}

// action is something for the device's loop to do, in order.
type action struct {
	send   *wire.Message
	close  *wire.Refused // after what is sent: why it is no longer here; the zero one just closes
	tell   crew.News
	to     *Place     // who is told
	worker int        // of whom
	absent bool       // instead: the worker that was asked for will not come
	expect *wire.Done // the next message is its output
}

func newSession(now time.Duration) *session {
	return &session{state: StateJoining, heard: now, leases: map[uint64]lease{}, pinged: map[int]time.Duration{}}
}

// admit answers a hello that may stay.
func (s *session) admit(now time.Duration, h wire.Hello, id string) []action {
	s.state, s.who = StateIdle, h
	acts := []action{{send: &wire.Message{Welcome: &wire.Welcome{ID: id, BeatMS: int(BeatTime.Milliseconds()), SilenceMS: int(SilenceTime.Milliseconds())}}}}
	return append(acts, s.ping(now))
}

func (s *session) ping(now time.Duration) action {
	s.pings++
	clear(s.pinged) // one at a time
	s.pinged[s.pings] = now
	s.nextHi = now + s.rhythm()
	return action{send: &wire.Message{Ping: &wire.Ping{Number: s.pings}}}
}

// rhythm is how often the device is to be heard of.
func (s *session) rhythm() time.Duration {
	if s.wanted == nil || s.state == StatePaused {
		return RestTime
	}
	return BeatTime
}

// expected is when the device is to be heard of next, at the latest.
func (s *session) expected() time.Duration { return max(s.heard, s.since) + s.rhythm() }

// patience is how long that is waited for.
const patience = SilenceTime - BeatTime

// want has the device work for a batch; nil: for none.
func (s *session) want(now time.Duration, p *Place) (acts []action) {
	if s.state == StateJoining || s.state == StateGone || s.wanted == p {
		return nil
	}
	acts = s.giveUp(crew.Gone{Reason: left}, false)
	s.wanted, s.rest = p, 0
	switch {
	case s.state == StatePaused && p != nil:
		return append(acts, action{absent: true, to: p})
	case s.state == StatePaused:
		return acts
	}
	s.state = StateIdle
	if p != nil {
		acts = append(acts, s.begin(now)...)
	}
	return acts
}

// begin asks for the first worker of a batch, and for the clock, which may not have been
// read for a while.
func (s *session) begin(now time.Duration) []action {
	s.since = now
	return []action{s.ask(s.wanted), s.ping(now)}
}

// pause takes in that the device computes nothing for a while, or again. It has ended
// its worker itself.
func (s *session) pause(now time.Duration, on bool) (acts []action) {
	switch {
	case on:
		acts = s.over(crew.Gone{Reason: text.Text{ES: "se pausó: nadie ve su página", EN: "paused: nobody sees its page"}, Excused: true})
		s.state = StatePaused
	case s.state != StatePaused:
	case s.wanted != nil:
		acts = s.begin(now)
	default:
		s.state = StateIdle
	}
	return acts
}

// ask asks for a worker.
func (s *session) ask(p *Place) action {
	s.state, s.ready, s.useful = StatePreparing, false, false
	s.job++
	return action{send: &wire.Message{Spec: &wire.Spec{Job: s.job, Spec: p.sent}}}
}

// giveUp ends the present job, if there is one, on both sides.
func (s *session) giveUp(why crew.Gone, kill bool) (acts []action) {
	if s.state == StatePreparing || s.state == StateReady {
		acts = append(acts, action{send: &wire.Message{Release: &wire.Release{Job: s.job, Kill: kill}}})
	}
	return append(acts, s.over(why)...)
}

// over tells the crew that the present worker is gone, if it knew of it.
func (s *session) over(why crew.Gone) (acts []action) {
	if s.state == StateReady {
		acts = append(acts, action{tell: why, to: s.wanted, worker: s.worker})
	} else if s.state == StatePreparing {
		acts = append(acts, action{absent: true, to: s.wanted})
	}
	clear(s.leases)
	return acts
}

// again has a device whose worker has ended get another one, after a while if it
// has done nothing but die.
func (s *session) again(now time.Duration) {
	if s.rest++; s.useful {
		s.rest = 1
	}
	s.state = StateResting
	s.until = now + min(restMax, restMin<<min(s.rest-1, 10))
	if s.rest == 1 {
		s.until = now
	}
}

var left = text.Text{ES: "se fue", EN: "has left"}

// hear takes a message of the device's in.
func (s *session) hear(now time.Duration, m wire.Message) []action {
	s.heard = now
	if s.state == StateGone {
		return nil
	}
	switch {
	case s.state == StateJoining:
		return s.leave(text.Sprintf("no se presentó", "did not introduce itself"), &wire.Refused{Code: wire.RefusedHello})
	case m.Done != nil:
		return s.done(*m.Done)
	case m.Failed != nil:
		return s.failed(now, *m.Failed)
	}
	if s.chatter.tooMuch(now) {
		return s.out(text.Sprintf("no paró de hablar", "would not stop talking"))
	}
	switch {
	case m.Beat != nil:
		return nil
	case m.Pong != nil:
		return s.pong(now, *m.Pong)
	case m.Pause != nil:
		return s.pause(now, m.Pause.On)
	case m.Ready != nil:
		if m.Ready.Job == s.job && s.state == StatePreparing {
			s.ready = true
			return s.arrive(now)
		}
		return nil
	case m.Account != nil:
		if m.Account.Job == s.job && s.state == StateReady {
			return []action{{tell: crew.Accounted{Account: s.account(*m.Account)}, to: s.wanted, worker: s.worker}}
		}
		return nil
	case m.Ended != nil:
		if e := *m.Ended; e.Job == s.job && (s.state == StatePreparing || s.state == StateReady) {
			acts := s.over(crew.Gone{Reason: bounded(e.Reason), Killed: e.Killed, Usage: modest(e.Usage)})
			s.again(now)
			return append(acts, s.tick(now)...)
		}
		return nil
	}
	return s.out(text.Sprintf("dijo lo que no le toca", "said what is not its to say"))
}

func (s *session) pong(now time.Duration, p wire.Pong) (acts []action) {
	sent, ok := s.pinged[p.Number]
	if !ok {
		return nil
	}
	delete(s.pinged, p.Number)
	s.clock.note(sent, now, time.Duration(p.Clock))
	if s.pings < firstPings {
		acts = append(acts, s.ping(now))
	}
	return append(acts, s.arrive(now)...)
}

// arrive tells the crew of a worker that is ready, as soon as its clock is known.
func (s *session) arrive(now time.Duration) []action {
	zero, off, known := s.clock.zero(now)
	if !s.ready || s.state != StatePreparing || !known {
		return nil
	}
	s.state, s.zero = StateReady, zero
	h := crew.Hello{Name: s.who.Name, Lanes: s.who.Lanes, Kind: s.who.Kind, Elsewhere: s.far, Native: s.who.Kind == wire.Machine, Clock: crew.Clock{Zero: s.wanted.epoch.Add(zero), Error: off}}
	if off > farOff {
		h.Credits = h.Lanes // the way would be seen between any two tasks
	}
	s.worker = s.wanted.number()
	return []action{{tell: crew.Arrived{Hello: h}, to: s.wanted, worker: s.worker}}
}

// farOff is half of the way there and back from which on a device has orders
// beyond its lanes: on a cable it never is.
const farOff = 2 * time.Millisecond

func (s *session) account(a wire.Account) crew.Account {
	out := crew.Account{Usage: modest(a.Usage)}
	for _, lane := range a.Spans[:min(len(a.Spans), s.who.Lanes)] {
		out.Spans = append(out.Spans, sane(lane, -1, len(s.wanted.setup.Spec.Steps), 0, forever))
	}
	return out
}

const forever time.Duration = 1<<63 - 1

// done takes an answer's head; its output is to be read in any case.
func (s *session) done(d wire.Done) []action {
	if d.Bytes < 1 || d.Bytes > s.most() {
		return s.out(text.Sprintf("quiso mandar %d bytes", "wanted to send %d bytes", d.Bytes))
	}
	return []action{{expect: &d}}
}

// most is how many bytes an answer may have.
func (s *session) most() int64 {
	if s.wanted == nil {
		return maxOutput(noSpec) // one that is late
	}
	return maxOutput(s.wanted.setup.Spec)
}

// holds tells whether an answer is waited for.
func (s *session) holds(number uint64) bool {
	_, ok := s.leases[number]
	return ok && s.state == StateReady
}

// delivered takes an answer whose output has been stored.
func (s *session) delivered(now time.Duration, d wire.Done, file string, stored time.Duration) []action {
	s.heard = now
	if !s.holds(d.Lease) {
		return nil // late
	}
	l := s.leases[d.Lease]
	o := crew.Outcome{
		Outcome: pipeline.Outcome{Format: d.Format, Size: d.Bytes},
		Output:  crew.Output{File: file}, Stored: stored, In: int(max(0, min(d.Fetched, maxOutput(noSpec)))), Out: int(d.Bytes),
	}
	o.Spans = s.spans(l, d.Spans, now-stored)
	return s.settle(d.Lease, d.Lane, o)
}

// failed takes an answer without an output. An image that is bad is bad; whatever
// else went wrong is the device's.
func (s *session) failed(now time.Duration, f wire.Failed) []action {
	if !s.holds(f.Lease) {
		if s.chatter.tooMuch(now) {
			return s.out(text.Sprintf("no paró de hablar", "would not stop talking"))
		}
		return nil
	}
	said := bounded(f.Text)
	if f.Code != fault.CodeBadImage {
		return s.spoiled(now, text.Text{ES: "falló: " + said.ES, EN: "failed: " + said.EN}, false)
	}
	l := s.leases[f.Lease]
	o := crew.Outcome{Outcome: pipeline.Outcome{Err: &fault.Error{Code: f.Code, Text: s.wanted.unhashed(said)}}}
	o.Spans = s.spans(l, f.Spans, now)
	return s.settle(f.Lease, f.Lane, o)
}

// spans are those of an order whose answer arrived at a time, on the device's clock.
func (s *session) spans(l lease, told []trace.Span, arrived time.Duration) []trace.Span {
	from, to := l.given-s.zero, arrived-s.zero
	return travelled(sane(told, l.Task, len(s.wanted.setup.Spec.Steps), from, to), l.Task, from, to)
}

func (s *session) settle(number uint64, lane int, o crew.Outcome) []action {
	l := s.leases[number]
	delete(s.leases, number)
	s.useful = true
	o.Task = pipeline.Task{Index: l.Task, Attempt: l.Attempt}
	o.Lane = max(0, min(lane, s.who.Lanes-1))
	return []action{{tell: crew.Settled{Outcome: o}, to: s.wanted, worker: s.worker}}
}

// spoiled gives a worker up that has sent what is no output, or could not do its
// task; a device that does so on purpose, over and over, is out.
func (s *session) spoiled(now time.Duration, why text.Text, strike bool) []action {
	if s.state != StateReady {
		return nil
	}
	if strike {
		if s.strikes++; s.strikes >= strikesMax {
			return s.out(why)
		}
	}
	acts := s.giveUp(crew.Gone{Reason: why}, true)
	s.again(now)
	return append(acts, s.tick(now)...)
}

// The crew's orders. Those for a worker that is gone mean nothing.

func (s *session) give(now time.Duration, worker int, o crew.Order, number uint64, photo Photo) []action {
	if s.state != StateReady || s.worker != worker {
		return nil
	}
	s.leases[number] = lease{o, now}
	return []action{{send: &wire.Message{Task: &wire.Task{
		Lease: number, Job: s.job, Index: o.Task, Attempt: o.Attempt, Image: photo.SHA256, Bytes: photo.Bytes,
	}}}}
}

// missing settles an order whose image cannot be had.
func (s *session) missing(worker int, o crew.Order, err *fault.Error) []action {
	if s.state != StateReady || s.worker != worker {
		return nil
	}
	return []action{{to: s.wanted, worker: worker, tell: crew.Settled{Outcome: crew.Outcome{Outcome: pipeline.Outcome{
		Task: pipeline.Task{Index: o.Task, Attempt: o.Attempt}, Lane: crew.NoLane, Err: err,
	}}}}}
}

func (s *session) askAccount(worker int) []action {
	if s.state != StateReady || s.worker != worker {
		return nil
	}
	return []action{{send: &wire.Message{Ask: &wire.Ask{Job: s.job}}}}
}

// letGo ends the worker for this batch: it was idle, and the batch wants it no more.
func (s *session) letGo(worker int) []action {
	if s.state != StateReady || s.worker != worker {
		return nil
	}
	acts := s.giveUp(crew.Gone{Reason: left}, false)
	s.state, s.wanted = StateIdle, nil
	return acts
}

// kill ends the worker now; the device is asked for another.
func (s *session) kill(now time.Duration, worker int) []action {
	if s.state != StateReady || s.worker != worker {
		return nil
	}
	return s.spoiled(now, text.Sprintf("fue terminado", "was ended"), false)
}

// tick does what is due.
func (s *session) tick(now time.Duration) []action {
	switch {
	case s.state == StateGone:
		return nil
	case s.state == StateJoining && now-s.heard >= helloTimeout:
		return s.leave(text.Sprintf("no se presentó", "did not introduce itself"), &wire.Refused{Code: wire.RefusedHello})
	case s.state == StateJoining:
		return nil
	case now >= s.expected()+patience:
		return s.leave(text.Sprintf("no dio señales en %.1f s", "gave no sign for %.1f s", (now-s.heard).Seconds()), &wire.Refused{})
	}
	var acts []action
	if s.state == StateResting && now >= s.until {
		acts = append(acts, s.ask(s.wanted))
	}
	if now >= s.nextHi {
		acts = append(acts, s.ping(now))
	}
	return acts
}

// due is when tick has something to do next, at the latest.
func (s *session) due() time.Duration {
	switch s.state {
	case StateGone:
		return forever
	case StateJoining:
		return s.heard + helloTimeout
	case StateResting:
		return min(s.until, s.nextHi, s.expected()+patience)
	}
	return min(s.nextHi, s.expected()+patience)
}

// leave ends the session.
func (s *session) leave(why text.Text, with *wire.Refused) []action {
	if s.state == StateGone {
		return nil
	}
	acts := s.over(crew.Gone{Reason: why})
	s.state, s.wanted = StateGone, nil
	return append(acts, action{close: with})
}

// out ends the session of a device that is not to come back.
func (s *session) out(why text.Text) []action {
	return s.leave(why, &wire.Refused{Code: wire.RefusedOut, Text: text.Text{
		ES: "este equipo quedó fuera: " + why.ES, EN: "this machine is out: it " + why.EN,
	}})
}

// bounded is a device's sentence as far as it is shown.
func bounded(t text.Text) text.Text {
	return text.Text{ES: printable(t.ES, 200), EN: printable(cmp.Or(t.EN, t.ES), 200)}
}
