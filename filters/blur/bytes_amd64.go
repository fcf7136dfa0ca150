//go:build goexperiment.simd && !scalar

package blur

import (
	"simd/archsimd"
	"unsafe"

	"carriles/filters/vector"
)

// Here a row has three samples a pixel, as what is opaque needs no sum of its
// alpha, those at even places in its first half and the others in the second. A
// lane has two samples, that of its own pixel and that of the next one, across or
// down: one instruction multiplies both and adds the products. Samples are kept
// less 128: so two of them times weights that add up to 256 fit a signed lane.

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
type plane [2][vector.Bytes]byte

// planesOf returns the halves of a row, and how many bytes each has.
func planesOf(row []uint64) (evens, odds *plane, bytes int) {
	evens = (*plane)(unsafe.Pointer(unsafe.SliceData(row)))
	return evens, evens.plus(4 * len(row)), 4 * len(row)
}

func (p *plane) lanes() vector.Uint16 {
	return archsimd.LoadUint8x32Array(&p[0]).ReshapeToUint16s()
}

// plus returns what lies n bytes on.
func (p *plane) plus(n int) *plane { return (*plane)(unsafe.Add(unsafe.Pointer(p), n)) }

// partnerPlan is the plan of such sums. A step is at the first of its two samples
// of the window; the last one has no partner.
func partnerPlan(w byteWeighting) bytePlan {
	p := newBytePlan(w)
	levels := w.deal()
	for level, of := range levels[:w.levels] {
		p.begin(level)
		of[0] *= 2
		for at := 0; at <= 2*p.reach; at += 2 {
			f, g := of[max(at-p.reach, p.reach-at)], int32(0)
			if at < 2*p.reach {
				g = of[max(at+1-p.reach, p.reach-at-1)]
			}
			if f+g > 0 {
				p.add(level, at, f|g<<8)
			}
		}
	}
	return p
}

func unpackPartners(line []uint64, temp, row []byte, x int, _ bytePlan) bool {
	low, high, middle := vector.Splat16(0x00ff), vector.Splat16(0xff00), vector.Splat16(0x8080)
	opaque := packRow(temp, row, x, len(line))
	evens, odds, _ := planesOf(line)
	bytes := unpacked * len(line)
	_ = temp[bytes+vector.Bytes+unpacked]
	samples := (*plane)(unsafe.Pointer(unsafe.SliceData(temp)))
	for i := 0; i < bytes; i += vector.Bytes {
		v, w := samples.plus(i).lanes(), samples.plus(i+unpacked).lanes()
		v, w = v.Xor(middle), w.Xor(middle)
		v.And(low).Or(w.ShiftAllLeft(8)).ReshapeToUint8s().StoreArray(&evens.plus(i)[0])
		v.ShiftAllRight(8).Or(w.And(high)).ReshapeToUint8s().StoreArray(&odds.plus(i)[0])
	}
	return opaque
}

// How eight pixels are packed, each half of a vector first, and how they are
// unpacked; see vector.Reorder.
var (
	packBytes   = [vector.Bytes]int8{0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1}
	packHalves  = [vector.Pixels]uint32{0, 1, 2, 4, 5, 6, 3, 7}
	splitHalves = [vector.Pixels]uint32{0, 1, 2, 6, 3, 4, 5, 7}
	splitBytes  = [vector.Bytes]int8{0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1}
)

// opaqueBytes are those of opaque pixels.
var opaqueBytes = [vector.Bytes]byte{
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
}

// packSamples writes the samples of the pixels of in, and rubbish after them. It
// reports whether they were opaque.
func packSamples(out, in []byte) bool {
	all, halves := vector.Splat32(0xffffffff), archsimd.LoadUint32x8Array(&packHalves)
	n := len(in) / vector.Bytes
	_ = out[unpacked*vector.Pixels*n+vector.Bytes-1]
	from, to := unsafe.Pointer(unsafe.SliceData(in)), unsafe.Pointer(unsafe.SliceData(out))
	for i := range n {
		v := archsimd.LoadUint8x32Array((*[vector.Bytes]byte)(unsafe.Add(from, i*vector.Bytes)))
		all = all.And(v.ReshapeToUint32s())
		packed(v, halves).StoreArray((*[vector.Bytes]byte)(unsafe.Add(to, i*unpacked*vector.Pixels)))
	}
	last := opaqueBytes
	copy(last[:], in[n*vector.Bytes:])
	v := vector.Load8(last[:])
	packed(v, halves).Store(out[unpacked*vector.Pixels*n:])
	return vector.AllSet(all.And(v.ReshapeToUint32s()), vector.Splat32(0xff000000))
}

