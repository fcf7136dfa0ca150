//go:build goexperiment.simd && !scalar && (amd64 || arm64 || wasm)

package brightness

import (
	"image"
	_ "simd/archsimd" // see package vector

	"carriles/filters/filter"
	"carriles/filters/pixel"
	"carriles/filters/vector"
)

// Vector is Scalar without its table: the same product of
// 32-bit floats, truncated, in each lane.
func (kernels) Vector(dst, src *image.NRGBA, v filter.Values, s *filter.Scratch) {
	factor := float32(v["factor"])
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if w < vector.Pixels {
		kernels{}.Scalar(dst, src, v, s)
		return
	}
	whole, last := vector.Whole(4*w), 4*w-vector.Bytes
	for y := range h {
		s.Row(y)
		out, in := pixel.Row(dst, y), pixel.Row(src, y)
		brighten(out[:whole], in[:whole], factor)
		brighten(out[last:], in[last:], factor)
	}
	vector.End()
}

func brighten(out, in []byte, factor float32) {
	f := vector.SplatFloat(factor)
	low, alpha := vector.Splat32(0xff), vector.Splat32(0xff000000)
	scaled := func(c vector.Uint32) vector.Uint32 {
		return c.And(low).BitsToInt32().ConvertToFloat32().Mul(f).ConvertToInt32().ToBits().Min(low)
	}
	out = out[:len(in)]
	for x := 0; x <= len(in)-vector.Bytes; x += vector.Bytes {
		p := vector.Load8(in[x : x+vector.Bytes]).ReshapeToUint32s()
		q := scaled(p).
			Or(scaled(p.ShiftAllRight(8)).ShiftAllLeft(8)).
			Or(scaled(p.ShiftAllRight(16)).ShiftAllLeft(16)).
			Or(p.And(alpha))
		q.ReshapeToUint8s().Store(out[x : x+vector.Bytes])
	}
}
