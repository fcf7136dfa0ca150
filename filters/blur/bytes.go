package blur

import (
	"image"
	"math"

	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// Opaque images are blurred in 8 bits from BytesFrom to PyramidFrom, at those
// sigmas whose weights that fits (fitsBytes): samples of
// 8 bits times weights of 9 bits, rounded to 8 bits between the two directions.
// This takes half the time of quads: of 3840x2160 pixels at sigma 2 11 ms
// instead of 22 with AVX-512, 14 instead of 26 with AVX2 (processor time, Zen 5)
// and 30 instead of 53 in WebAssembly (Node 20).

// fitsBytes reports whether the blur in 8 bits is near enough to the Gaussian.
//
// A window errs most where the pixels under too large a weight are white and the
// others black: by half of what the weights err in all, as these errors add up
// to nothing. That is in either of two directions, and rounding between them
// adds half a level. No image comes near that in both directions at once: with
// maxByteError stripes of every width are within one level after rounding
// (TestStripes), where 4 to 5 levels of error, as at sigma 2.5 and 2.8, make
// whole images wrong by two.
func fitsBytes(sigma float64, weights []int32) bool {
	const reach = 4 // sigmas; beyond it there is nothing that counts
	last := max(len(weights)-1, gaussReach(sigma, reach))
	total := 1.0
	for i := 1; i <= last; i++ {
		total += 2 * gaussAt(float64(i), sigma)
	}
	off := 0.0
	for i := 0; i <= last; i++ {
		weight := 0.0
		if i < len(weights) {
			weight = float64(2*weights[i]) / wholeByteWeight
		}
		pair := 2 * gaussAt(float64(i), sigma) / total
		if i == 0 {
			pair /= 2
		}
		off += math.Abs(weight - pair)
	}
	return float64(255*off)+0.5 <= maxByteError
}

// maxByteError is how many levels the most adverse image may be off before it is
// rounded: sigma 1, 1.6 and 2, the default, are within.
const maxByteError = 2.05

// BytesFrom is the sigma from which images are blurred in 8 bits. Rounding
// between the two directions makes a tenth of a photograph's samples differ by
// one level from the sum in real numbers, but a fifth at sigma 0.5, where one
// sees every pixel.
const BytesFrom = 1.0

// wholeByteWeight is what the weights of a window add up to.
const wholeByteWeight = 512

// byteReach is how many sigma a window reaches, half a pixel more included. What
// lies beyond weighs 0.0005 of the whole, a quarter of a unit.
const byteReach = 3.5

// byteRows are the loops over pixels of the blur in 8 bits. A row of n pixels
// is n numbers of 64 bits, with the samples in lanes of 16 bits, in an order
// that is up to them.
type byteRows struct {
	// plan turns the weights of the pairs of pixels at the distances 0, 1, ...
	// on both sides into steps.
	plan func(weights []int32) bytePlan
	// unpack writes the pixels of in, of which there are quadBlock too many, to
	// line. It reports whether they were opaque.
	unpack func(line []uint64, in []byte, p bytePlan) bool
	// across writes the rounded sums of line, which begins at the first pixel
	// of the first window, to out. It may add them to partner, which is what
	// it wrote to the row reach + 1 rows above.
	across func(out, partner, line []uint64, p bytePlan)
	// down writes the rounded sums of the 2 x reach + 1 rows.
	down func(out []byte, rows [][]uint64, p bytePlan)
}

// bytePlan is the order in which a window is summed. A sum of all weights takes
// 17 bits, so it is kept in two halves, each with half of the weights: the steps
// before first, and those from there on.
type bytePlan struct {
	reach    int
	first, n int
	steps    [maxByteSteps]byteStep
}

// byteStep is a summand: what it weighs, in both halves of the 32 bits, and
// where it is. Its 16 bits are a weight, or the two of two samples.
type byteStep struct {
	at     int
	weight uint32
}

// maxByteSteps is no less than the largest number of steps in a plan.
const maxByteSteps = 24

// blurOpaque blurs src if it is opaque, and reports whether it was. It looks at
// the pixels on its way: what it has written until it meets one that is not
// opaque is left to be overwritten.
func (b *blurrer) blurOpaque(dst, src *image.NRGBA, weights []int32) bool {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	p := b.plan(weights)
	slots := 2*p.reach + 1
	strip := min(w, Strip)
	pitch := blocks(strip)
	ring := b.scratch.Uint64s(slotRing, slots*pitch)
	line := b.scratch.Uint64s(slotLine, pitch+quadBlock)
	padded := b.scratch.Bytes(0, 4*(pitch+2*quadBlock))
	window := b.scratch.Rows(0, slots)

	for x0 := 0; x0 < w; x0 += strip {
		n := min(strip, w-x0)
		n8 := blocks(n)
		slot := func(i int) []uint64 { return ring[i%slots*pitch:][:n8] }
		// Rows outside repeat the edge: row i is that at i - reach.
		for i := range h + 2*p.reach {
			b.scratch.Row(i)
			y := clampTo(i-p.reach, h)
			if i == 0 || y != clampTo(i-1-p.reach, h) {
				padRow(padded[:4*(n8+2*quadBlock)], pixel.Row(src, y), x0-p.reach)
				if !b.unpack(line[:n8+quadBlock], padded, p) {
					return false
				}
			}
			b.across(slot(i), slot(i+p.reach), line[:n8+quadBlock], p)
			if i < 2*p.reach {
				continue
			}
			for k := range window {
				window[k] = slot(i - 2*p.reach + k)
			}
			b.down(pixel.Row(dst, i-2*p.reach)[4*x0:][:4*n], window, p)
		}
	}
	return true
}

// padRow writes the pixels of row from pixel x on, which may lie outside on
// both sides, to out. What is outside repeats the edge.
func padRow(out, row []byte, x int) {
	if x < 0 {
		fillPixels(out[:-4*x], pixel.Load(row))
		out, x = out[-4*x:], 0
	}
	n := copy(out, row[4*x:])
	fillPixels(out[n:], pixel.Load(row[len(row)-4:]))
}

func fillPixels(out []byte, p uint32) {
	for ; len(out) >= 4; out = out[4:] {
		pixel.Store(out, p)
	}
}

// byteWeights returns the weights of the pairs of pixels at the distances
// 0, 1, ... on both sides, in units of 1/512, see gaussWeights, without the last
// ones that are rounded to nothing. Where these do not fit, each is rounded by
// itself and the middle has what is left: that errs less in all, though more at
// edges, and fits at some sigmas more, 1.5 among them.
func byteWeights(sigma float64, s *filter.Scratch) []int32 {
	weights := gaussWeights(sigma, byteReach, wholeByteWeight, s)
	n := len(weights)
	if !fitsBytes(sigma, weights) {
		total := 1.0
		for i := 1; i < n; i++ {
			total += 2 * gaussAt(float64(i), sigma)
		}
		weights[0] = wholeByteWeight / 2
		for i := 1; i < n; i++ {
			weights[i] = int32(math.Round(float64(gaussAt(float64(i), sigma) / total * wholeByteWeight)))
			weights[0] -= weights[i]
		}
	}
	for n > 2 && weights[n-1] == 0 {
		n--
	}
	return weights[:n]
}

// planSteps deals summands with two weights each into the halves of a plan,
// which have room for so much. A summand that has no room, or whose weights are
// more than a signed byte or their sum more than 128, becomes several steps.
//
// The largest goes first, to where more room is left: so the small ones fill
// what is left, and few are divided.
func planSteps(left [][2]int32, room int32) bytePlan {
	rooms := [2]int32{room, room}
	var halves [2][maxByteSteps]byteStep
	var n [2]int
	for {
		at := 0
		for i, w := range left {
			if w[0]+w[1] > left[at][0]+left[at][1] {
				at = i
			}
		}
		half := 0
		if rooms[1] > rooms[0] {
			half = 1
		}
		f := min(left[at][0], rooms[half], 127)
		g := min(left[at][1], rooms[half]-f, 128-f, 127)
		if f+g == 0 {
			break
		}
		left[at][0] -= f
		left[at][1] -= g
		rooms[half] -= f + g
		halves[half][n[half]] = byteStep{at: at, weight: uint32(f|g<<8) * 0x00010001}
		n[half]++
	}
	p := bytePlan{reach: len(left) - 1, first: n[0], n: n[0] + n[1], steps: halves[0]}
	copy(p.steps[n[0]:], halves[1][:n[1]])
	return p
}
