package room

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// Room is who is here. Its zero value is of no use; see New.
type Room struct {
	version string
	photo   func(name string) (Photo, error)
	log     *slog.Logger
	epoch   time.Time
	numbers atomic.Int64  // of workers
	leases  atomic.Uint64 // that were given
	outputs sync.Pool     // of *[]byte: each is used from its arrival until it is stored

	mu      sync.Mutex
	code    string
	shut    bool // taking part is turned off
	closed  bool
	members map[string]*member // by credential
	joined  int                // members there ever were
	devices []*device          // connected and admitted, in the order of their coming
	places  []*Place           // batches that ask for workers, the latest last
	images  map[string]string  // names by digest, of what devices have been told of
	wrong   map[string][]time.Time
	seen    map[string]time.Time // when somebody was connected last, by kind
	busy    sync.WaitGroup
}

// member is a device with a credential, connected or not.
type member struct {
	id, credential string
	since          time.Time

	mu           sync.Mutex
	hello        wire.Hello
	done, failed int
	proofs       int // how often what it gave was found to be right
	out          bool
}

func (m *member) settled(well bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if well {
		m.done++
	} else {
		m.failed++
	}
}

// The bounds of a room.
const (
	maxMembers = request.MaxDevices
	nameLength = 40

	wrongCodes  = 5 // an address may give within wrongWindow
	wrongWindow = time.Minute
	wrongPlaces = 10000 // addresses that are remembered
)

// codeLetters are those of a join code: none that is taken for another.
const (
	codeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	codeLength  = 8
)

// CodeOf makes a join code of a secret: the same one each time, so that devices come
// back to a host that has started again, and nothing of the secret can be told by it.
func CodeOf(secret string) string {
	code := make([]byte, 0, codeLength)
	for block := 0; ; block++ {
		for _, b := range sha256.Sum256(fmt.Appendf(nil, "room %d %s", block, secret)) {
			if b < 240 { // a multiple of 24: every letter is as likely
				code = append(code, codeLetters[int(b)%len(codeLetters)])
			}
			if len(code) == codeLength {
				return string(code)
			}
		}
	}
}

// CheckCode tells whether a code could be a room's.
func CheckCode(code string) bool {
	return len(code) == codeLength && strings.Trim(code, codeLetters) == ""
}

// New makes a room with a code. version is that of the program; photo tells what
// an image of the library is called outside. Close must be called.
func New(version, code string, photo func(name string) (Photo, error), log *slog.Logger) *Room {
	return &Room{
		version: version, code: code, photo: photo, log: log, epoch: time.Now(),
		outputs: sync.Pool{New: func() any { return new([]byte) }},
		members: map[string]*member{}, images: map[string]string{}, wrong: map[string][]time.Time{}, seen: map[string]time.Time{},
	}
}

// Code is what is given to who may join.
func (r *Room) Code() string { return r.code }

// Join exchanges the code for a credential. from is the address that asks: it may
// be wrong a few times in a minute.
func (r *Room) Join(req wire.JoinRequest, from string) (wire.Joined, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	recent := slices.DeleteFunc(r.wrong[from], func(t time.Time) bool { return now.Sub(t) > wrongWindow })
	switch {
	case len(recent) >= wrongCodes || len(r.wrong) >= wrongPlaces && !r.forgetWrong(now):
		return wire.Joined{}, fault.Errorf(fault.CodeBusy, "demasiados códigos equivocados desde aquí: espere un minuto", "too many wrong codes from here: wait a minute")
	case subtle.ConstantTimeCompare([]byte(strings.ToUpper(req.Code)), []byte(r.code)) == 0:
		r.wrong[from] = append(recent, now)
		return wire.Joined{}, fault.Errorf(fault.CodeWrongCode, "ese no es el código de la sala: está en la pantalla de quien presenta", "that is not the room's code: it is on the presenter's screen")
	case r.shut:
		return wire.Joined{}, closedRoom()
	case len(r.members) >= maxMembers && !r.forgetMember():
		return wire.Joined{}, fault.Errorf(fault.CodeBusy, "la sala está llena", "the room is full")
	}
	delete(r.wrong, from)
	r.joined++
	m := &member{id: strconv.Itoa(r.joined), credential: rand.Text(), since: now}
	r.members[m.credential] = m
	return wire.Joined{Credential: m.credential, Version: r.version}, nil
}

