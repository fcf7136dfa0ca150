//go:build goexperiment.simd

package filters

import "simd/archsimd"

// The vectors of this processor: the kernels are written once, in these types,
// for all architectures. The 256 bits of AVX2 are what every amd64 processor
// since 2013 (Intel) or 2015 (AMD) has.
type (
	vec8     = archsimd.Uint8x32
	vec16    = archsimd.Uint16x16
	vec32    = archsimd.Uint32x8
	vecFloat = archsimd.Float32x8
)

// How much a vector holds: bytes, and pixels of four of them.
const (
	vecBytes  = 32
	vecPixels = vecBytes / 4
)

// vectorLevel asks the processor; SIMD publishes the answer.
func vectorLevel() string {
	if archsimd.X86.AVX2() {
		return "avx2"
	}
	return NoSIMD
}

// endVectors ends a kernel: it clears the upper halves of the registers, on
// which narrower instructions would wait.
func endVectors() { archsimd.ClearAVXUpperBits() }

func load8(p []byte) vec8           { return archsimd.LoadUint8x32(p) }
func load16(p []uint16) vec16       { return archsimd.LoadUint16x16(p) }
func splat8(x uint8) vec8           { return archsimd.BroadcastUint8x32(x) }
func splat16(x uint16) vec16        { return archsimd.BroadcastUint16x16(x) }
func splat32(x uint32) vec32        { return archsimd.BroadcastUint32x8(x) }
func splatFloat(x float32) vecFloat { return archsimd.BroadcastFloat32x8(x) }
