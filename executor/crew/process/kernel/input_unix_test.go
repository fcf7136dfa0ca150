//go:build unix

package kernel

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"
)

// TestInputIsPolled hands over a pipe as os/exec does, in blocking mode: only
// a file that the runtime polls takes a deadline.
func TestInputIsPolled(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fd, err := syscall.Dup(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	blocking := os.NewFile(uintptr(fd), "stdin")
	if err := blocking.SetReadDeadline(time.Now()); !errors.Is(err, os.ErrNoDeadline) {
		t.Fatalf("the pipe is polled already: %v", err)
	}
	in, err := Pollable(blocking)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.(*os.File).SetReadDeadline(time.Now()); err != nil {
		t.Errorf("not polled: %v", err)
	}
}
