//go:build goexperiment.simd && !scalar

package blur

import (
	"simd/archsimd"

	"carriles/filters/vector"
)

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vector.Uint32) (lo, hi vector.Uint64) {
	return p.ExtendLo2ToUint64(), p.HiToLo().ExtendLo2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi.
func joinPixels(lo, hi vector.Uint32) vector.Uint32 { return lo.ConcatEven(hi) }

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

func (p *bytePiece) at(i int) vector.Uint16 {
	return archsimd.LoadUint8x16Array(&p[i]).ReshapeToUint16s()
}

func (p *bytePiece) put(i int, v vector.Uint16) { v.ReshapeToUint8s().StoreArray(&p[i]) }

// How the pixels of a vector are packed, and how they are unpacked.
var (
	packBytes  = [vector.Bytes]int8{0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1}
	splitBytes = [vector.Bytes]int8{0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1}
)

// packPieces writes the samples of n pieces of an image, and rubbish after them. It
// reports whether they were opaque.
func packPieces(out, in *bytePiece, n int) bool {
	all := vector.Splat32(0xffffffff)
	for i := range n * len(bytePiece{}) {
		v := in.plus(i * vector.Bytes).at(0)
		all = all.And(v.ReshapeToUint32s())
		out.plus(i*packedVector).put(0, vector.Reorder(v.ReshapeToUint8s(), &packBytes).ReshapeToUint16s())
	}
	return vector.AllSet(all, vector.Splat32(0xff000000))
}

// splitPieces writes n pieces of an image.
func splitPieces(out, in *bytePiece, n int) {
	alpha := vector.Splat32(0xff000000).ReshapeToUint8s()
	for i := range n * len(bytePiece{}) {
		v := vector.Reorder(in.plus(i*packedVector).at(0).ReshapeToUint8s(), &splitBytes)
		out.plus(i*vector.Bytes).put(0, v.Or(alpha).ReshapeToUint16s())
	}
}

// sum writes the sums of n bytes, a multiple of two vectors, see pairTap.add.
func (t *pairTaps) sum(out *bytePiece, n int) {
	for i := 0; i < n; i += 2 * vector.Bytes {
		var e0, e1, o0, o1 vector.Uint16
		for level := range t.levels[:t.n] {
			l := &t.levels[level]
			p0, p1, w0, w1 := l.taps[0].begin(i)
			for k := range l.taps[1:l.n] {
				p0, p1, w0, w1 = l.taps[1+k].add(i, p0, p1, w0, w1)
			}
			if level == 0 {
				e0, e1, o0, o1 = evens(p0, w0), evens(p1, w1), p0, p1
			} else {
				e0, e1 = e0.Average(evens(p0, w0)), e1.Average(evens(p1, w1))
				o0, o1 = o0.Average(p0), o1.Average(p1)
			}
		}
		q := out.plus(i)
		q.put(0, joinScaled(e0, o0, t.scale))
		q.put(1, joinScaled(e1, o1, t.scale))
	}
}

// begin returns the two sums of each of two vectors with only this summand, see add.
func (t *pairTap) begin(i int) (o0, o1, w0, w1 vector.Uint16) {
	w := archsimd.LoadUint64x2Array(&t.weight).ReshapeToUint16s()
	p := t.p.plus(i)
	a, b := p.at(0), p.at(1)
	o0, w0, o1, w1 = a.ShiftAllRight(8), a, b.ShiftAllRight(8), b
	if t.q != nil {
		p = t.q.plus(i)
		a, b = p.at(0), p.at(1)
		o0, w0, o1, w1 = o0.Add(a.ShiftAllRight(8)), w0.Add(a), o1.Add(b.ShiftAllRight(8)), w1.Add(b)
	}
	return o0.Mul(w), o1.Mul(w), w0.Mul(w), w1.Mul(w)
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
	lo, hi := v.MulWidenLo(s), v.HiToLo().MulWidenLo(s)
	return lo.ShiftAllRight(16).Or(hi.And(vector.Splat32(0xffff0000))).ReshapeToUint16s()
}

// bothHalves is the order from turns to one half after the other.
var bothHalves = [vector.Bytes]int8{0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15}
