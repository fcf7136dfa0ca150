//go:build goexperiment.simd

package filters

import (
	"simd/archsimd"
	"unsafe"
)

func loadVec(p *vecWords) vec32 {
	return archsimd.LoadUint64x4Array((*[4]uint64)(p)).ReshapeToUint32s()
}

func storeVec(p *vecWords, v vec32) { v.ReshapeToUint64s().StoreArray((*[4]uint64)(p)) }

// lookup brings the bytes of each half of v into an order; -1 stands for a zero.
func lookup(v vec8, order *[32]int8) vec32 {
	return v.PermuteOrZeroGrouped(archsimd.LoadInt8x32Array(order)).ReshapeToUint32s()
}

// Orders of bytes in each half of a vector, see vector_amd64.go.
var (
	// firstPair and lastPair are a step of the pixels 0 and 1, and of 2 and 3.
	firstPair = [32]int8{
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
	}
	lastPair = [32]int8{
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
	}
	// lanePair has the channels of two lanes of 16 bits each side by side.
	lanePair = [32]int8{
		0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
		0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
	}
	// fourLanes are pixels, of whose bytes each channel has 0 2 1 3.
	fourLanes = [32]int8{
		0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15,
		0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15,
	}
)

// lanePixels loads block i of the rows k and k + 4.
func lanePixels(rows *[stepLanes]*rowBlock, k, i int) vec8 {
	var v vec8
	lo, hi := archsimd.LoadUint8x16Array((*[16]byte)(rows[k].plus(i))), archsimd.LoadUint8x16Array((*[16]byte)(rows[k+4].plus(i)))
	return v.SetLo(lo).SetHi(hi)
}

// storePairs writes column k of half a step, in four pairs of rows.
func storePairs(to *stepBlock, slots, k, half int, v, w vec32) {
	p := unsafe.Add(unsafe.Pointer(to), k*vecBytes+half*vecBytes/2)
	storeFour(p, v.ReshapeToUint64s(), w.ReshapeToUint64s())
	storeFour(unsafe.Add(p, slots*stepBytes), v.ReshapeToUint64s(), w.ReshapeToUint64s())
}

func storeFour(p unsafe.Pointer, v, w vec64) {
	v.GetLo().StoreArray((*[2]uint64)(p))
	w.GetLo().StoreArray((*[2]uint64)(unsafe.Add(p, stepBytes)))
	v.GetHi().StoreArray((*[2]uint64)(unsafe.Add(p, 2*stepBytes)))
	w.GetHi().StoreArray((*[2]uint64)(unsafe.Add(p, 3*stepBytes)))
}

// sumSteps writes the weighted sums of the steps from each start on, rounded and clamped
// to 0..255.
func sumSteps(out, steps []uint64, starts []int32, w stepWeights, p *secondPass) {
	if hasAVX512() {
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
	top := splat16(255)
	a := s0.ShiftAllRight(bits).SaturateToUint16ConcatGrouped(s1.ShiftAllRight(bits)).Min(top)
	b := s2.ShiftAllRight(bits).SaturateToUint16ConcatGrouped(s3.ShiftAllRight(bits)).Min(top)
	storeVec(&to[0], lookup(a.ReshapeToUint8s(), &lanePair))
	storeVec(&to[1], lookup(b.ReshapeToUint8s(), &lanePair))
}
