// Package disk makes what was written last: it waits until files, and the
// folders that name them, are on the disk, so that a power cut takes nothing
// away that was said to be there. It never writes anything itself.
package disk

import (
	"errors"
	"os"
	"runtime"
)

// SyncFile waits until a file below root is on the disk.
func SyncFile(root *os.Root, name string) error {
	f, err := root.OpenFile(name, os.O_RDWR, 0) // Windows flushes for writers only
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// SyncFolder waits until the names in a folder below root are on the disk.
// Windows has no such call, and does it itself.
func SyncFolder(root *os.Root, name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
