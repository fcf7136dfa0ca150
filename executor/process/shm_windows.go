package process

import (
	"errors"
	"os"

	"carriles/executor/text"
)

var lacksShm = &text.Text{
	ES: "en Windows un proceso no hereda memoria compartida de esta manera",
	EN: "on Windows a process does not inherit shared memory in this way",
}

var errNoShm = errors.New("no shared memory on Windows")

func newSegment(int) (*segment, error) { return nil, errNoShm }

func mapSegment(*os.File, int) (*segment, error) { return nil, errNoShm }

func (s *segment) close() {}
