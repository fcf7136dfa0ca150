package room

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"carriles/executor/batch/request"
	"carriles/executor/crew"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// Photo is an image as a device may know it.
type Photo struct {
	SHA256 string // in hexadecimal digits
	Bytes  int64
}

// gatherTimeout is how long a warm batch waits at most for the devices that were
// there when it asked, from the first one that is ready on.
const gatherTimeout = 5 * time.Second

// Place is the room for one crew. Close must be called when the crew is closed.
type Place struct {
	room  *Room
	kinds []string // of devices that it is for
	store Store
	meter func() crew.Usage
	// most is how many devices may work for it, and chosen who does, where not all may;
	// the room's mu is held for it.
	most   int
	chosen map[*device]bool
	epoch  time.Time // when the sessions' times are 0
	// sent is the batch as devices are told of it, photos what it calls the images.
	sent   request.Spec
	photos map[string]Photo

	setup crew.Setup // from Hire on
	tell  crew.Tell

	mu      sync.Mutex
	workers map[int]*device  // by what the crew calls them, those that are gone too
	awaited map[*device]bool // of a warm batch: those that may still arrive before it begins
	held    []crew.Event     // until then
	timer   *time.Timer
	// gathered is closed then; nil while none is awaited.
	gathered chan struct{}
}

// Store puts an output where the crew's Commit finds it, and says where. The name
// is one that no other output of the batch has; data must not be kept.
type Store func(name string, data []byte) (file string, err error)

// NewPlace makes a place for a batch whose photographs are there, and for devices of
// some kinds. meter tells what the host itself has used so far.
func (r *Room) NewPlace(spec request.Spec, kinds []string, store Store, meter func() crew.Usage) *Place {
	p := &Place{
		room: r, kinds: kinds, store: store, meter: meter, epoch: r.epoch, photos: map[string]Photo{}, workers: map[int]*device{},
		most: spec.Devices, chosen: map[*device]bool{},
	}
	p.sent = spec
	p.sent.Images = make([]string, len(spec.Images))
	for i, name := range spec.Images {
		photo, err := r.photo(name)
		if err != nil { // its task will say so
			photo = Photo{SHA256: strings.Repeat("0", 64)}
		} else {
			p.photos[name] = photo
			r.mu.Lock()
			r.images[photo.SHA256] = name
			r.mu.Unlock()
		}
		p.sent.Images[i] = photo.SHA256
	}
	p.sent.Methods, p.sent.Sweep, p.sent.WorkersReason, p.sent.Devices = nil, nil, text.Text{}, 0
	p.sent.Source, p.sent.Transport = request.SourceFile, request.TransportPath
	return p
}

// About implements crew.Place.
func (p *Place) About() crew.About {
	return crew.About{Worker: Called(p.kinds)}
}

// Called is what a device of some kinds is called in a sentence.
func Called(kinds []string) text.Text {
	switch {
	case !slices.Contains(kinds, wire.Browser):
		return text.Text{ES: "equipo", EN: "machine"}
	case len(kinds) == 1:
		return text.Text{ES: "navegador", EN: "browser"}
	}
	return text.Text{ES: "equipo", EN: "device"}
}

// Own implements crew.Metered.
func (p *Place) Own() crew.Usage { return p.meter() }

// Hire implements crew.Place: devices come by themselves.
func (p *Place) Hire(_ int, s crew.Setup, tell crew.Tell) (crew.Link, error) {
	p.setup, p.tell = s, tell
	p.room.enlist(p)
	return nil, crew.ErrArrive
}

// Claim has the devices work for it rather than for other batches that have asked too,
// such as another method's warm crew, and waits for those that are about to be ready.
// It asks for nobody before Hire has.
func (p *Place) Claim(ctx context.Context) {
	if p.tell == nil {
		return
	}
	p.room.enlist(p)
	p.mu.Lock()
	gathered := p.gathered
	p.mu.Unlock()
	if gathered == nil {
		return
	}
	select {
	case <-gathered:
	case <-ctx.Done():
	}
}

