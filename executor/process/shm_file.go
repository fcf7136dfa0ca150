//go:build unix && !linux

package process

import "os"

// newSharedFile makes a file without a name, whose mapping is shared memory as
// long as the system does not write it out.
func newSharedFile() (*os.File, error) {
	f, err := os.CreateTemp("", "carriles")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}
