package process

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"time"

	"carriles/executor/crew/process/kernel"
)

// A child that is stopped between fork and exec holds more than itself. On Linux
// it borrows the memory of the thread that started it, which the kernel lets go on
// at its exec or its end only. To the runtime that thread is running and has a P:
// it waits for it to stop the world, with everybody else stopped already, and the
// whole server would hang at the next garbage collection. Other children cannot be
// started meanwhile, nor does that one let go of the pipes that it has copies of.
//
// Nobody within the server can be sure to run then. So there is a process of its own
// that watches, the first child that the server starts. Before each start the server
// writes it a byte, and after it another one; where a start stays open, the watch looks for
// a child of the server that is stopped and has not had its exec yet, and kills it. It
// has nothing to do otherwise, and ends with the server: the kernel sees to that, and so does
// the end of its input. If it dies another takes its place, and before each start it
// is told to go on, if somebody has stopped it.
//
// What is left takes two faults: the watch has died, and who is to take its place is
// stopped in the millisecond before its exec.
//
// Elsewhere than on Linux a forked child has a copy of the memory, and who waits for its
// exec has given its P away: it holds up no more than its own start. There is no
// watch there.

// Watch sees to it that no start of a child hangs for long. A nil one watches nothing.
type Watch struct {
	command []string
	log     *slog.Logger
	over    chan struct{} // closed by Close
	ended   chan struct{} // closed when none is left

	mu      sync.Mutex
	pipe    *os.File // to the one that watches; nil: there is none
	process *os.Process
}

// watchWord behind the workers' command line makes the child a watch.
const watchWord = "watch"

// The bytes that a watch reads.
const (
	startBegins = '+'
	startIsOver = '-'
)

// watchPatience is how long a start may stay open before somebody looks: most take a
// millisecond. It is looked again as often.
const watchPatience = 50 * time.Millisecond

// How long it takes until a watch that has died is followed by another one.
const (
	watchPauseMin = 10 * time.Millisecond
	watchPauseMax = 5 * time.Second
)

// NewWatch starts a watch, by the command line of the workers. It has to be closed.
func NewWatch(command []string, log *slog.Logger) *Watch {
	if !kernel.StartsHang {
		return nil
	}
	w := &Watch{command: slices.Concat(command, []string{watchWord}), log: log, over: make(chan struct{}), ended: make(chan struct{})}
	first := make(chan struct{})
	go w.keep(sync.OnceFunc(func() { close(first) }))
	<-first
	return w
}

// Start starts a command as its own method does, and is watched while it does so. The
// calling goroutine may be locked to its thread.
func (w *Watch) Start(cmd *exec.Cmd) error {
	if w != nil {
		defer w.begin()()
	}
	return cmd.Start()
}

// begin tells whoever watches now of a start, and end that it is over. One that has
// died is told in vain.
func (w *Watch) begin() (end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	pipe := w.pipe
	if pipe == nil {
		return func() {}
	}
	kernel.GoOn(w.process)
	_, _ = pipe.Write([]byte{startBegins})
	return func() { _, _ = pipe.Write([]byte{startIsOver}) }
}

// keep has one watch until Close, and tells when the first was started or could not be.
func (w *Watch) keep(started func()) {
	defer close(w.ended)
	runtime.LockOSThread() // the death signal of kernel.Attributes is this thread's end
	defer runtime.UnlockOSThread()
	for pause := watchPauseMin; ; pause = min(2*pause, watchPauseMax) {
		began := time.Now()
		cmd, err := w.hire()
		started()
		if err == nil {
			err = cmd.Wait()
		}
		w.dismiss()
		select {
		case <-w.over:
			return
		default:
		}
		w.log.Warn("nobody watches the starts of children for a moment", "err", err)
		if time.Since(began) > watchPauseMax {
			pause = watchPauseMin
		}
		select {
		case <-w.over:
			return
		case <-time.After(pause):
		}
	}
}

// hire starts the process.
func (w *Watch) hire() (*exec.Cmd, error) {
	cmd := exec.Command(w.command[0], w.command[1:]...)
	cmd.Env = append(os.Environ(), CookieEnv+"="+watchWord)
	cmd.SysProcAttr = kernel.Attributes()
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd.Stdin = theirs
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pipe, w.process = ours, cmd.Process
	select {
	case <-w.over: // Close has not met it
		_ = ours.Close()
	default:
	}
	return cmd, nil
}

// dismiss closes the input of the one that watches, which ends it.
func (w *Watch) dismiss() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pipe != nil {
		_ = w.pipe.Close()
		w.pipe = nil
	}
}

// Close ends the watch, and returns when it is gone.
func (w *Watch) Close() {
	if w == nil {
		return
	}
	close(w.over)
	w.mu.Lock()
	if w.process != nil {
		_ = w.process.Kill()
	}
	w.mu.Unlock()
	<-w.ended
}

// deadlined is a pipe's end to read from.
type deadlined interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// watch is what a child does that watches the starts of its parent.
func watch(in io.Reader) error {
	if _, err := bidden(); err != nil {
		return err
	}
	in, err := kernel.Pollable(in)
	if err != nil {
		return err
	}
	pipe, ok := in.(deadlined)
	if !ok {
		return errors.New("its input is no pipe")
	}
	server := os.Getppid()
	return watchStarts(pipe, func() { kernel.EndUnborn(server) })
}

// watchStarts is a watch's life: it calls look when a start has been open for a while
// and nothing is heard any more, again and again, until its input ends.
func watchStarts(in deadlined, look func()) error {
	buf := make([]byte, 64)
	for open := 0; ; {
		var until time.Time
		if open > 0 {
			time.Sleep(watchPatience) // many starts wake it once
			until = time.Now().Add(watchPatience)
		}
		if err := in.SetReadDeadline(until); err != nil {
			return err
		}
		n, err := in.Read(buf)
		for _, b := range buf[:n] {
			if b == startBegins {
				open++
			} else {
				open--
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			look()
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
