//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package blur

import (
	"simd/archsimd"
	"unsafe"

	"carriles/filters/pixel"
	"carriles/filters/vector"
)

// sumQuadsVector is sumQuads with the sums in registers.
//
// The rows are walked by pointers: slices would take more instructions than
// the sums themselves.
func sumQuadsVector(out []uint64, a, b [][]uint64, weights []int32, _ []uint64) {
	var steps [maxTaps / 2]sumStep
	n := fillSteps(&steps, a, b, weights, len(out))
	half, halfBoth := vector.Splat32(1<<15), vector.Splat32(1<<15+1<<31)
	for i := 0; ; {
		odd0, odd1, odd2, odd3 := half, half, half, half
		whole0, whole1, whole2, whole3 := halfBoth, halfBoth, halfBoth, halfBoth
		for k := range steps[:n] {
			t := &steps[k]
			p, q, r, s := t.p, t.q, t.r, t.s
			f, g := vector.Splat32(t.weights&0xffff), vector.Splat32(t.weights>>16)
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
			t.p, t.q, t.r, t.s = t.p.plus(4*vector.Bytes), t.q.plus(4*vector.Bytes), t.r.plus(4*vector.Bytes), t.s.plus(4*vector.Bytes)
		}
	}
}

func addQuads(p, q *[2]uint64) vector.Uint32 {
	v := archsimd.LoadUint64x2Array(p).Add(archsimd.LoadUint64x2Array(q))
	return v.ReshapeToUint32s()
}

func storeSums(out []uint64, odd, whole vector.Uint32) {
	even := whole.Sub(odd.ShiftAllLeft(16)).ShiftAllRight(16)
	even.Or(odd.And(vector.Splat32(0xffff0000))).ReshapeToUint64s().Store(out)
}

// Here a row is bytes in the order of the pixels, in half of its room.

// widestByteRows returns the loops in vectors.
func widestByteRows() byteRows {
	return byteRows{plan: pairPlan, unpack: copyOpaque, across: acrossPairs, down: downPairs}
}

// bytePiece is a piece of a row as the loads see it.
type bytePiece [4][vector.Bytes]byte

// pieceOf returns the first piece of a row.
func pieceOf(row []uint64) *bytePiece { return (*bytePiece)(unsafe.Pointer(unsafe.SliceData(row))) }

// plus returns what lies n bytes on.
func (p *bytePiece) plus(n int) *bytePiece { return (*bytePiece)(unsafe.Add(unsafe.Pointer(p), n)) }

func (p *bytePiece) at(i int) vector.Uint16 {
	return archsimd.LoadUint8x16Array(&p[i]).ReshapeToUint16s()
}

func (p *bytePiece) put(i int, v vector.Uint16) { v.ReshapeToUint8s().StoreArray(&p[i]) }

func copyOpaque(line []uint64, temp, row []byte, x int, _ bytePlan) bool {
	all := vector.Splat32(0xffffffff).ReshapeToUint16s()
	in := temp[:4*len(line)]
	padRow(in, row, x)
	for i := 0; i < len(in); i += len(bytePiece{}) * vector.Bytes {
		p, q := (*bytePiece)(unsafe.Pointer(&in[i])), pieceOf(line).plus(i)
		a, b, c, d := p.at(0), p.at(1), p.at(2), p.at(3)
		all = all.And(a.And(b)).And(c.And(d))
		q.put(0, a)
		q.put(1, b)
		q.put(2, c)
		q.put(3, d)
	}
	return vector.AllSet(all.ReshapeToUint32s(), vector.Splat32(0xff000000))
}

// pairTap is a pair of rows and its weight, in each lane.
type pairTap struct {
	p, q   *bytePiece
	weight [2]uint64
}

// pairTaps are the summands of a plan as the loops see them, by level.
type pairTaps struct {
	levels [maxByteLevels]pairLevel
	n      int
	scale  uint16
}

