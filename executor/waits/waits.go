// Package waits measures what simultaneous requests cost a server that has nothing to
// compute for them: each waits for a while, as for a database, and is answered. What
// differs is who waits: one worker for one request after the other, a few, a thread
// each, a goroutine each.
//
// The requests are real. A server is a process that listens on loopback; the students
// are another one, with a connection each, over which they press at once: one byte
// there, and one back when the wait is over. Within the clock, which is the students',
// lies all that a server does from then on: its threads or goroutines begin, each
// reads its request, waits and answers. What a server has before anybody presses lies
// outside: its processes, and the connections.
//
// A wait is a timer. A thread's is the kernel's: it is blocked in a system call, as
// Python's time.sleep is (sleep_unix.go). A goroutine's is the runtime's, which parks
// it and lets its thread go on: that is the difference that is shown.
//
// A Part measures in the process in which it is told to: a child, never the lab's
// server, whose threads do not go away again. It draws no conclusion.
//
// # Hard cases
//
// Ten thousand connections in the same moment overflow a listener's queue, and the
// kernel tries again a second later: they are there, and accepted, before the clock.
//
// One after the other, a thousand waits take a thousand seconds: after Patience the
// students count who has been answered, and leave.
//
// A server that dies closes its connections: its students are not answered, and nobody
// waits for them.
package waits

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Order is what a Part is to do: one of its fields is there.
type Order struct {
	Listen  *Listen  `json:"listen,omitempty"`
	Accept  bool     `json:"accept,omitempty"` // answered when all connections are there
	Serve   *Serve   `json:"serve,omitempty"`  // answered at once
	Connect *Connect `json:"connect,omitempty"`
	Press   *Press   `json:"press,omitempty"` // answered when all have been, or nobody waits any more
	Tell    bool     `json:"tell,omitempty"`  // that it is there, and what that has cost
}

// Listen makes a server for so many connections.
type Listen struct {
	Connections int `json:"connections"`
}

// Serve has the server answer one request of each of its connections.
type Serve struct {
	Lanes   int           `json:"lanes"`   // that wait at the same time, at most
	Threads bool          `json:"threads"` // each lane is a thread, which the kernel blocks
	Wait    time.Duration `json:"wait_ns"`
}

// Connect makes so many students, who are spread over servers.
type Connect struct {
	Addresses []string `json:"addresses"`
	Students  int      `json:"students"`
}

// Press has every student send a request at once.
type Press struct {
	Patience time.Duration `json:"patience_ns"`
}

// Answer is what became of an order.
type Answer struct {
	Address string   `json:"address,omitempty"` // of a server
	Pressed *Pressed `json:"pressed,omitempty"`
	Error   string   `json:"error,omitempty"`
}

// Pressed is what the students saw. The times are since they pressed.
type Pressed struct {
	Answered int           `json:"answered"`
	Last     time.Duration `json:"last_ns"` // when the last one of those was
	Median   time.Duration `json:"median_ns"`
	P95      time.Duration `json:"p95_ns"`
	// Left is when they left, some of them without an answer; 0 if all have one.
	Left time.Duration `json:"left_ns,omitempty"`
}

// Part is a process that takes part: a server, or the students.
type Part struct {
	listener net.Listener
	wanted   int        // connections
	conns    []net.Conn // of a server accepted, of the students their own
}

// Do carries an order out. Orders come one after the other, each when the one before
// has been answered.
func (p *Part) Do(o Order) (a Answer) {
	var err error
	switch {
	case o.Tell:
	case o.Listen != nil:
		a.Address, err = p.listen(*o.Listen)
	case o.Accept:
		err = p.accept()
	case o.Serve != nil:
		go p.serve(*o.Serve)
	case o.Connect != nil:
		err = p.connect(*o.Connect)
	case o.Press != nil:
		pressed := p.press(*o.Press)
		a.Pressed = &pressed
	default:
		err = errors.New("an order without anything to do")
	}
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

// Close lets go of all connections.
func (p *Part) Close() {
	if p.listener != nil {
		_ = p.listener.Close()
	}
	for _, c := range p.conns {
		_ = c.Close()
	}
}

func (p *Part) listen(l Listen) (address string, err error) {
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return "", err
	}
	p.wanted = l.Connections
	return p.listener.Addr().String(), nil
}

