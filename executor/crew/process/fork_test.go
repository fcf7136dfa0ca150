package process

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// While a child is between fork and exec no garbage is collected, however much
// there is; afterwards it is as before.
func TestNoGarbageIsCollectedDuringAStart(t *testing.T) {
	before := debug.SetGCPercent(37)
	defer debug.SetGCPercent(before)
	collections := func() uint32 {
		var m, n runtime.MemStats
		runtime.ReadMemStats(&m)
		for range 64 {
			garbage = make([]byte, 1<<20)
		}
		runtime.ReadMemStats(&n)
		return n.NumGC - m.NumGC
	}
	begin()
	if n := collections(); n > 0 {
		t.Errorf("%d collections while a child is started", n)
	}
	end()
	if n := collections(); n == 0 {
		t.Error("none afterwards")
	}
	if got := debug.SetGCPercent(37); got != 37 {
		t.Errorf("GOGC is %d afterwards, it was 37", got)
	}
}

var garbage []byte
