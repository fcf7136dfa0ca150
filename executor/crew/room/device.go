package room

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"carriles/executor/crew"
	"carriles/executor/crew/room/wire"
	"carriles/executor/text"
	"carriles/filters/memory"
)

// Conn is a connection of a device's, as messages of text or of bytes. Next is
// called by one goroutine, Send by another; Close ends both.
type Conn interface {
	Next(ctx context.Context) (binary bool, data io.Reader, err error)
	Send(ctx context.Context, binary bool, data []byte) error
	Close()
}

// The bounds of what waits for a device that does not read.
const (
	outboxSize  = 1024
	sendTimeout = 5 * time.Second
)

// device is a connected device: the session with what it needs to be carried out. One
// that has nothing to say costs a goroutine that reads, and a timer.
type device struct {
	room   *Room
	conn   Conn
	from   From
	member *member
	kind   string          // once admitted
	ctx    context.Context // of its connection
	cancel context.CancelFunc
	closed sync.Once
	all    sync.WaitGroup // goroutines that it has begun; none begins when the session is over

	mu      sync.Mutex // held while events become actions, and these are begun
	session *session
	outbox  [][]byte      // messages that wait
	writing bool          // a goroutine sends them
	alarm   *time.Timer   // calls ring
	rings   time.Duration // when; forever: it is not set
}

// serve is a connection's whole life.
func (d *device) serve(ctx context.Context) {
	d.ctx, d.cancel = context.WithCancel(ctx)
	d.do(func(*session, time.Duration) []action { return nil }) // what is due is known from now on
	err := d.read(ctx)
	d.end(text.Sprintf("perdió la conexión", "lost its connection"), err)
	d.all.Wait()
}

// hangUp ends the connection, and soon: what was said last, such as why it is refused,
// may still go out. d.mu is held.
func (d *device) hangUp() {
	d.closed.Do(func() {
		d.all.Go(func() {
			for range 20 {
				if d.sent() || d.ctx.Err() != nil {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
			time.Sleep(5 * time.Millisecond)
			d.conn.Close()
			d.cancel()
		})
	})
}

// sent tells whether nothing waits to be sent.
func (d *device) sent() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.outbox) == 0
}

// end ends the session if it has not ended yet.
func (d *device) end(why text.Text, _ error) {
	d.do(func(s *session, _ time.Duration) []action { return s.leave(why, &wire.Refused{}) })
}

// do lets something happen to the session and begins what follows. It never waits
// for the device.
func (d *device) do(event func(s *session, now time.Duration) []action) (expect *wire.Done) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range event(d.session, time.Since(d.room.epoch)) {
		switch {
		case a.send != nil:
			d.post(*a.send)
		case a.close != nil:
			if a.close.Code != "" {
				d.post(wire.Message{Refused: a.close})
			}
			if a.close.Code == wire.RefusedOut {
				d.room.expel(d.member)
			}
			d.hangUp()
		case a.absent:
			a.to.told(d, nil)
		case a.tell != nil:
			d.tell(a)
		case a.expect != nil:
			expect = a.expect
		}
	}
	d.setAlarm()
	return expect
}

// setAlarm has the session do what is due when it is. An alarm that is set too early
// stays: each message puts off when silence is too long. d.mu is held.
func (d *device) setAlarm() {
	due := d.session.due()
	switch {
	case due == forever && d.alarm != nil:
		d.alarm.Stop()
	case due < d.rings:
		d.rings = due
		wait := due - time.Since(d.room.epoch)
		if d.alarm == nil {
			d.alarm = time.AfterFunc(wait, d.ring)
		} else {
			d.alarm.Reset(wait)
		}
	}
}

func (d *device) ring() {
	d.mu.Lock()
	d.rings = forever
	d.mu.Unlock()
	d.do((*session).tick)
}

func (d *device) tell(a action) {
	switch news := a.tell.(type) {
	case crew.Arrived:
		news.Link = &link{device: d, place: a.to, worker: a.worker}
		a.tell = news
	case crew.Settled:
		if news.Lane != crew.NoLane { // an image that is not there is nobody's failure
			d.member.settled(news.Err == nil)
		}
	}
	a.to.told(d, &crew.Event{Worker: a.worker, At: time.Now(), News: a.tell})
}

// post has a message sent. A device for which too many wait is cut off. d.mu is held.
func (d *device) post(m wire.Message) {
	if len(d.outbox) == outboxSize {
		d.hangUp()
		return
	}
	d.outbox = append(d.outbox, wire.Encode(m))
	if !d.writing {
		d.writing = true
		d.all.Go(d.write)
	}
}

