//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// addRowsVector is addRows with AVX2 for as many samples as there are whole
// vectors of. It returns how many.
func addRowsVector(sums []uint16, near, next []byte) int {
	n := len(sums) &^ 15
	near, next, sums = near[:n], next[:n], sums[:n]
	for len(near) >= 16 && len(next) >= 16 && len(sums) >= 16 {
		a := archsimd.LoadUint8x16Array((*[16]uint8)(near)).ExtendToUint16()
		b := archsimd.LoadUint8x16Array((*[16]uint8)(next)).ExtendToUint16()
		a.Add(a).Add(a.Add(b)).StoreArray((*[16]uint16)(sums))
		near, next, sums = near[16:], next[16:], sums[16:]
	}
	return n
}

// spreadRowVector is spreadRow with AVX2 for as many sums as there are whole
// vectors of. It returns how many.
func spreadRowVector(out []byte, sums []uint16, biases [2]uint16) int {
	n := (len(sums) - 2) &^ 15
	out, sums = out[:2*n], sums[:n+2]
	left, right := archsimd.BroadcastUint16x16(biases[0]), archsimd.BroadcastUint16x16(biases[1])
	for len(out) >= 32 && len(sums) >= 18 {
		middle := archsimd.LoadUint16x16Array((*[16]uint16)(sums[1:]))
		three := middle.Add(middle).Add(middle)
		l := three.Add(archsimd.LoadUint16x16Array((*[16]uint16)(sums)).Add(left)).ShiftAllRight(4)
		r := three.Add(archsimd.LoadUint16x16Array((*[16]uint16)(sums[2:])).Add(right)).ShiftAllRight(4)
		l.Or(r.ShiftAllLeft(8)).AsUint8x32().StoreArray((*[32]uint8)(out))
		out, sums = out[32:], sums[16:]
	}
	return n
}
