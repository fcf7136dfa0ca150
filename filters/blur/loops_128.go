//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package blur

import (
	"unsafe"

	"carriles/filters/pixel"
	"carriles/filters/vector"
)

// widestSum returns the only sum in vectors here.
func widestSum() func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	return sumQuadsVector
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
