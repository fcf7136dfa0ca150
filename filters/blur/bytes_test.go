package blur

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"carriles/filters/filter"
	"carriles/filters/vector"
)

// byteFit returns by how many levels at most the blur in 8 bits differs from
// the Gaussian before the result is rounded.
//
// A window errs most where the pixels under too large a weight are white and
// the others black: by half of what the weights err in all, as these errors add
// up to nothing. That is in either of two directions, and between them there is
// half a level from rounding.
func byteFit(sigma float64, s *filter.Scratch) float64 {
	weights := byteWeights(sigma, s)
	reach := int(math.Ceil(10*sigma)) + 1
	total := 0.0
	for i := -reach; i <= reach; i++ {
		total += math.Exp(-float64(i*i) / 2 / sigma / sigma)
	}
	off := 0.0
	for i := -reach; i <= reach; i++ {
		weight, distance := 0.0, max(i, -i)
		if distance < len(weights) {
			weight = float64(weights[distance]) / wholeByteWeight
		}
		if distance == 0 {
			weight *= 2
		}
		off += math.Abs(weight - math.Exp(-float64(i*i)/2/sigma/sigma)/total)
	}
	return 255*off/2*2 + 0.5
}

// TestByteFit bounds what the blur in 8 bits differs from the Gaussian on the
// most adverse image, at the sigmas where it is used. By the same measure OpenCV
// 4.6's GaussianBlur, the weights of which have 8 bits, is off by up to 4.1 levels
// at sigma 2 and 9.5 levels below sigma 3.
func TestByteFit(t *testing.T) {
	var s filter.Scratch
	used := 0
	for sigma := BytesFrom; sigma < PyramidFrom; sigma += 0.01 {
		levels, fits := byteFit(sigma, &s), fitsBytes(sigma, byteWeights(sigma, &s))
		if fits {
			used++
		}
		if fits != (levels <= maxByteError) && math.Abs(levels-maxByteError) > 0.02 {
			t.Errorf("sigma %.2f: off by up to %.2f levels, used: %v", sigma, levels, fits)
		}
	}
	if used == 0 || used == 200 || !fitsBytes(2, byteWeights(2, &s)) || !fitsBytes(1.5, byteWeights(1.5, &s)) || fitsBytes(2.5, byteWeights(2.5, &s)) || fitsBytes(2.8, byteWeights(2.8, &s)) {
		t.Errorf("used at %d sigmas of 200; at 2 %v", used, fitsBytes(2, byteWeights(2, &s)))
	}
}

// stripes is an image of stripes: red across, green down, blue both, of which
// wide pixels of each period are white.
func stripes(period, wide, other int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 70, 50))
	white := func(yes bool) uint8 {
		if yes {
			return 255
		}
		return 0
	}
	for y := range 50 {
		for x := range 70 {
			m.SetNRGBA(x, y, color.NRGBA{white(x%period < wide), white(y%period < wide), white((x%period < wide) != (y%other < 1)), 255})
		}
	}
	return m
}

// TestStripes: stripes, on which errors of a window add up over a whole image,
// are within one level of the sum in real numbers at every sigma, in the scalar
// and the native kernel.
func TestStripes(t *testing.T) {
	var s filter.Scratch
	step := 0.1
	if testing.Short() {
		step = 0.5
	}
	for sigma := 0.5; sigma < 4.05; sigma += step {
		for period := 2; period <= 7; period++ {
			for wide := 1; wide < period; wide++ {
				m := stripes(period, wide, 1+(period*wide)%5)
				want := realBlur(m, sigma)
				got := image.NewNRGBA(m.Rect)
				kernels{}.Scalar(got, m, filter.Values{"radius": sigma}, &s)
				for i, v := range got.Pix {
					if i&3 < 3 && math.Abs(float64(v)-math.Floor(want[i]+0.5)) > 1 {
						t.Fatalf("sigma %.1f, %d of %d: channel %d of pixel %d is %d, want %.2f", sigma, wide, period, i&3, i/4, v, want[i])
					}
				}
			}
		}
	}
}

// realBlur is the Gaussian in real numbers, the edge extended.
func realBlur(m *image.NRGBA, sigma float64) []float64 {
	w, h, reach := m.Rect.Dx(), m.Rect.Dy(), int(math.Ceil(6*sigma))
	weights, total := make([]float64, 2*reach+1), 0.0
	for i := range weights {
		weights[i] = math.Exp(-float64((i-reach)*(i-reach)) / 2 / sigma / sigma)
		total += weights[i]
	}
	rows, out := make([]float64, 4*w*h), make([]float64, 4*w*h)
	for y := range h {
		for x := range w {
			for i, weight := range weights {
				from := 4 * (y*w + clampTo(x+i-reach, w))
				for c := range 3 {
					rows[4*(y*w+x)+c] += weight / total * float64(m.Pix[from+c])
				}
			}
		}
	}
	for y := range h {
		for x := range w {
			for i, weight := range weights {
				from := 4 * (clampTo(y+i-reach, h)*w + x)
				for c := range 3 {
					out[4*(y*w+x)+c] += weight / total * rows[from+c]
				}
			}
		}
	}
	return out
}

