package gate

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// door is a listener whose connections are served by a test.
type door struct {
	*Gate
	t     *testing.T
	conns sync.WaitGroup
}

// serve lets serve have each connection that is let in.
func open(t *testing.T, b Bounds, serve func(net.Conn)) *door {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{Gate: Listen(inner, b), t: t}
	d.conns.Go(func() {
		for {
			c, err := d.Accept()
			if err != nil {
				return
			}
			d.conns.Go(func() {
				defer c.Close()
				serve(c)
			})
		}
	})
	t.Cleanup(func() {
		_ = d.Close()
		d.conns.Wait()
	})
	return d
}

func (d *door) dial() net.Conn { return d.dialFrom("127.0.0.1") }

// dialFrom connects from an address of the loopback network, of which Linux has more
// than one.
func (d *door) dialFrom(address string) net.Conn {
	d.t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	c, err := dialer.Dial("tcp", d.Addr().String())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = c.Close() })
	return c
}

// greeted reads the byte that a connection is greeted with.
func greeted(c net.Conn) error {
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := io.ReadFull(c, make([]byte, 1))
	return err
}

// What is read slowly arrives whole, however many pieces it takes; what is not
// read at all ends at the deadline of one piece.
func TestSlowAndNever(t *testing.T) {
	const size = 4 << 20
	ended := make(chan error, 2)
	d := open(t, Bounds{All: 99, AnAddress: 9, Stuck: 9, Piece: 16 << 10, Wait: 300 * time.Millisecond, Patience: time.Hour}, func(c net.Conn) {
		n, err := c.Write(make([]byte, size))
		if err == nil && n != size {
			err = fmt.Errorf("%d bytes", n)
		}
		ended <- err
	})
	slow := d.dial()
	got, buffer := 0, make([]byte, 64<<10)
	for got < size {
		n, err := slow.Read(buffer)
		if got += n; err != nil {
			t.Fatalf("after %d bytes: %v", got, err)
		}
		time.Sleep(2 * time.Millisecond)
	}
	if err := <-ended; err != nil {
		t.Errorf("a slow reader: %v", err)
	}
	never := d.dial()
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a reader that never reads: %v", err)
	}
	if _, err := io.Copy(io.Discard, never); err == nil {
		t.Error("what was not read is still offered")
	}
}

// The server's own deadline counts, whether it was set before the write or within.
func TestOwnDeadline(t *testing.T) {
	ended := make(chan error, 2)
	within := make(chan net.Conn, 1)
	d := open(t, Bounds{All: 99, AnAddress: 9, Stuck: 9, Piece: 16 << 10, Wait: time.Hour, Patience: time.Hour}, func(c net.Conn) {
		select {
		case within <- c:
		default:
			_ = c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		}
		_, err := c.Write(make([]byte, 64<<20))
		ended <- err
	})
	d.dial()
	c := <-within
	within <- nil
	time.Sleep(20 * time.Millisecond)
	_ = c.SetDeadline(time.Now().Add(50 * time.Millisecond))
	d.dial()
	for range 2 {
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
	}
}

// An address has so many connections, and another one its own. Who leaves makes
// room.
func TestConnectionsOfAnAddress(t *testing.T) {
	d := open(t, Bounds{All: 9, AnAddress: 3, Stuck: 3, Piece: 1 << 10, Wait: time.Minute, Patience: time.Minute}, func(c net.Conn) {
		_, _ = c.Write([]byte("h"))
		_, _ = io.Copy(io.Discard, c)
	})
	first := d.dial()
	for _, c := range []net.Conn{first, d.dial(), d.dial()} {
		if err := greeted(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := greeted(d.dial()); err == nil {
		t.Error("a fourth one is let in")
	}
	other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.2")}}
	if c, err := other.Dial("tcp", d.Addr().String()); err != nil {
		t.Logf("elsewhere the loopback network has one address: %v", err)
	} else {
		if err := greeted(c); err != nil {
			t.Errorf("another address: %v", err)
		}
		c.Close()
	}
	first.Close()
	for deadline := time.Now().Add(time.Minute); greeted(d.dial()) != nil; {
		if time.Now().After(deadline) {
			t.Fatal("who left made no room")
		}
	}
}

// Readers that never read give way, the oldest first, but for a few; whoever comes
// is let in, and those that read stay.
func TestNeverReadersGiveWay(t *testing.T) {
	const most, few = 20, 4
	ended := make(chan error, 2*most)
	d := open(t, Bounds{All: 99, AnAddress: most, Stuck: few, Piece: 16 << 10, Wait: time.Hour, Patience: 50 * time.Millisecond}, func(c net.Conn) {
		asked := make([]byte, 1)
		if _, err := io.ReadFull(c, asked); err != nil {
			return
		}
		if asked[0] == 'h' {
			_, _ = c.Write(asked)
			_, _ = io.Copy(io.Discard, c)
			return
		}
		_, err := c.Write(make([]byte, 64<<20))
		ended <- err
	})
	honest := func() net.Conn {
		c := d.dial()
		_, _ = c.Write([]byte("h"))
		return c
	}
	early := honest()
	if err := greeted(early); err != nil {
		t.Fatal(err)
	}
	for range most - 1 {
		_, _ = d.dial().Write([]byte("n"))
	}
	// Until they are stuck an honest client may be refused; in the end it is in.
	deadline := time.Now().Add(time.Minute)
	for gave, in := 0, false; gave < most-1-few || !in; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d gave way; an honest client is in: %v", gave, in)
		}
		c := honest()
		in = greeted(c) == nil
		_ = c.Close()
		for more := true; more; {
			select {
			case err := <-ended:
				if gave++; err == nil {
					t.Error("what nobody read was written")
				}
			default:
				more = false
			}
		}
	}
	if _, err := early.Write([]byte("h")); err != nil {
		t.Errorf("one that reads: %v", err)
	}
	_ = early.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err := early.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("one that reads was closed: %v", err)
	}
}

