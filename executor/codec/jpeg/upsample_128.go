//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package jpeg

import "simd/archsimd"

// addRowsVector is addRows with vectors of eight for as many samples as there
// are sixteens of. It returns how many.
func addRowsVector(sums []uint16, near, next []byte) int {
	done := 0
	for ; len(sums) >= 16 && len(near) >= 16 && len(next) >= 16; done += 16 {
		a, b := loadSixteen(near), loadSixteen(next)
		x, y := a.ExtendLo8ToUint16(), extendHi(a)
		x.Add(x).Add(x.Add(b.ExtendLo8ToUint16())).StoreArray((*[8]uint16)(sums))
		y.Add(y).Add(y.Add(extendHi(b))).StoreArray((*[8]uint16)(sums[8:]))
		near, next, sums = near[16:], next[16:], sums[16:]
	}
	return done
}

// spreadRowVector is spreadRow with vectors of eight for as many sums as there
// are whole ones of. It returns how many.
func spreadRowVector(out []byte, sums []uint16, biases [2]uint16) int {
	done := 0
	left, right := archsimd.BroadcastUint16x8(biases[0]), archsimd.BroadcastUint16x8(biases[1])
	for ; len(out) >= 16 && len(sums) >= 10; done += 8 {
		middle := archsimd.LoadUint16x8Array((*[8]uint16)(sums[1:]))
		three := middle.Add(middle).Add(middle)
		l := three.Add(archsimd.LoadUint16x8Array((*[8]uint16)(sums)).Add(left)).ShiftAllRight(4)
		r := three.Add(archsimd.LoadUint16x8Array((*[8]uint16)(sums[2:])).Add(right)).ShiftAllRight(4)
		l.Or(r.ShiftAllLeft(8)).ReshapeToUint8s().StoreArray((*[16]uint8)(out))
		out, sums = out[16:], sums[8:]
	}
	return done
}
