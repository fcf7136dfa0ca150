//go:build goexperiment.simd && (arm64 || wasm)

package filters

import (
	"simd/archsimd"
	"unsafe"
)

type vec64 = archsimd.Uint64x2

func load64(p []uint64) vec64 { return archsimd.LoadUint64x2(p) }
func splat64(x uint64) vec64  { return archsimd.BroadcastUint64x2(x) }

// sumVectors is half a block of quads as the loads below see it, and sumStep a
// pair of rows with its weight.
type (
	sumVectors [4][2]uint64
	sumStep    struct {
		p, q   *sumVectors
		weight uint32
	}
)

// maxTaps is no less than the largest number of pairs of rows in a sum.
const maxTaps = 16

// sumQuadsVector is sumQuads with the sums in registers.
//
// The rows are walked by pointers: slices would take more instructions than
// the sums themselves.
func sumQuadsVector(out []uint64, a, b [][]uint64, weights []int32, _ []uint64) {
	var steps [maxTaps]sumStep
	for k, w := range weights {
		steps[k] = sumStep{rowVectors(a[k], len(out)), rowVectors(b[k], len(out)), uint32(w)}
	}
	half, halfBoth := splat32(1<<15), splat32(1<<15+1<<31)
	for i := 0; ; {
		odd0, odd1, odd2, odd3 := half, half, half, half
		whole0, whole1, whole2, whole3 := halfBoth, halfBoth, halfBoth, halfBoth
		for k := range steps[:len(weights)] {
			t := &steps[k]
			p, q, f := t.p, t.q, splat32(t.weight)
			v := addQuads(&p[0], &q[0])
			odd0 = odd0.Add(v.ShiftAllRight(16).Mul(f))
			whole0 = whole0.Add(v.Mul(f))
			v = addQuads(&p[1], &q[1])
			odd1 = odd1.Add(v.ShiftAllRight(16).Mul(f))
			whole1 = whole1.Add(v.Mul(f))
			v = addQuads(&p[2], &q[2])
			odd2 = odd2.Add(v.ShiftAllRight(16).Mul(f))
			whole2 = whole2.Add(v.Mul(f))
			v = addQuads(&p[3], &q[3])
			odd3 = odd3.Add(v.ShiftAllRight(16).Mul(f))
			whole3 = whole3.Add(v.Mul(f))
		}
		o := out[i:][:8]
		storeSums(o[0:2], odd0, whole0)
		storeSums(o[2:4], odd1, whole1)
		storeSums(o[4:6], odd2, whole2)
		storeSums(o[6:8], odd3, whole3)
		i += 8
		if i > len(out)-8 {
			return
		}
		for k := range steps[:len(weights)] {
			t := &steps[k]
			t.p, t.q = t.p.next(), t.q.next()
		}
	}
}

func (p *sumVectors) next() *sumVectors {
	return (*sumVectors)(unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p)))
}

// rowVectors returns the first vectors of a row of at least n quads.
func rowVectors(row []uint64, n int) *sumVectors {
	return (*sumVectors)(unsafe.Pointer(unsafe.SliceData(row[:n])))
}

func addQuads(p, q *[2]uint64) vec32 {
	v := archsimd.LoadUint64x2Array(p).Add(archsimd.LoadUint64x2Array(q))
	return v.ReshapeToUint32s()
}

func storeSums(out []uint64, odd, whole vec32) {
	even := whole.Sub(odd.ShiftAllLeft(16)).ShiftAllRight(16)
	even.Or(odd.And(splat32(0xffff0000))).ReshapeToUint64s().Store(out)
}
