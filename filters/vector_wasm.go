//go:build goexperiment.simd

package filters

// vectorLevel: a browser without simd128 does not load this program at all.
func vectorLevel() string { return "simd128" }
