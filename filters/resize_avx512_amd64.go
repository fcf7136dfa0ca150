//go:build goexperiment.simd

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// resampleRows computes n pixels of all rows from pixel x0 on, in
// the widest vectors of this processor. lanes begins with step left.
func resampleRows(out *[rowsAtOnce][]uint64, n int, lanes []uint64, t *tapSteps, x0, left int) {
	if archsimd.X86.AVX512() {
		resampleRows512(out, n, lanes, t, x0, left)
	} else {
		resampleRows256(out, n, lanes, t, x0, left)
	}
}

// wideStep is a step in vectors of 512 bits, four rows in each.
type wideStep [rowsAtOnce / 4][8]uint64

// resampleRows512 is resampleRows256 with AVX-512. It pays: 3840x2160 pixels
// become 800x600 in 12.7 ms instead of 16.9 (Zen 5).
func resampleRows512(out *[rowsAtOnce][]uint64, n int, lanes []uint64, t *tapSteps, x0, left int) {
	half := archsimd.BroadcastInt32x16(1 << (weightBits - 1))
	for x := 0; x < 2*n; x += 2 {
		first, weights := t.of(x0 + x/2)
		count := len(weights) / stepWeights
		d := (*wideStep)(unsafe.Pointer(unsafe.SliceData(lanes[(first-left)*stepSize:][:(count+1)*stepSize])))
		f := (*weightStep)(unsafe.Pointer(unsafe.SliceData(weights)))
		low0, low1 := half, half
		zero := half.Sub(half)
		high0, high1 := zero, zero
		for range count {
			high, low := wideWeights(f[0]), wideWeights(f[1])
			v := archsimd.LoadUint64x8Array(&d[0]).ReshapeToUint16s().BitsToInt16()
			high0, low0 = high0.Add(v.DotProductPairs(high)), low0.Add(v.DotProductPairs(low))
			v = archsimd.LoadUint64x8Array(&d[1]).ReshapeToUint16s().BitsToInt16()
			high1, low1 = high1.Add(v.DotProductPairs(high)), low1.Add(v.DotProductPairs(low))
			d = (*wideStep)(unsafe.Add(unsafe.Pointer(d), unsafe.Sizeof(*d)))
			f = (*weightStep)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(*f)))
		}
		storeTwo(out[0][x:][:2], out[1][x:][:2], high0.GetLo(), low0.GetLo())
		storeTwo(out[2][x:][:2], out[3][x:][:2], high0.GetHi(), low0.GetHi())
		storeTwo(out[4][x:][:2], out[5][x:][:2], high1.GetLo(), low1.GetLo())
		storeTwo(out[6][x:][:2], out[7][x:][:2], high1.GetHi(), low1.GetHi())
	}
}

func wideWeights(both int32) archsimd.Int16x32 {
	return archsimd.BroadcastInt32x16(both).ToBits().ReshapeToUint16s().BitsToInt16()
}
