package process

import (
	"bufio"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"carriles/executor/crew"
	"carriles/executor/crew/process/kernel"
	"carriles/executor/text"
	"carriles/executor/trace"
)

// child is one worker process, seen from the parent.
type child struct {
	listener listener
	outbox   chan sending  // for the writer
	gone     chan struct{} // closed when the child has ended
	stdin    io.WriteCloser

	mu      sync.Mutex // never held while it is started, which may take as long as somebody else likes
	cmd     *exec.Cmd  // nil until it is started
	dropped bool       // it is not wanted any more: whoever starts it ends it
	left    bool       // its input is to be closed, or has been
}

// listener is who a child speaks to.
type listener interface {
	// said takes a frame, from the child's reader. An error ends the conversation,
	// and the child.
	said(k kind, data []byte, via transport) error
	// ended is called when the child is no more, and nothing after it.
	ended(crew.Gone)
}

// sending is something for the writer to send.
type sending func(w io.Writer, via transport) error

// spawn starts a child and returns at once. A start that fails is its end.
func (l Launcher) spawn(s setup, hears listener) *child {
	lanes := s.Shape.Goroutines
	c := &child{
		listener: hears, gone: make(chan struct{}),
		outbox: make(chan sending, lanes+4), // one a lane, an ask or two: never full
	}
	s.Version, s.Cookie, s.Static, s.Origin = l.Version, rand.Text(), l.Static, l.Origin
	s.GCPercent, s.MemoryLimit, s.FaultCost = GCPercent, int64(lanes)*kernel.MemoryLimit, l.FaultCost
	s.Ways = trace.WayNames()
	go func() {
		// Linux sends the death signal of kernel.Attributes when the thread that
		// started the child ends: this one stays until the child is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		end := c.live(l, s)
		close(c.gone)
		hears.ended(end)
	}()
	return c
}

// live is the child's whole life: start, setup, frames, end.
func (c *child) live(l Launcher, s setup) crew.Gone {
	cmd := exec.Command(l.Command[0], l.Command[1:]...)
	cmd.Env = append(os.Environ(), CookieEnv+"="+s.Cookie)
	cmd.SysProcAttr = kernel.Attributes()
	var said lastWords
	cmd.Stderr = &said
	name := ""
	if s.Spec != nil {
		name = s.Spec.Transport
	}
	if s.Coding {
		name = coding
	}
	via, err := newTransport(name, s.Static, s.Shape.Goroutines, s.coder)
	if err != nil {
		return unstarted(err)
	}
	defer via.close()
	if f := via.file(); f != nil {
		cmd.ExtraFiles = []*os.File{f}
	}
	stdout, err := c.start(cmd, l.Watch)
	if err != nil {
		return unstarted(err)
	}
	readErr := c.converse(bufio.NewReader(stdout), s, via)
	if readErr != nil {
		c.kill()
	}
	waitErr := cmd.Wait()
	return crew.Gone{
		Reason: deathReason(readErr, waitErr, said.explanation()), Usage: kernel.Final(cmd.ProcessState),
		Killed: kernel.Signal(cmd.ProcessState) != "",
	}
}

// unstarted is the end of a child that there never was. A machine that has no room
// for it now may have some later.
func unstarted(err error) crew.Gone {
	gone := crew.Gone{Reason: text.Sprintf("no arrancó (%v)", "did not start (%v)", err)}
	for _, lack := range []syscall.Errno{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE} {
		gone.Killed = gone.Killed || errors.Is(err, lack)
	}
	return gone
}

// start starts the child. If it was killed or let go meanwhile, that is done now.
func (c *child) start(cmd *exec.Cmd, watch *Watch) (stdout io.Reader, err error) {
	if c.isDropped() {
		return nil, errors.New("no longer wanted")
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if stdout, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err = watch.Start(cmd); err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.cmd, c.stdin = cmd, stdin
	dropped, left := c.dropped, c.left
	c.mu.Unlock()
	if dropped {
		c.kill()
	} else if left {
		c.leave()
	}
	return stdout, nil
}

func (c *child) isDropped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped || c.left
}

// converse sends the setup and then what is posted, and passes the child's frames
// on until its output ends.
func (c *child) converse(stdout io.Reader, s setup, via transport) error {
	if err := writeJSON(c.stdin, kindSetup, s); err != nil {
		return err
	}
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() { c.write(via, stop) })
	err := c.pump(stdout, via)
	_ = c.stdin.Close() // frees a writer that is stuck
	close(stop)
	writer.Wait()
	return err
}

// post has the writer send something, in turn: whoever posts never waits for a
// child that does not read.
func (c *child) post(s sending) {
	select {
	case c.outbox <- s:
	case <-c.gone:
	}
}

// ask has a frame without a payload sent, or one whose payload is JSON.
func (c *child) ask(k kind, payload any) {
	c.post(func(w io.Writer, _ transport) error {
		if payload == nil {
			return writeFrame(w, k, nil)
		}
		return writeJSON(w, k, payload)
	})
}

// write sends what is posted. A child that cannot be written to is killed, and
// its ending gives its tasks back.
func (c *child) write(via transport, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case s := <-c.outbox:
			if err := s(c.stdin, via); err != nil {
				c.kill()
			}
		}
	}
}

// pump passes the child's frames on until its output ends.
func (c *child) pump(stdout io.Reader, via transport) error {
	for {
		k, n, err := readHead(stdout)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if k == kindBlob {
			if err := via.blob(stdout, n); err != nil {
				return err
			}
			continue
		}
		data := make([]byte, n)
		if err := readPayload(stdout, k, data); err != nil {
			return err
		}
		if err := c.listener.said(k, data, via); err != nil {
			return err
		}
	}
}

// kill ends the child now, or keeps it from being started. It may be called
// more than once.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped = true
	if c.cmd != nil {
		_ = c.cmd.Process.Kill() // it may have ended by itself
	}
}

// halted tells whether somebody has stopped the child, where the system tells.
func (c *child) halted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cmd != nil && kernel.Stopped(c.cmd.Process.Pid)
}

// leave closes the child's input, which asks it to end.
func (c *child) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = true
	if c.stdin != nil {
		_ = c.stdin.Close()
	}
}
