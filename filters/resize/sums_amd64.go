//go:build goexperiment.simd && !scalar

package resize

import (
	"simd/archsimd"
	"unsafe"

	"carriles/filters/vector"
)

func loadVec(p *vecWords) vector.Uint32 {
	return archsimd.LoadUint64x4Array((*[4]uint64)(p)).ReshapeToUint32s()
}

func storeVec(p *vecWords, v vector.Uint32) { v.ReshapeToUint64s().StoreArray((*[4]uint64)(p)) }

// Orders of bytes in each half of a vector, see package vector.
var (
	// firstPair and lastPair are a step of the pixels 0 and 1, and of 2 and 3.
	firstPair = [vector.Bytes]int8{
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
	}
	lastPair = [vector.Bytes]int8{
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
	}
	// lanePair has the channels of two lanes of 16 bits each side by side.
	lanePair = [vector.Bytes]int8{
		0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
		0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
	}
	// fourLanes are pixels, of whose bytes each channel has 0 2 1 3.
	fourLanes = [vector.Bytes]int8{
		0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15,
		0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15,
	}
)

// lanePixels loads block i of the rows k and k + 4.
func lanePixels(rows *[stepLanes]*rowBlock, k, i int) vector.Uint8 {
	var v vector.Uint8
	lo, hi := archsimd.LoadUint8x16Array((*[16]byte)(rows[k].plus(i))), archsimd.LoadUint8x16Array((*[16]byte)(rows[k+4].plus(i)))
	return v.SetLo(lo).SetHi(hi)
}

// storePairs writes column k of half a step, in four pairs of rows.
func storePairs(to *stepBlock, slots, k, half int, v, w vector.Uint32) {
	p := unsafe.Add(unsafe.Pointer(to), k*vector.Bytes+half*vector.Bytes/2)
	storeFour(p, v.ReshapeToUint64s(), w.ReshapeToUint64s())
	storeFour(unsafe.Add(p, slots*stepBytes), v.ReshapeToUint64s(), w.ReshapeToUint64s())
}

func storeFour(p unsafe.Pointer, v, w vector.Uint64) {
	v.GetLo().StoreArray((*[2]uint64)(p))
	w.GetLo().StoreArray((*[2]uint64)(unsafe.Add(p, stepBytes)))
	v.GetHi().StoreArray((*[2]uint64)(unsafe.Add(p, 2*stepBytes)))
	w.GetHi().StoreArray((*[2]uint64)(unsafe.Add(p, 3*stepBytes)))
}

// sumSteps writes the weighted sums of the steps from each start on, rounded and clamped
// to 0..255.
func sumSteps(out, steps []uint64, starts []int32, w stepWeights, p *secondPass) {
	if archsimd.X86.AVX512() {
		sumSteps512(out, steps, starts, w)
	} else {
		sumSteps256(out, steps, starts, w, p)
	}
}

// sumSteps256 is sumSteps with AVX2. The steps are walked by pointers: slices would
// take as many instructions as the sums themselves.
func sumSteps256(out, steps []uint64, starts []int32, w stepWeights, p *secondPass) {
	to, kept := pairsAt(out[:(len(starts)+1)*pairWords], 0), stepAt(p.kept[:(len(starts)+1)*stepWords], 0)
	doubts := 0
	for i, start := range starts {
		d := stepAt(steps[:(int(start)+w.count+1)*stepWords], int(start))
		of := w.of(i)
		least, span := archsimd.BroadcastInt32x8(of[0]), archsimd.BroadcastInt32x8(of[1])
		s0, s1, s2, s3 := sumParts(d, of[weightsHead:], w.count, least, least, least, least)
		storeInts(&kept[0], s0)
		storeInts(&kept[1], s1)
		storeInts(&kept[2], s2)
		storeInts(&kept[3], s3)
		p.doubtful[doubts] = int32(i)
		bits := uint64(weightBits - of[2])
		differs := s0.Xor(s0.Add(span)).Or(s1.Xor(s1.Add(span))).Or(s2.Xor(s2.Add(span))).Or(s3.Xor(s3.Add(span)))
		more := 0 // and no jump, of which nobody can tell where it leads
		if !differs.ShiftAllRight(bits).IsZero() {
			more = 1
		}
		doubts, kept = doubts+more, kept.plus(more)
		storeResults(to, s0, s1, s2, s3, bits)
		to = to.plus(1)
	}
	kept = stepAt(p.kept, 0)
	half := archsimd.BroadcastInt32x8(1 << (weightBits - 1))
	for _, i := range p.doubtful[:doubts] {
		of := w.of(int(i))
		least, shift := archsimd.BroadcastInt32x8(of[0]), uint64(of[2])
		s0, s1 := loadInts(&kept[0]).Sub(least).ShiftAllLeft(shift).Add(half), loadInts(&kept[1]).Sub(least).ShiftAllLeft(shift).Add(half)
		s2, s3 := loadInts(&kept[2]).Sub(least).ShiftAllLeft(shift).Add(half), loadInts(&kept[3]).Sub(least).ShiftAllLeft(shift).Add(half)
		s0, s1, s2, s3 = sumParts(stepAt(steps, int(starts[i])), of[weightsHead+w.count:], w.count, s0, s1, s2, s3)
		storeResults(pairsAt(out, int(i)), s0, s1, s2, s3, weightBits)
		kept = kept.plus(1)
	}
}

