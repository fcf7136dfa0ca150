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

// widestByteRows returns the loops in vectors.
func widestByteRows() byteRows {
	return byteRows{plan: pairPlan, unpack: packLine, across: acrossPairs, down: downPairs}
}

// bytePiece is a piece of a row as the loads see it.
type bytePiece [4][vector.Bytes]byte

// pieceOf returns the first piece of a row.
func pieceOf(row []uint64) *bytePiece { return (*bytePiece)(unsafe.Pointer(unsafe.SliceData(row))) }

// plus returns what lies n bytes on.
func (p *bytePiece) plus(n int) *bytePiece { return (*bytePiece)(unsafe.Add(unsafe.Pointer(p), n)) }

func packLine(line []uint64, _, row []byte, x int, _ bytePlan) bool {
	return packRow(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(line))), 8*len(line)), row, x, len(line))
}

// A piece of an image, and what its samples take in a row.
const (
	pieceSize    = len(bytePiece{}) * vector.Bytes
	packedPiece  = pieceSize / colours * unpacked
	packedVector = vector.Bytes / colours * unpacked
	packedSlack  = vector.Bytes - packedVector // more is written, and read
)

// packSamples writes the samples of the pixels of in, and rubbish after them. It
// reports whether they were opaque.
func packSamples(out, in []byte) bool {
	n := len(in) / pieceSize
	_ = out[(n+1)*packedPiece+packedSlack-1]
	to := (*bytePiece)(unsafe.Pointer(unsafe.SliceData(out)))
	last := make([]byte, pieceSize)
	for i := copy(last, in[n*pieceSize:]); i < pieceSize; i++ {
		last[i] = 255
	}
	opaque := packPieces(to, (*bytePiece)(unsafe.Pointer(unsafe.SliceData(in))), n)
	return packPieces(to.plus(n*packedPiece), (*bytePiece)(unsafe.Pointer(&last[0])), 1) && opaque
}

// splitSamples is the inverse of packSamples.
func splitSamples(out, in []byte) {
	n := len(out) / pieceSize
	_ = in[(n+1)*packedPiece+packedSlack-1]
	from := (*bytePiece)(unsafe.Pointer(unsafe.SliceData(in)))
	splitPieces((*bytePiece)(unsafe.Pointer(unsafe.SliceData(out))), from, n)
	last := make([]byte, pieceSize)
	splitPieces((*bytePiece)(unsafe.Pointer(&last[0])), from.plus(n*packedPiece), 1)
	copy(out[n*pieceSize:], last)
}

// pairTap is a pair of rows and its weight, in each lane. The middle, its own pair,
// has no second row.
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

// pairLevel is two summands or more, of which only the first may be the middle.
type pairLevel struct {
	n    int
	taps [maxLevelSteps]pairTap
}

// weights returns those of a step for each lane of a vector.
func (s byteStep) weights() [2]uint64 {
	w := pixel.Lanes32 * uint64(s.weight)
	return [2]uint64{w, w}
}

// windowRows are the rows of a window, or the places in a line.
type windowRows [quadBlock]*bytePiece

// fill gives the taps their weights and rows.
func (t *pairTaps) fill(p *bytePlan, rows *windowRows) {
	t.n, t.scale = p.levels, p.scale
	middle := rows[p.reach]
	for i := range p.levels {
		l := &t.levels[i]
		l.taps[1] = pairTap{p: middle, q: middle} // has no weight
		steps := p.level(i)
		for k := range steps {
			s := &steps[k]
			l.taps[k] = pairTap{rows[p.reach-s.at], rows[p.reach+s.at], s.weights()}
		}
		l.n = max(len(steps), 2)
		if s := steps[0]; s.at == 0 {
			s.weight *= 2
			l.taps[0] = pairTap{p: middle, weight: s.weights()}
		}
	}
}

func acrossPairs(out, _, line []uint64, _ []byte, p bytePlan) {
	var t pairTaps
	var rows windowRows
	for i := range 2*p.reach + 1 {
		rows[i] = pieceOf(line).plus(unpacked * i)
	}
	t.fill(&p, &rows)
	t.sum(pieceOf(out), unpacked*len(out))
}

func downPairs(out, temp []byte, window [][]uint64, p bytePlan) {
	var t pairTaps
	var rows windowRows
	for i, row := range window {
		rows[i] = pieceOf(row)
	}
	t.fill(&p, &rows)
	t.sum((*bytePiece)(unsafe.Pointer(unsafe.SliceData(temp))), unpacked*len(window[0]))
	splitSamples(out, temp)
}
