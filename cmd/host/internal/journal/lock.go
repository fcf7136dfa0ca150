package journal

import (
	"errors"
	"os"
	"time"
)

// ErrInUse says that another server has the static folder: it would take this
// one's work for that of a dead one.
var ErrInUse = errors.New("another server is using this folder")

// lockWait is how long a server that has just been killed may take to be gone.
const lockWait = 2 * time.Second

// takeLock opens the lock and holds it until the file is closed, by the
// system if need be. A file system that has no locks is used without.
func takeLock(root *os.Root) (*os.File, error) {
	f, err := root.OpenFile("lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(lockWait); ; time.Sleep(20 * time.Millisecond) {
		switch held, err := tryLock(f); {
		case err != nil:
			return nil, errors.Join(err, f.Close())
		case held:
			return f, nil
		case time.Now().After(deadline):
			return nil, errors.Join(ErrInUse, f.Close())
		}
	}
}
