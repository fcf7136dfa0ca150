//go:build goexperiment.simd && !scalar

package blur

import (
	"simd/archsimd"
	"unsafe"

	"carriles/filters/pixel"
	"carriles/filters/vector"
)

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vector.Uint32) (lo, hi vector.Uint64) {
	return p.ExtendLo2ToUint64(), p.ExtendHi2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi. There is
// no instruction for it here; each vector is brought to its half of the result.
// The orders are made in registers: stored as an array, they would be waited
// for each time that they are loaded.
func joinPixels(lo, hi vector.Uint32) vector.Uint32 {
	const lows = 0x0b0a090803020100
	none := archsimd.BroadcastInt64x2(-1)
	first := none.SetElem(0, lows).ToBits().ReshapeToUint8s().BitsToInt8()
	last := none.SetElem(1, lows).ToBits().ReshapeToUint8s().BitsToInt8()
	a := lo.ReshapeToUint8s().BitsToInt8().LookupOrZero(first)
	b := hi.ReshapeToUint8s().BitsToInt8().LookupOrZero(last)
	return a.Or(b).ToBits().ReshapeToUint32s()
}

// widenProducts returns those of either half.
func widenProducts(v, w vector.Uint16) (lo, hi vector.Uint32) {
	return v.MulWidenLo(w), v.MulWidenHi(w)
}

// widestSum returns the sum that is fastest for the number of rows.
func widestSum() func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	return func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
		if len(weights) > 4 && len(weights) <= 8 {
			sumEight(out, a, b, weights)
		} else {
			sumQuadsVector(out, a, b, weights, temp)
		}
	}
}

// rowPair is a pair of rows and its weight, in each lane.
type rowPair struct {
	p, q   *quadVectors
	weight [2]uint64
}

// sumEight is sumQuadsVector for up to eight pairs of rows, without a loop over
// them: of 3840x2160 pixels the blur takes 58 ms instead of 98 at sigma 2 (Node
// 20). Go's jumps take long in WebAssembly: each leads through one dispatch of
// the whole function, where V8 merges all variables.
func sumEight(out []uint64, a, b [][]uint64, weights []int32) {
	var pairs [8]rowPair
	for k := range pairs {
		from, weight := k, uint64(0)
		if k < len(weights) {
			weight = pixel.Lanes32 * uint64(weights[k])
		} else {
			from = 0 // has no weight
		}
		pairs[k] = rowPair{quadsAt(a[from], len(out)), quadsAt(b[from], len(out)), [2]uint64{weight, weight}}
	}
	half, halfBoth := vector.Splat32(1<<15), vector.Splat32(1<<15+1<<31)
	to := quadsAt(out, len(out))
	for i := 0; i < 8*len(out); i += int(unsafe.Sizeof(*to)) {
		r := to.plus(i)
		odd0, odd1, odd2, odd3 := half, half, half, half
		whole0, whole1, whole2, whole3 := halfBoth, halfBoth, halfBoth, halfBoth
		odd0, odd1, whole0, whole1 = pairs[0].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[0].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[1].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[1].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[2].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[2].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[3].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[3].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[4].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[4].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[5].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[5].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[6].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[6].add(i, 2, odd2, odd3, whole2, whole3)
		settleSums(r, whole0.Or(odd0), whole1.Or(odd1), whole2.Or(odd2), whole3.Or(odd3))
		odd0, odd1, whole0, whole1 = pairs[7].add(i, 0, odd0, odd1, whole0, whole1)
		odd2, odd3, whole2, whole3 = pairs[7].add(i, 2, odd2, odd3, whole2, whole3)
		storeSums(r[0][:], odd0, whole0)
		storeSums(r[1][:], odd1, whole1)
		storeSums(r[2][:], odd2, whole2)
		storeSums(r[3][:], odd3, whole3)
	}
}