// packed returns the samples of eight pixels in the first 24 bytes.
func packed(v vector.Uint8, halves vector.Uint32) vector.Uint8 {
	return vector.Reorder(v, &packBytes).ReshapeToUint32s().Permute(halves).ReshapeToUint8s()
}

// splitSamples is the inverse of packSamples.
func splitSamples(out, in []byte) {
	halves, alpha := archsimd.LoadUint32x8Array(&splitHalves), vector.Splat32(0xff000000)
	n := len(out) / vector.Bytes
	_ = in[unpacked*vector.Pixels*n+vector.Bytes-1]
	from, to := unsafe.Pointer(unsafe.SliceData(in)), unsafe.Pointer(unsafe.SliceData(out))
	for i := range n {
		v := archsimd.LoadUint8x32Array((*[vector.Bytes]byte)(unsafe.Add(from, i*unpacked*vector.Pixels)))
		split(v, halves, alpha).StoreArray((*[vector.Bytes]byte)(unsafe.Add(to, i*vector.Bytes)))
	}
	var last [vector.Bytes]byte
	split(vector.Load8(in[unpacked*vector.Pixels*n:]), halves, alpha).Store(last[:])
	copy(out[n*vector.Bytes:], last[:])
}

// split is the inverse of packed.
func split(v vector.Uint8, halves, alpha vector.Uint32) vector.Uint8 {
	v = v.ReshapeToUint32s().Permute(halves).ReshapeToUint8s()
	return vector.Reorder(v, &splitBytes).ReshapeToUint32s().Or(alpha).ReshapeToUint8s()
}

// partnerTaps are the summands of a plan as the loops see them, by level. The
// second half of a row is so many bytes apart from the first.
type partnerTaps struct {
	levels [maxByteLevels]partnerLevel
	n      int
	apart  int
	scale  uint16
}

type partnerLevel struct {
	n    int
	bias uint16 // what the 128 that the samples lack weigh
	taps [maxLevelSteps]partnerTap
}

type partnerTap struct {
	row    unsafe.Pointer
	weight uint32
}

// fill gives the taps their weights, and the rows that row tells of a place.
func (t *partnerTaps) fill(p *bytePlan, row func(at int) unsafe.Pointer) {
	t.n, t.scale = p.levels, p.scale
	for i := range p.levels {
		l := &t.levels[i]
		steps := p.level(i)
		l.n, l.bias = len(steps), 0
		for k, s := range steps {
			l.bias += uint16(128 * (s.weight&0xff + s.weight>>8&0xff))
			l.taps[k] = partnerTap{row(s.at), s.weight}
		}
	}
}

// ofLine gives the taps the windows of a line.
func (t *partnerTaps) ofLine(line []uint64, p bytePlan) {
	row, _, apart := planesOf(line)
	t.apart = apart
	t.fill(&p, func(at int) unsafe.Pointer { return unsafe.Pointer(row.plus(unpacked * at)) })
}

// ofRows gives the taps the rows of a window.
func (t *partnerTaps) ofRows(rows [][]uint64, p bytePlan) {
	_, _, t.apart = planesOf(rows[0])
	t.fill(&p, func(at int) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(rows[at])) })
}

// planeSize is how many bytes a plane has.
const planeSize = 2 * vector.Bytes

func acrossPartners(out, partner, line []uint64, _ []byte, p bytePlan) {
	var t partnerTaps
	t.ofLine(line, p)
	evens, odds, _ := planesOf(out)
	evenPartners, oddPartners, _ := planesOf(partner[:len(out)])
	middle := vector.Splat16(0x8000)
	for i := 0; i < unpacked*len(out); i += planeSize {
		a, b, c, d := t.sum(i)
		a, b, c, d = a.Xor(middle), b.Xor(middle), c.Xor(middle), d.Xor(middle)
		evens.plus(i).put(a.ShiftAllRight(8), b.ShiftAllRight(8))
		odds.plus(i).put(c.ShiftAllRight(8), d.ShiftAllRight(8))
		evenPartners.plus(i).putUpper(a, b)
		oddPartners.plus(i).putUpper(c, d)
	}
}