// Close has the devices work for it no more.
func (p *Place) Close() { p.room.dismiss(p) }

// Proofs is how often what the device of a worker gave has been found to be right.
func (p *Place) Proofs(worker int) int {
	m := p.member(worker)
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.proofs
}

// Proved says that it has been once more.
func (p *Place) Proved(worker int) {
	if m := p.member(worker); m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.proofs++
	}
}

// Expel puts the device of a worker out for good.
func (p *Place) Expel(worker int, why text.Text) {
	p.mu.Lock()
	d := p.workers[worker]
	p.mu.Unlock()
	if d != nil {
		p.room.expel(d.member)
		p.room.Remove(d.member.id, why) // it may have come back by another connection
	}
}

func (p *Place) member(worker int) *member {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.workers[worker]; d != nil {
		return d.member
	}
	return nil
}

// takes tells whether a device that can work for it is one of those that do. Who was
// chosen stays so until it leaves or pauses. The room's mu is held.
func (p *Place) takes(d *device) bool {
	switch {
	case p.most == 0 || p.chosen[d]:
		return true
	case len(p.chosen) >= p.most || d.paused() || !slices.Contains(p.room.devices, d):
		return false
	}
	p.chosen[d] = true
	return true
}

// number is what the crew is to call a worker.
func (p *Place) number() int { return int(p.room.numbers.Add(1)) }

// unhashed is a sentence of a device's with the images' names in it.
func (p *Place) unhashed(t text.Text) text.Text {
	for name, photo := range p.photos {
		t.ES, t.EN = strings.ReplaceAll(t.ES, photo.SHA256, name), strings.ReplaceAll(t.EN, photo.SHA256, name)
	}
	return t
}

// gather has arrivals wait for those of so many devices, if the batch is a warm
// one: it begins with all that are there.
func (p *Place) gather(devices []*device) {
	if p.setup.Spec.Pool != request.Warm || len(devices) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.gathered == nil {
		p.gathered = make(chan struct{})
	}
	p.awaited = map[*device]bool{}
	for _, d := range devices {
		p.awaited[d] = true
	}
	p.timer = time.AfterFunc(gatherTimeout, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.release()
	})
}

// told passes on what became of a device's worker; nil: it will not come now.
func (p *Place) told(d *device, ev *crew.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.awaited, d)
	if ev != nil {
		p.workers[ev.Worker] = d
		p.held = append(p.held, *ev)
	}
	if len(p.awaited) == 0 {
		p.release()
	}
}

// release passes on what was held; p.mu is held.
func (p *Place) release() {
	if p.awaited = nil; p.timer != nil {
		p.timer.Stop()
	}
	if p.gathered != nil {
		close(p.gathered)
		p.gathered = nil
	}
	for _, ev := range p.held {
		p.tell(ev)
	}
	p.held = nil
}

// link is the crew's end of a worker on a device.
type link struct {
	*device
	place  *Place
	worker int
}

// Give implements crew.Link.
func (l *link) Give(o crew.Order) {
	photo, ok := l.place.photos[o.Image]
	l.do(func(s *session, now time.Duration) []action {
		if !ok {
			return s.missing(l.worker, o, fault.Errorf(fault.CodeBadImage, "la imagen «%s» ya no está", "the image %q is no longer there", o.Image))
		}
		return s.give(now, l.worker, o, l.room.leases.Add(1), photo)
	})
	runtime.Gosched() // it goes out before the crew commits the output that came before it
}

// Ask implements crew.Link.
func (l *link) Ask() {
	l.do(func(s *session, _ time.Duration) []action { return s.askAccount(l.worker) })
}

// Leave implements crew.Link.
func (l *link) Leave() {
	l.do(func(s *session, _ time.Duration) []action { return s.letGo(l.worker) })
}

// Kill implements crew.Link.
func (l *link) Kill() {
	l.do(func(s *session, now time.Duration) []action { return s.kill(now, l.worker) })
}