// add adds to the sums of vector j and of the next one, i bytes on.
func (t *rowPair) add(i, j int, odd0, odd1, whole0, whole1 vector.Uint32) (_, _, _, _ vector.Uint32) {
	p, q, f := t.p.plus(i), t.q.plus(i), archsimd.LoadUint64x2Array(&t.weight).ReshapeToUint32s()
	v, w := addQuads(&p[j], &q[j]), addQuads(&p[j+1], &q[j+1])
	return odd0.Add(v.ShiftAllRight(16).Mul(f)), odd1.Add(w.ShiftAllRight(16).Mul(f)), whole0.Add(v.Mul(f)), whole1.Add(w.Mul(f))
}

// settleSums writes what nobody reads. Loads and stores keep their order, so it
// makes V8 compute the sums so far before it loads more rows; it would load
// all of them first, and run out of registers (92 ms).
func settleSums(out *quadVectors, a, b, c, d vector.Uint32) {
	a.ReshapeToUint64s().StoreArray(&out[0])
	b.ReshapeToUint64s().StoreArray(&out[1])
	c.ReshapeToUint64s().StoreArray(&out[2])
	d.ReshapeToUint64s().StoreArray(&out[3])
}

// sum writes the sums of the bytes between the two numbers, see pairTap.add. It
// has no loop over the taps: of 3840x2160 pixels one direction takes 14 ms
// instead of 22 at sigma 2 (Node 20), see sumEight. What has more taps than are
// summed at once is summed level after level, with the means in temp.
func (t *pairTaps) sum(out *bytePiece, temp []byte, from, to int) {
	if from == to {
		return
	}
	first, second := &t.levels[0], &t.levels[1]
	switch {
	case t.n == 1:
		first.sumSix(t.scale, out, from, to)
		return
	case t.n == 2 && first.n <= 5 && second.n <= 3:
		t.sumEight(out, from, to)
		return
	}
	_ = temp[2*(to-from)-1]
	means := (*bytePiece)(unsafe.Pointer(unsafe.SliceData(temp)))
	if first.n <= 6 {
		first.startSix(means, from, to)
	} else {
		first.startEight(means, from, to)
	}
	for k := 1; k < t.n; k++ {
		if l := &t.levels[k]; l.n <= 4 {
			l.averageFour(means, from, to)
		} else {
			l.averageSix(means, from, to)
		}
	}
	for i := 0; i < to-from; i += 2 * vector.Bytes {
		m, q := means.plus(2*i), out.plus(i)
		q.put(0, joinScaled(m.at(0), m.at(2), t.scale))
		q.put(1, joinScaled(m.at(1), m.at(3), t.scale))
	}
}

// fill copies the taps to u; those that there are not have no weight.
func (l *pairLevel) fill(u []pairTap) {
	for i := range u {
		u[i] = pairTap{p: l.taps[0].p, q: l.taps[0].q}
	}
	copy(u, l.taps[:l.n])
}

// sumSix sums the up to six taps of a single level.
func (l *pairLevel) sumSix(scale uint16, out *bytePiece, from, to int) {
	var u [6]pairTap
	l.fill(u[:])
	for i := from; i < to; i += 2 * vector.Bytes {
		q := out.plus(i - from)
		var o0, o1, w0, w1 vector.Uint16
		o0, o1, w0, w1 = u[0].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[1].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[2].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[3].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[4].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[5].add(i, o0, o1, w0, w1)
		q.put(0, joinScaled(evens(o0, w0), o0, scale))
		q.put(1, joinScaled(evens(o1, w1), o1, scale))
	}
}