func downPartners(out, temp []byte, rows [][]uint64, p bytePlan) {
	var t partnerTaps
	t.ofRows(rows, p)
	samples := (*plane)(unsafe.Pointer(unsafe.SliceData(temp)))
	for i := 0; i < unpacked*len(rows[0]); i += planeSize {
		a, b, c, d := t.sum(i)
		samples.plus(i).put(joinUpper(a, c), joinUpper(b, d))
	}
	splitSamples(out, temp)
}

// sum returns the sums of two vectors of either half of a row, i bytes on, in
// the upper bytes of the lanes. It is not part of the loops above, in which the
// compiler runs out of registers, and does so with more vectors at a time.
func (t *partnerTaps) sum(i int) (a0, a1, b0, b1 vector.Uint16) {
	j := i + t.apart
	for level := range t.levels[:t.n] {
		l := &t.levels[level]
		bias := vector.Splat16(l.bias)
		p0, p1, q0, q1 := bias, bias, bias, bias
		taps := l.taps[:l.n]
		for k := range taps {
			tap := &taps[k]
			w := vector.Splat32(tap.weight).ReshapeToUint8s()
			p0 = p0.Add(products(unsafe.Add(tap.row, i), w))
			p1 = p1.Add(products(unsafe.Add(tap.row, i+vector.Bytes), w))
			q0 = q0.Add(products(unsafe.Add(tap.row, j), w))
			q1 = q1.Add(products(unsafe.Add(tap.row, j+vector.Bytes), w))
		}
		if level == 0 {
			a0, a1, b0, b1 = p0, p1, q0, q1
		} else {
			a0 = a0.Average(p0)
			a1 = a1.Average(p1)
			b0 = b0.Average(q0)
			b1 = b1.Average(q1)
		}
	}
	scale, round := vector.Splat16(t.scale), vector.Splat16(64)
	return scaled(a0, scale, round), scaled(a1, scale, round), scaled(b0, scale, round), scaled(b1, scale, round)
}

func products(p unsafe.Pointer, weights vector.Uint8) vector.Uint16 {
	return weights.DotProductPairsSaturated(archsimd.LoadInt8x32Array((*[vector.Bytes]int8)(p))).ToBits()
}

// scaled returns what a mean is, rounded, in the upper byte.
func scaled(v, scale, round vector.Uint16) vector.Uint16 {
	return v.MulHigh(scale).Add(round).ShiftAllLeft(1)
}

func (p *plane) put(a, b vector.Uint16) {
	a.ReshapeToUint8s().StoreArray(&p[0])
	b.ReshapeToUint8s().StoreArray(&p[1])
}

// putUpper adds the upper bytes of a and b to the lanes.
func (p *plane) putUpper(a, b vector.Uint16) {
	upper := vector.Splat16(0xff00)
	archsimd.LoadUint8x32Array(&p[0]).Or(a.And(upper).ReshapeToUint8s()).StoreArray(&p[0])
	archsimd.LoadUint8x32Array(&p[1]).Or(b.And(upper).ReshapeToUint8s()).StoreArray(&p[1])
}

// widePlane is a block of a plane in vectors of 512 bits.
type widePlane [3][64]byte

// wideSize divides byteBlock pixels of a plane.
const wideSize = 3 * 64

// wide returns what lies n bytes on.
func (p *plane) wide(n int) *widePlane { return (*widePlane)(unsafe.Add(unsafe.Pointer(p), n)) }

// acrossWide is acrossPartners with AVX-512.
func acrossWide(out, partner, line []uint64, _ []byte, p bytePlan) {
	var t partnerTaps
	t.ofLine(line, p)
	evens, odds, _ := planesOf(out)
	evenPartners, oddPartners, _ := planesOf(partner[:len(out)])
	for i := 0; i < unpacked*len(out); i += wideSize {
		a0, a1, a2, b0, b1, b2 := t.sumWide(i)
		evens.wide(i).keep(evenPartners.wide(i), a0, a1, a2)
		odds.wide(i).keep(oddPartners.wide(i), b0, b1, b2)
	}
}

