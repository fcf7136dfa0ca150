package topology

// loadAverage is unavailable: Windows has none. The library imitates one with a
// goroutine that samples for ever after the first call, which has no place
// beside a timed run, and whose first minutes mean nothing.
func loadAverage() *float64 { return nil }
