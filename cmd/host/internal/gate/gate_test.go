package gate

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// door is a listener whose connections are served by a test.
type door struct {
	net.Listener
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
	d := &door{Listener: Listen(inner, b), t: t}
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

func (d *door) dial() net.Conn {
	d.t.Helper()
	c, err := net.Dial("tcp", d.Addr().String())
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
	d := open(t, Bounds{AnAddress: 9, Stuck: 9, Piece: 16 << 10, Wait: 300 * time.Millisecond, Patience: time.Hour}, func(c net.Conn) {
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
	d := open(t, Bounds{AnAddress: 9, Stuck: 9, Piece: 16 << 10, Wait: time.Hour, Patience: time.Hour}, func(c net.Conn) {
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
	d := open(t, Bounds{AnAddress: 3, Stuck: 3, Piece: 1 << 10, Wait: time.Minute, Patience: time.Minute}, func(c net.Conn) {
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
	d := open(t, Bounds{AnAddress: most, Stuck: few, Piece: 16 << 10, Wait: time.Hour, Patience: 50 * time.Millisecond}, func(c net.Conn) {
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
