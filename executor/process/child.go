package process

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"carriles/executor/batch"
	"carriles/filters"
)

// event is something that a child said or that became of it.
type event struct {
	proc int
	at   time.Time
	kind kind // 0 when the child has ended
	data []byte
	end  *ending
}

// ending is how a child process ended.
type ending struct {
	reason filters.Text
	cpu    time.Duration
}

// Launcher starts children of this binary.
type Launcher struct {
	// Command is the worker's command line, the executable first.
	Command []string
	Version string
	// Static is the folder that holds images/ and processed/.
	Static string
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

	mu       sync.Mutex
	cmd      *exec.Cmd
	unwanted chan struct{} // closed when it need not be started any more
	dropped  bool          // unwanted is closed
}

// spawn starts a child after a delay and returns at once. All that becomes of
// it comes as events, a start that fails included; the last one carries an
// ending. send must not block for ever.
func (l Launcher) spawn(id, slot int, delay time.Duration, s setup, send func(event)) *child {
	c := &child{id: id, slot: slot, asked: time.Now().Add(delay), unwanted: make(chan struct{})}
	s.Version, s.Cookie, s.Static = l.Version, newCookie(), l.Static
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
	tail := &tailWriter{}
	cmd.Stderr = tail
	stdout, err := c.start(cmd)
	if err != nil {
		return &ending{reason: batch.Textf("no arrancó (%v)", "did not start (%v)", err)}
	}
	readErr := writeJSON(c.stdin, kindSetup, s)
	if readErr == nil {
		readErr = c.pump(stdout, send)
	}
	if readErr != nil {
		c.kill()
	}
	waitErr := cmd.Wait()
	return &ending{
		reason: deathReason(readErr, waitErr, tail.String()),
		cpu:    cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
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

// pump passes the child's frames on until its output ends.
func (c *child) pump(stdout io.Reader, send func(event)) error {
	for {
		k, data, err := readFrame(stdout)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		send(event{proc: c.id, at: time.Now(), kind: k, data: data})
	}
}

// deathReason says in words why a child ended.
func deathReason(readErr, waitErr error, stderr string) filters.Text {
	var text filters.Text
	var exit *exec.ExitError
	switch {
	case readErr != nil:
		text = batch.Textf("rompió el protocolo (%v)", "broke the protocol (%v)", readErr)
	case errors.As(waitErr, &exit):
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && signaled(ws) {
			text = batch.Textf("murió por la señal %v", "was killed by signal %v", signalName(ws))
		} else {
			text = batch.Textf("terminó con el código %d", "ended with code %d", exit.ExitCode())
		}
	case waitErr != nil:
		text = batch.Textf("se perdió (%v)", "was lost (%v)", waitErr)
	default:
		text = batch.Textf("terminó sin que se le pidiera", "ended without being asked to")
	}
	if line := lastLine(stderr); line != "" {
		text.ES += ": " + line
		text.EN += ": " + line
	}
	return text
}

// lastLine picks what explains a death: the first line of a panic or of a
// fatal error, else the last line.
func lastLine(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	for _, l := range lines {
		if strings.HasPrefix(l, "panic:") || strings.HasPrefix(l, "fatal error:") {
			return l
		}
	}
	return lines[len(lines)-1]
}

// tailWriter keeps the last bytes written to it.
type tailWriter struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 8 << 10

func (t *tailWriter) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if len(t.buf) > tailSize {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailSize:]...)
	}
	return len(p), nil
}

func (t *tailWriter) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
