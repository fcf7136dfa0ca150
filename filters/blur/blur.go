// Package blur blurs an image by a Gaussian: its declaration, and its kernels in plain Go and
// in vector instructions, which give the same bytes. It knows no other filter, and
// what holds for the kernels of all is told in package filter.
package blur

import (
	"image"

	"carriles/executor/text"
	"carriles/filters/filter"
	"carriles/filters/pixel"
)

// Filter declares the blur: a Gaussian with sigma = radius in pixels, in
// both directions, the edge pixels extended without end; radius 0 copies.
//
// The weights are exp(-i^2 / 2 sigma^2) at the whole i, normalised to 1. A
// source that is not opaque is blurred premultiplied, alpha included, and
// divided after.
//
// It stays within one level of the sum in real numbers (TestGaussianFit).
// Opaque images are blurred in 8 bits from BytesFrom to BytesTo: photographs,
// noise and stripes are within one level there as well (TestStripes), and the
// most adverse image within two (TestByteFit). OpenCV's GaussianBlur is within
// five and ten levels.
func Filter() filter.Filter {
	return filter.Filter{
		Name:  "blur",
		Title: text.Text{ES: "Desenfoque", EN: "Blur"},
		Help: text.Text{
			ES: "desenfoque gaussiano; cada píxel se mezcla con los de su alrededor",
			EN: "Gaussian blur; each pixel is mixed with those around it",
		},
		Params: []filter.Param{{
			Name: "radius", Kind: filter.Float, Unit: "sigma", Min: 0, Max: 100, Default: 2, Step: 0.5,
			Help: text.Text{
				ES: "desviación típica en píxeles; 0 deja la imagen igual",
				EN: "standard deviation in pixels; 0 keeps the image as it is",
			},
		}},
		Size:    filter.SameSize,
		Kernels: kernels{},
	}
}

type kernels struct{}

func (kernels) Scalar(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	blurImage(dst, src, v["radius"], s,
		quadRows{spread: spreadQuads, sum: sumQuads, finish: finishQuads},
		byteRows{plan: pairPlan, unpack: unpackBytes, across: acrossBytes, down: downBytes})
}

// quadRows are the three loops over pixels that the blur is made of. All else
// is the same for the scalar and the vector kernel.
type quadRows struct {
	// spread writes the pixels of in to out as premultiplied quads.
	spread func(out []uint64, in []byte)
	// sum writes the rounded sum of weights[k] x (a[k] + b[k]) / 65536 to out,
	// whose length is a multiple of quadBlock; temp is as large as twice that.
	// The weights are at most 32767 and add up to 32768.
	sum func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64)
	// finish is the inverse of spread.
	finish func(out []byte, in []uint64)
}

// quadBlock is how many pixels a sum is a multiple of: no loop over vectors
// needs an end for the odd ones. Rows have room for as many more.
const quadBlock = 32

// blocks rounds a number of pixels up to whole blocks.
func blocks(n int) int { return roundUp(n, quadBlock) }

func roundUp(n, block int) int { return (n + block - 1) / block * block }

// A channel of a quad has levelBits fractional bits: 255 is 16320, so that the
// sum of two fits a signed 16-bit number, of which processors multiply pairs
// at once.
const (
	levelBits = 6
	oneLevel  = 1 << levelBits

	opaqueLevel = 255 * oneLevel
)

// blurImage blurs with the given loops.
func blurImage(dst, src *image.NRGBA, sigma float64, s *filter.Scratch, quads quadRows, bytes byteRows) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	alone := sigma > 0 && sigma < PyramidFrom && gaussWeights(sigma, directReach, wholeWeight, s)[0] == wholeWeight/2
	if sigma <= 0 || alone {
		pixel.Copy(dst, src)
		return
	}
	b := blurrer{quadRows: quads, byteRows: bytes, scratch: s}
	if sigma >= BytesFrom && sigma < BytesTo && b.blurOpaque(dst, src, byteWeights(sigma, s)) {
		return
	}
	planes := s.Uint64s(slotPlanes, pyramidSize(w, h, sigma))
	b.blur(layer{w: w, h: h, image: dst}, layer{w: w, h: h, image: src}, sigma, planes)
}

// The slots of Scratch.Uint64s that the blur uses.
const (
	slotRing = iota
	slotLine
	slotSums
	slotTemp
	slotPlanes
)

// blurrer is one call of the blur.
type blurrer struct {
	quadRows
	byteRows
	scratch *filter.Scratch
}

// layer is what is blurred or written: an image, or quads of a smaller one
// row after row.
type layer struct {
	w, h  int
	image *image.NRGBA
	quads []uint64
}

// read writes the pixels of row y from column x on, which may lie outside on
// both sides, to out. What is outside repeats the edge.
func (b *blurrer) read(out []uint64, l *layer, x, y int) {
	left := min(max(-x, 0), len(out))
	right := min(max(l.w-x, left), len(out))
	inside := out[left:right]
	if len(inside) > 0 {
		if l.image != nil {
			b.spread(inside, pixel.Row(l.image, y)[4*(x+left):][:4*len(inside)])
		} else {
			copy(inside, l.quads[y*l.w+x+left:])
		}
	}
	if left > 0 {
		fill(out[:left], b.pixel(l, 0, y))
	}
	if right < len(out) {
		fill(out[right:], b.pixel(l, l.w-1, y))
	}
}

// pixel returns one pixel as a quad.
func (b *blurrer) pixel(l *layer, x, y int) uint64 {
	if l.image == nil {
		return l.quads[y*l.w+x]
	}
	return premultipliedQuad(pixel.Load(pixel.Row(l.image, y)[4*x:]))
}

func fill(out []uint64, v uint64) {
	for i := range out {
		out[i] = v
	}
}

// write is the inverse of read, for pixels that are all inside.
func (b *blurrer) write(l *layer, x, y int, in []uint64) {
	if l.image != nil {
		b.finish(pixel.Row(l.image, y)[4*x:][:4*len(in)], in)
	} else {
		copy(l.quads[y*l.w+x:], in)
	}
}

// taps returns room for n pairs of rows.
func (b *blurrer) taps(n int) (above, below [][]uint64) {
	return b.scratch.Rows(0, n), b.scratch.Rows(1, n)
}