// forgetWrong forgets the addresses that may try again; false if there are none.
// r.mu is held.
func (r *Room) forgetWrong(now time.Time) bool {
	before := len(r.wrong)
	maps.DeleteFunc(r.wrong, func(_ string, at []time.Time) bool { return now.Sub(at[len(at)-1]) > wrongWindow })
	return len(r.wrong) < before
}

// forgetMember forgets who is not here and joined longest ago; false if all are
// here. r.mu is held.
func (r *Room) forgetMember() bool {
	var oldest *member
	for _, m := range r.members {
		here := slices.ContainsFunc(r.devices, func(d *device) bool { return d.member == m })
		if !here && (oldest == nil || m.since.Before(oldest.since)) {
			oldest = m
		}
	}
	if oldest == nil {
		return false
	}
	delete(r.members, oldest.credential)
	return true
}

func closedRoom() *fault.Error {
	return fault.Errorf(fault.CodeRoomClosed, "quien presenta ha cerrado la sala", "the presenter has closed the room")
}

// Image is the name of the image with a digest, if a device may ask for it.
func (r *Room) Image(sha256 string) (name string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name, ok = r.images[sha256]
	return name, ok
}

// From is where a connection comes from: Far is another machine.
type From struct {
	Address string
	Far     bool
}

// Serve holds a device's connection until it ends, or ctx does.
func (r *Room) Serve(ctx context.Context, conn Conn, from From) {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		conn.Close()
		return
	}
	r.busy.Add(1)
	r.mu.Unlock()
	defer r.busy.Done()
	d := &device{room: r, conn: conn, from: from, session: newSession(time.Since(r.epoch)), rings: forever}
	d.session.far = from.Far
	d.serve(ctx)
	r.forget(d)
	r.replaced(d)
}

// forget takes a device off the list: its connection has ended.
func (r *Room) forget(d *device) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.devices, d); i >= 0 {
		r.devices = slices.Delete(r.devices, i, i+1)
		r.seen[d.kind] = time.Now()
		r.log.Info("a device has left the room", "name", d.session.who.Name)
	}
}

// replaced has others work for the batches that a device did, where not all may: it is
// gone, or pauses. One that does not pause any more is directed anew.
func (r *Room) replaced(d *device) {
	r.mu.Lock()
	var others []*device
	for _, p := range r.places {
		if p.chosen[d] {
			delete(p.chosen, d)
			others = r.devices
		}
	}
	others = slices.Clone(others)
	r.mu.Unlock()
	for _, o := range others {
		r.direct(o)
	}
}

// admit lets a device in that has said hello, or says why not.
func (r *Room) admit(d *device, h wire.Hello) *wire.Refused {
	h.Name = printable(h.Name, nameLength)
	r.mu.Lock()
	m := r.members[h.Credential]
	var why *wire.Refused
	switch {
	case d.member != nil || h.Protocol != wire.Protocol || h.Kind != wire.Machine && h.Kind != wire.Browser || h.Name == "" || h.Lanes < 1 || h.Lanes > lanesMax || h.Cores < 0:
		why = &wire.Refused{Code: wire.RefusedHello, Text: text.Sprintf("la presentación no se entiende", "the introduction makes no sense")}
	case m == nil:
		why = &wire.Refused{Code: wire.RefusedCredential, Text: text.Sprintf("esta credencial no vale: entre otra vez con el código", "this credential is not valid: join again with the code")}
	case h.Version != r.version:
		why = &wire.Refused{Code: wire.RefusedVersion, Text: text.Sprintf(
			"el servidor es la versión %s y este programa la %s: copie aquí el programa del servidor",
			"the server is version %s and this program is %s: copy the server's program here", r.version, printable(h.Version, nameLength))}
		if h.Kind == wire.Browser {
			why.Text = text.Sprintf("el servidor tiene otra versión: cargue la página otra vez", "the server has another version: load the page again")
		}
	case m.isOut():
		why = &wire.Refused{Code: wire.RefusedOut, Text: text.Sprintf("este equipo quedó fuera", "this machine is out")}
	case r.shut:
		why = &wire.Refused{Code: wire.RefusedClosed, Text: closedRoom().Text}
	}
	if why != nil {
		r.mu.Unlock()
		return why
	}
	var before *device // of the same member: its connection is dead and nobody has noticed
	for _, o := range r.devices {
		if o.member == m {
			before = o
		}
	}
	h.Name, h.Credential = r.called(h.Name, m), ""
	m.introduce(h)
	d.member, d.kind = m, h.Kind
	r.devices = append(r.devices, d)
	r.mu.Unlock()

	r.log.Info("a device has come into the room", "name", h.Name, "lanes", h.Lanes, "from", d.from.Address)
	if before != nil {
		before.end(text.Sprintf("volvió por otra conexión", "came back by another connection"), nil)
	}
	d.do(func(s *session, now time.Duration) []action { return s.admit(now, h, m.id) })
	r.direct(d)
	return nil
}

