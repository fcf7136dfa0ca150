//go:build goexperiment.simd && (arm64 || wasm)

package filters

import (
	"encoding/binary"
	"simd/archsimd"
)

// The vectors of these processors, see vector_amd64.go.
type (
	vec8     = archsimd.Uint8x16
	vec16    = archsimd.Uint16x8
	vec32    = archsimd.Uint32x4
	vecInt16 = archsimd.Int16x8
	vecFloat = archsimd.Float32x4
	mask16   = archsimd.Mask16x8
)

// What a vector holds, see vector_amd64.go.
const (
	vecBytes  = 16
	vecLanes  = vecBytes / 2
	vecPixels = vecBytes / 4
)

// endVectors: nothing to clear, see vector_amd64.go.
func endVectors() {}

func load8(p []byte) vec8           { return archsimd.LoadUint8x16(p) }
func load16(p []uint16) vec16       { return archsimd.LoadUint16x8(p) }
func loadInt16(p []int16) vecInt16  { return archsimd.LoadInt16x8(p) }
func splat16(x uint16) vec16        { return archsimd.BroadcastUint16x8(x) }
func splat32(x uint32) vec32        { return archsimd.BroadcastUint32x4(x) }
func splatInt16(x int16) vecInt16   { return archsimd.BroadcastInt16x8(x) }
func splatFloat(x float32) vecFloat { return archsimd.BroadcastFloat32x4(x) }
func lanesOf(m mask16) vecInt16     { return m.ToInt16x8() }

func isZero(v vecInt16) bool {
	words := v.ToBits().ReshapeToUint64s()
	return words.GetElem(0)|words.GetElem(1) == 0
}

// widen loads vecLanes bytes into lanes of 16 bits.
func widen(p []byte) vec16 {
	return archsimd.BroadcastUint64x2(binary.LittleEndian.Uint64(p)).ReshapeToUint8s().ExtendLo8ToUint16()
}

// These orders of bytes are constants, of which Go has none that are arrays.
var (
	evenBytes   = [16]int8{0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1}
	everyFourth = [16]int8{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15}
	topBytes    = [16]int8{-1, -1, -1, 0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, 3}
)

// reorder brings the bytes of v into an order; -1 stands for a zero.
func reorder(v vec8, order *[16]int8) vec8 {
	return v.BitsToInt8().LookupOrZero(archsimd.LoadInt8x16Array(order)).ToBits()
}

// storeLow stores the low byte of each lane, vecLanes bytes.
func storeLow(v vec16, p []byte) {
	binary.LittleEndian.PutUint64(p, reorder(v.ReshapeToUint8s(), &evenBytes).ReshapeToUint64s().GetElem(0))
}

// narrow returns the lanes of four vectors, of at most 255 each, as bytes.
func narrow(a, b, c, d vec32) vec8 {
	all := a.Or(b.ShiftAllLeft(8)).Or(c.ShiftAllLeft(16)).Or(d.ShiftAllLeft(24))
	return reorder(all.ReshapeToUint8s(), &everyFourth)
}

// fillColour returns a pixel for each of the first vecPixels bytes of p: white
// where the top bit is set, black elsewhere, without alpha. It loads 16 bytes.
func fillColour(p []byte) vec32 {
	return reorder(load8(p), &topBytes).ReshapeToUint32s().BitsToInt32().ShiftAllRight(31).ToBits().ShiftAllRight(8)
}
