package filters

import (
	"image"
	"math"
)

// blurStrip is how many columns are blurred at a time, so that the rows of
// one window stay in the cache.
const blurStrip = 256

// blurDirect sums the weighted neighbours, first across and then down, in
// integers: channels of 16 bits times weights of 16 bits that add up to 65536
// fill a lane of 32 bits and never overflow it.
//
// The window ends at four sigma; what lies beyond weighs 0.00006 of the whole.
// Together with the rounding of the weights that is 0.21 levels of the most
// adverse image at the largest sigma in use here (TestGaussianFit).
//
// In a strip of columns each row is summed across once and kept, as lanes, in
// a ring as long as the window; each row of the result is summed from it.
func blurDirect(dst, src *image.NRGBA, sigma float64, s *Scratch) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	flat := opaque(src)
	weights := gaussWeights(sigma, s)
	reach := len(weights) - 1
	slots := min(2*reach+1, h)
	strip := min(blurStrip, w)
	ring := s.Uint64s(0, slots*2*strip)
	sums := s.Uint64s(1, 2*strip)
	source := s.Uint64s(2, 2*(strip+2*reach))

	for x0 := 0; x0 < w; x0 += strip {
		n := min(strip, w-x0)
		ringRow := func(y int) []uint64 {
			y = max(0, min(y, h-1)) // rows outside repeat the edge
			return ring[y%slots*2*strip:][:2*n]
		}
		next := 0
		for y := range h {
			for ; next < h && next <= y+reach; next++ {
				padded := source[:2*(n+2*reach)]
				spreadExtended(padded, pixelRow(src, next), x0-reach, flat)
				convolveAcross(ringRow(next), padded, weights)
			}
			total := sums[:2*n]
			startWeighted(total, ringRow(y), weights[0], 1<<23)
			k := 1
			for ; k+1 <= reach; k += 2 {
				addPairs(total, ringRow(y-k), ringRow(y+k), weights[k],
					ringRow(y-k-1), ringRow(y+k+1), weights[k+1])
			}
			if k <= reach {
				addPair(total, ringRow(y-k), ringRow(y+k), weights[k])
			}
			finishBlur(pixelRow(dst, y)[4*x0:][:4*n], total, flat)
		}
	}
}

// gaussWeights returns the weight of the middle and those of one side, in
// units of 1/65536; the middle and twice the others are exactly 65536.
//
// The running sum from the outside in is what is rounded, not each weight, so
// that errors do not pile up in the middle.
func gaussWeights(sigma float64, s *Scratch) []uint64 {
	reach := int(math.Ceil(4 * sigma))
	exact := s.Float64s(0, reach+1)
	total := 0.0
	for i := range exact {
		t := float64(i) / sigma
		exact[i] = expNeg(-float64(t*t) / 2)
		total += exact[i]
		if i > 0 {
			total += exact[i]
		}
	}
	weights := s.Uint64s(3, reach+1)
	running, given := 0.0, uint64(0)
	for i := reach; i > 0; i-- {
		running += exact[i]
		upTo := uint64(math.Round(float64(running / total * (1 << 16))))
		weights[i] = upTo - given
		given = upTo
	}
	weights[0] = 1<<16 - 2*given
	return weights
}

// spreadExtended writes the lanes of the pixels from column x on, which may
// lie outside of the row on both sides, to out: first the even ones, then the
// odd.
func spreadExtended(out []uint64, row []byte, x int, flat bool) {
	n, last := len(out)/2, len(row)/4-1
	evens, odds := out[:n], out[n:][:n]
	for i := range evens {
		at := 4 * max(0, min(x+i, last))
		evens[i], odds[i] = premultiply256(uint64(pixel(row[at:])), flat)
	}
}

// convolveAcross sums the row in, which has len(weights)-1 more columns than
// out on either side.
func convolveAcross(out, in []uint64, weights []uint64) {
	n, m, reach := len(out)/2, len(in)/2, len(weights)-1
	for half := range 2 {
		o, row := out[half*n:][:n], in[half*m:][:m]
		startWeighted(o, row[reach:], weights[0], 1<<15)
		k := 1
		for ; k+1 <= reach; k += 2 {
			addPairs(o, row[reach-k:], row[reach+k:], weights[k],
				row[reach-k-1:], row[reach+k+1:], weights[k+1])
		}
		if k <= reach {
			addPair(o, row[reach-k:], row[reach+k:], weights[k])
		}
		for i, v := range o {
			o[i] = v >> 16 & (0xffff * lanes32)
		}
	}
}

// startWeighted sets sums to weight x row plus half, which rounds.
func startWeighted(sums, row []uint64, weight, half uint64) {
	row = row[:len(sums)]
	half *= lanes32
	for i := range sums {
		sums[i] = weight*row[i] + half
	}
}

// addPair adds weight x (a + b).
func addPair(sums, a, b []uint64, weight uint64) {
	n := len(sums)
	a, b = a[:n], b[:n]
	for i := range sums {
		sums[i] += weight * (a[i] + b[i])
	}
}

// addPairs adds f x (a + b) + g x (c + d).
func addPairs(sums, a, b []uint64, f uint64, c, d []uint64, g uint64) {
	n := len(sums)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	for i := range sums {
		sums[i] += f*(a[i]+b[i]) + g*(c[i]+d[i])
	}
}

// finishBlur writes a row of the result from sums in which one level is 1<<24,
// half a level already added.
func finishBlur(row []byte, sums []uint64, flat bool) {
	n := len(sums) / 2
	evens, odds := sums[:n], sums[n:][:n]
	for x := range evens {
		if len(row) < 4 {
			break
		}
		e, o := evens[x], odds[x]
		if flat {
			putPixel(row, join(e>>24&(0xff*lanes32), o>>24&(0xff*lanes32)))
		} else {
			const half = 1 << 23
			putPixel(row, divideAlpha(e&0xffffffff-half, o&0xffffffff-half, e>>32-half, o>>32-half, 1<<24))
		}
		row = row[4:]
	}
}
