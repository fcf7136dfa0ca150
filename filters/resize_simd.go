//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

import "image"

// laneChunk is how many columns of rowsAtOnce rows are brought to lanes before
// the next, so that the steps that all of these rows write to stay in the cache.
const laneChunk = 256

// resizeVector is resizeKernel with the sums in lanes of 32 bits, a pixel in
// four of them. Between the two directions a pixel is two uint64.
func resizeVector(dst, src *image.NRGBA, _ Values, s *Scratch) {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := dst.Rect.Dx(), dst.Rect.Dy()
	if sw == dw && sh == dh {
		copyPixels(dst, src)
		return
	}
	across := lanczos(sw, dw, 0, s)
	down := lanczos(sh, dh, 1, s)
	taps := stepsOf(&across, s)
	strip := resizeColumns(dw, down.longest)
	slots := down.longest + rowsAtOnce - 1
	pitch := 2 * (strip + vecPixels)
	ring := s.Uint64s(0, slots*pitch)
	sums := s.Uint64s(1, pitch)
	lanes := s.Uint64s(2, stepSize*(sw/stepPixels+4))
	rows := s.Rows(0, down.longest)
	premultiplied := s.Bytes(0, 4*laneChunk)
	knowsFlat, flat := false, false

	for x0 := 0; x0 < dw; x0 += strip {
		n := min(strip, dw-x0)
		leftStep, _ := taps.of(x0)
		left := leftStep * stepPixels
		right := across.end(x0 + n - 1)
		next, _ := down.window(0)
		for y := range dh {
			first, weights := down.window(y)
			for ; next < first+len(weights); next += rowsAtOnce {
				var out [rowsAtOnce][]uint64
				for i := range out {
					out[i] = ring[min(next+i, sh-1)%slots*pitch:][:2*n]
				}
				for x := left; x < right; x += laneChunk {
					to := lanes[(x-left)/stepPixels*stepSize:]
					for i := range out {
						row := pixelRow(src, min(next+i, sh-1))[4*x : 4*min(x+laneChunk, right)]
						laneRow(to[2*i:], row, premultiplied)
					}
				}
				resampleRows(&out, lanes, &taps, x0, leftStep)
			}
			m := (n + vecPixels - 1) / vecPixels * vecPixels
			for i := range weights {
				rows[i] = ring[(first+i)%slots*pitch:][:2*m]
			}
			sumRows(sums[:2*m], rows[:len(weights)], weights)
			row := pixelRow(dst, y)[4*x0:][:4*n]
			if !joinInts(row, sums) {
				if !knowsFlat {
					knowsFlat, flat = true, opaque(src)
				}
				if !flat {
					for p := row; len(p) > 0; p = p[4:] {
						putPixel(p, unpremultiply(pixel(p)))
					}
				}
			}
		}
	}
	endVectors()
}

// tapSteps are the weights of a resampler in the order in which resampleRows
// takes them: for each pixel of the result so many steps from a first one on,
// each of stepPixels source pixels.
type tapSteps struct {
	bounds  []int32 // of pixel i: first step at 2i, number of them at 2i+1
	weights []int32 // of pixel i: from i x stride on
	stride  int
}

// stepsOf takes the weights of r.
func stepsOf(r *resampler, s *Scratch) tapSteps {
	n := len(r.bounds) / 2
	stride := ((r.longest+stepPixels-2)/stepPixels + 1) * stepWeights
	buf := s.Int32s(4, n*(2+stride)+stepWeights)
	t := tapSteps{bounds: buf[:2*n], weights: buf[2*n:], stride: stride}
	for i := range n {
		first, weights := r.window(i)
		skip := first % stepPixels
		t.bounds[2*i] = int32(first / stepPixels)
		t.bounds[2*i+1] = int32((skip + len(weights) + stepPixels - 1) / stepPixels)
		packSteps(t.weights[i*stride:][:t.bounds[2*i+1]*stepWeights], weights, skip)
	}
	return t
}

// of returns the first step of pixel i and the weights of all its steps.
func (t *tapSteps) of(i int) (int, []int32) {
	return int(t.bounds[2*i]), t.weights[i*t.stride:][:t.bounds[2*i+1]*stepWeights]
}

// sumRows writes the weighted sums of the rows, rounded and clamped to 0..255.
func sumRows(out []uint64, rows [][]uint64, weights []int32) {
	half := splat32(1 << (weightBits - 1))
	for i := 0; i <= len(out)-4*vecQuads; i += 4 * vecQuads {
		a, b, c, d := half, half, half, half
		for k, row := range rows {
			f := splat32(uint32(weights[k]))
			p := row[i:][:4*vecQuads]
			a = a.Add(load64(p[:vecQuads]).ReshapeToUint32s().Mul(f))
			b = b.Add(load64(p[vecQuads:]).ReshapeToUint32s().Mul(f))
			c = c.Add(load64(p[2*vecQuads:]).ReshapeToUint32s().Mul(f))
			d = d.Add(load64(p[3*vecQuads:]).ReshapeToUint32s().Mul(f))
		}
		o := out[i:][:4*vecQuads]
		clampWeighted(a).Store(o[:vecQuads])
		clampWeighted(b).Store(o[vecQuads:])
		clampWeighted(c).Store(o[2*vecQuads:])
		clampWeighted(d).Store(o[3*vecQuads:])
	}
}

// clampWeighted drops the fractional bits of sums and clamps them to 0..255.
func clampWeighted(v vec32) vec64 {
	w := v.BitsToInt32().ShiftAllRight(weightBits)
	zero := w.Sub(w)
	return w.Max(zero).ToBits().Min(splat32(255)).ReshapeToUint64s()
}

// laneRow writes the pixels of a row to its part of each step, premultiplied.
// Vectors take what is opaque; a row that is not is premultiplied first, in
// temp.
func laneRow(out []uint64, row, temp []byte) {
	if laneBlocks(out, row) {
		return
	}
	temp = temp[:len(row)]
	for i := 0; i < len(row); i += 4 {
		putPixel(temp[i:], uint32(premultiply(uint64(pixel(row[i:])))))
	}
	laneBlocks(out, temp)
}

// joinInts writes the pixels of in, whose channels are at most 255, as bytes.
// It reports whether all are opaque.
func joinInts(out []byte, in []uint64) bool {
	n := len(out) / vecBytes * vecBytes
	all := joinIntBlocks(out[:n], in)
	for in = in[n/2:]; n < len(out); n += 4 {
		e, o := in[0], in[1]
		putPixel(out[n:], uint32(e)|uint32(e>>32)<<8|uint32(o)<<16|uint32(o>>32)<<24)
		all = all && o>>32 == 255
		in = in[2:]
	}
	return all
}
