//go:build goexperiment.simd

package filters

import "simd/archsimd"

// The vectors of this machine, see vector_amd64.go.
type (
	vec8  = archsimd.Uint8x16
	vec16 = archsimd.Uint16x8
	vec32 = archsimd.Uint32x4
)

// vectorLevel: a browser without simd128 does not load this program at all.
func vectorLevel() string { return "simd128" }