// checkBytePlans looks at the plans of all sigmas: an instruction that adds two
// products takes weights below 128 that add up to no more than 128, and a sum of
// 16 bits those that add up to half of the whole.
func checkBytePlans(t *testing.T, plan func([]int32) bytePlan, whole uint32, longest int) {
	t.Helper()
	var s filter.Scratch
	most := 0
	for sigma := 0.01; sigma < PyramidFrom; sigma += 0.001 {
		p := plan(byteWeights(sigma, &s))
		if p.reach+1 >= quadBlock/2 {
			t.Errorf("sigma %v: the reach is %d", sigma, p.reach)
		}
		for half, steps := range [2][]byteStep{p.steps[:p.first], p.steps[p.first:p.n]} {
			sum := uint32(0)
			for _, step := range steps {
				f, g := step.weight&0xff, step.weight>>8&0xff
				sum += f + g
				if f > 127 || g > 127 || f+g > 128 || step.weight>>16 != step.weight&0xffff || step.at > p.reach {
					t.Errorf("sigma %v: step %+v", sigma, step)
				}
			}
			if sum != whole/2 {
				t.Errorf("sigma %v: half %d has %d, want %d", sigma, half, sum, whole/2)
			}
			most = max(most, len(steps))
		}
	}
	if most > longest {
		t.Errorf("%d steps in a half, want %d", most, longest)
	}
}

// TestPairPlans: the straight loops of WebAssembly take six steps in each half.
func TestPairPlans(t *testing.T) {
	checkBytePlans(t, pairPlan, wholeByteWeight/2, 6)
}

// TestByteWeights compares weights with those worked out by hand. The running
// sums from the end, in 1/512, are 0.22, 1.36, 5.85, 19.67, 52.83, 114.79,
// 204.93, 256 for sigma 2, 2.27, 29.92, 153.84, 256 for sigma 1, and 0.14, 54.64,
// 256 for sigma 0.5.
func TestByteWeights(t *testing.T) {
	for _, c := range []struct {
		sigma float64
		want  []int32
	}{
		{0.1, []int32{256, 0}},
		{0.5, []int32{201, 55}},
		{1, []int32{102, 124, 28, 2}},
		{1.5, []int32{68, 109, 56, 18, 4, 1}}, // 136.2, 109.0, 56.0, 18.4, 3.9, 0.5 each by itself
		{2, []int32{51, 90, 62, 33, 14, 5, 1}},
	} {
		var s filter.Scratch
		if got := byteWeights(c.sigma, &s); !slices.Equal(got, c.want) {
			t.Errorf("sigma %v: %v, want %v", c.sigma, got, c.want)
		}
	}
}

// TestBlurFindsAlpha: one pixel that is not opaque, wherever it is, has the
// whole image blurred in quads.
func TestBlurFindsAlpha(t *testing.T) {
	const w, h = Strip + 50, 9
	var s filter.Scratch
	for _, at := range []image.Point{{0, 0}, {w - 1, 0}, {0, h - 1}, {w - 1, h - 1}, {Strip - 1, 5}, {77, 4}} {
		src := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := range src.Pix {
			src.Pix[i] = uint8(i * i >> 3)
		}
		for i := 3; i < len(src.Pix); i += 4 {
			src.Pix[i] = 255
		}
		c := src.NRGBAAt(at.X, at.Y)
		src.SetNRGBA(at.X, at.Y, color.NRGBA{c.R, c.G, c.B, 254})
		want := image.NewNRGBA(src.Rect)
		b := blurrer{quadRows: quadRows{spread: spreadQuads, sum: sumQuads, finish: finishQuads}, scratch: &s}
		b.direct(&layer{w: w, h: h, image: want}, &layer{w: w, h: h, image: src}, 1.7)
		for _, kernel := range ours() {
			got := image.NewNRGBA(src.Rect)
			kernel(got, src, filter.Values{"radius": 1.7}, &s)
			if !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("alpha at %v: other bytes than those of quads", at)
			}
		}
	}
}

// ours are the kernels that have to give the same bytes, as far as they run here.
func ours() []filter.Kernel {
	all := []filter.Kernel{kernels{}.Scalar}
	if k, ok := any(kernels{}).(filter.VectorKernels); ok && vector.Level() != vector.None {
		all = append(all, k.Vector)
	}
	return all
}
