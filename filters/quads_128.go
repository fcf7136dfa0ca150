//go:build goexperiment.simd && (arm64 || wasm)

package filters

import (
	"simd/archsimd"
	"unsafe"
)

type vec64 = archsimd.Uint64x2

func load64(p []uint64) vec64 { return archsimd.LoadUint64x2(p) }
func splat64(x uint64) vec64  { return archsimd.BroadcastUint64x2(x) }

// sumVectors is a quarter of a block of quads as the loads below see it, and sumStep
// two pairs of rows with their weights.
type (
	sumVectors [4][2]uint64
	sumStep    struct {
		p, q, r, s *sumVectors
		f, g       uint32
	}
)

// maxTaps is no less than the largest number of pairs of rows in a sum.
const maxTaps = 16

// sumQuadsVector is sumQuads with the sums in registers.
//
// The rows are walked by pointers: slices would take more instructions than
// the sums themselves.
func sumQuadsVector(out []uint64, a, b [][]uint64, weights []int32, _ []uint64) {
	var steps [maxTaps / 2]sumStep
	n := 0
	for k := 0; k < len(weights); k += 2 {
		s := sumStep{
			p: rowVectors(a[k], len(out)), q: rowVectors(b[k], len(out)),
			f: uint32(weights[k]),
		}
		s.r, s.s = s.p, s.q // has no weight
		if k+1 < len(weights) {
			s.r, s.s = rowVectors(a[k+1], len(out)), rowVectors(b[k+1], len(out))
			s.g = uint32(weights[k+1])
		}
		steps[n] = s
		n++
	}
	half, halfBoth := splat32(1<<15), splat32(1<<15+1<<31)
	for i := 0; ; {
		odd0, odd1, odd2, odd3 := half, half, half, half
		whole0, whole1, whole2, whole3 := halfBoth, halfBoth, halfBoth, halfBoth
		for k := range steps[:n] {
			t := &steps[k]
			p, q, r, s := t.p, t.q, t.r, t.s
			f, g := splat32(t.f), splat32(t.g)
			v, w := addQuads(&p[0], &q[0]), addQuads(&r[0], &s[0])
			odd0 = odd0.Add(v.ShiftAllRight(16).Mul(f)).Add(w.ShiftAllRight(16).Mul(g))
			whole0 = whole0.Add(v.Mul(f)).Add(w.Mul(g))
			v, w = addQuads(&p[1], &q[1]), addQuads(&r[1], &s[1])
			odd1 = odd1.Add(v.ShiftAllRight(16).Mul(f)).Add(w.ShiftAllRight(16).Mul(g))
			whole1 = whole1.Add(v.Mul(f)).Add(w.Mul(g))
			v, w = addQuads(&p[2], &q[2]), addQuads(&r[2], &s[2])
			odd2 = odd2.Add(v.ShiftAllRight(16).Mul(f)).Add(w.ShiftAllRight(16).Mul(g))
			whole2 = whole2.Add(v.Mul(f)).Add(w.Mul(g))
			v, w = addQuads(&p[3], &q[3]), addQuads(&r[3], &s[3])
			odd3 = odd3.Add(v.ShiftAllRight(16).Mul(f)).Add(w.ShiftAllRight(16).Mul(g))
			whole3 = whole3.Add(v.Mul(f)).Add(w.Mul(g))
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
		for k := range steps[:n] {
			t := &steps[k]
			t.p, t.q, t.r, t.s = t.p.next(), t.q.next(), t.r.next(), t.s.next()
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
