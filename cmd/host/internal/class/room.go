// Package class is the class that follows a lesson together: who is here, what
// the presenter shows, what is predicted of a run, and what each browser needed
// for the same batch. There is one room a server, and it is forgotten with it, but for the presenter's
// token, which outlives a restart (kept.go).
//
// It speaks no HTTP, starts no run, and knows of its members a random id, the
// kind of their device and its cores: no names. The address that one joined from
// bounds what comes from there, and is told to nobody.
//
// # Hard cases
//
// Thirty phones in the room. Each has one event stream, counted by its member's id
// and not by its address: a whole class may be behind one. Every event is the
// whole small state, at most four a second, encoded once for all; so a phone that
// slept, or a server that was restarted, has missed nothing. While a round is
// measured the phones are told nothing but its phase, and they are offered the
// batch only after it: thirty downloads beside a clock would be in the figure.
//
// Who leads the class is who has the token that the server prints at its start: in
// the fragment of the address, which browsers do not send, and then in the tab's
// own storage. It is compared in constant time. A member is here as long as its
// stream is, and ten seconds more; what it gave goes with the round. Members that
// somebody makes up have no stream, and give way to one that comes: an address may
// bring a hundred, half of the room.
//
// What is predicted is not in any answer before the reveal, for the presenter
// neither. The outcome is read from the run, not told.
package class

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"carriles/cmd/host/internal/latest"
	"carriles/executor/batch/class"
	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

const (
	// pause is the least time between two snapshots of a stream.
	pause = 250 * time.Millisecond
	// tick is how often the room looks at the queue and for who has left.
	tick = time.Second
	// Heartbeat is how often a stream without news says that it is alive. It ends
	// where its reader does not take it.
	Heartbeat = 15 * time.Second
)

// Room is the class of a server. It is safe for concurrent use.
type Room struct {
	token [sha256.Size]byte
	seat  string
	queue func() []result.QueuedRun
	// devices tells who is in the room of devices; nil where there is none.
	devices func() []class.Device

	mu      sync.Mutex
	state   *state
	encoded []byte // the view as JSON; nil when it has changed
	changes latest.Topic[struct{}]
	// unsaved is that something has changed since save; both are nil and false in a
	// class that keeps nothing.
	unsaved   bool
	save      func(state []byte)
	saved     []byte // what it was called with last
	closeFile func() error

	stopping context.Context
	stop     context.CancelFunc
	done     sync.WaitGroup
}

// NewRoom opens a room whose presenter has the token. queue tells how the
// server's queue stands; it is asked once a second while somebody watches.
// Close must be called.
func NewRoom(token string, queue func() []result.QueuedRun) *Room {
	r := &Room{
		token: sha256.Sum256([]byte(token)), seat: class.Seat(token), queue: queue,
		state: newState(),
	}
	r.stopping, r.stop = context.WithCancel(context.Background())
	r.done.Go(r.work)
	return r
}

// Devices has the class told who is in the room of devices, once a second while
// somebody watches. It must be called before anything else.
func (r *Room) Devices(here func() []class.Device) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.devices = here
}

// Close ends the streams. It may be called again.
func (r *Room) Close() {
	r.stop()
	r.done.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closeFile != nil {
		_ = r.closeFile() // nothing is written by it
		r.closeFile = nil
	}
}

// IsPresenter reports whether a token is the presenter's, in a time that does
// not tell how much of it is right.
func (r *Room) IsPresenter(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], r.token[:]) == 1
}

// IsSeat reports whether a seat is the presenter's: what its token makes.
func (r *Room) IsSeat(seat string) bool {
	return subtle.ConstantTimeCompare([]byte(seat), []byte(r.seat)) == 1
}

// change does something to the state and tells the watchers, if it succeeds
// and they can see it.
func (r *Room) change(f func(s *state, now time.Time) (changed bool, err error)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	changed, err := f(r.state, time.Now())
	if changed && err == nil {
		r.encoded, r.unsaved = nil, true
		r.changes.Tell(struct{}{})
	}
	return err
}

// do is change for what everybody sees.
func (r *Room) do(f func(s *state, now time.Time) error) error {
	return r.change(func(s *state, now time.Time) (bool, error) { return true, f(s, now) })
}

// Join takes a member in from an address, or hears that it is still there; host
// is the address of this machine that it came by.
func (r *Room) Join(j class.Join, from, host string) error {
	return r.change(func(s *state, now time.Time) (bool, error) { return s.join(j, from, host, now) })
}

// Predict takes a member's prediction.
func (r *Room) Predict(p class.Prediction) error {
	return r.do(func(s *state, now time.Time) error { return s.predict(p, now) })
}

// Result takes what a member's browser needed.
func (r *Room) Result(b class.Result) error {
	return r.do(func(s *state, now time.Time) error { return s.result(b, now) })
}

// Show sets the lesson's step that all look at; empty is none.
func (r *Room) Show(step string) error {
	return r.do(func(s *state, _ time.Time) error { return s.show(step) })
}

// Ask opens a round on a command of the lesson, as the presenter has turned it.
func (r *Room) Ask(step string, command int, change request.Change) error {
	return r.do(func(s *state, now time.Time) error { return s.ask(step, command, change, now) })
}

// Share begins "your turn" of a step of the lesson: the groups take the values of
// what it is over.
func (r *Room) Share(step, over string, change request.Change) error {
	return r.do(func(s *state, now time.Time) error { return s.share(step, over, change, now) })
}

