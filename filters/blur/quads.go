package blur

import "carriles/filters/pixel"

// The loops of the scalar blur, see quadRows.

func spreadQuads(out []uint64, in []byte) {
	for i := range out {
		if len(in) < 4 {
			break
		}
		out[i] = premultipliedQuad(pixel.Load(in))
		in = in[4:]
	}
}

// premultipliedQuad returns the lanes of a pixel in units of 1/64 level, its colour
// multiplied with its alpha / 255, rounded.
func premultipliedQuad(p uint32) uint64 {
	a := uint64(p >> 24)
	if a == 255 {
		return pixel.Pairs(p) << levelBits
	}
	scale := a << levelBits
	r := (uint64(p&0xff)*scale + 127) / 255
	g := (uint64(p>>8&0xff)*scale + 127) / 255
	b := (uint64(p>>16&0xff)*scale + 127) / 255
	return r | b<<16 | g<<32 | scale<<48
}

// sumQuads keeps two sums for each pixel. One has the blue and the alpha
// channel in lanes of 32 bits. The other is that of the whole quads, in which
// the channels run into each other; the first sum, shifted, taken off it leaves
// red and green. So a product takes one mask less.
func sumQuads(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	const half = pixel.Lanes32 << 15 // rounds
	n := len(out)
	odd, whole := temp[:n], temp[n:][:n]
	for i := range odd {
		odd[i], whole[i] = half, half+half<<16
	}
	k := 0
	for ; k+1 < len(weights); k += 2 {
		addPairs(odd, whole, a[k], b[k], uint64(weights[k]), a[k+1], b[k+1], uint64(weights[k+1]))
	}
	if k < len(weights) {
		addPair(odd, whole, a[k], b[k], uint64(weights[k]))
	}
	for i, o := range odd {
		e := whole[i] - o<<16
		out[i] = e>>16&(0xffff*pixel.Lanes32) | o&(0xffff*pixel.Lanes32<<16)
	}
}

// addPair adds weight x (a + b).
func addPair(odd, whole, a, b []uint64, weight uint64) {
	n := len(odd)
	whole, a, b = whole[:n], a[:n], b[:n]
	for i := range odd {
		v := a[i] + b[i]
		odd[i] += weight * (v >> 16 & (0xffff * pixel.Lanes32))
		whole[i] += weight * v
	}
}

// addPairs adds f x (a + b) + g x (c + d).
func addPairs(odd, whole, a, b []uint64, f uint64, c, d []uint64, g uint64) {
	n := len(odd)
	whole, a, b, c, d = whole[:n], a[:n], b[:n], c[:n], d[:n]
	for i := range odd {
		v, w := a[i]+b[i], c[i]+d[i]
		odd[i] += f*(v>>16&(0xffff*pixel.Lanes32)) + g*(w>>16&(0xffff*pixel.Lanes32))
		whole[i] += f*v + g*w
	}
}

func finishQuads(out []byte, in []uint64) {
	for _, q := range in {
		if len(out) < 4 {
			break
		}
		if q>>48 == opaqueLevel {
			const half = pixel.Lanes16 << (levelBits - 1)
			pixel.Store(out, pixel.JoinPairs((q+half)>>levelBits&(0xff*pixel.Lanes16)))
		} else {
			pixel.Store(out, dividedPixel(q))
		}
		out = out[4:]
	}
}

// dividedPixel divides the colour of a quad by its alpha. Where alpha rounds to
// nothing so does the colour.
func dividedPixel(q uint64) uint32 {
	a := q >> 48
	alpha := (a + oneLevel/2) / oneLevel
	if alpha == 0 {
		return 0
	}
	r, b, g := q&0xffff, q>>16&0xffff, q>>32&0xffff
	return uint32(alpha)<<24 |
		uint32(min((b*255+a/2)/a, 255))<<16 |
		uint32(min((g*255+a/2)/a, 255))<<8 |
		uint32(min((r*255+a/2)/a, 255))
}
