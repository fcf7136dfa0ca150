//go:build goexperiment.simd && (arm64 || wasm)

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// rowsAtOnce is how many source rows are resampled across at a time: a weight
// that has been loaded serves all of them.
const rowsAtOnce = 4

// A step is a source pixel of all these rows, each in 32 bits as it is in
// memory. The jump after every few steps takes long in WebAssembly.
const (
	stepPixels  = 1
	stepWeights = 1
	stepSize    = rowsAtOnce / 2 // in uint64
	stepsAtOnce = 8
)

// ringWords is how many uint64 n pixels take between the two directions: a
// pixel is kept as it is in memory.
func ringWords(n int) int { return (n + 1) / 2 }

// packSteps writes the weights of one pixel. Those of the steps behind it are
// zero.
func packSteps(out, weights []int32, _ int) {
	clear(out[copy(out, weights):])
}

// laneRows writes the pixels of all rows to the steps, premultiplied.
func laneRows(out []uint64, rows *[rowsAtOnce][]byte) {
	a, b, c, d := rows[0], rows[1], rows[2], rows[3]
	n := len(a) / 4
	x := 0
	all := splat32(0xffffffff)
	for ; x <= n-vecPixels; x += vecPixels {
		p, q := load8(a[4*x:][:vecBytes]).ReshapeToUint32s(), load8(b[4*x:][:vecBytes]).ReshapeToUint32s()
		r, s := load8(c[4*x:][:vecBytes]).ReshapeToUint32s(), load8(d[4*x:][:vecBytes]).ReshapeToUint32s()
		all = all.And(p).And(q).And(r).And(s)
		pq0, pq2 := interleave(p, q)
		rs0, rs2 := interleave(r, s)
		o := out[stepSize*x:][:stepSize*vecPixels]
		o[0], o[1] = pq0.GetElem(0), rs0.GetElem(0)
		o[2], o[3] = pq0.GetElem(1), rs0.GetElem(1)
		o[4], o[5] = pq2.GetElem(0), rs2.GetElem(0)
		o[6], o[7] = pq2.GetElem(1), rs2.GetElem(1)
	}
	flat := allSet(all, splat32(0xff000000))
	for ; x < n; x++ {
		p, q, r, s := pixel(a[4*x:]), pixel(b[4*x:]), pixel(c[4*x:]), pixel(d[4*x:])
		flat = flat && p&q&r&s >= 0xff000000
		o := out[stepSize*x:][:stepSize]
		o[0], o[1] = uint64(p)|uint64(q)<<32, uint64(r)|uint64(s)<<32
	}
	if !flat {
		for i, two := range out[:stepSize*n] {
			out[i] = premultiply(two&0xffffffff) | premultiply(two>>32)<<32
		}
	}
}

// interleave returns p0 q0 p1 q1 and p2 q2 p3 q3.
func interleave(p, q vec32) (first, last vec64) {
	p0, p2 := extendPixels(p)
	q0, q2 := extendPixels(q)
	return p0.Or(q0.ShiftAllLeft(32)), p2.Or(q2.ShiftAllLeft(32))
}

// eightSteps are steps as the loads below see them, and eightWeights theirs.
type (
	eightSteps   [stepsAtOnce][stepSize]uint64
	eightWeights [stepsAtOnce]int32
)

