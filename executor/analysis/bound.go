package analysis

// What a run was bound by.
const (
	BoundCPU     = "cpu"
	BoundIO      = "io"
	BoundMixed   = "mixed"
	BoundUnknown = "unknown" // the figures tell nothing
)

// The thresholds of Bound: shares of the processor time that the lanes could
// have used. What lies between is mixed.
const (
	CPUBoundFrom = 0.8
	IOBoundUpTo  = 0.2
)

// Bound tells what a run spent its time on, from three sums in seconds:
//
//   - cpu: CPU time, user and system, of all its processes;
//   - busy: over all lanes, the wall time in which a lane was not idle, waiting
//     for I/O included;
//   - capacity: the wall time of the run times the processors that it could use
//     at once: processes x GOMAXPROCS of each, at most the cores of the pool.
//
// The share is cpu / min(busy, capacity): "cpu" from CPUBoundFrom, "io" up to
// IOBoundUpTo, else "mixed". A lane that computes has a share near 1, one that
// waits for a slow server near 0. The capacity matters where lanes outnumber
// processors: of eight goroutines that compute under a GIL, seven wait at any
// moment, but for the processor, and that is not I/O. The share may exceed 1:
// the garbage collector computes beside the lanes.
//
// It is "unknown" if cpu is negative, busy or capacity is not positive, or any
// is not a finite number.
func Bound(cpu, busy, capacity float64) string {
	if !finite(cpu) || cpu < 0 || !positive(busy) || !positive(capacity) {
		return BoundUnknown
	}
	switch share := cpu / min(busy, capacity); {
	case share >= CPUBoundFrom:
		return BoundCPU
	case share <= IOBoundUpTo:
		return BoundIO
	}
	return BoundMixed
}
