//go:build !linux

package topology

// wholeRatio is the number of threads per core where all cores are alike; 0
// where the counts do not divide, as on a hybrid processor.
func wholeRatio(logical, physical int) int {
	if physical <= 0 || logical%physical != 0 {
		return 0
	}
	return logical / physical
}
