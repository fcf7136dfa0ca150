//go:build goexperiment.simd

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// rowsAtOnce is how many source rows are resampled across at a time: a weight
// that has been loaded serves all of them.
const rowsAtOnce = 8

// A step is two source pixels of all these rows: the two values of each channel lie
// side by side in 16 bits, so that one instruction multiplies both with their
// weights and adds the products. Weights have 16 bits there, so each is taken
// apart in a high part and the lower weightSplit bits, both exact.
const (
	stepPixels  = 2
	stepWeights = 2
	stepSize    = 2 * rowsAtOnce // in uint64
	stepsAtOnce = 1
	weightSplit = 11
)

// laneChunk is how many columns of rowsAtOnce rows are brought to lanes before
// the next, so that the steps that all of these rows write to stay in the cache.
const laneChunk = 256

// ringWords is how many uint64 n pixels take between the two directions: each
// channel has 32 bits.
func ringWords(n int) int { return 2 * n }

// packSteps writes the weights of one pixel, of which skip are missing in the
// first step.
func packSteps(out, weights []int32, skip int) {
	clear(out)
	for i, w := range weights {
		at, shift := (i+skip)/2*2, (i+skip)%2*16
		out[at] |= w >> weightSplit & 0xffff << shift
		out[at+1] |= w & (1<<weightSplit - 1) << shift
	}
}

// laneRows writes the pixels of all rows to the steps, premultiplied.
func laneRows(out []uint64, rows *[rowsAtOnce][]byte) {
	var temp [4 * laneChunk]byte
	for x := 0; x < len(rows[0]); x += 4 * laneChunk {
		to := out[x/4/stepPixels*stepSize:]
		for i, row := range rows {
			laneRow(to[2*i:], row[x:min(x+4*laneChunk, len(row))], temp[:])
		}
	}
}

// laneRow writes the pixels of a row to its part of each step, premultiplied.
// Vectors take what is opaque; a row that is not is premultiplied first, in
// temp.
func laneRow(out []uint64, row, temp []byte) {
	if laneBlocks(out, row) {
		return
	}
	temp = temp[:len(row)]
	for i := 0; i < len(row); i += 4 {
		putPixel(temp[i:], uint32(premultiply(uint64(pixel(row[i:])))))
	}
	laneBlocks(out, temp)
}

// laneBlocks writes the pixels of a row to the steps, as they are. It reports
// whether they are opaque.
func laneBlocks(out []uint64, row []byte) bool {
	// In each half of a vector, the pixels 0 and 1 or 2 and 3.
	first := archsimd.LoadInt8x32Array(&[32]int8{
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
		0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1,
	})
	second := archsimd.LoadInt8x32Array(&[32]int8{
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
		8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1,
	})
	all := splat32(0xffffffff)
	var rest [vecBytes]byte
	for len(row) > 0 {
		if len(row) < vecBytes {
			for i := range rest {
				rest[i] = 255
			}
			copy(rest[:], row)
			row = rest[:]
		}
		p := load8(row)
		all = all.And(p.ReshapeToUint32s())
		a, b := p.PermuteOrZeroGrouped(first).ReshapeToUint64s(), p.PermuteOrZeroGrouped(second).ReshapeToUint64s()
		a.GetLo().Store(out[0:2])
		b.GetLo().Store(out[stepSize : stepSize+2])
		a.GetHi().Store(out[2*stepSize : 2*stepSize+2])
		b.GetHi().Store(out[3*stepSize : 3*stepSize+2])
		row = row[vecBytes:]
		if len(row) > 0 {
			out = out[4*stepSize:]
		}
	}
	return allSet(all, splat32(0xff000000))
}

// laneStep is a step as the loads below see it, two rows in each vector, and
// weightStep its weights.
type (
	laneStep   [rowsAtOnce / 2][4]uint64
	weightStep [stepWeights]int32
)

// resampleRows256 is resampleRows with AVX2.
//
// The steps are walked by pointers: slices would take as many instructions as
// the sums themselves. Both buffers have room for one more step at their end.
func resampleRows256(out *[rowsAtOnce][]uint64, n int, lanes []uint64, t *tapSteps, x0, left int) {
	half := archsimd.BroadcastInt32x8(1 << (weightBits - 1))
	for x := 0; x < 2*n; x += 2 {
		first, weights := t.of(x0 + x/2)
		count := len(weights) / stepWeights
		d := (*laneStep)(unsafe.Pointer(unsafe.SliceData(lanes[(first-left)*stepSize:][:(count+1)*stepSize])))
		f := (*weightStep)(unsafe.Pointer(unsafe.SliceData(weights)))
		low0, low1, low2, low3 := half, half, half, half
		zero := half.Sub(half)
		high0, high1, high2, high3 := zero, zero, zero, zero
		for range count {
			high, low := pairWeights(f[0]), pairWeights(f[1])
			v := loadPairs(&d[0])
			high0, low0 = high0.Add(v.DotProductPairs(high)), low0.Add(v.DotProductPairs(low))
			v = loadPairs(&d[1])
			high1, low1 = high1.Add(v.DotProductPairs(high)), low1.Add(v.DotProductPairs(low))
			v = loadPairs(&d[2])
			high2, low2 = high2.Add(v.DotProductPairs(high)), low2.Add(v.DotProductPairs(low))
			v = loadPairs(&d[3])
			high3, low3 = high3.Add(v.DotProductPairs(high)), low3.Add(v.DotProductPairs(low))
			d = (*laneStep)(unsafe.Add(unsafe.Pointer(d), unsafe.Sizeof(*d)))
			f = (*weightStep)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(*f)))
		}
		storeTwo(out[0][x:][:2], out[1][x:][:2], high0, low0)
		storeTwo(out[2][x:][:2], out[3][x:][:2], high1, low1)
		storeTwo(out[4][x:][:2], out[5][x:][:2], high2, low2)
		storeTwo(out[6][x:][:2], out[7][x:][:2], high3, low3)
	}
}

