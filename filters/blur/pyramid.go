package blur

import (
	"math"

	"carriles/filters/filter"
)

// PyramidFrom is the sigma from which the blur goes over a smaller image, whose
// time does not grow with sigma: of 3840x2160 pixels 26 ms at sigma 3.9 where
// the direct sum takes 38 (amd64). A smaller one would lose too much, see
// TestGaussianFit.
const PyramidFrom = 3.0

// pyramidSigma is the sigma of the filters that make the smaller image and
// bring it back, in pixels of the smaller one.
const pyramidSigma = 0.8

// blur blurs src into dst, with all smaller images in planes.
//
// Gaussians one after the other are a Gaussian whose variance is the sum of
// theirs, and this holds for samples too if no filter is narrow beside their
// distance. So a wide one is split in three: a narrow one of which only every
// second or fourth row and column is computed, the rest on that smaller image,
// and a narrow one that brings it back to the full size. What the samples lose
// is below 0.0004 of the whole from PyramidFrom on, see TestGaussianFit.
//
// This is the pyramid of P. Burt and E. Adelson ("The Laplacian pyramid as a
// compact image code", IEEE Transactions on Communications 31, 1983) with
// Gaussian filters in both directions.
func (b *blurrer) blur(dst, src layer, sigma float64, planes []uint64) {
	if sigma < PyramidFrom {
		b.direct(&dst, &src, sigma)
		return
	}
	p := newPyramid(src.w, src.h, sigma)
	size := p.w * p.h
	small := layer{w: p.w, h: p.h, quads: planes[:size]}
	b.shrink(&small, &src, &p)
	b.blur(small, small, p.rest, planes[size:])
	b.enlarge(&dst, &small, &p)
}

// pyramid is one step to a smaller image.
type pyramid struct {
	factor int     // how many pixels of the larger image are one of the smaller
	sigma  float64 // of the filters between the two, in pixels of the larger
	rest   float64 // the sigma that is left, in pixels of the smaller
	reach  int     // of the filters, in pixels of the larger
	margin int     // pixels of the smaller image before the first of the larger
	w, h   int     // the size of the smaller, margins on all sides included
}

// newPyramid plans the step. Behind its margins, where the filter sees nothing
// but the edge pixel, the smaller image is as constant as the larger one.
func newPyramid(w, h int, sigma float64) pyramid {
	factor := 2
	if sigma >= 2*PyramidFrom {
		factor = 4
	}
	narrow := float64(pyramidSigma * float64(factor))
	reach := gaussReach(narrow, pyramidReach)
	margin := (reach + 2*(factor-1)) / factor
	return pyramid{
		factor: factor,
		sigma:  narrow,
		rest:   math.Sqrt(float64(sigma*sigma)-float64(2*narrow*narrow)) / float64(factor),
		reach:  reach,
		margin: margin,
		w:      (w-1)/factor + 1 + 2*margin,
		h:      (h-1)/factor + 1 + 2*margin,
	}
}

// pyramidSize returns how many pixels all smaller images have.
func pyramidSize(w, h int, sigma float64) int {
	size := 0
	for sigma >= PyramidFrom {
		p := newPyramid(w, h, sigma)
		size += p.w * p.h
		w, h, sigma = p.w, p.h, p.rest
	}
	return size
}

// shrink filters down and then across. What is between the two is one row; it
// is taken apart into one row for each remainder of the column by the factor,
// because in those the columns that are wanted lie side by side.
func (b *blurrer) shrink(dst, src *layer, p *pyramid) {
	weights := gaussWeights(p.sigma, pyramidReach, wholeWeight, b.scratch)
	strip := min(Strip/p.factor, dst.w)
	span := func(n int) int { return p.factor*(n-1) + 2*p.reach + 1 }
	slots := min(2*p.reach+1, src.h)
	pitch := blocks(span(strip))
	part := (pitch+p.factor-1)/p.factor + quadBlock
	ring := b.scratch.Uint64s(slotRing, slots*pitch)
	line := b.scratch.Uint64s(slotLine, pitch)
	parts := b.scratch.Uint64s(slotSums, p.factor*part+blocks(strip))
	out := parts[p.factor*part:]
	temp := b.scratch.Uint64s(slotTemp, 2*pitch)
	above, below := b.taps(p.reach + 1)

	for x0 := 0; x0 < dst.w; x0 += strip {
		n := min(strip, dst.w-x0)
		m, n8 := blocks(span(n)), blocks(n)
		next := 0
		for y := range dst.h {
			b.scratch.Row(y)
			centre := p.factor * (y - p.margin)
			for ; next < src.h && next <= max(centre+p.reach, 0); next++ {
				b.read(ring[next%slots*pitch:][:span(n)], src, p.factor*(x0-p.margin)-p.reach, next)
			}
			for k := range weights {
				above[k] = ring[clampTo(centre-k, src.h)%slots*pitch:][:m]
				below[k] = ring[clampTo(centre+k, src.h)%slots*pitch:][:m]
			}
			b.sum(line[:m], above, below, weights, temp)
			deal(parts, line[:span(n)], part, p.factor)
			for k := range weights {
				i, j := p.reach-k, p.reach+k
				above[k] = parts[i%p.factor*part+i/p.factor:][:n8]
				below[k] = parts[j%p.factor*part+j/p.factor:][:n8]
			}
			b.sum(out[:n8], above, below, weights, temp)
			b.write(dst, x0, y, out[:n])
		}
	}
}

