// Package bildengine is the engine "bild": the filters as the library
// github.com/anthonynsimon/bild computes them, for comparison with the native
// kernels. It never corrects the library beyond giving its result the form of
// ours, and it has no edges, because bild has no Canny detector.
//
// What is different from native, in the result:
//
//   - blur: bild's Gaussian(radius) has the weights exp(-x^2 / 4 radius), a
//     sigma of sqrt(2 radius) and not of radius, and ends at the radius, which
//     for 2 is one sigma. A radius that is not whole moves the image by about
//     half a pixel, as the weights then do not lie evenly about the middle. Both
//     of its passes truncate: a flat area may become one or two levels darker.
//   - sharpen: the border repeats the edge pixel, where native reflects without
//     it; so the outermost pixels differ, and with each pass one more ring of
//     them. On an image with alpha it computes with premultiplied colours,
//     where native takes them as they are.
//   - resize: in floating point, not in fixed point, and with one source pixel
//     more or fewer where a window ends: by one level at most, seldom, on an
//     opaque photograph. Premultiplied like native.
//   - brightness: in 64-bit and not in 32-bit floats, which truncates a few
//     products to the next level. On an image with alpha it clamps premultiplied
//     colours, so that what native would stop at white may go on.
//
// And in how it is computed:
//
//   - It allocates its results and its padded copies, for each call, and reads
//     any image through a copy of its own.
//   - It spreads the rows over all cores (its parallel.Line), so that a
//     "sequential" run of it is sequential only with a GOMAXPROCS of 1.
//   - An init of its package parallel sets GOMAXPROCS to the number of CPUs, in
//     every program that imports this package: over the environment variable
//     and over a container's quota. The program has to set it again in main.
package bildengine

import (
	"image"

	"carriles/filters"

	"github.com/anthonynsimon/bild/adjust"
	"github.com/anthonynsimon/bild/blur"
	"github.com/anthonynsimon/bild/convolution"
	"github.com/anthonynsimon/bild/transform"
)

// Engine returns bild's kernels for all filters but edges.
func Engine() filters.Engine {
	return filters.Engine{Name: filters.BildName, Kernel: func(f filters.Filter) filters.Kernel {
		switch f.Name {
		case "resize":
			return resize
		case "blur":
			return gaussian
		case "brightness":
			return brightness
		case "sharpen":
			return sharpen
		}
		return nil
	}}
}

func resize(dst, src *image.NRGBA, _ filters.Values, _ *filters.Scratch) {
	store(dst, src, transform.Resize(src, dst.Rect.Dx(), dst.Rect.Dy(), transform.Lanczos))
}

func gaussian(dst, src *image.NRGBA, v filters.Values, _ *filters.Scratch) {
	store(dst, src, blur.Gaussian(src, v["radius"]))
}

// brightness takes a change of -1 to 1 by its documentation; the library's
// arithmetic is a clamped multiplication with 1 + change, which holds above.
func brightness(dst, src *image.NRGBA, v filters.Values, _ *filters.Scratch) {
	store(dst, src, adjust.Brightness(src, v["factor"]-1))
}

func sharpen(dst, src *image.NRGBA, v filters.Values, _ *filters.Scratch) {
	kernel := convolution.Kernel{Width: 3, Height: 3, Matrix: []float64{
		-1, -1, -1,
		-1, 9, -1,
		-1, -1, -1,
	}}
	var result *image.RGBA
	var in image.Image = src
	for range v.Int("intensity") {
		result = convolution.Convolve(in, &kernel, &convolution.Options{KeepAlpha: true})
		in = result
	}
	store(dst, src, result)
}

// store writes bild's premultiplied result to dst. Where src is opaque so is
// dst: the truncation of alpha, 254.99 to 254, is no transparency that anybody
// asked for.
func store(dst, src *image.NRGBA, result *image.RGBA) {
	opaque := src.Opaque()
	for y := range dst.Rect.Dy() {
		in := result.Pix[y*result.Stride:][:4*dst.Rect.Dx()]
		out := dst.Pix[y*dst.Stride:][:4*dst.Rect.Dx()]
		copy(out, in)
		for i := 3; i < len(out); i += 4 {
			switch a := uint(in[i]); {
			case opaque:
				out[i] = 255
			case a != 0 && a != 255:
				for c := i - 3; c < i; c++ {
					out[c] = uint8(min((uint(in[c])*255+a/2)/a, 255))
				}
			}
		}
	}
}
