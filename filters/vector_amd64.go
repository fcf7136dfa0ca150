//go:build goexperiment.simd

package filters

import "simd/archsimd"

// The vectors of this processor: the kernels are written once, in these types,
// for all architectures. The 256 bits of AVX2 are what nearly every amd64
// processor since 2013 (Intel) or 2015 (AMD) has.
//
// The portable package simd chooses 512 bits where they are, but brightness,
// which waits for memory, gained nothing from them (2.1 ms, here 1.8). It has
// no loads that widen and no reordering; and on processors without VPCLMULQDQ,
// that is before 2020, it emulates its vectors, which took 290 ms.
type (
	vec8     = archsimd.Uint8x32
	vec16    = archsimd.Uint16x16
	vec32    = archsimd.Uint32x8
	vecInt16 = archsimd.Int16x16
	vecFloat = archsimd.Float32x8
	mask16   = archsimd.Mask16x16
)

// What a vector holds: bytes, lanes of 16 bits, and pixels of four bytes.
const (
	vecBytes  = 32
	vecLanes  = vecBytes / 2
	vecPixels = vecBytes / 4
)

// vectorLevel asks the processor; SIMD publishes the answer.
func vectorLevel() string {
	switch {
	case !archsimd.X86.AVX2():
		return NoSIMD
	case hasAVX512():
		return "avx512"
	default:
		return "avx2"
	}
}

// hasAVX512 reports whether the processor has what the kernels of 512 bits need,
// which are those that gain from it: they compute much and wait for memory little.
func hasAVX512() bool { return archsimd.X86.AVX512() }

// endVectors ends a kernel: it clears the upper halves of the registers, on
// which narrower instructions would wait.
func endVectors() { archsimd.ClearAVXUpperBits() }

func load8(p []byte) vec8           { return archsimd.LoadUint8x32(p) }
func load16(p []uint16) vec16       { return archsimd.LoadUint16x16(p) }
func loadInt16(p []int16) vecInt16  { return archsimd.LoadInt16x16(p) }
func splat16(x uint16) vec16        { return archsimd.BroadcastUint16x16(x) }
func splat32(x uint32) vec32        { return archsimd.BroadcastUint32x8(x) }
func splatInt16(x int16) vecInt16   { return archsimd.BroadcastInt16x16(x) }
func splatFloat(x float32) vecFloat { return archsimd.BroadcastFloat32x8(x) }
func lanesOf(m mask16) vecInt16     { return m.ToInt16x16() }
func isZero(v vecInt16) bool        { return v.IsZero() }

// widen loads vecLanes bytes into lanes of 16 bits.
func widen(p []byte) vec16 { return archsimd.LoadUint8x16(p).ExtendToUint16() }

// These orders of bytes and of lanes of 32 bits are constants, of which Go has
// none that are arrays. A reordering of bytes stays in its half of a vector.
var (
	evenBytes   = [32]int8{0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1, 0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1}
	everyFourth = [32]int8{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15}
	evenPairs   = [8]uint32{0, 1, 4, 5, 2, 3, 6, 7}
	halfByHalf  = [8]uint32{0, 4, 1, 5, 2, 6, 3, 7}
)

// storeLow stores the low byte of each lane, vecLanes bytes.
func storeLow(v vec16, p []byte) {
	low := v.ReshapeToUint8s().PermuteOrZeroGrouped(archsimd.LoadInt8x32Array(&evenBytes))
	low.ReshapeToUint32s().Permute(archsimd.LoadUint32x8Array(&evenPairs)).ReshapeToUint8s().GetLo().Store(p)
}

// narrow returns the lanes of four vectors, of at most 255 each, as bytes.
func narrow(a, b, c, d vec32) vec8 {
	all := a.Or(b.ShiftAllLeft(8)).Or(c.ShiftAllLeft(16)).Or(d.ShiftAllLeft(24))
	all8 := all.ReshapeToUint8s().PermuteOrZeroGrouped(archsimd.LoadInt8x32Array(&everyFourth))
	return all8.ReshapeToUint32s().Permute(archsimd.LoadUint32x8Array(&halfByHalf)).ReshapeToUint8s()
}

// fillColour returns a pixel for each of the first vecPixels bytes of p: white
// where the top bit is set, black elsewhere, without alpha. It loads 16 bytes.
func fillColour(p []byte) vec32 {
	return archsimd.LoadUint8x16(p).BitsToInt8().ExtendLo8ToInt32().ShiftAllRight(31).ToBits().ShiftAllRight(8)
}