// downWide is downPartners with AVX-512.
func downWide(out, temp []byte, rows [][]uint64, p bytePlan) {
	var t partnerTaps
	t.ofRows(rows, p)
	samples := (*plane)(unsafe.Pointer(unsafe.SliceData(temp)))
	for i := 0; i < unpacked*len(rows[0]); i += wideSize {
		a0, a1, a2, b0, b1, b2 := t.sumWide(i)
		to := samples.wide(i)
		joinWide(a0, b0).ReshapeToUint8s().StoreArray(&to[0])
		joinWide(a1, b1).ReshapeToUint8s().StoreArray(&to[1])
		joinWide(a2, b2).ReshapeToUint8s().StoreArray(&to[2])
	}
	splitSamples(out, temp)
}

// sumWide is sum with AVX-512 and three vectors at a time.
func (t *partnerTaps) sumWide(i int) (a0, a1, a2, b0, b1, b2 archsimd.Uint16x32) {
	j := i + t.apart
	for level := range t.levels[:t.n] {
		l := &t.levels[level]
		bias := archsimd.BroadcastUint16x32(l.bias)
		p0, p1, p2, q0, q1, q2 := bias, bias, bias, bias, bias, bias
		taps := l.taps[:l.n]
		for k := range taps {
			tap := &taps[k]
			w := archsimd.BroadcastUint32x16(tap.weight).ReshapeToUint8s()
			p0 = p0.Add(wideProducts(unsafe.Add(tap.row, i), w))
			p1 = p1.Add(wideProducts(unsafe.Add(tap.row, i+64), w))
			p2 = p2.Add(wideProducts(unsafe.Add(tap.row, i+128), w))
			q0 = q0.Add(wideProducts(unsafe.Add(tap.row, j), w))
			q1 = q1.Add(wideProducts(unsafe.Add(tap.row, j+64), w))
			q2 = q2.Add(wideProducts(unsafe.Add(tap.row, j+128), w))
		}
		if level == 0 {
			a0, a1, a2, b0, b1, b2 = p0, p1, p2, q0, q1, q2
		} else {
			a0 = a0.Average(p0)
			a1 = a1.Average(p1)
			a2 = a2.Average(p2)
			b0 = b0.Average(q0)
			b1 = b1.Average(q1)
			b2 = b2.Average(q2)
		}
	}
	scale, round := archsimd.BroadcastUint16x32(t.scale), archsimd.BroadcastUint16x32(64)
	return scaledWide(a0, scale, round), scaledWide(a1, scale, round), scaledWide(a2, scale, round),
		scaledWide(b0, scale, round), scaledWide(b1, scale, round), scaledWide(b2, scale, round)
}

func wideProducts(p unsafe.Pointer, weights archsimd.Uint8x64) archsimd.Uint16x32 {
	return weights.DotProductPairsSaturated(archsimd.LoadInt8x64Array((*[64]int8)(p))).ToBits()
}

func scaledWide(v, scale, round archsimd.Uint16x32) archsimd.Uint16x32 {
	return v.MulHigh(scale).Add(round).ShiftAllLeft(1)
}

// keep writes the upper bytes of sums, less 128, and gives them to what they are
// partners of.
func (p *widePlane) keep(partner *widePlane, a0, a1, a2 archsimd.Uint16x32) {
	middle, upper := archsimd.BroadcastUint16x32(0x8000), archsimd.BroadcastUint16x32(0xff00)
	a0 = a0.Xor(middle)
	a0.ShiftAllRight(8).ReshapeToUint8s().StoreArray(&p[0])
	archsimd.LoadUint8x64Array(&partner[0]).Or(a0.And(upper).ReshapeToUint8s()).StoreArray(&partner[0])
	a1 = a1.Xor(middle)
	a1.ShiftAllRight(8).ReshapeToUint8s().StoreArray(&p[1])
	archsimd.LoadUint8x64Array(&partner[1]).Or(a1.And(upper).ReshapeToUint8s()).StoreArray(&partner[1])
	a2 = a2.Xor(middle)
	a2.ShiftAllRight(8).ReshapeToUint8s().StoreArray(&p[2])
	archsimd.LoadUint8x64Array(&partner[2]).Or(a2.And(upper).ReshapeToUint8s()).StoreArray(&partner[2])
}

func joinWide(evens, odds archsimd.Uint16x32) archsimd.Uint16x32 {
	return evens.ShiftAllRight(8).Or(odds.And(archsimd.BroadcastUint16x32(0xff00)))
}