// write sends what waits.
func (d *device) write() {
	for {
		d.mu.Lock()
		if d.writing = len(d.outbox) > 0; !d.writing {
			d.outbox = nil
			d.mu.Unlock()
			return
		}
		data := d.outbox[0]
		d.outbox = d.outbox[1:]
		d.mu.Unlock()
		within, cancel := context.WithTimeout(d.ctx, sendTimeout)
		err := d.conn.Send(within, false, data)
		cancel()
		if err != nil {
			d.mu.Lock()
			d.outbox, d.writing = nil, false
			d.hangUp()
			d.mu.Unlock()
			return
		}
	}
}

// read takes the device's messages in until there are no more.
func (d *device) read(ctx context.Context) error {
	for {
		binary, in, err := d.conn.Next(ctx)
		if err != nil {
			return err
		}
		if binary {
			return errors.New("bytes that nothing announced")
		}
		data, err := io.ReadAll(io.LimitReader(in, wire.MaxMessage+1))
		if err != nil {
			return err
		}
		if len(data) > wire.MaxMessage {
			return errors.New("a message that is too long")
		}
		m, err := wire.Decode(data)
		if err != nil {
			return err
		}
		if m.Hello != nil {
			if err := d.room.admit(d, *m.Hello); err != nil {
				d.refuse(*err)
				return nil
			}
			continue
		}
		if head := d.do(func(s *session, now time.Duration) []action { return s.hear(now, m) }); head != nil {
			if err := d.collect(ctx, *head); err != nil {
				return err
			}
		}
		if m.Pause != nil && d.member != nil {
			d.room.replaced(d)
			d.room.direct(d)
		}
	}
}

// refuse says why the device may not stay.
func (d *device) refuse(why wire.Refused) {
	d.do(func(s *session, _ time.Duration) []action { return s.leave(why.Text, &why) })
}

// collect reads the output of an answer and stores it, if it is waited for and what
// was promised.
func (d *device) collect(ctx context.Context, head wire.Done) error {
	binary, in, err := d.conn.Next(ctx)
	if err != nil {
		return err
	}
	if !binary {
		return errors.New("no bytes where some were announced")
	}
	d.mu.Lock()
	waited, to, task := d.session.holds(head.Lease), d.session.wanted, d.session.leases[head.Lease].Task
	d.mu.Unlock()
	if !waited { // late: read, as it has been announced, and nothing else
		_, err := io.Copy(io.Discard, io.LimitReader(&alive{in, d}, head.Bytes))
		return err
	}
	kept := d.room.outputs.Get().(*[]byte)
	defer d.room.outputs.Put(kept)
	data := memory.Grow(kept, int(head.Bytes))
	if n, err := io.ReadFull(&alive{in, d}, data); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			d.spoil(text.Sprintf("mandó %d bytes en vez de %d", "sent %d bytes instead of %d", n, head.Bytes))
			return nil
		}
		return err
	}
	if n, err := in.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return errors.Join(err, errors.New("more bytes than announced"))
	}
	began := time.Now()
	switch {
	case wire.Sum(data) != head.CRC32C:
		d.spoil(text.Sprintf("mandó bytes que no son los prometidos", "sent bytes that are not those promised"))
		return nil
	case !looksLike(head.Format, data):
		d.spoil(text.Sprintf("mandó lo que no es una imagen", "sent what is no image"))
		return nil
	}
	// What is stored for an order that is given up meanwhile is in nobody's way.
	file, err := to.store(fmt.Sprintf("%d.%d%s", task, head.Lease, head.Format.Ext()), data)
	d.do(func(s *session, now time.Duration) []action {
		switch {
		case !s.holds(head.Lease):
			return nil
		case err != nil:
			return s.spoiled(now, text.Sprintf("no tuvo dónde dejar su resultado (%v)", "had nowhere to leave its output (%v)", err), false)
		}
		return s.delivered(now, head, file, time.Since(began))
	})
	return nil
}

func (d *device) spoil(why text.Text) {
	d.do(func(s *session, now time.Duration) []action { return s.spoiled(now, why, true) })
}

// alive notes that a device is heard of while a long message of its comes in: at each
// piece, as a connection may fill what it is given to read into before it returns.
type alive struct {
	io.Reader
	d *device
}

// piece is one that the slowest network carries within a beat.
const piece = 64 << 10

func (a *alive) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p[:min(len(p), piece)])
	if n > 0 {
		a.d.mu.Lock()
		a.d.session.heard = time.Since(a.d.room.epoch)
		a.d.mu.Unlock()
	}
	return n, err
}
