package child

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// hold puts a program into memory that ends with this process, and gives the path that a
// child of it can be started from. A child does not keep it open.
func hold(program []byte) (path string, err error) {
	// Systems from 6.3 on want to know that it will be run; older ones do not know the flag.
	fd, err := unix.MemfdCreate(programFile, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(programFile, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return "", fmt.Errorf("memory for the children's program: %w", err)
	}
	for rest := program; len(rest) > 0 && err == nil; {
		n := 0
		if n, err = unix.Write(fd, rest); errors.Is(err, unix.EINTR) {
			err = nil
		}
		rest = rest[max(n, 0):]
	}
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SEAL|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE)
	}
	path = fmt.Sprintf("/proc/self/fd/%d", fd)
	if err == nil {
		err = unix.Access(path, unix.X_OK) // not where such memory may not be run
	}
	if err != nil {
		unix.Close(fd)
		return "", fmt.Errorf("memory for the children's program: %w", err)
	}
	return path, nil
}