func loadPairs(p *[4]uint64) archsimd.Int16x16 {
	return archsimd.LoadUint64x4Array(p).ReshapeToUint16s().BitsToInt16()
}

func pairWeights(both int32) archsimd.Int16x16 {
	return archsimd.BroadcastInt32x8(both).ToBits().ReshapeToUint16s().BitsToInt16()
}

// storeTwo writes the pixels of two rows.
func storeTwo(first, second []uint64, high, low archsimd.Int32x8) {
	v := clampWeighted(high.ShiftAllLeft(weightSplit).Add(low).ToBits()).ReshapeToUint64s()
	v.GetLo().Store(first)
	v.GetHi().Store(second)
}

// sumRows writes the weighted sums of the rows to a row of pixels, rounded and
// clamped to 0..255. It reports whether all are opaque. sums is as long as a row.
func sumRows(row []byte, rows [][]uint64, weights []int32, sums []uint64) bool {
	sumInts(sums[:ringWords((len(row)/4+vecPixels-1)/vecPixels*vecPixels)], rows, weights)
	return joinInts(row, sums)
}

// sumInts writes the weighted sums of the rows.
func sumInts(out []uint64, rows [][]uint64, weights []int32) {
	half := splat32(1 << (weightBits - 1))
	for i := 0; i <= len(out)-4*vecQuads; i += 4 * vecQuads {
		a, b, c, d := half, half, half, half
		for k, row := range rows {
			f := splat32(uint32(weights[k]))
			p := row[i:][:4*vecQuads]
			a = a.Add(load64(p[:vecQuads]).ReshapeToUint32s().Mul(f))
			b = b.Add(load64(p[vecQuads:]).ReshapeToUint32s().Mul(f))
			c = c.Add(load64(p[2*vecQuads:]).ReshapeToUint32s().Mul(f))
			d = d.Add(load64(p[3*vecQuads:]).ReshapeToUint32s().Mul(f))
		}
		o := out[i:][:4*vecQuads]
		clampWeighted(a).ReshapeToUint64s().Store(o[:vecQuads])
		clampWeighted(b).ReshapeToUint64s().Store(o[vecQuads:])
		clampWeighted(c).ReshapeToUint64s().Store(o[2*vecQuads:])
		clampWeighted(d).ReshapeToUint64s().Store(o[3*vecQuads:])
	}
}

// joinInts writes the pixels of in, whose channels are at most 255, as bytes.
// It reports whether all are opaque.
func joinInts(out []byte, in []uint64) bool {
	n := len(out) / vecBytes * vecBytes
	all := joinIntBlocks(out[:n], in)
	for in = in[n/2:]; n < len(out); n += 4 {
		e, o := in[0], in[1]
		putPixel(out[n:], uint32(e)|uint32(e>>32)<<8|uint32(o)<<16|uint32(o>>32)<<24)
		all = all && o>>32 == 255
		in = in[2:]
	}
	return all
}

// joinIntBlocks is joinInts for whole vectors.
func joinIntBlocks(out []byte, in []uint64) bool {
	// The lower byte of each 16 bits, to the first or the last half.
	first := archsimd.LoadInt8x32Array(&[32]int8{
		0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1,
		0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1,
	})
	last := archsimd.LoadInt8x32Array(&[32]int8{
		-1, -1, -1, -1, -1, -1, -1, -1, 0, 2, 4, 6, 8, 10, 12, 14,
		-1, -1, -1, -1, -1, -1, -1, -1, 0, 2, 4, 6, 8, 10, 12, 14,
	})
	order := archsimd.LoadUint32x8Array(&[8]uint32{0, 4, 1, 5, 2, 6, 3, 7})
	all := splat32(0xffffffff)
	ints := func(p []uint64) archsimd.Int32x8 { return load64(p).ReshapeToUint32s().BitsToInt32() }
	for len(out) >= vecBytes && len(in) >= 16 {
		a := ints(in[:4]).SaturateToInt16ConcatGrouped(ints(in[4:8])).ToBits().ReshapeToUint8s()
		b := ints(in[8:12]).SaturateToInt16ConcatGrouped(ints(in[12:16])).ToBits().ReshapeToUint8s()
		p := a.PermuteOrZeroGrouped(first).Or(b.PermuteOrZeroGrouped(last)).ReshapeToUint32s().Permute(order)
		all = all.And(p)
		p.ReshapeToUint8s().Store(out[:vecBytes])
		out, in = out[vecBytes:], in[16:]
	}
	return allSet(all, splat32(0xff000000))
}