type pairLevel struct {
	n    int
	taps [maxLevelSteps]pairTap
}

// weights returns those of a step for each lane of a vector.
func (s byteStep) weights() [2]uint64 {
	w := pixel.Lanes32 * uint64(s.weight)
	return [2]uint64{w, w}
}

// fill gives the taps their weights, and the rows or windows that row tells of
// a distance from the middle.
func (t *pairTaps) fill(p *bytePlan, row func(at int) *bytePiece) {
	t.n, t.scale = p.levels, p.scale
	for i := range p.levels {
		l := &t.levels[i]
		steps := p.level(i)
		l.n = len(steps)
		for k, s := range steps {
			l.taps[k] = pairTap{row(-s.at), row(s.at), s.weights()}
		}
	}
}

func acrossPairs(out, _, line []uint64, temp []byte, p bytePlan) {
	var t pairTaps
	row := pieceOf(line)
	t.fill(&p, func(at int) *bytePiece { return row.plus(4 * (p.reach + at)) })
	t.sum(pieceOf(out), temp, 0, 4*len(out))
}

func downPairs(out, temp []byte, rows [][]uint64, p bytePlan) {
	var t pairTaps
	t.fill(&p, func(at int) *bytePiece { return pieceOf(rows[p.reach+at]) })
	var last bytePiece
	const size = len(last) * vector.Bytes
	whole := len(out) / size * size
	t.sum((*bytePiece)(unsafe.Pointer(unsafe.SliceData(out))), temp, 0, whole)
	t.sum(&last, temp, whole, len(out))
	copy(out[whole:], (*[size]byte)(unsafe.Pointer(&last))[:])
}

// add adds the summand of two vectors to two sums of each: of the pixels' second
// and fourth channels, and of whole lanes, in which the channels run into each
// other. The former, shifted, taken off the latter leaves the first and third
// channels, as in sumQuads: two loads less for each vector.
func (t *pairTap) add(i int, o0, o1, w0, w1 vector.Uint16) (_, _, _, _ vector.Uint16) {
	w := archsimd.LoadUint64x2Array(&t.weight).ReshapeToUint16s()
	p, q := t.p.plus(i), t.q.plus(i)
	a, b := p.at(0), q.at(0)
	o0 = o0.Add(a.ShiftAllRight(8).Add(b.ShiftAllRight(8)).Mul(w))
	w0 = w0.Add(a.Add(b).Mul(w))
	a, b = p.at(1), q.at(1)
	o1 = o1.Add(a.ShiftAllRight(8).Add(b.ShiftAllRight(8)).Mul(w))
	w1 = w1.Add(a.Add(b).Mul(w))
	return o0, o1, w0, w1
}

// evens returns the sum of the first and third channels from those that add keeps.
func evens(o, w vector.Uint16) vector.Uint16 { return w.Sub(o.ShiftAllLeft(8)) }

// joinScaled returns the pixels from the means of all levels.
func joinScaled(evens, odds vector.Uint16, scale uint16) vector.Uint16 {
	round := vector.Splat16(64)
	e, o := scaledApart(evens, scale).Add(round), scaledApart(odds, scale).Add(round)
	v := e.ShiftAllRight(7).Or(o.ShiftAllLeft(1).And(vector.Splat16(0xff00)))
	return vector.Reorder(v.ReshapeToUint8s(), &bothHalves).ReshapeToUint16s()
}

// scaledApart returns the upper halves of the products, those of the first and
// of the second half of v in turns.
func scaledApart(v vector.Uint16, scale uint16) vector.Uint16 {
	s := vector.Splat16(scale)
	lo, hi := widenProducts(v, s)
	return lo.ShiftAllRight(16).Or(hi.And(vector.Splat32(0xffff0000))).ReshapeToUint16s()
}

// bothHalves is the order from turns to one half after the other.
var bothHalves = [vector.Bytes]int8{0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15}
