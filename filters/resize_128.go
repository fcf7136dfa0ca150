//go:build goexperiment.simd && (arm64 || wasm)

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// rowsAtOnce is how many source rows are resampled across at a time: a weight
// that has been loaded serves all of them.
const rowsAtOnce = 4

// A step is a source pixel of all these rows, each channel in 32 bits.
const (
	stepPixels  = 1
	stepWeights = 1
	stepSize    = 2 * rowsAtOnce // in uint64
)

// packSteps writes the weights of one pixel.
func packSteps(out, weights []int32, _ int) { copy(out, weights) }

// laneBlocks writes the pixels of a row to the steps, as they are. It reports
// whether they are opaque.
func laneBlocks(out []uint64, row []byte) bool {
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
		a, b, c, d := extendBytes(p)
		a.ReshapeToUint64s().Store(out[0:2])
		b.ReshapeToUint64s().Store(out[stepSize : stepSize+2])
		c.ReshapeToUint64s().Store(out[2*stepSize : 2*stepSize+2])
		d.ReshapeToUint64s().Store(out[3*stepSize : 3*stepSize+2])
		row = row[vecBytes:]
		if len(row) > 0 {
			out = out[4*stepSize:]
		}
	}
	return allSet(all, splat32(0xff000000))
}

// fourSteps are steps as the loads below see them.
type fourSteps [4][rowsAtOnce][2]uint64

// resampleRows computes len(out[0]) / 2 pixels of all rows from pixel x0 on.
// lanes begins with step left.
//
// The steps are walked by a pointer: a slice would take as many instructions as
// the sums themselves. The buffer has room for one more step at its end.
func resampleRows(out *[rowsAtOnce][]uint64, lanes []uint64, t *tapSteps, x0, left int) {
	half := splat32(1 << (weightBits - 1))
	n := len(out[0])
	for x := 0; x <= n-2; x += 2 {
		first, weights := t.of(x0 + x/2)
		d := (*fourSteps)(unsafe.Pointer(unsafe.SliceData(lanes[(first-left)*stepSize:][:(len(weights)+1)*stepSize])))
		sum0, sum1, sum2, sum3 := half, half, half, half
		for ; len(weights) >= 4; weights = weights[4:] {
			e, f, g, h := splat32(uint32(weights[0])), splat32(uint32(weights[1])), splat32(uint32(weights[2])), splat32(uint32(weights[3]))
			sum0 = sum0.Add(loadLanes(&d[0][0]).Mul(e)).Add(loadLanes(&d[1][0]).Mul(f)).Add(loadLanes(&d[2][0]).Mul(g)).Add(loadLanes(&d[3][0]).Mul(h))
			sum1 = sum1.Add(loadLanes(&d[0][1]).Mul(e)).Add(loadLanes(&d[1][1]).Mul(f)).Add(loadLanes(&d[2][1]).Mul(g)).Add(loadLanes(&d[3][1]).Mul(h))
			sum2 = sum2.Add(loadLanes(&d[0][2]).Mul(e)).Add(loadLanes(&d[1][2]).Mul(f)).Add(loadLanes(&d[2][2]).Mul(g)).Add(loadLanes(&d[3][2]).Mul(h))
			sum3 = sum3.Add(loadLanes(&d[0][3]).Mul(e)).Add(loadLanes(&d[1][3]).Mul(f)).Add(loadLanes(&d[2][3]).Mul(g)).Add(loadLanes(&d[3][3]).Mul(h))
			d = (*fourSteps)(unsafe.Add(unsafe.Pointer(d), unsafe.Sizeof(*d)))
		}
		for i, w := range weights {
			f := splat32(uint32(w))
			sum0 = sum0.Add(loadLanes(&d[i][0]).Mul(f))
			sum1 = sum1.Add(loadLanes(&d[i][1]).Mul(f))
			sum2 = sum2.Add(loadLanes(&d[i][2]).Mul(f))
			sum3 = sum3.Add(loadLanes(&d[i][3]).Mul(f))
		}
		clampWeighted(sum0).Store(out[0][x:][:2])
		clampWeighted(sum1).Store(out[1][x:][:2])
		clampWeighted(sum2).Store(out[2][x:][:2])
		clampWeighted(sum3).Store(out[3][x:][:2])
	}
}

func loadLanes(p *[2]uint64) vec32 { return archsimd.LoadUint64x2Array(p).ReshapeToUint32s() }

// joinIntBlocks is joinInts for whole vectors.
func joinIntBlocks(out []byte, in []uint64) bool {
	all := splat32(0xffffffff)
	for len(out) >= vecBytes && len(in) >= 8 {
		a := joinPixels(joinTwo(load64(in[0:2]), 24), joinTwo(load64(in[2:4]), 24)).ReshapeToUint64s()
		b := joinPixels(joinTwo(load64(in[4:6]), 24), joinTwo(load64(in[6:8]), 24)).ReshapeToUint64s()
		p := joinPixels(joinTwo(a, 16), joinTwo(b, 16))
		all = all.And(p)
		p.ReshapeToUint8s().Store(out[:vecBytes])
		out, in = out[vecBytes:], in[8:]
	}
	return allSet(all, splat32(0xff000000))
}

// joinTwo brings the upper half of each 64 bits to the lower, by shift bits.
func joinTwo(v vec64, shift uint64) vec32 { return v.Or(v.ShiftAllRight(shift)).ReshapeToUint32s() }