// called is a name that no other device here has; r.mu is held.
func (r *Room) called(name string, m *member) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(r.devices, func(d *device) bool { return d.member != m && d.member.name() == name })
	}
	for unique, n := name, 2; ; n++ {
		if !taken(unique) {
			return unique
		}
		unique = name + " " + strconv.Itoa(n)
	}
}

func (m *member) introduce(h wire.Hello) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hello = h
}

func (m *member) name() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hello.Name
}

func (m *member) isOut() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.out
}

// expel keeps a device from coming back.
func (r *Room) expel(m *member) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out = true
	r.log.Warn("a device is out", "name", m.hello.Name)
}

// direct has a device work for the batch that wants it, if there is one.
func (r *Room) direct(d *device) {
	r.mu.Lock()
	p := r.placeFor(d)
	r.mu.Unlock()
	d.do(func(s *session, now time.Duration) []action { return s.want(now, p) })
}

// placeFor is the latest batch that a device can work for; r.mu is held.
func (r *Room) placeFor(d *device) *Place {
	if r.shut || r.closed {
		return nil
	}
	for _, p := range slices.Backward(r.places) {
		if d.can(p.kinds, p.sent.FilterNames()) && p.takes(d) {
			return p
		}
	}
	return nil
}

// can tells whether a device is of one of these kinds and computes all of these filters.
func (d *device) can(kinds, names []string) bool {
	d.member.mu.Lock()
	defer d.member.mu.Unlock()
	has := d.member.hello.Filters
	return slices.Contains(kinds, d.member.hello.Kind) && (len(has) == 0 || !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(has, n) }))
}

// paused tells whether a device computes nothing just now.
func (d *device) paused() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.session.state == StatePaused
}

// readyFor tells whether a device has a worker for a batch.
func (d *device) readyFor(p *Place) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.session.wanted == p && d.session.state == StateReady
}

// enlist has the devices work for a batch, before others that have asked.
func (r *Room) enlist(p *Place) {
	r.mu.Lock()
	r.places = append(slices.DeleteFunc(r.places, func(o *Place) bool { return o == p }), p)
	able := slices.DeleteFunc(slices.Clone(r.devices), func(d *device) bool { return r.placeFor(d) != p || d.readyFor(p) || d.paused() })
	r.mu.Unlock()
	p.gather(able)
	for _, d := range able {
		r.direct(d)
	}
}

// dismiss ends that.
func (r *Room) dismiss(p *Place) {
	r.mu.Lock()
	r.places = slices.DeleteFunc(r.places, func(o *Place) bool { return o == p })
	devices := slices.Clone(r.devices)
	r.mu.Unlock()
	for _, d := range devices {
		r.direct(d)
	}
}

// SetOpen turns taking part on or off: off, nobody comes in, and those who are here
// do nothing.
func (r *Room) SetOpen(open bool) {
	r.mu.Lock()
	r.shut = !open
	devices := slices.Clone(r.devices)
	r.mu.Unlock()
	for _, d := range devices {
		r.direct(d)
	}
}

// find is the connected device of an id.
func (r *Room) find(id string) *device {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.devices {
		if d.member.id == id {
			return d
		}
	}
	return nil
}

