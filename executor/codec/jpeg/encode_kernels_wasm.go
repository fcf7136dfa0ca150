//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// What WebAssembly has instructions for of its own, or has none for.

// mulWidenHi returns the products of the upper four elements.
func mulWidenHi(x, y archsimd.Int16x8) archsimd.Int32x4 { return x.MulWidenHi(y) }

// mulHigh returns the upper 16 bits of the products.
func mulHigh(x, y archsimd.Uint16x8) archsimd.Uint16x8 {
	return upperHalves(x.MulWidenLo(y).BitsToInt32(), x.MulWidenHi(y).BitsToInt32()).ToBits()
}

// Places of bytes for LookupOrZero, and -1 for a zero. They are variables because
// literals would be written to the stack before each use.
var (
	upperFirst  = [16]int8{2, 3, 6, 7, 10, 11, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1}
	upperSecond = [16]int8{-1, -1, -1, -1, -1, -1, -1, -1, 2, 3, 6, 7, 10, 11, 14, 15}
	evenBytes   = [16]int8{0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1}
	evenFirst   = [16]int8{0, 1, 2, 3, 8, 9, 10, 11, -1, -1, -1, -1, -1, -1, -1, -1}
	evenSecond  = [16]int8{-1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 8, 9, 10, 11}
)

// upperHalves returns the upper 16 bits of the elements of x, then of y.
func upperHalves(x, y archsimd.Int32x4) archsimd.Int16x8 {
	a := x.ToBits().ReshapeToUint8s().BitsToInt8().LookupOrZero(archsimd.LoadInt8x16Array(&upperFirst))
	b := y.ToBits().ReshapeToUint8s().BitsToInt8().LookupOrZero(archsimd.LoadInt8x16Array(&upperSecond))
	return a.Or(b).ToBits().ReshapeToUint16s().BitsToInt16()
}

// lowerBytes returns the lower bytes of the elements.
func lowerBytes(x archsimd.Int16x8) uint64 {
	bytes := x.ToBits().ReshapeToUint8s().BitsToInt8().LookupOrZero(archsimd.LoadInt8x16Array(&evenBytes))
	return bytes.ToBits().ReshapeToUint64s().GetElem(0)
}

// addPairs returns the sums of neighbours, of x and then of y.
func addPairs(x, y archsimd.Uint32x4) archsimd.Uint32x4 {
	x = x.Add(x.ReshapeToUint64s().ShiftAllRight(32).ReshapeToUint32s())
	y = y.Add(y.ReshapeToUint64s().ShiftAllRight(32).ReshapeToUint32s())
	a := x.ReshapeToUint8s().BitsToInt8().LookupOrZero(archsimd.LoadInt8x16Array(&evenFirst))
	b := y.ReshapeToUint8s().BitsToInt8().LookupOrZero(archsimd.LoadInt8x16Array(&evenSecond))
	return a.Or(b).ToBits().ReshapeToUint32s()
}

// transposed16 transposes four matrices of 2x2 elements side by side.
func transposed16(x, y archsimd.Int16x8) (even, odd archsimd.Uint32x4) {
	low := archsimd.BroadcastUint32x4(0xffff)
	a, b := x.ToBits().ReshapeToUint32s(), y.ToBits().ReshapeToUint32s()
	return a.And(low).Or(b.ShiftAllLeft(16)), a.ShiftAllRight(16).Or(b.AndNot(low))
}

// transposed32 transposes two matrices of 2x2 elements side by side.
func transposed32(x, y archsimd.Uint32x4) (even, odd archsimd.Uint64x2) {
	low := archsimd.BroadcastUint64x2(0xffffffff)
	a, b := x.ReshapeToUint64s(), y.ReshapeToUint64s()
	return a.And(low).Or(b.ShiftAllLeft(32)), a.ShiftAllRight(32).Or(b.AndNot(low))
}

// transposed64 transposes a matrix of 2x2 elements.
func transposed64(x, y archsimd.Uint64x2) (even, odd archsimd.Int16x8) {
	even64, odd64 := x.SetElem(1, y.GetElem(0)), y.SetElem(0, x.GetElem(1))
	return even64.ReshapeToUint16s().BitsToInt16(), odd64.ReshapeToUint16s().BitsToInt16()
}
