//go:build unix

package kernel

import (
	"syscall"
	"testing"
	"time"

	"carriles/executor/crew"
)

func TestUsageOf(t *testing.T) {
	u := usageOf(&syscall.Rusage{
		Utime: syscall.NsecToTimeval(1_500_000_000), Stime: syscall.NsecToTimeval(250_000_000),
		Nvcsw: 1, Nivcsw: 2, Minflt: 3, Majflt: 4,
	})
	if u.User != 1500*time.Millisecond || u.System != 250*time.Millisecond || *u.Counts != (crew.Counts{VoluntarySwitches: 1, InvoluntarySwitches: 2, MinorFaults: 3, MajorFaults: 4}) {
		t.Errorf("%+v, %+v", u, u.Counts)
	}
}