// resampleRows computes n pixels of all rows from pixel x0 on. lanes begins with
// step left.
//
// The steps and their weights are walked by pointers: slices are checked, and the
// jumps around what the checks do take long in WebAssembly. Both buffers have
// room for as many more at their ends.
//
// Four channels are multiplied where they lie: the sums are of the pixels
// shifted by none, one, two and three channels, and what the higher channels
// added to a sum, the next sum, shifted, takes off. That is exact, as the sum
// of each channel by itself fits 32 bits.
func resampleRows(out *[rowsAtOnce][]uint64, n int, lanes []uint64, t *tapSteps, x0, left int) {
	for x := range n {
		first, weights := t.of(x0 + x)
		p := (*eightSteps)(unsafe.Pointer(unsafe.SliceData(lanes[(first-left)*stepSize:][:(len(weights)+stepsAtOnce)*stepSize])))
		w := (*eightWeights)(unsafe.Pointer(unsafe.SliceData(weights)))
		var s0, s1, s2, s3, f, v vec32
		s0 = splat32(0)
		s1, s2, s3 = s0, s0, s0
		for range len(weights) / stepsAtOnce {
			v, f = loadStep(&p[0]), splat32(uint32(w[0]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadStep(&p[1]), splat32(uint32(w[1]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadStep(&p[2]), splat32(uint32(w[2]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadStep(&p[3]), splat32(uint32(w[3]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadStep(&p[4]), splat32(uint32(w[4]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadStep(&p[5]), splat32(uint32(w[5]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadStep(&p[6]), splat32(uint32(w[6]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadStep(&p[7]), splat32(uint32(w[7]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			p = (*eightSteps)(unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p)))
			w = (*eightWeights)(unsafe.Add(unsafe.Pointer(w), unsafe.Sizeof(*w)))
		}
		v = joinSums(s0, s1, s2, s3)
		putPixelAt(out[0], x, v.GetElem(0))
		putPixelAt(out[1], x, v.GetElem(1))
		putPixelAt(out[2], x, v.GetElem(2))
		putPixelAt(out[3], x, v.GetElem(3))
	}
}

func loadStep(p *[stepSize]uint64) vec32 { return archsimd.LoadUint64x2Array(p).ReshapeToUint32s() }

// loadPixels loads four pixels of a row from word i on, which the row has.
func loadPixels(row []uint64, i int) vec32 {
	return loadStep((*[stepSize]uint64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(row)), 8*i)))
}

// putPixelAt writes pixel x of a row between the two directions, which has it.
func putPixelAt(row []uint64, x int, p uint32) {
	*(*uint32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(row)), 4*x)) = p
}

// joinSums returns the pixels whose weighted sums these are, see resampleRows.
func joinSums(s0, s1, s2, s3 vec32) vec32 {
	half := splat32(1 << (weightBits - 1))
	r := clampWeighted(s0.Sub(s1.ShiftAllLeft(8)).Add(half))
	g := clampWeighted(s1.Sub(s2.ShiftAllLeft(8)).Add(half))
	b := clampWeighted(s2.Sub(s3.ShiftAllLeft(8)).Add(half))
	a := clampWeighted(s3.Add(half))
	return r.Or(g.ShiftAllLeft(8)).Or(b.ShiftAllLeft(16)).Or(a.ShiftAllLeft(24))
}

// sumRows writes the weighted sums of the rows to a row of pixels, rounded and
// clamped to 0..255. It reports whether all are opaque.
func sumRows(row []byte, rows [][]uint64, weights []int32, _ []uint64) bool {
	all := splat32(0xffffffff)
	for i := 0; len(row) > 0; i += 2 {
		var s0, s1, s2, s3, f, v vec32
		s0 = splat32(0)
		s1, s2, s3 = s0, s0, s0
		k := 0
		for ; k <= len(rows)-4; k += 4 {
			r, w := (*[4][]uint64)(rows[k:]), (*[4]int32)(weights[k:])
			v, f = loadPixels(r[0], i), splat32(uint32(w[0]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadPixels(r[1], i), splat32(uint32(w[1]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadPixels(r[2], i), splat32(uint32(w[2]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
			v, f = loadPixels(r[3], i), splat32(uint32(w[3]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
		}
		for ; k < len(rows); k++ {
			v, f = loadPixels(rows[k], i), splat32(uint32(weights[k]))
			s0, s1, s2, s3 = s0.Add(v.Mul(f)), s1.Add(v.ShiftAllRight(8).Mul(f)), s2.Add(v.ShiftAllRight(16).Mul(f)), s3.Add(v.ShiftAllRight(24).Mul(f))
		}
		v = joinSums(s0, s1, s2, s3)
		if len(row) < vecBytes {
			var rest [vecBytes]byte
			v.ReshapeToUint8s().Store(rest[:])
			copy(row, rest[:])
			return allSet(all, splat32(0xff000000)) && opaquePixels(row)
		}
		all = all.And(v)
		v.ReshapeToUint8s().Store(row[:vecBytes])
		row = row[vecBytes:]
	}
	return allSet(all, splat32(0xff000000))
}

func opaquePixels(row []byte) bool {
	for i := 3; i < len(row); i += 4 {
		if row[i] != 255 {
			return false
		}
	}
	return true
}
