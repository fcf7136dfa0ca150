//go:build goexperiment.simd

package filters

import "simd/archsimd"

// The vectors of this processor: the kernels are written once, in these types,
// for all architectures. The 256 bits of AVX2 are what every amd64 processor
// since 2013 (Intel) or 2015 (AMD) has.
type (
	vec8  = archsimd.Uint8x32
	vec16 = archsimd.Uint16x16
	vec32 = archsimd.Uint32x8
)

// vectorLevel asks the processor; SIMD publishes the answer.
func vectorLevel() string {
	if archsimd.X86.AVX2() {
		return "avx2"
	}
	return NoSIMD
}
