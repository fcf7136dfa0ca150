//go:build !linux

package kernel

import (
	"os"
	"time"

	"carriles/executor/trace"
)

// ThreadMeter is nil: this system does not tell, or not finely enough.
func ThreadMeter(time.Duration) trace.Meter { return nil }

// FaultCost is 0: this system does not tell.
func FaultCost() time.Duration { return 0 }

// Queued is nil: this system does not tell.
func Queued() *time.Duration { return nil }

// MemoryLimit is 0: this system does not bound the data of a process.
const MemoryLimit = 0

// LimitMemory does nothing here.
func LimitMemory(int64) error { return nil }

// Sacrifice does nothing here.
func Sacrifice() {}

// StartsHang is false: a child between its fork and its exec holds up no more than its
// own start.
const StartsHang = false

// EndUnborn and GoOn do nothing here.
func EndUnborn(int)    {}
func GoOn(*os.Process) {}

// Stopped is false: this system is not asked.
func Stopped(int) bool { return false }

// HasDeathSignal tells whether the kernel ends orphans by itself.
const HasDeathSignal = false