// Kill ends the worker of a device, as a failure that a presenter shows; false if
// it has none.
func (r *Room) Kill(id string) (done bool) {
	if d := r.find(id); d != nil {
		d.do(func(s *session, now time.Duration) []action {
			done = s.state == StateReady
			return s.spoiled(now, text.Sprintf("fue eliminado a propósito", "was killed on purpose"), false)
		})
	}
	return done
}

// Remove puts a device out for good, and why; false if it is not here.
func (r *Room) Remove(id string, why text.Text) bool {
	d := r.find(id)
	if d == nil {
		return false
	}
	d.do(func(s *session, _ time.Duration) []action { return s.out(why) })
	return true
}

// Close ends all connections and returns when they have ended.
func (r *Room) Close() {
	r.mu.Lock()
	r.closed = true
	devices := slices.Clone(r.devices)
	r.mu.Unlock()
	for _, d := range devices {
		d.end(text.Sprintf("el servidor se para", "the server is stopping"), nil)
	}
	r.busy.Wait()
}

// Device is a device as others see it.
type Device struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Kind    string    `json:"kind"`
	State   State     `json:"state"`
	Silent  bool      `json:"silent,omitempty"` // nothing of it has come when it should
	Lanes   int       `json:"lanes"`
	Cores   int       `json:"cores"`
	Filters []string  `json:"filters,omitempty"`
	Busy    int       `json:"busy"` // tasks in hand
	Done    int       `json:"tasks_completed"`
	Failed  int       `json:"tasks_failed"`
	Since   time.Time `json:"since"`
	Heard   time.Time `json:"last_heard"`
	// WayMS is the way there and back, of which the shortest of late was taken.
	WayMS float64 `json:"way_ms"`
}

// View is who is here.
type View struct {
	Open    bool     `json:"open"`
	Members int      `json:"members"` // that have ever joined
	Devices []Device `json:"devices"`
}

// Tasks are how many tasks its devices have completed, and how many of theirs have
// failed.
func (v View) Tasks() (done, failed int) {
	for _, d := range v.Devices {
		done, failed = done+d.Done, failed+d.Failed
	}
	return done, failed
}

// View tells of the connected devices, in the order of their coming.
func (r *Room) View() View {
	r.mu.Lock()
	v := View{Open: !r.shut, Members: r.joined, Devices: []Device{}}
	devices := slices.Clone(r.devices)
	r.mu.Unlock()
	for _, d := range devices {
		v.Devices = append(v.Devices, d.view())
	}
	slices.SortStableFunc(v.Devices, func(a, b Device) int { return cmp.Compare(a.Since.UnixNano(), b.Since.UnixNano()) })
	return v
}

func (d *device) view() Device {
	d.mu.Lock()
	s := d.session
	now := time.Since(d.room.epoch)
	_, off, _ := s.clock.zero(now)
	v := Device{
		State: s.state, Silent: now > s.expected()+BeatTime/2, Busy: len(s.leases), Heard: d.room.epoch.Add(s.heard),
		WayMS: float64((2 * off).Microseconds()) / 1000,
	}
	d.mu.Unlock()
	m := d.member
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.hello
	v.ID, v.Name, v.Kind, v.Lanes, v.Cores, v.Filters = m.id, h.Name, h.Kind, h.Lanes, h.Cores, h.Filters
	v.Done, v.Failed, v.Since = m.done, m.failed, m.since
	return v
}

// Able counts the connected devices of some kinds that compute all of these filters,
// and their lanes, while taking part is on: at most so many, if that is not 0, in the
// order of their coming. Those that pause are not counted.
func (r *Room) Able(kinds, filters []string, most int) (devices, lanes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shut {
		return 0, 0
	}
	for _, d := range r.devices {
		if (most == 0 || devices < most) && d.can(kinds, filters) && !d.paused() {
			devices++
			d.member.mu.Lock()
			lanes += d.member.hello.Lanes
			d.member.mu.Unlock()
		}
	}
	return devices, lanes
}

// LastSeen is when a device of some kinds was connected last; zero: never.
func (r *Room) LastSeen(kinds []string) (last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kind := range kinds {
		if r.seen[kind].After(last) {
			last = r.seen[kind]
		}
	}
	if slices.ContainsFunc(r.devices, func(d *device) bool { return slices.Contains(kinds, d.kind) }) {
		return time.Now()
	}
	return last
}
