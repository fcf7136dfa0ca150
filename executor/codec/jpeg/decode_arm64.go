//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// extendHi returns the upper eight.
func extendHi(x archsimd.Uint8x16) archsimd.Uint16x8 { return x.HiToLo().ExtendLo8ToUint16() }

// transpose4 makes rows of columns.
func transpose4(a, b, c, d archsimd.Int32x4) (_, _, _, _ archsimd.Int32x4) {
	ab0, ab2 := a.InterleaveLo(b).ToBits().ReshapeToUint64s(), a.InterleaveHi(b).ToBits().ReshapeToUint64s()
	cd0, cd2 := c.InterleaveLo(d).ToBits().ReshapeToUint64s(), c.InterleaveHi(d).ToBits().ReshapeToUint64s()
	return ab0.InterleaveLo(cd0).ReshapeToUint32s().BitsToInt32(),
		ab0.InterleaveHi(cd0).ReshapeToUint32s().BitsToInt32(),
		ab2.InterleaveLo(cd2).ReshapeToUint32s().BitsToInt32(),
		ab2.InterleaveHi(cd2).ReshapeToUint32s().BitsToInt32()
}
