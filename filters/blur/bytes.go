package blur

import (
	"image"
	"math"

	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// Opaque images are blurred in 8 bits from BytesFrom to BytesTo: samples of 8
// bits times whole weights, scaled and rounded to 8 bits in both directions. This
// takes about half the time of quads: of 3840x2160 pixels at sigma 2.8 19 ms
// instead of 37 (AVX-512, processor time, Zen 5). From BytesTo on a pyramid is as
// fast, and the weights have no room.
//
// Rounding between the two directions makes a tenth of a photograph's samples
// differ by one level from the sum in real numbers, and a fifth at sigma 0.5.
const (
	BytesFrom = 0.5
	BytesTo   = 3.5
)

// The weights are summed in levels, as a sum of 16 bits has room for 256 weights
// of samples of 8 bits. Two levels have twice the room; with three, the last has
// weights of two units. It is filled first, from the middle outwards, so that the
// many small weights have the finer unit. The mean of the two finer levels is a
// sum as the third, and the mean of these is scaled.
//
// The weights may add up to anything that there is room for. Where a total is
// found for which all of them are nearly whole, few levels are enough.
const (
	maxByteLevels = 3
	// levelRoom is what the weights of one level may add up to: no weight of the
	// middle, which is even, takes more than 8 bits.
	levelRoom = 254
	// pairRoom is what those of pairs may add up to: the sum of so many whites fits.
	pairRoom = 65535 / (2 * 255)
)

// byteWeighting is what the pairs of pixels at the distances 0, 1, ... on both
// sides weigh, in the finest unit, and in how many levels. The middle, which is
// its own pair, has half of its weight.
type byteWeighting struct {
	weights []int32
	levels  int
}

// unit returns that of a level, of which the finest is the first.
func (w byteWeighting) unit(level int) int32 { return 1 << max(level-1, 0) }

// room returns what the weights of all levels may add up to.
func (w byteWeighting) room() int32 { return levelRoom << (w.levels - 1) }

// total returns what they add up to.
func (w byteWeighting) total() int32 {
	total := int32(0)
	for _, v := range w.weights {
		total += 2 * v
	}
	return total
}

// scale returns by what the last mean is multiplied to be in 1/128, in 1/65536.
func (w byteWeighting) scale() uint16 {
	const one = 128 << 16
	total := w.total()
	return uint16((one<<(w.levels-1) + total/2) / total)
}

// byteReach is how many sigma a window reaches, half a pixel more included. What
// lies beyond weighs 0.0005 of the whole, half a unit.
const byteReach = 3.5

// byteBlock is how many pixels a row is a multiple of.
const byteBlock = 2 * quadBlock

// byteRows are the loops over pixels of the blur in 8 bits. A row of n pixels
// is n numbers of 64 bits, with the samples in lanes of 16 bits, in an order
// that is up to them.
type byteRows struct {
	// plan turns the weights of the pairs of pixels at the distances 0, 1, ...
	// on both sides into steps.
	plan func(w byteWeighting) bytePlan
	// unpack writes the pixels of row from pixel x on, which may lie outside on
	// both sides, to line. What is outside repeats the edge. It reports whether
	// those inside were opaque. Here and below, temp has room for twice as many
	// pixels and quadBlock more.
	unpack func(line []uint64, temp, row []byte, x int, p bytePlan) bool
	// across writes the rounded sums of line, which begins at the first pixel
	// of the first window, to out. It may add them to partner, which is what
	// it wrote to the row above.
	across func(out, partner, line []uint64, temp []byte, p bytePlan)
	// down writes the rounded sums of the 2 x reach + 1 rows.
	down func(out, temp []byte, rows [][]uint64, p bytePlan)
}

// bytePlan is the order in which a window is summed: the steps of the finest
// level, up to ends[0], those of the next, and so on.
type bytePlan struct {
	reach, levels int
	scale         uint16
	ends          [maxByteLevels]int
	steps         [maxByteSteps]byteStep
}

// byteStep is a summand: what it weighs, in both halves of the 32 bits, and
// where it is. Its 16 bits are a weight, or the two of two samples.
type byteStep struct {
	at     int
	weight uint32
}

// These are no less than the largest number of steps in a plan and in a level.
const (
	maxByteSteps  = 32
	maxLevelSteps = 12
)

func newBytePlan(w byteWeighting) bytePlan {
	return bytePlan{reach: len(w.weights) - 1, levels: w.levels, scale: w.scale()}
}

// begin begins a level with no steps, after all of the one before.
func (p *bytePlan) begin(level int) {
	if level > 0 {
		p.ends[level] = p.ends[level-1]
	}
}

// level returns the steps of a level, the finest being the first.
func (p *bytePlan) level(i int) []byteStep {
	from := 0
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.steps[from:p.ends[i]]
}

// last returns the number of steps.
func (p *bytePlan) last() int { return p.ends[p.levels-1] }

// add adds a step to the level that is being filled.
func (p *bytePlan) add(level, at int, weight int32) {
	p.steps[p.ends[level]] = byteStep{at: at, weight: uint32(weight) * 0x00010001}
	p.ends[level]++
}

// byteLevel is what the pairs of pixels at the distances 0, 1, ... weigh in a level.
type byteLevel [quadBlock / 2]int32

// deal deals the weights into levels, in their units.
func (w byteWeighting) deal() (levels [maxByteLevels]byteLevel) {
	rooms := [maxByteLevels]int32{levelRoom / 2, levelRoom / 2, levelRoom / 2}
	for k, left := range w.weights {
		for i := w.levels - 1; i >= 0; i-- {
			n := min(left/w.unit(i), rooms[i])
			levels[i][k] = n
			rooms[i] -= n
			left -= n * w.unit(i)
		}
	}
	return levels
}

// place deals the weights with as many as it can whole in one level: a sum has a
// summand less for each. How they are dealt changes no sum, nor what it rounds to.
func (w byteWeighting) place() (levels [maxByteLevels]byteLevel) {
	rooms := [maxByteLevels]int32{pairRoom, pairRoom, pairRoom}
	for k, left := range w.weights {
		put := func(level int, n int32) {
			levels[level][k] += n
			rooms[level] -= n
			left -= n * w.unit(level)
		}
		for i := w.levels - 1; i >= 0; i-- {
			if n := left / w.unit(i); n <= rooms[i] && n*w.unit(i) == left {
				put(i, n)
			}
		}
		for i := w.levels - 1; i >= 0; i-- {
			put(i, min(left/w.unit(i), rooms[i]))
		}
		if left > 0 {
			return w.deal()
		}
	}
	return levels
}

// blurOpaque blurs src if it is opaque, and reports whether it was. It looks at
// the pixels on its way: what it has written until it meets one that is not
// opaque is left to be overwritten.
func (b *blurrer) blurOpaque(dst, src *image.NRGBA, weights byteWeighting) bool {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	p := b.plan(weights)
	slots := 2*p.reach + 1
	strip := min(w, Strip)
	pitch := roundUp(strip, byteBlock)
	ring := b.scratch.Uint64s(slotRing, slots*pitch)
	line := b.scratch.Uint64s(slotLine, pitch+quadBlock)
	temp := b.scratch.Bytes(0, 4*2*(pitch+2*quadBlock))
	window := b.scratch.Rows(0, slots)

	for x0 := 0; x0 < w; x0 += strip {
		n := min(strip, w-x0)
		n8 := roundUp(n, byteBlock)
		slot := func(i int) []uint64 { return ring[i%slots*pitch:][:n8] }
		// Rows outside repeat the edge: row i is that at i - reach.
		for i := range h + 2*p.reach {
			b.scratch.Row(i)
			y := clampTo(i-p.reach, h)
			if i == 0 || y != clampTo(i-1-p.reach, h) {
				if !b.unpack(line[:n8+quadBlock], temp, pixel.Row(src, y), x0-p.reach, p) {
					return false
				}
			}
			b.across(slot(i), slot(i+slots-1), line[:n8+quadBlock], temp, p)
			if i < 2*p.reach {
				continue
			}
			for k := range window {
				window[k] = slot(i - 2*p.reach + k)
			}
			b.down(pixel.Row(dst, i-2*p.reach)[4*x0:][:4*n], temp, window, p)
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

// byteWeights returns the weights with as few levels as are near enough to the
// Gaussian, or with the most.
func byteWeights(sigma float64, s *filter.Scratch) byteWeighting {
	const far = 5 // sigmas; beyond it there is nothing that counts
	exact := s.Float64s(0, gaussReach(sigma, far)+1)
	total := -1.0
	for i := range exact {
		exact[i] = gaussAt(float64(i), sigma)
		total += float64(2 * exact[i])
	}
	for i := range exact {
		exact[i] /= total
	}
	n := gaussReach(sigma, byteReach) + 1
	best := byteWeighting{weights: s.Int32s(0, n)}
	try := byteWeighting{weights: s.Int32s(1, n)}
	for try.levels = 1; ; try.levels++ {
		least := math.Inf(1)
		for total := try.room(); total > try.room()*5/8; total-- {
			if !try.round(exact, total) {
				continue
			}
			if off := try.error(exact); off < least {
				least = off
				copy(best.weights, try.weights)
				best.levels = try.levels
			}
		}
		if least <= enoughByteError(sigma) || try.levels == maxByteLevels {
			break
		}
	}
	for n > 2 && best.weights[n-1] == 0 {
		n--
	}
	best.weights = best.weights[:n]
	return best
}

// round makes the weights those of exact times total, each rounded to the unit of
// the finest level that it falls into. It reports whether there is room for them,
// and all levels are needed.
func (w byteWeighting) round(exact []float64, total int32) bool {
	level, room := w.levels-1, int32(levelRoom/2)
	for i := range w.weights {
		want, weight := float64(exact[i]*float64(total)), int32(0)
		if i == 0 {
			want /= 2
		}
		for {
			unit := w.unit(level)
			n := max(int32(math.Round((want-float64(weight))/float64(unit))), 0)
			if level > 0 {
				n = min(n, room)
			}
			weight += n * unit
			room -= n
			if level == 0 || room > 0 {
				break
			}
			level, room = level-1, levelRoom/2
		}
		w.weights[i] = weight
	}
	return level == 0 && room >= 0 && room < levelRoom/2
}

// error returns by how many levels the most adverse image may be off before it
// is rounded, if exact is the Gaussian.
//
// A window errs most where the pixels under too large a weight are white and the
// others black: by half of what the weights err in all, as these errors add up
// to nothing. That is in either of two directions, and rounding between them
// adds half a level.
func (w byteWeighting) error(exact []float64) float64 {
	total, off := float64(w.total()), 0.0
	for i, want := range exact {
		weight := 0.0
		if i < len(w.weights) {
			weight = float64(w.weights[i]) / total
		}
		if i == 0 {
			want /= 2
		}
		off += 2 * math.Abs(weight-want)
	}
	return float64(255*off) + 0.5
}

// enoughByteError returns the error for which no more levels of weights are
// summed. A window of few pixels meets its most adverse image by chance; no image
// comes near it in both directions at once where there are many: with 4 to 5
// levels of error whole images of stripes were wrong by two levels, but with 2
// levels they are within one after rounding (TestStripes).
func enoughByteError(sigma float64) float64 {
	if sigma < 1.2 {
		return 1.5
	}
	return 2.05
}
