package fault

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// A disk without room is said to be that, however deep in the cause, and whatever
// could not be done.
func TestInternal(t *testing.T) {
	for _, tt := range []struct {
		cause error
		code  string
	}{
		{&os.PathError{Op: "write", Err: syscall.ENOSPC}, CodeDiskFull},
		{errors.Join(nil, fmt.Errorf("copying: %w", &os.LinkError{Op: "link", Err: syscall.EDQUOT})), CodeDiskFull},
		{&os.PathError{Op: "write", Err: syscall.EIO}, CodeInternal},
		{errors.New("no room"), CodeInternal},
		{nil, CodeInternal},
	} {
		e := Internal(tt.cause, "«%s» no", "not %q", "x")
		if e.Code != tt.code || tt.cause != nil && !errors.Is(e, tt.cause) || NoRoom(tt.cause) != (tt.code == CodeDiskFull) {
			t.Errorf("%v: %+v", tt.cause, e)
		}
		if tt.code == CodeInternal && e.Text.EN != `not "x"` {
			t.Errorf("%v: %s", tt.cause, e.Text.EN)
		}
	}
}
