//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package resize

import (
	"image"

	"carriles/filters/filter"
	"carriles/filters/pixel"
	"carriles/filters/vector"
)

// Vector is Scalar with sums of steps, see stepBlock: across, of pixels
// side by side in stepLanes rows; down, of rows one below the other in as many columns.
// Each strip keeps the rows that were resampled across in a ring of such steps.
func (kernels) Vector(dst, src *image.NRGBA, _ filter.Values, s *filter.Scratch) {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := dst.Rect.Dx(), dst.Rect.Dy()
	if sw == dw && sh == dh {
		pixel.Copy(dst, src)
		return
	}
	across := lanczos(sw, dw, 0, s)
	down := lanczos(sh, dh, 1, s)
	columns, rows := stepsOf(&across, 4, s), stepsOf(&down, 5, s)
	strip := wholeLanes(stripColumns(dw, down.longest))
	r := stepRing{slots: rows.weights.count + stepLanes}
	r.slots -= r.slots % (stepLanes / 2)
	r.steps = s.Uint64s(0, (2*r.slots*strip/stepLanes+1)*stepWords)
	r.blocks = s.Int32s(6, strip/stepLanes)
	for i := range r.blocks {
		r.blocks[i] = int32(2 * r.slots * i)
	}
	pairs := s.Uint64s(1, (strip+1)*pairWords)
	lanes := s.Uint64s(2, (wholeLanes(sw)/2+columns.weights.count+1)*stepWords)
	pass := secondPass{s.Uint64s(3, (strip+1)*stepWords), s.Int32s(7, strip+1)}
	knowsFlat, flat := false, false

	for x0 := 0; x0 < dw; x0 += strip {
		n := min(strip, dw-x0)
		left := 2 * int(columns.starts[x0])
		right := across.end(x0 + n - 1)
		next := 0
		for y := range dh {
			first, weights := down.window(y)
			for ; next < first+len(weights); next += stepLanes {
				var in [stepLanes][]byte
				for i := range in {
					in[i] = pixel.Row(src, min(next+i, sh-1))[4*left : 4*right]
				}
				to := lanes[left/2*stepWords:]
				if !laneRows(to, &in) {
					premultiplyRows(&in, s)
					laneRows(to, &in)
				}
				sumSteps(pairs, lanes, columns.starts[x0:x0+n], columns.weights.from(x0), &pass)
				r.put(pairs, n, next/2)
			}
			row := pixel.Row(dst, y)[4*x0:][:4*n]
			blocks := r.blocks[:wholeLanes(n)/stepLanes]
			sumSteps(pairs, r.from(first/2), blocks, rows.weights.only(y), &pass)
			if !joinResults(row, pairs) {
				if !knowsFlat {
					knowsFlat, flat = true, opaque(src)
				}
				if !flat {
					for p := row; len(p) > 0; p = p[4:] {
						pixel.Store(p, unpremultiply(pixel.Load(p)))
					}
				}
			}
		}
	}
	vector.End()
}