// greets says one byte to each connection and then hears what it says.
func greets(c net.Conn) {
	_, _ = c.Write([]byte("h"))
	_, _ = io.Copy(io.Discard, c)
}

// Two addresses, and then ten, that take all they can get leave room for whoever
// comes from another: one of theirs gives way each time, and nobody else's.
func TestAFullHouse(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the loopback network has one address")
	}
	const all = 60
	for _, greedy := range []int{2, 10} {
		d := open(t, Bounds{All: all, AnAddress: all / 2, Trusted: 4, Stuck: all, Piece: 1 << 10, Wait: time.Minute, Patience: time.Minute}, greets)
		taken := 0
		for n := range greedy * all / 2 {
			if greeted(d.dialFrom(fmt.Sprintf("127.0.3.%d", 1+n%greedy))) == nil {
				taken++
			}
		}
		if taken < all {
			t.Fatalf("%d addresses: only %d of %d are taken", greedy, taken, all)
		}
		var honest []net.Conn
		for n := range 15 {
			honest = append(honest, d.dialFrom(fmt.Sprintf("127.0.4.%d", 1+n)), d.dialFrom(fmt.Sprintf("127.0.4.%d", 1+n)))
		}
		for range greedy * all {
			_ = d.dialFrom("127.0.3.1").Close()
		}
		for i, c := range honest {
			if err := greeted(c); err != nil {
				t.Errorf("%d addresses: honest connection %d: %v", greedy, i, err)
			}
			_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%d addresses: honest connection %d was closed: %v", greedy, i, err)
			}
		}
		d.mu.Lock()
		if sum := 0; d.all > all {
			t.Errorf("%d are open", d.all)
		} else {
			for _, conns := range d.open {
				sum += len(conns)
			}
			if sum != d.all {
				t.Errorf("%d are counted, and %d are open", d.all, sum)
			}
		}
		d.mu.Unlock()
	}
}

// Where a whole network has a place each, the addresses that are trusted have some
// still; each of the others has no more than one of those.
func TestTrustedAddresses(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the loopback network has one address")
	}
	const all = 20
	d := open(t, Bounds{All: all, AnAddress: all, Trusted: 2, Stuck: all, Piece: 1 << 10, Wait: time.Minute, Patience: time.Minute}, greets)
	for n := range all {
		if err := greeted(d.dialFrom(fmt.Sprintf("127.0.3.%d", 1+n))); err != nil {
			t.Fatal(err)
		}
	}
	const presenter = "127.0.4.1"
	if greeted(d.dialFrom(presenter)) == nil {
		t.Error("nobody gives way to one that has no more than others, and it is in")
	}
	d.Trust(presenter)
	for n := range mostTrusted - 1 {
		d.Trust(fmt.Sprintf("127.0.5.%d", n))
	}
	for _, from := range []string{presenter, "127.0.0.1"} {
		for n, want := range []bool{true, true, false} {
			if in := greeted(d.dialFrom(from)) == nil; in != want {
				t.Errorf("connection %d from %s is in: %v", n, from, in)
			}
		}
	}
	d.Trust("127.0.5.99") // one too many: the one that was not seen for the longest goes
	if d.Trust("127.0.5.99"); len(d.trusted) != mostTrusted || slices.Contains(d.trusted, presenter) {
		t.Errorf("trusted: %q", d.trusted)
	}
}

// Who gives way is the newest that does not read, or else was never answered.
func TestWhoGivesWay(t *testing.T) {
	stuck, idle, fresh := func() *conn { return &conn{answered: true, writing: time.Now().Add(-time.Hour)} }, func() *conn { return &conn{answered: true} }, func() *conn { return &conn{} }
	for _, tt := range []struct {
		conns []*conn
		want  int
	}{
		{[]*conn{idle(), idle()}, 1},
		{[]*conn{fresh(), fresh(), idle()}, 1},
		{[]*conn{stuck(), fresh(), idle()}, 0},
		{[]*conn{stuck(), stuck(), fresh()}, 1},
	} {
		if got := least(tt.conns, time.Second); got != tt.want {
			t.Errorf("%d gives way, want %d", got, tt.want)
		}
	}
}

// A process that may have few descriptors has fewer connections, or it could accept
// none.
func TestWithin(t *testing.T) {
	for _, tt := range []struct{ descriptors, all, anAddress int }{
		{1 << 20, 4096, 2304}, {4352, 4096, 2304}, {1024, 768, 432}, {64, 256, 144},
	} {
		if b := Default.Within(tt.descriptors); b.All != tt.all || b.AnAddress != tt.anAddress || b.Piece != Default.Piece {
			t.Errorf("%d descriptors: %+v", tt.descriptors, b)
		}
	}
}
