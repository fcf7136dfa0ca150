//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

import "image"

// resizeVector is resizeKernel with the sums in lanes of 32 bits. How pixels are
// kept between the two directions, ringWords knows.
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
	pitch := ringWords(strip + vecPixels)
	ring := s.Uint64s(0, slots*pitch)
	sums := s.Uint64s(1, pitch)
	lanes := s.Uint64s(2, stepSize*(sw/stepPixels+4+2*stepsAtOnce))
	rows := s.Rows(0, down.longest)
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
				var in [rowsAtOnce][]byte
				var out [rowsAtOnce][]uint64
				for i := range out {
					from := min(next+i, sh-1)
					in[i] = pixelRow(src, from)[4*left : 4*right]
					out[i] = ring[from%slots*pitch:][:pitch]
				}
				laneRows(lanes, &in)
				resampleRows(&out, n, lanes, &taps, x0, leftStep)
			}
			for i := range weights {
				rows[i] = ring[(first+i)%slots*pitch:][:pitch]
			}
			row := pixelRow(dst, y)[4*x0:][:4*n]
			if !sumRows(row, rows[:len(weights)], weights, sums) {
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
	stride := wholeSteps((r.longest+stepPixels-2)/stepPixels+1) * stepWeights
	buf := s.Int32s(4, n*(2+stride)+stepsAtOnce*stepWeights)
	t := tapSteps{bounds: buf[:2*n], weights: buf[2*n:], stride: stride}
	for i := range n {
		first, weights := r.window(i)
		skip := first % stepPixels
		t.bounds[2*i] = int32(first / stepPixels)
		t.bounds[2*i+1] = int32(wholeSteps((skip + len(weights) + stepPixels - 1) / stepPixels))
		packSteps(t.weights[i*stride:][:t.bounds[2*i+1]*stepWeights], weights, skip)
	}
	return t
}

// wholeSteps rounds a number of steps up to what is taken at once.
func wholeSteps(n int) int { return (n + stepsAtOnce - 1) / stepsAtOnce * stepsAtOnce }

// of returns the first step of pixel i and the weights of all its steps.
func (t *tapSteps) of(i int) (int, []int32) {
	return int(t.bounds[2*i]), t.weights[i*t.stride:][:t.bounds[2*i+1]*stepWeights]
}

// clampWeighted drops the fractional bits of sums and clamps them to 0..255.
func clampWeighted(v vec32) vec32 {
	w := v.BitsToInt32().ShiftAllRight(weightBits)
	zero := w.Sub(w)
	return w.Max(zero).ToBits().Min(splat32(255))
}
