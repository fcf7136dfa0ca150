//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// What Neon has instructions for of its own.

// mulWidenHi returns the products of the upper four elements.
func mulWidenHi(x, y archsimd.Int16x8) archsimd.Int32x4 { return x.HiToLo().MulWidenLo(y.HiToLo()) }

// mulHigh returns the upper 16 bits of the products.
func mulHigh(x, y archsimd.Uint16x8) archsimd.Uint16x8 {
	lo, hi := x.MulWidenLo(y), x.HiToLo().MulWidenLo(y.HiToLo())
	return lo.ReshapeToUint16s().ConcatOdd(hi.ReshapeToUint16s())
}

// upperHalves returns the upper 16 bits of the elements of x, then of y.
func upperHalves(x, y archsimd.Int32x4) archsimd.Int16x8 {
	return x.ToBits().ReshapeToUint16s().ConcatOdd(y.ToBits().ReshapeToUint16s()).BitsToInt16()
}

// lowerBytes returns the lower bytes of the elements.
func lowerBytes(x archsimd.Int16x8) uint64 {
	return x.ToBits().TruncToUint8().ReshapeToUint64s().GetElem(0)
}

// addPairs returns the sums of neighbours, of x and then of y.
func addPairs(x, y archsimd.Uint32x4) archsimd.Uint32x4 { return x.ConcatAddPairs(y) }

// transposed16 transposes four matrices of 2x2 elements side by side.
func transposed16(x, y archsimd.Int16x8) (even, odd archsimd.Uint32x4) {
	return x.InterleaveEven(y).ToBits().ReshapeToUint32s(), x.InterleaveOdd(y).ToBits().ReshapeToUint32s()
}

// transposed32 transposes two matrices of 2x2 elements side by side.
func transposed32(x, y archsimd.Uint32x4) (even, odd archsimd.Uint64x2) {
	return x.InterleaveEven(y).ReshapeToUint64s(), x.InterleaveOdd(y).ReshapeToUint64s()
}

// transposed64 transposes a matrix of 2x2 elements.
func transposed64(x, y archsimd.Uint64x2) (even, odd archsimd.Int16x8) {
	return x.InterleaveEven(y).ReshapeToUint16s().BitsToInt16(), x.InterleaveOdd(y).ReshapeToUint16s().BitsToInt16()
}
