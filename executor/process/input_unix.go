//go:build unix

package process

import (
	"io"
	"os"
	"syscall"
)

// pollable makes a worker's standard input one that the runtime polls.
//
// A goroutine in a blocking read keeps its P until the runtime's monitor takes
// it away, 10 to 20 ms later. A worker with GOMAXPROCS 1 has no other P: that
// is how long each task would have waited for its lane after it had arrived.
func pollable(in io.Reader) (io.Reader, error) {
	f, ok := in.(*os.File)
	if !ok {
		return in, nil
	}
	fd := int(f.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
