//go:build goexperiment.simd

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// wideBlock is a stepBlock in vectors of 512 bits.
type wideBlock [stepBytes / 64][8]uint64

// sumSteps512 is sumSteps256 with AVX-512.
func sumSteps512(out, steps []uint64, starts, weights []int32, stride, count int) {
	half := archsimd.BroadcastInt32x16(1 << (weightBits - 1))
	zero := half.Sub(half)
	to := stepAt(out[:len(starts)*stepWords], 0)
	for i, start := range starts {
		d := stepAt(steps[:(int(start)+count)*stepWords], int(start))
		f := (*stepWeights)(unsafe.Pointer(unsafe.SliceData(weights[i*stride:][:2*count])))
		low0, low1, high0, high1 := half, half, zero, zero
		for range count {
			high, low := wideWeights(f[0]), wideWeights(f[1])
			v := loadWide(&d.wide()[0])
			high0, low0 = high0.Add(v.DotProductPairs(high)), low0.Add(v.DotProductPairs(low))
			v = loadWide(&d.wide()[1])
			high1, low1 = high1.Add(v.DotProductPairs(high)), low1.Add(v.DotProductPairs(low))
			d = d.plus(1)
			f = (*stepWeights)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(*f)))
		}
		storeWeighted(&to.wide()[0], high0.ShiftAllLeft(weightSplit).Add(low0))
		storeWeighted(&to.wide()[1], high1.ShiftAllLeft(weightSplit).Add(low1))
		to = to.plus(1)
	}
}

func (b *stepBlock) wide() *wideBlock { return (*wideBlock)(unsafe.Pointer(b)) }

func loadWide(p *[8]uint64) archsimd.Int16x32 {
	return archsimd.LoadUint64x8Array(p).ReshapeToUint16s().BitsToInt16()
}

func wideWeights(both int32) archsimd.Int16x32 {
	return archsimd.BroadcastInt32x16(both).ToBits().ReshapeToUint16s().BitsToInt16()
}

// storeWeighted is clampWeighted, and stores.
func storeWeighted(p *[8]uint64, v archsimd.Int32x16) {
	v = v.ShiftAllRight(weightBits)
	v = v.Max(v.Sub(v)).Min(archsimd.BroadcastInt32x16(255))
	v.ToBits().ReshapeToUint64s().StoreArray(p)
}
