package process

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"carriles/executor/text"
)

// event is something that a child said or that became of it.
type event struct {
	proc int
	at   time.Time
	kind kind // 0 when the child has ended
	data []byte
	end  *ending
	done *done // of kindDone
}

// ending is how a child process ended.
type ending struct {
	reason text.Text
	usage  Usage
}

// Launcher starts children of this binary.
type Launcher struct {
	// Command is the worker's command line, the executable first.
	Command []string
	Version string
	// Static is the folder that holds images/ and processed/.
	Static string
	// Origin is where the server answers, such as http://127.0.0.1:8000: the
	// source http fetches from there.
	Origin string
}

// SelfCommand is the command line of a worker of the running binary. On Linux
// it is the file that is running, even if another has taken its name.
func SelfCommand() ([]string, error) {
	if runtime.GOOS == "linux" {
		return []string{"/proc/self/exe", Subcommand}, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return []string{self, Subcommand}, nil
}

// child is one worker process, seen from the parent.
type child struct {
	id, slot int
	asked    time.Time // when it was asked for, the delay of its start not counted
	ready    time.Time // zero until it has said hello
	pid      int       // known from hello on
	clock    int64     // when its clock stood at 0, in ns since 1970
	stdin    io.WriteCloser
	before   Usage // what it had used when the job began
	leaving  bool  // it has been asked to end
	areas    []int // that are free

	outbox   chan sending  // for the writer
	gone     chan struct{} // closed when the child has ended
	mu       sync.Mutex
	cmd      *exec.Cmd
	unwanted chan struct{} // closed when it need not be started any more
	dropped  bool          // unwanted is closed
}

// spawn starts a child after a delay and returns at once. All that becomes of
// it comes as events, a start that fails included; the last one carries an
// ending. send must not block for ever.
func (l Launcher) spawn(id, slot int, delay time.Duration, s setup, send func(event)) *child {
	lanes := s.Shape.Goroutines
	c := &child{
		id: id, slot: slot, asked: time.Now().Add(delay), unwanted: make(chan struct{}), gone: make(chan struct{}),
		outbox: make(chan sending, lanes+4), // one a lane, an ask or two: never full
	}
	for area := range lanes {
		c.areas = append(c.areas, area)
	}
	s.Version, s.Cookie, s.Static, s.Origin = l.Version, newCookie(), l.Static, l.Origin
	s.GCPercent, s.MemoryLimit = GCPercent, int64(lanes)*MemoryLimit
	go func() {
		// Linux sends the death signal of sysProcAttr when the thread that
		// started the child ends: this one stays until the child is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		select {
		case <-time.After(delay):
		case <-c.unwanted:
		}
		send(event{proc: id, end: c.live(l.Command, s, send), at: time.Now()})
	}()
	return c
}

// live is the child's whole life: start, setup, frames, end.
func (c *child) live(command []string, s setup, send func(event)) *ending {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), CookieEnv+"="+s.Cookie)
	cmd.SysProcAttr = sysProcAttr()
	var said lastWords
	cmd.Stderr = &said
	defer close(c.gone)
	transport := ""
	if s.Spec != nil {
		transport = s.Spec.Transport
	}
	courier, err := newCourier(transport, s.Static, s.Shape.Goroutines)
	if err != nil {
		return &ending{reason: text.Sprintf("no arrancó (%v)", "did not start (%v)", err)}
	}
	defer courier.close()
	if f := courier.file(); f != nil {
		cmd.ExtraFiles = []*os.File{f}
	}
	stdout, err := c.start(cmd)
	if err != nil {
		return &ending{reason: text.Sprintf("no arrancó (%v)", "did not start (%v)", err)}
	}
	readErr := writeJSON(c.stdin, kindSetup, s)
	if readErr == nil {
		stop := make(chan struct{})
		var writer sync.WaitGroup
		writer.Go(func() { c.write(courier, stop) })
		readErr = c.pump(bufio.NewReader(stdout), courier, s.TempDir, send)
		_ = c.stdin.Close() // frees a writer that is stuck
		close(stop)
		writer.Wait()
	}
	if readErr != nil {
		c.kill()
	}
	waitErr := cmd.Wait()
	return &ending{
		reason: deathReason(readErr, waitErr, said.explanation()),
		usage:  finalUsage(cmd.ProcessState),
	}
}

func (c *child) start(cmd *exec.Cmd) (stdout io.Reader, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped {
		return nil, errors.New("no longer wanted")
	}
	if c.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if stdout, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err = cmd.Start(); err != nil {
		return nil, err
	}
	c.cmd = cmd
	return stdout, nil
}

// kill ends the child now, or keeps it from being started. It may be called
// more than once.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
	if c.cmd != nil {
		_ = c.cmd.Process.Kill() // it may have ended by itself
	}
}

// leave closes the child's input, which asks it to end.
func (c *child) leave() {
	c.leaving = true
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
	if c.stdin != nil {
		_ = c.stdin.Close()
	}
}

func (c *child) drop() {
	if !c.dropped {
		c.dropped = true
		close(c.unwanted)
	}
}