// sumParts adds count steps, times parts of their weights, to sums.
func sumParts(d *stepBlock, weights []int32, count int, s0, s1, s2, s3 archsimd.Int32x8) (_, _, _, _ archsimd.Int32x8) {
	f := unsafe.Pointer(unsafe.SliceData(weights))
	for range count {
		w := pairWeights(f)
		s0 = s0.Add(loadPairs(&d[0]).DotProductPairs(w))
		s1 = s1.Add(loadPairs(&d[1]).DotProductPairs(w))
		s2 = s2.Add(loadPairs(&d[2]).DotProductPairs(w))
		s3 = s3.Add(loadPairs(&d[3]).DotProductPairs(w))
		d, f = d.plus(1), unsafe.Add(f, 4)
	}
	return s0, s1, s2, s3
}

func loadInts(p *vecWords) archsimd.Int32x8     { return loadVec(p).BitsToInt32() }
func storeInts(p *vecWords, v archsimd.Int32x8) { storeVec(p, v.ToBits()) }

func loadPairs(p *vecWords) archsimd.Int16x16 {
	return loadVec(p).ReshapeToUint16s().BitsToInt16()
}

// pairWeights loads the weights of a step.
func pairWeights(p unsafe.Pointer) archsimd.Int16x16 {
	return archsimd.BroadcastInt32x8(*(*int32)(p)).ToBits().ReshapeToUint16s().BitsToInt16()
}

// storeResults writes results: sums without their fractional bits, clamped to 0..255.
func storeResults(to *pairBlock, s0, s1, s2, s3 archsimd.Int32x8, bits uint64) {
	top := vector.Splat16(255)
	a := s0.ShiftAllRight(bits).SaturateToUint16ConcatGrouped(s1.ShiftAllRight(bits)).Min(top)
	b := s2.ShiftAllRight(bits).SaturateToUint16ConcatGrouped(s3.ShiftAllRight(bits)).Min(top)
	storeVec(&to[0], lookup(a.ReshapeToUint8s(), &lanePair))
	storeVec(&to[1], lookup(b.ReshapeToUint8s(), &lanePair))
}

// wideBlock is a stepBlock in vectors of 512 bits.
type wideBlock [stepBytes / 64][8]uint64

// sumSteps512 is sumSteps256 with AVX-512. The low parts cost it less than to see
// whether they matter: 3840x2160 pixels become 800x600 in 8.5 ms, and otherwise in 9.4
// (Zen 5).
func sumSteps512(out, steps []uint64, starts []int32, w stepWeights) {
	half := archsimd.BroadcastInt32x16(1 << (weightBits - 1))
	to := pairsAt(out[:(len(starts)+1)*pairWords], 0)
	for i, start := range starts {
		d := stepAt(steps[:(int(start)+w.count+1)*stepWords], int(start))
		of := w.of(i)
		f := unsafe.Pointer(unsafe.SliceData(of[weightsHead:]))
		low0, low1 := half, half
		zero := half.Sub(half)
		high0, high1 := zero, zero
		for range w.count {
			high, low := wideWeights(f), wideWeights(unsafe.Add(f, 4*w.count))
			v := loadWide(&d.wide()[0])
			high0, low0 = high0.Add(v.DotProductPairs(high)), low0.Add(v.DotProductPairs(low))
			v = loadWide(&d.wide()[1])
			high1, low1 = high1.Add(v.DotProductPairs(high)), low1.Add(v.DotProductPairs(low))
			d, f = d.plus(1), unsafe.Add(f, 4)
		}
		shift := uint64(of[2])
		s, t := high0.ShiftAllLeft(shift).Add(low0), high1.ShiftAllLeft(shift).Add(low1)
		storeResults(to, s.GetLo(), s.GetHi(), t.GetLo(), t.GetHi(), weightBits)
		to = to.plus(1)
	}
}

func (b *stepBlock) wide() *wideBlock { return (*wideBlock)(unsafe.Pointer(b)) }

func loadWide(p *[8]uint64) archsimd.Int16x32 {
	return archsimd.LoadUint64x8Array(p).ReshapeToUint16s().BitsToInt16()
}

// wideWeights loads the weights of a step.
func wideWeights(p unsafe.Pointer) archsimd.Int16x32 {
	return archsimd.BroadcastInt32x16(*(*int32)(p)).ToBits().ReshapeToUint16s().BitsToInt16()
}