// Take gives a member a value of the turn, and tells which.
func (r *Room) Take(t class.Take) (value int, err error) {
	err = r.do(func(s *state, now time.Time) (err error) {
		value, err = s.take(t, now)
		return err
	})
	return value, err
}

// Point takes what the run of a value of the turn gave.
func (r *Room) Point(value int, runID string, c *result.Comparison) error {
	return r.do(func(s *state, _ time.Time) error { return s.turn.point(value, runID, c) })
}

// Waits shows what requests that wait have given so far, if the step that is shown has
// them; nil if they gave nothing after all. What it is given must not change.
func (r *Room) Waits(w *result.Waiting) {
	_ = r.change(func(s *state, _ time.Time) (bool, error) { return s.waits(w), nil }) // it cannot fail
}

// StopAsking ends the taking of predictions.
func (r *Room) StopAsking() error {
	return r.do(func(s *state, _ time.Time) error { return s.stopAsking() })
}

// Measure shows a run of a command of the lesson to all, or of a value of the turn if
// that is not 0, and ends the taking of predictions.
func (r *Room) Measure(step string, command, value int, runID string) error {
	return r.do(func(s *state, _ time.Time) error { return s.measure(step, command, value, runID) })
}

// Pause sets whether only the presenter may measure.
func (r *Room) Pause(paused bool) {
	_ = r.do(func(s *state, _ time.Time) error { // it cannot fail
		s.paused = paused
		return nil
	})
}

// Choose sets the host of the address that is shown, which stays.
func (r *Room) Choose(host string) {
	_ = r.do(func(s *state, _ time.Time) error { // it cannot fail
		s.chosen = host
		return nil
	})
}

// Paused reports whether only the presenter may measure.
func (r *Room) Paused() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.paused
}

// Arrivals are the host that was chosen to be shown, empty if none was, and how
// many came by each.
func (r *Room) Arrivals() (chosen string, arrived map[string]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.chosen, maps.Clone(r.state.arrived)
}

// Reveal shows what was predicted beside what a run gave.
func (r *Room) Reveal(runID string, c *result.Comparison) error {
	return r.do(func(s *state, _ time.Time) error { return s.reveal(runID, c) })
}

// End puts the round away.
func (r *Room) End() {
	_ = r.do(func(s *state, _ time.Time) error { // it cannot fail
		s.end()
		return nil
	})
}

// CheckMember fails if an id is not of somebody who is here.
func (r *Room) CheckMember(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state.members[id] == nil {
		return notJoined()
	}
	return nil
}

// View is how the class stands.
func (r *Room) View() class.State {
	r.look()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.view()
}

// snapshot is the view as JSON, encoded once for all who watch.
func (r *Room) snapshot() ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.encoded == nil {
		data, err := json.Marshal(r.state.view())
		if err != nil {
			return nil, err
		}
		r.encoded = data
	}
	return r.encoded, nil
}

// Stream gives write how the class stands, as JSON: at once, and whenever it
// has changed, but not more often than four times a second. In between write
// is called without data once in a Heartbeat. It returns when ctx ends, the
// room is closed or write fails. member may be empty: somebody who only looks.
func (r *Room) Stream(ctx context.Context, member string, write func(data []byte) bool) error {
	news, leave := r.changes.Watch(struct{}{})
	defer leave()
	r.watch(member, 1)
	defer r.watch(member, -1)
	r.look()
	beat := time.NewTicker(Heartbeat)
	defer beat.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		var data []byte
		select {
		case <-ctx.Done():
			return nil
		case <-r.stopping.Done():
			return nil
		case <-beat.C:
		case <-news:
			select { // what happens meanwhile is in the next snapshot
			case <-ctx.Done():
				return nil
			case <-r.stopping.Done():
				return nil
			case <-rest.C:
			}
			select {
			case <-news:
			default:
			}
			var err error
			if data, err = r.snapshot(); err != nil {
				return err
			}
			rest.Reset(pause)
		}
		if !write(data) {
			return nil
		}
	}
}

// watch counts the streams of a member, which may be nobody.
func (r *Room) watch(member string, more int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.watch(member, more, time.Now())
}

// work looks around until the room is closed.
func (r *Room) work() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-r.stopping.Done():
			r.keep()
			return
		case <-ticker.C:
		}
		r.keep()
		_ = r.change(func(s *state, now time.Time) (bool, error) {
			return s.expire(now), nil
		})
		if r.changes.Watched() { // looking at what nobody sees would be work beside a timed run
			r.look()
		}
	}
}

// keep saves what the class is at, if that has changed.
func (r *Room) keep() {
	r.mu.Lock()
	save, due := r.save, r.save != nil && r.unsaved
	if !due {
		r.mu.Unlock()
		return
	}
	r.unsaved = false
	data, err := json.Marshal(r.state.keep()) // written without the lock it is nobody else's
	same := bytes.Equal(data, r.saved)
	r.saved = data
	r.mu.Unlock()
	if err == nil && !same { // its numbers are finite: there is no error
		save(data)
	}
}

// look takes how the queue stands.
func (r *Room) look() {
	r.mu.Lock()
	here := r.devices
	r.mu.Unlock()
	queue, devices := r.queue(), []class.Device(nil)
	if here != nil {
		devices = here()
	}
	_ = r.change(func(s *state, _ time.Time) (bool, error) {
		queued, came := s.setQueue(queue), s.setDevices(devices)
		return queued || came, nil
	})
}
