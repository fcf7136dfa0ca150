//go:build goexperiment.simd

package filters

import "simd/archsimd"

// The vectors of this processor, see vector_amd64.go.
type (
	vec8  = archsimd.Uint8x16
	vec16 = archsimd.Uint16x8
	vec32 = archsimd.Uint32x4
)

// vectorLevel: every arm64 processor has NEON.
func vectorLevel() string { return "neon" }