// clampTo brings an index into 0..n-1.
func clampTo(i, n int) int { return max(0, min(i, n-1)) }

// deal writes in[i] to place i / factor of part i % factor.
func deal(parts, in []uint64, part, factor int) {
	for r := range factor {
		out := parts[r*part:][:part]
		for i, at := 0, r; at < len(in) && i < len(out); i, at = i+1, at+factor {
			out[i] = in[at]
		}
	}
}

// enlarge filters across, for each remainder of the column by the factor with
// the weights of its own, keeps these rows in a ring, and filters them down.
func (b *blurrer) enlarge(dst, src *layer, p *pyramid) {
	var phases [4]phase
	for r := range p.factor {
		phases[r] = newPhase(p, r, b.scratch)
	}
	// A row of the result needs the rows of src from -before to +after.
	before, after := p.reach/p.factor, (p.reach+p.factor-1)/p.factor
	slots := before + after + 1
	strip := min(Strip, dst.w)
	n8 := blocks(strip)
	small := blocks((strip-1)/p.factor + 1)
	line := b.scratch.Uint64s(slotLine, small+before+after)
	ring := b.scratch.Uint64s(slotRing, slots*n8+n8)
	zero := ring[slots*n8:]
	clear(zero)
	sums := b.scratch.Uint64s(slotSums, n8+small)
	part := sums[n8:]
	temp := b.scratch.Uint64s(slotTemp, 2*n8)
	above, below := b.taps(slots)

	for x0 := 0; x0 < dst.w; x0 += strip {
		n := min(strip, dst.w-x0)
		next := p.margin - before
		for y := range dst.h {
			b.scratch.Row(y)
			centre := y/p.factor + p.margin
			for ; next <= centre+after; next++ {
				row := ring[next%slots*n8:][:n8]
				b.read(line, src, x0/p.factor+p.margin-before, next)
				for r := range p.factor {
					f := &phases[r]
					for k := range f.weights {
						above[k] = line[before+f.first[k]:][:small]
						below[k] = zero[:small]
						if f.mirrored {
							below[k] = line[before+f.second[k]:][:small]
						}
					}
					b.sum(part, above, below, f.weights, temp)
					for i, at := 0, r; at < n; i, at = i+1, at+p.factor {
						row[at] = part[i]
					}
				}
			}
			f := &phases[y%p.factor]
			for k := range f.weights {
				above[k] = ring[(centre+f.first[k])%slots*n8:][:n8]
				below[k] = zero
				if f.mirrored {
					below[k] = ring[(centre+f.second[k])%slots*n8:][:n8]
				}
			}
			b.sum(sums[:n8], above, below, f.weights, temp)
			b.write(dst, x0, y, sums[:n])
		}
	}
}

// phase is the filter for one remainder of a row or column by the factor: the
// pairs of pixels of the smaller image, counted from the quotient, that make it
// up. Only where the remainder lies in the middle of such pairs are there two.
type phase struct {
	first, second [8]int
	weights       []int32
	mirrored      bool
}

func newPhase(p *pyramid, remainder int, s *filter.Scratch) phase {
	f := phase{mirrored: 2*remainder%p.factor == 0}
	weights := s.Int32s(1, p.factor*len(f.first))[remainder*len(f.first):]
	lo := -((p.reach - remainder) / p.factor)
	hi := (p.reach + remainder) / p.factor
	if f.mirrored {
		hi = remainder / p.factor
	}
	n := hi - lo + 1
	exact := s.Float64s(0, n)
	total := 0.0
	for i := range exact {
		first := lo + i
		f.first[i], f.second[i] = first, 2*remainder/p.factor-first
		exact[i] = gaussAt(float64(p.factor*first-remainder), p.sigma)
		if f.mirrored && f.first[i] == f.second[i] {
			exact[i] /= 2
		}
		total += exact[i]
	}
	whole := int32(wholeWeight)
	if f.mirrored {
		whole /= 2
	}
	f.weights = weights[:n]
	roundWeights(f.weights, exact, total, whole)
	return f
}
