//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package vector

import (
	"encoding/binary"
	"runtime"
	"simd/archsimd"
)

// The vectors of these processors, see simd_amd64.go.
type (
	Uint8   = archsimd.Uint8x16
	Uint16  = archsimd.Uint16x8
	Uint32  = archsimd.Uint32x4
	Uint64  = archsimd.Uint64x2
	Int16   = archsimd.Int16x8
	Float32 = archsimd.Float32x4
	Mask16  = archsimd.Mask16x8
)

// What a vector holds, see simd_amd64.go.
const (
	Bytes  = 16
	Lanes  = Bytes / 2
	Pixels = Bytes / 4
)

// Level: every arm64 processor has NEON, and a browser without simd128 does not
// load this program at all.
func Level() string {
	if runtime.GOARCH == "wasm" {
		return "simd128"
	}
	return "neon"
}

// End: nothing to clear, see simd_amd64.go.
func End() {}

func Load8(p []byte) Uint8         { return archsimd.LoadUint8x16(p) }
func Load16(p []uint16) Uint16     { return archsimd.LoadUint16x8(p) }
func LoadInt16(p []int16) Int16    { return archsimd.LoadInt16x8(p) }
func Load64(p []uint64) Uint64     { return archsimd.LoadUint64x2(p) }
func Splat16(x uint16) Uint16      { return archsimd.BroadcastUint16x8(x) }
func Splat32(x uint32) Uint32      { return archsimd.BroadcastUint32x4(x) }
func Splat64(x uint64) Uint64      { return archsimd.BroadcastUint64x2(x) }
func SplatInt16(x int16) Int16     { return archsimd.BroadcastInt16x8(x) }
func SplatFloat(x float32) Float32 { return archsimd.BroadcastFloat32x4(x) }
func LanesOf(m Mask16) Int16       { return m.ToInt16x8() }

func IsZero(v Int16) bool {
	words := v.ToBits().ReshapeToUint64s()
	return words.GetElem(0)|words.GetElem(1) == 0
}

// Widen loads Lanes bytes into lanes of 16 bits.
func Widen(p []byte) Uint16 {
	return archsimd.BroadcastUint64x2(binary.LittleEndian.Uint64(p)).ReshapeToUint8s().ExtendLo8ToUint16()
}

// These orders of bytes are constants, of which Go has none that are arrays.
var (
	evenBytes   = [16]int8{0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1}
	everyFourth = [16]int8{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15}
	topBytes    = [16]int8{-1, -1, -1, 0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, 3}
)

// Reorder brings the bytes of v into an order; -1 stands for a zero.
func Reorder(v Uint8, order *[16]int8) Uint8 {
	return v.BitsToInt8().LookupOrZero(archsimd.LoadInt8x16Array(order)).ToBits()
}

// StoreLow stores the low byte of each lane, Lanes bytes.
func StoreLow(v Uint16, p []byte) {
	binary.LittleEndian.PutUint64(p, Reorder(v.ReshapeToUint8s(), &evenBytes).ReshapeToUint64s().GetElem(0))
}

// Narrow returns the lanes of four vectors, of at most 255 each, as bytes.
func Narrow(a, b, c, d Uint32) Uint8 {
	all := a.Or(b.ShiftAllLeft(8)).Or(c.ShiftAllLeft(16)).Or(d.ShiftAllLeft(24))
	return Reorder(all.ReshapeToUint8s(), &everyFourth)
}

// FillColour returns a pixel for each of the first Pixels bytes of p: white
// where the top bit is set, black elsewhere, without alpha. It loads 16 bytes.
func FillColour(p []byte) Uint32 {
	return Reorder(Load8(p), &topBytes).ReshapeToUint32s().BitsToInt32().ShiftAllRight(31).ToBits().ShiftAllRight(8)
}