// sumEight sums the up to five and three taps of two levels.
func (t *pairTaps) sumEight(out *bytePiece, from, to int) {
	var u [8]pairTap
	t.levels[0].fill(u[:5])
	t.levels[1].fill(u[5:])
	none := vector.Splat16(0)
	for i := from; i < to; i += 2 * vector.Bytes {
		q := out.plus(i - from)
		var o0, o1, w0, w1 vector.Uint16
		o0, o1, w0, w1 = u[0].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[1].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[2].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[3].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[4].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		e0, e1, p0, p1 := evens(o0, w0), evens(o1, w1), o0, o1
		o0, o1, w0, w1 = none, none, none, none
		o0, o1, w0, w1 = u[5].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[6].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[7].add(i, o0, o1, w0, w1)
		q.put(0, joinScaled(e0.Average(evens(o0, w0)), p0.Average(o0), t.scale))
		q.put(1, joinScaled(e1.Average(evens(o1, w1)), p1.Average(o1), t.scale))
	}
}

// startSix writes the sums of up to six taps to means.
func (l *pairLevel) startSix(means *bytePiece, from, to int) {
	var u [6]pairTap
	l.fill(u[:])
	for i := from; i < to; i += 2 * vector.Bytes {
		q := means.plus(2 * (i - from))
		var o0, o1, w0, w1 vector.Uint16
		o0, o1, w0, w1 = u[0].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[1].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[2].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[3].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[4].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[5].add(i, o0, o1, w0, w1)
		q.keep(evens(o0, w0), evens(o1, w1), o0, o1)
	}
}

// startEight writes the sums of up to eight, of which there are no more taps to means.
func (l *pairLevel) startEight(means *bytePiece, from, to int) {
	var u [8]pairTap
	l.fill(u[:])
	for i := from; i < to; i += 2 * vector.Bytes {
		q := means.plus(2 * (i - from))
		var o0, o1, w0, w1 vector.Uint16
		o0, o1, w0, w1 = u[0].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[1].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[2].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[3].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[4].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[5].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[6].add(i, o0, o1, w0, w1)
		q.settle(o0, o1, w0, w1)
		o0, o1, w0, w1 = u[7].add(i, o0, o1, w0, w1)
		q.keep(evens(o0, w0), evens(o1, w1), o0, o1)
	}
}

// averageFour writes the means of means and of the sums of up to four taps.
func (l *pairLevel) averageFour(means *bytePiece, from, to int) {
	var u [4]pairTap
	l.fill(u[:])
	for i := from; i < to; i += 2 * vector.Bytes {
		q := means.plus(2 * (i - from))
		e0, e1, p0, p1 := q.at(0), q.at(1), q.at(2), q.at(3)
		var o0, o1, w0, w1 vector.Uint16
		o0, o1, w0, w1 = u[0].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[1].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[2].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[3].add(i, o0, o1, w0, w1)
		q.keep(e0.Average(evens(o0, w0)), e1.Average(evens(o1, w1)), p0.Average(o0), p1.Average(o1))
	}
}

// averageSix writes the means of means and of the sums of up to six, of which there are no more taps.
func (l *pairLevel) averageSix(means *bytePiece, from, to int) {
	var u [6]pairTap
	l.fill(u[:])
	for i := from; i < to; i += 2 * vector.Bytes {
		q := means.plus(2 * (i - from))
		e0, e1, p0, p1 := q.at(0), q.at(1), q.at(2), q.at(3)
		var o0, o1, w0, w1 vector.Uint16
		o0, o1, w0, w1 = u[0].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[1].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[2].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[3].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[4].add(i, o0, o1, w0, w1)
		o0, o1, w0, w1 = u[5].add(i, o0, o1, w0, w1)
		q.keep(e0.Average(evens(o0, w0)), e1.Average(evens(o1, w1)), p0.Average(o0), p1.Average(o1))
	}
}

// keep writes the means of two vectors.
func (p *bytePiece) keep(e0, e1, o0, o1 vector.Uint16) {
	p.put(0, e0)
	p.put(1, e1)
	p.put(2, o0)
	p.put(3, o1)
}

// settle writes what nobody reads, see settleSums.
func (p *bytePiece) settle(o0, o1, w0, w1 vector.Uint16) {
	p.put(0, o0.Or(w0))
	p.put(1, o1.Or(w1))
}
