//go:build goexperiment.simd && !scalar

package vector

import "simd/archsimd"

// The vectors of this processor: the kernels are written once, in these types,
// for all architectures. The 256 bits of AVX2 are what nearly every amd64
// processor since 2013 (Intel) or 2015 (AMD) has.
//
// The portable package simd chooses 512 bits where they are, but brightness,
// which waits for memory, gained nothing from them (2.1 ms, here 1.8). It has
// no loads that Widen and no reordering; and on processors without VPCLMULQDQ,
// that is before 2020, it emulates its vectors, which took 290 ms.
type (
	Uint8   = archsimd.Uint8x32
	Uint16  = archsimd.Uint16x16
	Uint32  = archsimd.Uint32x8
	Uint64  = archsimd.Uint64x4
	Int16   = archsimd.Int16x16
	Float32 = archsimd.Float32x8
	Mask16  = archsimd.Mask16x16
)

// What a vector holds: bytes, lanes of 16 bits, and pixels of four bytes.
const (
	Bytes  = 32
	Lanes  = Bytes / 2
	Pixels = Bytes / 4
)

// Level asks the processor. AVX-512 serves the kernels that gain from it: they
// compute much and wait for memory little.
func Level() string {
	switch {
	case !archsimd.X86.AVX2():
		return None
	case archsimd.X86.AVX512():
		return "avx512"
	default:
		return "avx2"
	}
}

// End ends a kernel: it clears the upper halves of the registers, on
// which narrower instructions would wait.
func End() { archsimd.ClearAVXUpperBits() }

func Load8(p []byte) Uint8         { return archsimd.LoadUint8x32(p) }
func Load16(p []uint16) Uint16     { return archsimd.LoadUint16x16(p) }
func LoadInt16(p []int16) Int16    { return archsimd.LoadInt16x16(p) }
func Load64(p []uint64) Uint64     { return archsimd.LoadUint64x4(p) }
func Splat16(x uint16) Uint16      { return archsimd.BroadcastUint16x16(x) }
func Splat32(x uint32) Uint32      { return archsimd.BroadcastUint32x8(x) }
func Splat64(x uint64) Uint64      { return archsimd.BroadcastUint64x4(x) }
func SplatInt16(x int16) Int16     { return archsimd.BroadcastInt16x16(x) }
func SplatFloat(x float32) Float32 { return archsimd.BroadcastFloat32x8(x) }
func LanesOf(m Mask16) Int16       { return m.ToInt16x16() }
func IsZero(v Int16) bool          { return v.IsZero() }

// Widen loads Lanes bytes into lanes of 16 bits.
func Widen(p []byte) Uint16 { return archsimd.LoadUint8x16(p).ExtendToUint16() }

// These orders of bytes and of lanes of 32 bits are constants, of which Go has
// none that are arrays. A reordering of bytes stays in its half of a vector.
var (
	evenBytes   = [Bytes]int8{0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1, 0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1}
	everyFourth = [Bytes]int8{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15}
	evenPairs   = [8]uint32{0, 1, 4, 5, 2, 3, 6, 7}
	halfByHalf  = [8]uint32{0, 4, 1, 5, 2, 6, 3, 7}
)

// Reorder brings the bytes of each half of v into an order; -1 stands for a zero.
func Reorder(v Uint8, order *[Bytes]int8) Uint8 {
	return v.PermuteOrZeroGrouped(archsimd.LoadInt8x32Array(order))
}

// StoreLow stores the low byte of each lane, Lanes bytes.
func StoreLow(v Uint16, p []byte) {
	low := Reorder(v.ReshapeToUint8s(), &evenBytes)
	low.ReshapeToUint32s().Permute(archsimd.LoadUint32x8Array(&evenPairs)).ReshapeToUint8s().GetLo().Store(p)
}

// Narrow returns the lanes of four vectors, of at most 255 each, as bytes.
func Narrow(a, b, c, d Uint32) Uint8 {
	all := a.Or(b.ShiftAllLeft(8)).Or(c.ShiftAllLeft(16)).Or(d.ShiftAllLeft(24))
	return Reorder(all.ReshapeToUint8s(), &everyFourth).ReshapeToUint32s().Permute(archsimd.LoadUint32x8Array(&halfByHalf)).ReshapeToUint8s()
}

// FillColour returns a pixel for each of the first Pixels bytes of p: white
// where the top bit is set, black elsewhere, without alpha. It loads 16 bytes.
func FillColour(p []byte) Uint32 {
	return archsimd.LoadUint8x16(p).BitsToInt8().ExtendLo8ToInt32().ShiftAllRight(31).ToBits().ShiftAllRight(8)
}