// arrival is how long connections may take to be there, all of them.
const arrival = 20 * time.Second

func (p *Part) accept() error {
	_ = p.listener.(*net.TCPListener).SetDeadline(time.Now().Add(arrival))
	for len(p.conns) < p.wanted {
		conn, err := p.listener.Accept()
		if err != nil {
			return fmt.Errorf("after %d connections: %w", len(p.conns), err)
		}
		p.conns = append(p.conns, conn)
	}
	return nil
}

// serve has lanes take the connections, one after the other each.
func (p *Part) serve(s Serve) {
	var next atomic.Int64
	for range min(s.Lanes, len(p.conns)) {
		go func() {
			wait := time.Sleep
			if s.Threads {
				runtime.LockOSThread() // and never again its own: it ends with the process
				wait = sleep
			}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(p.conns) {
					if s.Threads {
						select {} // a thread that ends would not be counted
					}
					return
				}
				var request [1]byte
				if _, err := p.conns[i].Read(request[:]); err != nil {
					continue // its student has left
				}
				wait(s.Wait)
				_, _ = p.conns[i].Write(request[:]) // the same
			}
		}()
	}
}

// atATime is how many connections are made at once.
const atATime = 64

func (p *Part) connect(c Connect) error {
	p.conns = make([]net.Conn, c.Students)
	dialer := net.Dialer{Timeout: arrival}
	failures := make([]error, atATime)
	var next atomic.Int64
	var all sync.WaitGroup
	for n := range atATime {
		all.Go(func() {
			for failures[n] == nil {
				i := int(next.Add(1)) - 1
				if i >= c.Students {
					return
				}
				p.conns[i], failures[n] = dialer.Dial("tcp", c.Addresses[i%len(c.Addresses)])
			}
		})
	}
	all.Wait()
	p.conns = slices.DeleteFunc(p.conns, func(c net.Conn) bool { return c == nil })
	return errors.Join(failures...)
}

func (p *Part) press(o Press) Pressed {
	// Everybody waits for an answer before the first request is sent.
	var begin time.Time
	answered := make(chan time.Duration, len(p.conns))
	pressed := make(chan struct{})
	var reading, all sync.WaitGroup
	reading.Add(len(p.conns))
	for _, conn := range p.conns {
		all.Go(func() {
			reading.Done()
			var answer [1]byte
			if _, err := conn.Read(answer[:]); err == nil {
				at := time.Now()
				<-pressed // begin is written
				answered <- at.Sub(begin)
			}
		})
	}
	reading.Wait()
	begin = time.Now()
	close(pressed)
	for _, conn := range p.conns {
		_, _ = conn.Write([]byte{1}) // a server that is gone answers nobody
	}
	over := make(chan struct{})
	go func() {
		all.Wait()
		close(over)
	}()
	r := Pressed{}
	select {
	case <-over:
	case <-time.After(o.Patience):
	}
	waited := time.Since(begin)
	var times []time.Duration
	for n := len(answered); n > 0; n-- {
		times = append(times, <-answered)
	}
	if r.Answered = len(times); r.Answered < len(p.conns) {
		r.Left = waited
	}
	if len(times) > 0 {
		slices.Sort(times)
		r.Median, r.P95, r.Last = quantile(times, 0.5), quantile(times, 0.95), times[len(times)-1]
	}
	return r
}

// quantile is the smallest of sorted times that at least such a share is not above.
func quantile(sorted []time.Duration, share float64) time.Duration {
	for i, t := range sorted {
		if float64(i+1) >= share*float64(len(sorted)) {
			return t
		}
	}
	return 0
}
