// Package device is a device's side of the room (executor/crew/room): it joins, holds
// the connection, and computes with one worker for each batch. What carries its
// messages is a Host, and who computes are Workers: of a machine, package machine; of a
// browser, command compute. What both do is here, and once.
//
// It decides nothing: which task comes when, what is tried again, when a worker is
// given up is the host's. It never gives a worker anything but a batch and images,
// and keeps no image beyond its life. It opens no socket and no file.
//
// # What to read, and in which order
//
//	device.go  joining, and the life of connections
//	line.go    one connection: the host's words are obeyed, the worker's are passed on
//	cache.go   the images that were fetched
//
// # Hard cases
//
//   - The host is gone or restarts: it reconnects, after a fifth of a second at first
//     and two at last, each a little off, so that thirty devices do not come at once.
//     Where the host does not know it any more, it joins again by the code.
//   - The connection is there, and nobody behind it: the host pings every few seconds; after
//     three times the silence that it grants itself, the device reconnects.
//   - Many images: what was fetched is kept by its digest, and all of it thrown away when
//     it has grown to Config.Keep bytes.
//   - An image is fetched for several lanes at once: it is fetched once.
//   - What was fetched is not what its digest says: the order fails, and is done elsewhere.
//   - An answer of an old worker: orders belong to a job, and a job that is over says
//     nothing more.
//   - It cannot compute for a while, such as a page that nobody sees: it says so, and its
//     worker is over on both sides (Pause). A connection of later says so again.
package device

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"carriles/executor/crew"
	"carriles/executor/crew/room/wire"
	"carriles/executor/fault"
	"carriles/executor/trace"
)

// Config says who a device is, whose, and what it is made of.
type Config struct {
	Code    string // of the room
	Hello   wire.Hello
	Host    Host
	Workers Workers
	Keep    int64 // how many bytes of images
	// Note hears how the connection stands; it must not block.
	Note func(Note)
}

// Host is the way to the host. Its paths are those of package wire.
type Host interface {
	Post(ctx context.Context, path string, body []byte) (status int, answer []byte, err error)
	// Get gives so many bytes of what is at a path.
	Get(ctx context.Context, path string, bytes int64) ([]byte, error)
	Dial(ctx context.Context, path string) (Conn, error)
}

// Conn is a connection that stands.
type Conn interface {
	// Say sends a message of text, and where there are data, those as the next one.
	// It is not called by two at a time.
	Say(ctx context.Context, message, data []byte) error
	// Hear waits for the next message of text.
	Hear(ctx context.Context) ([]byte, error)
	Close()
}

// Workers is who computes. The images are named by their digests.
type Workers interface {
	// Image has an image be where the workers find it, and Forget no more.
	Image(sha256 string, data []byte) error
	Forget(sha256 string)
	// Hire is crew.Place's, for one worker with its lanes.
	Hire(job int, s crew.Setup, tell crew.Tell) (crew.Link, error)
	// Output takes an output out of where the worker has left it, into a buffer if there is
	// room: its bytes are those until the job's next one.
	Output(o crew.Output, buf []byte) ([]byte, error)
	// Clear removes what a job has left over: its worker is gone.
	Clear(job int)
}

// Note is how the connection stands: in the room, or out of it, and why, and when it
// is tried again.
type Note struct {
	In    bool
	Err   error
	Again time.Duration
}

// The waits between two tries to reach the host.
const (
	retryMin = 200 * time.Millisecond
	retryMax = 2 * time.Second
	asking   = 10 * time.Second // an answer of the host's may take
)

// Device is a device between two connections.
type Device struct {
	Config
	clock      trace.Clock
	cache      *cache
	credential string

	mu     sync.Mutex
	line   *line // the present one
	paused bool
}

// New makes a device, which Run has live.
func New(cfg Config) *Device {
	d := &Device{Config: cfg, clock: trace.NewClock()}
	d.cache = &cache{keep: cfg.Keep, workers: cfg.Workers, get: d.get, coming: map[string]*coming{}}
	return d
}

// Run is a device's life. It returns the context's error, or why the host will not
// have it: a *fault.Error.
func (d *Device) Run(ctx context.Context) error {
	wait := retryMin
	for {
		began := time.Now()
		err := d.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if final(err) {
			return err
		}
		if time.Since(began) > 2*retryMax {
			wait = retryMin
		}
		pause := wait/2 + rand.N(wait)
		d.Note(Note{Err: err, Again: pause})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		wait = min(2*wait, retryMax)
	}
}

// Pause has the device compute nothing, or compute again.
func (d *Device) Pause(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused == on {
		return
	}
	d.paused = on
	if d.line != nil {
		d.line.pause(on)
	}
}

// final tells whether trying again would not help.
func final(err error) bool {
	var e *fault.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case wire.RefusedVersion, wire.RefusedOut, wire.RefusedHello, fault.CodeWrongCode:
		return true
	}
	return false
}

// session is one connection, from joining on.
func (d *Device) session(ctx context.Context) error {
	if d.credential == "" {
		if err := d.join(ctx); err != nil {
			return err
		}
	}
	err := d.connect(ctx)
	var e *fault.Error
	if errors.As(err, &e) && e.Code == wire.RefusedCredential {
		d.credential = "" // a host that has started again
	}
	return err
}

// join exchanges the code for a credential.
func (d *Device) join(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	body, err := json.Marshal(wire.JoinRequest{Code: d.Code})
	if err != nil {
		return err
	}
	status, data, err := d.Host.Post(ctx, wire.PathJoin, body)
	if err != nil {
		return err
	}
	if status != 200 {
		var why fault.ErrorBody
		_ = json.Unmarshal(data, &why) // or it tells nothing
		if e := why.Err(); e != nil {
			return e
		}
		return fmt.Errorf("the host answered %d", status)
	}
	var joined wire.Joined
	if err := json.Unmarshal(data, &joined); err != nil || joined.Credential == "" {
		return errors.Join(err, errors.New("the host's answer is no credential"))
	}
	d.credential = joined.Credential
	d.Hello.Version = cmp.Or(d.Hello.Version, joined.Version)
	return nil
}

// connect holds the connection until it ends.
func (d *Device) connect(ctx context.Context) error {
	dial, cancel := context.WithTimeout(ctx, asking)
	conn, err := d.Host.Dial(dial, wire.PathSocket)
	cancel()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &line{Device: d, ctx: ctx, conn: conn}
	defer l.end()
	hello := d.Hello
	hello.Protocol, hello.Credential = wire.Protocol, d.credential
	if err := l.say(wire.Message{Hello: &hello}, nil); err != nil {
		return err
	}
	silence := asking
	for {
		m, err := l.hear(silence)
		switch {
		case err != nil:
			return err
		case m.Refused != nil:
			return m.Refused.Refusal()
		case m.Welcome != nil:
			l.every = time.Duration(cmp.Or(m.Welcome.BeatMS, 1000)) * time.Millisecond
			silence = 3 * time.Duration(cmp.Or(m.Welcome.SilenceMS, 3000)) * time.Millisecond
			d.welcomed(l)
			d.Note(Note{In: true})
		default:
			l.obey(m)
		}
	}
}

// welcomed says that a line is the present one.
func (d *Device) welcomed(l *line) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.line = l; d.paused {
		l.pause(true)
	}
}

// get fetches an image of the host's.
func (d *Device) get(ctx context.Context, sha256 string, bytes int64) ([]byte, error) {
	return d.Host.Get(ctx, wire.PathImages+sha256, bytes)
}
