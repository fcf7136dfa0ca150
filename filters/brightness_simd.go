//go:build goexperiment.simd && (amd64 || arm64 || wasm)

package filters

import "image"

// brightnessVector is brightnessKernel without its table: the same product of
// 32-bit floats, truncated, in each lane.
func brightnessVector(dst, src *image.NRGBA, v Values, s *Scratch) {
	factor := float32(v["factor"])
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if w < vecPixels {
		brightnessKernel(dst, src, v, s)
		return
	}
	whole, last := wholeVectors(4*w), 4*w-vecBytes
	for y := range h {
		out, in := pixelRow(dst, y), pixelRow(src, y)
		brighten(out[:whole], in[:whole], factor)
		brighten(out[last:], in[last:], factor)
	}
	endVectors()
}

func brighten(out, in []byte, factor float32) {
	f := splatFloat(factor)
	low, alpha := splat32(0xff), splat32(0xff000000)
	scaled := func(c vec32) vec32 {
		return c.And(low).BitsToInt32().ConvertToFloat32().Mul(f).ConvertToInt32().ToBits().Min(low)
	}
	out = out[:len(in)]
	for x := 0; x <= len(in)-vecBytes; x += vecBytes {
		p := load8(in[x : x+vecBytes]).ReshapeToUint32s()
		q := scaled(p).
			Or(scaled(p.ShiftAllRight(8)).ShiftAllLeft(8)).
			Or(scaled(p.ShiftAllRight(16)).ShiftAllLeft(16)).
			Or(p.And(alpha))
		q.ReshapeToUint8s().Store(out[x : x+vecBytes])
	}
}
