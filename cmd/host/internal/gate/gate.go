// Package gate is the server's door for connections: so many in all, so many an
// address, and none that does not read what is sent to it.
//
// It knows no HTTP. netutil bounds the connections in all; what an address may
// have, and readers that never read, are told here.
//
// # Hard cases
//
// Readers that never read. A write goes in pieces, each with a deadline, so that
// one may last as long as what is sent is large and its reader slow, and no
// longer: 64 KiB in 10 s is the least that is waited for. A route's own deadline,
// as event streams have one, counts too. The kernel buffers no more than a few
// pieces of what is not read.
//
// An address that opens thousands. Of its connections that are stuck in a write
// only so many are kept: whenever another one comes, the oldest of them are closed.
// So an honest client behind the same address is let in beside readers that never
// read. One that comes beyond the bound, where none is stuck, is closed. The bound
// leaves room for two thousand that never send a header and end by themselves, with
// a class beside them.
package gate

import (
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/go-chi/httprate"
)

// Bounds are what a listener's connections may take.
type Bounds struct {
	AnAddress int           // connections of one
	Stuck     int           // of them, how many may be stuck when another comes
	Piece     int           // bytes that are written at a time
	Wait      time.Duration // for a piece to be read
	Patience  time.Duration // after which one that is not yet read is stuck
}

// Default is for a class behind one address, beside whoever misbehaves there.
var Default = Bounds{AnAddress: 2304, Stuck: 128, Piece: 64 << 10, Wait: 10 * time.Second, Patience: 250 * time.Millisecond}

// Listen bounds the connections of a listener.
func Listen(l net.Listener, b Bounds) net.Listener {
	return &listener{Listener: l, bounds: b, open: map[string][]*conn{}}
}

// lookAgain is how often stuck connections are looked for at most: thousands come in
// a second, and each would look at thousands.
const lookAgain = 20 * time.Millisecond

type listener struct {
	net.Listener
	bounds Bounds

	mu   sync.Mutex
	open map[string][]*conn // by address, the oldest first
	seen time.Time          // when stuck ones were last looked for
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		inner, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if tcp, ok := inner.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(l.bounds.Piece) // a smaller or larger one harms nobody
		}
		host, _, err := net.SplitHostPort(inner.RemoteAddr().String())
		if err != nil {
			host = inner.RemoteAddr().String()
		}
		c := &conn{Conn: inner, gate: l, address: httprate.CanonicalizeIP(host)}
		if !l.enter(c) {
			_ = inner.Close() // it has not said anything yet
			continue
		}
		return c, nil
	}
}

// enter takes a connection in, in place of those that are stuck.
func (l *listener) enter(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); len(l.open[c.address]) > l.bounds.Stuck && now.Sub(l.seen) > lookAgain {
		l.seen = now
		l.relieve(c.address)
	}
	if len(l.open[c.address]) >= l.bounds.AnAddress {
		return false
	}
	l.open[c.address] = append(l.open[c.address], c)
	return true
}

// relieve closes the oldest of an address's connections that are stuck, but for as
// many as may be; l.mu is held.
func (l *listener) relieve(address string) {
	var stuck []*conn
	for _, c := range l.open[address] {
		if c.isStuck(l.bounds.Patience) {
			stuck = append(stuck, c)
		}
	}
	gone := stuck[:max(0, len(stuck)-l.bounds.Stuck)]
	l.open[address] = slices.DeleteFunc(l.open[address], func(c *conn) bool { return slices.Contains(gone, c) })
	for _, c := range gone {
		c.cut() // its write returns, and the server closes it
	}
}

func (l *listener) leave(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := slices.DeleteFunc(l.open[c.address], func(o *conn) bool { return o == c })
	if l.open[c.address] = left; len(left) == 0 {
		delete(l.open, c.address)
	}
}

// conn is a connection whose writes end.
type conn struct {
	net.Conn
	gate    *listener
	address string
	once    sync.Once

	mu       sync.Mutex
	deadline time.Time // the server's own; zero: none
	writing  time.Time // since when a piece waits; zero: none does
	isCut    bool
}

// Write implements net.Conn: p in pieces, each with a deadline.
func (c *conn) Write(p []byte) (n int, err error) {
	for first := true; first || len(p) > 0; first = false {
		piece := p[:min(len(p), c.gate.bounds.Piece)]
		if err := c.begin(); err != nil {
			return n, err
		}
		written, err := c.Conn.Write(piece)
		c.end()
		n += written
		if err != nil {
			c.forsake() // or the kernel would go on offering it, with the memory
			return n, err
		}
		p = p[written:]
	}
	return n, nil
}

var errCut = errors.New("closed for another connection of the address: nobody read what was sent")

// begin sets the deadline of a piece.
func (c *conn) begin() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isCut {
		return errCut
	}
	c.writing = time.Now()
	return c.Conn.SetWriteDeadline(c.until())
}

// until is when the piece that is being written has to be gone; c.mu is held.
func (c *conn) until() time.Time {
	piece := c.writing.Add(c.gate.bounds.Wait)
	if !c.deadline.IsZero() && c.deadline.Before(piece) {
		return c.deadline
	}
	return piece
}

func (c *conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = time.Time{}
}

// SetWriteDeadline implements net.Conn. It counts beside that of a piece.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	if c.writing.IsZero() || c.isCut {
		return nil // the next piece takes it up
	}
	return c.Conn.SetWriteDeadline(c.until())
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *conn) isStuck(wait time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.writing.IsZero() && time.Since(c.writing) > wait
}

// cut ends a write that is stuck.
func (c *conn) cut() {
	c.mu.Lock()
	c.isCut = true
	c.mu.Unlock()
	c.forsake()
	_ = c.Conn.Close()
}

// forsake has the kernel keep nothing of what was not read, once it is closed.
func (c *conn) forsake() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // it may be closed
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.once.Do(func() { c.gate.leave(c) })
	return c.Conn.Close()
}
