// Package gate is the server's door for connections: so many in all, so many an
// address, and none that does not read what is sent to it.
//
// It knows no HTTP: whose the presenter's addresses are, it is told.
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
//
// A house that some addresses have filled. Whoever comes from one that has fewer is
// let in, and one of the address that has most gives way: one that does not read,
// or else the newest that was never answered, or the newest. So each of k addresses
// has a k-th of all, whatever the others open: with ten that take what they get, a
// class and who presents before it have over three hundred each. The addresses that
// the presenter has been seen from, and this machine itself, have some places even
// where a whole network has filled it one by one.
package gate

import (
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/go-chi/httprate"
)

// Bounds are what a gate's connections may take.
type Bounds struct {
	All       int           // connections
	AnAddress int           // of one
	Trusted   int           // that a trusted address has in any case
	Stuck     int           // of an address, how many may be stuck when another comes
	Piece     int           // bytes that are written at a time
	Wait      time.Duration // for a piece to be read
	Patience  time.Duration // after which one that is not yet read is stuck
}

// Default is for a class behind one address, beside whoever misbehaves there.
var Default = Bounds{
	All: 4096, AnAddress: 2304, Trusted: 64, Stuck: 128, Piece: 64 << 10, Wait: 10 * time.Second, Patience: 250 * time.Millisecond,
}

// spare is how many descriptors a server needs for other things: files, and the
// pipes of its children.
const spare = 256

// Within are the bounds of a process that may have so many descriptors: with one
// too few, none could be accepted from anybody.
func (b Bounds) Within(descriptors int) Bounds {
	if all := max(spare, descriptors-spare); all < b.All {
		b.AnAddress = b.AnAddress * all / b.All
		b.All = all
	}
	return b
}

// Gate is a listener that bounds its connections.
type Gate struct {
	net.Listener
	bounds Bounds

	mu      sync.Mutex
	open    map[string][]*conn // by address, the oldest first
	all     int                // of them
	seen    time.Time          // when stuck ones were last looked for
	trusted []string           // the newest first
}

// lookAgain is how often stuck connections are looked for at most: thousands come in
// a second, and each would look at thousands.
const lookAgain = 20 * time.Millisecond

// Listen bounds the connections of a listener.
func Listen(l net.Listener, b Bounds) *Gate {
	return &Gate{Listener: l, bounds: b, open: map[string][]*conn{}}
}

// mostTrusted is how many addresses are trusted beside this machine's own.
const mostTrusted = 8

// Trust keeps places for an address as CanonicalizeIP of httprate writes it: the
// presenter has been seen there.
func (g *Gate) Trust(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.trusted) > 0 && g.trusted[0] == address {
		return
	}
	others := slices.DeleteFunc(g.trusted, func(a string) bool { return a == address })
	g.trusted = append([]string{address}, others[:min(len(others), mostTrusted-1)]...)
}

// local are this machine's own addresses.
var local = []string{httprate.CanonicalizeIP("127.0.0.1"), httprate.CanonicalizeIP("::1")}

func (g *Gate) trusts(address string) bool {
	return slices.Contains(g.trusted, address) || slices.Contains(local, address)
}

// Accept implements net.Listener.
func (g *Gate) Accept() (net.Conn, error) {
	for {
		inner, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if tcp, ok := inner.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(g.bounds.Piece) // a smaller or larger one harms nobody
		}
		host, _, err := net.SplitHostPort(inner.RemoteAddr().String())
		if err != nil {
			host = inner.RemoteAddr().String()
		}
		c := &conn{Conn: inner, gate: g, address: httprate.CanonicalizeIP(host)}
		if !g.enter(c) {
			_ = inner.Close() // it has not said anything yet
			continue
		}
		return c, nil
	}
}

// enter takes a connection in, in place of those that give way.
func (g *Gate) enter(c *conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := time.Now(); len(g.open[c.address]) > g.bounds.Stuck && now.Sub(g.seen) > lookAgain {
		g.seen = now
		g.relieve(c.address)
	}
	if len(g.open[c.address]) >= g.bounds.AnAddress || g.all >= g.bounds.All && !g.makeWay(c.address) {
		return false
	}
	g.open[c.address] = append(g.open[c.address], c)
	g.all++
	return true
}

// makeWay has the address that has most of all connections lose one to another; false
// if that has as many itself. What is kept for those that are trusted is nobody's to
// take. g.mu is held.
func (g *Gate) makeWay(address string) bool {
	most := []*conn(nil)
	for a, conns := range g.open {
		if len(conns) > len(most) && !(len(conns) <= g.bounds.Trusted && g.trusts(a)) {
			most = conns
		}
	}
	have := len(g.open[address])
	kept := have < g.bounds.Trusted && len(most) > 0 && g.trusts(address)
	if have+1 >= len(most) && !kept {
		return false
	}
	gone := most[least(most, g.bounds.Patience)]
	g.remove(gone)
	gone.cut()
	return true
}

// least is which of an address's connections gives way to another's.
func least(conns []*conn, patience time.Duration) int {
	unanswered := -1
	for i, c := range slices.Backward(conns) {
		if c.isStuck(patience) {
			return i
		}
		if unanswered < 0 && !c.wasAnswered() {
			unanswered = i
		}
	}
	if unanswered >= 0 {
		return unanswered
	}
	return len(conns) - 1
}

// relieve closes the oldest of an address's connections that are stuck, but for as
// many as may be; g.mu is held.
func (g *Gate) relieve(address string) {
	var stuck []*conn
	for _, c := range g.open[address] {
		if c.isStuck(g.bounds.Patience) {
			stuck = append(stuck, c)
		}
	}
	gone := stuck[:max(0, len(stuck)-g.bounds.Stuck)]
	g.remove(gone...)
	for _, c := range gone {
		c.cut() // its write returns, and the server closes it
	}
}

// remove forgets connections of one address, as far as they are here; g.mu is held.
func (g *Gate) remove(gone ...*conn) {
	if len(gone) == 0 {
		return
	}
	address := gone[0].address
	before := len(g.open[address])
	left := slices.DeleteFunc(g.open[address], func(c *conn) bool { return slices.Contains(gone, c) })
	g.all -= before - len(left)
	if g.open[address] = left; len(left) == 0 {
		delete(g.open, address)
	}
}

func (g *Gate) leave(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remove(c)
}

// conn is a connection whose writes end.
type conn struct {
	net.Conn
	gate    *Gate
	address string
	once    sync.Once

	mu       sync.Mutex
	deadline time.Time // the server's own; zero: none
	writing  time.Time // since when a piece waits; zero: none does
	isCut    bool
	answered bool // something was written, and taken
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

var errCut = errors.New("closed for another connection")

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
	c.writing, c.answered = time.Time{}, true
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

func (c *conn) wasAnswered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered
}

// cut ends a connection, and a write that is stuck.
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
