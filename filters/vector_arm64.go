//go:build goexperiment.simd

package filters

// vectorLevel: every arm64 processor has NEON.
func vectorLevel() string { return "neon" }
