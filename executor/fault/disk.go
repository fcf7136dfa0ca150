package fault

import (
	"errors"
	"runtime"
	"slices"
	"syscall"
)

// noRoom are what systems say of a disk without room, or of a quota that is used up.
// The numbers are Windows' (winerror.h: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL).
var noRoom = func() []error {
	list := []error{syscall.ENOSPC, syscall.EDQUOT}
	if runtime.GOOS == "windows" {
		list = append(list, syscall.Errno(39), syscall.Errno(112))
	}
	return list
}()

// NoRoom reports whether an error is of a disk that has no room left.
func NoRoom(err error) bool {
	return slices.ContainsFunc(noRoom, func(of error) bool { return errors.Is(err, of) })
}

// DiskFull is the Error of such a disk. It is the machine's fault, never an image's.
func DiskFull(cause error) *Error {
	return Errorf(CodeDiskFull, "no queda sitio en el disco", "there is no room left on the disk").Because(cause)
}

// Internal is the Error of a machine that failed: DiskFull where that is the cause,
// or else what could not be done, formatted in both languages.
func Internal(cause error, es, en string, args ...any) *Error {
	if NoRoom(cause) {
		return DiskFull(cause)
	}
	return Errorf(CodeInternal, es, en, args...).Because(cause)
}
