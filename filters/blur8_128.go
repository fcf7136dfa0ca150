//go:build goexperiment.simd && (arm64 || wasm)

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// Here a row is bytes in the order of the pixels, in half of its room.

// widestByteRows returns the loops in vectors.
func widestByteRows() byteRows {
	return byteRows{plan: pairPlan, unpack: copyOpaque, across: acrossPairs, down: downPairs}
}

// bytePiece is a piece of a row as the loads see it.
type bytePiece [4][vecBytes]byte

// pieceOf returns the first piece of a row.
func pieceOf(row []uint64) *bytePiece { return (*bytePiece)(unsafe.Pointer(unsafe.SliceData(row))) }

// plus returns what lies n bytes on.
func (p *bytePiece) plus(n int) *bytePiece { return (*bytePiece)(unsafe.Add(unsafe.Pointer(p), n)) }

func (p *bytePiece) at(i int) vec16 { return archsimd.LoadUint8x16Array(&p[i]).ReshapeToUint16s() }

func (p *bytePiece) put(i int, v vec16) { v.ReshapeToUint8s().StoreArray(&p[i]) }

func copyOpaque(line []uint64, in []byte, _ bytePlan) bool {
	all := splat32(0xffffffff).ReshapeToUint16s()
	in = in[:4*len(line)]
	for i := 0; i < len(in); i += len(bytePiece{}) * vecBytes {
		p, q := (*bytePiece)(unsafe.Pointer(&in[i])), pieceOf(line).plus(i)
		a, b, c, d := p.at(0), p.at(1), p.at(2), p.at(3)
		all = all.And(a.And(b)).And(c.And(d))
		q.put(0, a)
		q.put(1, b)
		q.put(2, c)
		q.put(3, d)
	}
	return allSet(all.ReshapeToUint32s(), splat32(0xff000000))
}

// pairTap is a pair of rows and its weight, in each lane.
type pairTap struct {
	p, q   *bytePiece
	weight [2]uint64
}

// pairTaps are the summands of a plan as the loops see them, those of its first
// half first.
type pairTaps struct {
	taps     [maxByteSteps]pairTap
	first, n int
}

func (t *pairTaps) add(half int, p, q *bytePiece, weight uint32) {
	w := lanes32 * uint64(weight)
	t.taps[t.n] = pairTap{p, q, [2]uint64{w, w}}
	t.n++
	if half == 0 {
		t.first = t.n
	}
}

func acrossPairs(out, _, line []uint64, p bytePlan) {
	var t pairTaps
	row := pieceOf(line)
	for half, steps := range p.halves {
		for _, s := range steps {
			t.add(half, row.plus(4*(p.reach-s.at)), row.plus(4*(p.reach+s.at)), s.weight)
		}
	}
	t.sum(pieceOf(out), 0, 4*len(out))
}

func downPairs(out []byte, rows [][]uint64, p bytePlan) {
	var t pairTaps
	for half, steps := range p.halves {
		for _, s := range steps {
			t.add(half, pieceOf(rows[p.reach-s.at]), pieceOf(rows[p.reach+s.at]), s.weight)
		}
	}
	var last bytePiece
	const size = len(last) * vecBytes
	whole := len(out) / size * size
	t.sum((*bytePiece)(unsafe.Pointer(unsafe.SliceData(out))), 0, whole)
	t.sum(&last, whole, len(out))
	copy(out[whole:], (*[size]byte)(unsafe.Pointer(&last))[:])
}

// add adds the summand of two vectors to two sums of each: of the pixels' second
// and fourth channels, and of whole lanes, in which the channels run into each
// other. The former, shifted, taken off the latter leaves the first and third
// channels, as in sumQuads: two loads less for each vector.
func (t *pairTap) add(i int, o0, o1, w0, w1 vec16) (_, _, _, _ vec16) {
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

// joinHalves returns the pixels from the two sums of both halves of the weights.
func joinHalves(o, w, p, x vec16) vec16 {
	evens := w.Sub(o.ShiftAllLeft(8)).Average(x.Sub(p.ShiftAllLeft(8)))
	return joinUpper(evens, o.Average(p))
}
