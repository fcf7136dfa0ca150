//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// extendHi returns the upper eight.
func extendHi(x archsimd.Uint8x16) archsimd.Uint16x8 { return x.ExtendHi8ToUint16() }

// transpose4 makes rows of columns. There is no instruction to interleave with
// that Go offers here: pairs are made by shifts, and halves by way of a general
// register.
func transpose4(a, b, c, d archsimd.Int32x4) (_, _, _, _ archsimd.Int32x4) {
	ab0, ab1 := pairs(a, b)
	cd0, cd1 := pairs(c, d)
	return ab0.SetElem(1, cd0.GetElem(0)).ReshapeToUint32s().BitsToInt32(),
		ab1.SetElem(1, cd1.GetElem(0)).ReshapeToUint32s().BitsToInt32(),
		cd0.SetElem(0, ab0.GetElem(1)).ReshapeToUint32s().BitsToInt32(),
		cd1.SetElem(0, ab1.GetElem(1)).ReshapeToUint32s().BitsToInt32()
}

// pairs puts the even ones of b behind those of a, and the odd ones.
func pairs(a, b archsimd.Int32x4) (even, odd archsimd.Uint64x2) {
	x, y := a.ToBits().ReshapeToUint64s(), b.ToBits().ReshapeToUint64s()
	low := archsimd.BroadcastUint64x2(1<<32 - 1)
	return x.And(low).Or(y.ShiftAllLeft(32)), x.ShiftAllRight(32).Or(y.AndNot(low))
}
