//go:build goexperiment.simd

package filters

import (
	"simd/archsimd"
	"unsafe"
)

// Here a row has the pixels' first and third channels in its first half and the
// second and fourth ones in the other. A lane has two samples, that of its own
// pixel and that of the pixel reach + 1 further on: one instruction multiplies
// both and adds the products.

// widestByteRows returns the loops for the widest vectors of this processor.
func widestByteRows() byteRows {
	rows := partnerRows()
	if archsimd.X86.AVX512() {
		rows.across, rows.down = acrossWide, downWide
	}
	return rows
}

// partnerRows returns the loops in vectors of AVX2.
func partnerRows() byteRows {
	return byteRows{plan: partnerPlan, unpack: unpackPartners, across: acrossPartners, down: downPartners}
}

// plane is a piece of one half of a row as the loops see it.
type plane [2][vecBytes]byte

// planesOf returns the halves of a row, and how many bytes each has.
func planesOf(row []uint64) (evens, odds *plane, bytes int) {
	evens = (*plane)(unsafe.Pointer(unsafe.SliceData(row)))
	return evens, evens.plus(4 * len(row)), 4 * len(row)
}

// plus returns what lies n bytes on.
func (p *plane) plus(n int) *plane { return (*plane)(unsafe.Add(unsafe.Pointer(p), n)) }

// partnerPlan is the plan of such sums. Step i begins with the i-th sample of
// the window; the middle one has no partner.
func partnerPlan(weights []int32, s *Scratch) bytePlan {
	reach := len(weights) - 1
	left := s.taps[:reach+1]
	for i := range reach {
		left[i] = [2]int32{weights[reach-i], weights[i+1]}
	}
	left[reach] = [2]int32{2 * weights[0], 0}
	p := planSteps(left, wholeByteWeight/2, s)
	p.reach = reach
	return p
}

func unpackPartners(line []uint64, in []byte, p bytePlan) bool {
	all := splat32(0xffffffff)
	low, high := splat16(0x00ff), splat16(0xff00)
	evens, odds, bytes := planesOf(line)
	partners := in[4*(p.reach+1):][:bytes]
	in = in[:bytes]
	for i := 0; i < bytes; i += vecBytes {
		v, w := load8(in[i:]).ReshapeToUint16s(), load8(partners[i:]).ReshapeToUint16s()
		all = all.And(v.ReshapeToUint32s())
		v.And(low).Or(w.ShiftAllLeft(8)).ReshapeToUint8s().StoreArray(&evens.plus(i)[0])
		v.ShiftAllRight(8).Or(w.And(high)).ReshapeToUint8s().StoreArray(&odds.plus(i)[0])
	}
	return allSet(all, splat32(0xff000000))
}

// partnerTaps are the summands of a plan as the loops see them, those of its
// first half first.
type partnerTaps struct {
	taps     [maxByteSteps]partnerTap
	first, n int
	// apart is how many bytes the second half of a row is from the first.
	apart int
}

type partnerTap struct {
	row    *plane
	weight uint32
}

func (t *partnerTaps) add(half int, row *plane, weight uint32) {
	t.taps[t.n] = partnerTap{row, weight}
	t.n++
	if half == 0 {
		t.first = t.n
	}
}

// ofLine gives the taps the windows of a line.
func (t *partnerTaps) ofLine(line []uint64, p bytePlan) {
	row, _, apart := planesOf(line)
	t.apart = apart
	for half, steps := range p.halves {
		for _, s := range steps {
			t.add(half, row.plus(4*s.at), s.weight)
		}
	}
}

// ofRows gives the taps the rows of a window.
func (t *partnerTaps) ofRows(rows [][]uint64, p bytePlan) {
	_, _, t.apart = planesOf(rows[0])
	for half, steps := range p.halves {
		for _, s := range steps {
			row, _, _ := planesOf(rows[s.at])
			t.add(half, row, s.weight)
		}
	}
}

func acrossPartners(out, partner, line []uint64, p bytePlan) {
	var t partnerTaps
	t.ofLine(line, p)
	evens, odds, bytes := planesOf(out)
	evenPartners, oddPartners, _ := planesOf(partner[:len(out)])
	for i := 0; i < bytes; i += len(evens) * vecBytes {
		a, b, c, d := t.sum(i)
		evens.plus(i).put(a.ShiftAllRight(8), b.ShiftAllRight(8))
		odds.plus(i).put(c.ShiftAllRight(8), d.ShiftAllRight(8))
		evenPartners.plus(i).putUpper(a, b)
		oddPartners.plus(i).putUpper(c, d)
	}
}

func downPartners(out []byte, rows [][]uint64, p bytePlan) {
	var t partnerTaps
	t.ofRows(rows, p)
	var last plane
	const size = len(last) * vecBytes
	whole := len(out) / size * size
	for i := 0; i < len(out); i += size {
		to := &last
		if i < whole {
			to = (*plane)(unsafe.Pointer(&out[i]))
		}
		a, b, c, d := t.sum(i)
		to.put(joinUpper(a, c), joinUpper(b, d))
	}
	copy(out[whole:], (*[size]byte)(unsafe.Pointer(&last))[:])
}

// sum returns the sums of two vectors of either half of a row, i bytes on, in
// the upper bytes of the lanes. It is not part of the loops above, in which the
// compiler runs out of registers (16.6 ms instead of 15.0 at sigma 2), and does
// so with more vectors at a time.
func (t *partnerTaps) sum(i int) (a, b, c, d vec16) {
	round := splat16(255)
	a, b, c, d = round, round, round, round
	for k := range t.taps[:t.first] {
		p, q, w := t.taps[k].at(i, t.apart)
		a, b = a.Add(products(&p[0], w)), b.Add(products(&p[1], w))
		c, d = c.Add(products(&q[0], w)), d.Add(products(&q[1], w))
	}
	var e, f, g, h vec16
	rest := t.taps[t.first:t.n]
	for k := range rest {
		p, q, w := rest[k].at(i, t.apart)
		e, f = e.Add(products(&p[0], w)), f.Add(products(&p[1], w))
		g, h = g.Add(products(&q[0], w)), h.Add(products(&q[1], w))
	}
	return a.Average(e), b.Average(f), c.Average(g), d.Average(h)
}

// at returns the pieces of either half of the row, i bytes on, and the weights.
func (t *partnerTap) at(i, apart int) (p, q *plane, weights archsimd.Int8x32) {
	return t.row.plus(i), t.row.plus(i + apart), splat32(t.weight).ReshapeToUint8s().BitsToInt8()
}

func products(p *[vecBytes]byte, weights archsimd.Int8x32) vec16 {
	return archsimd.LoadUint8x32Array(p).DotProductPairsSaturated(weights).ToBits()
}

func (p *plane) put(a, b vec16) {
	a.ReshapeToUint8s().StoreArray(&p[0])
	b.ReshapeToUint8s().StoreArray(&p[1])
}

// putUpper adds the upper bytes of a and b to the lanes.
func (p *plane) putUpper(a, b vec16) {
	upper := splat16(0xff00)
	archsimd.LoadUint8x32Array(&p[0]).Or(a.And(upper).ReshapeToUint8s()).StoreArray(&p[0])
	archsimd.LoadUint8x32Array(&p[1]).Or(b.And(upper).ReshapeToUint8s()).StoreArray(&p[1])
}
