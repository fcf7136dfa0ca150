//go:build goexperiment.simd && (arm64 || wasm)

package filters

import "simd/archsimd"

// The vectors of these processors, see vector_amd64.go.
type (
	vec8     = archsimd.Uint8x16
	vec16    = archsimd.Uint16x8
	vec32    = archsimd.Uint32x4
	vecFloat = archsimd.Float32x4
)

// What a vector holds, see vector_amd64.go.
const (
	vecBytes  = 16
	vecPixels = vecBytes / 4
)

// endVectors: nothing to clear, see vector_amd64.go.
func endVectors() {}

func load8(p []byte) vec8           { return archsimd.LoadUint8x16(p) }
func load16(p []uint16) vec16       { return archsimd.LoadUint16x8(p) }
func splat8(x uint8) vec8           { return archsimd.BroadcastUint8x16(x) }
func splat16(x uint16) vec16        { return archsimd.BroadcastUint16x8(x) }
func splat32(x uint32) vec32        { return archsimd.BroadcastUint32x4(x) }
func splatFloat(x float32) vecFloat { return archsimd.BroadcastFloat32x4(x) }
