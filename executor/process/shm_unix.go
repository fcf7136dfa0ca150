//go:build unix

package process

import (
	"os"

	"golang.org/x/sys/unix"

	"carriles/executor/text"
)

// lacksShm is nil: this system shares memory between processes.
var lacksShm *text.Text

// newSegment makes a segment that a child can inherit.
func newSegment(size int) (*segment, error) {
	f, err := newSharedFile()
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(int64(size)); err != nil {
		f.Close()
		return nil, err
	}
	s, err := mapSegment(f, size)
	if err != nil {
		f.Close()
	}
	return s, err
}

// mapSegment maps a shared file.
func mapSegment(f *os.File, size int) (*segment, error) {
	mem, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &segment{file: f, mem: mem}, nil
}

func (s *segment) close() {
	_ = unix.Munmap(s.mem)
	s.file.Close()
}
