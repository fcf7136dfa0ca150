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
// most adverse image. By the same measure OpenCV 4.6's GaussianBlur, the weights
// of which have 8 bits, is off by up to 4.1 levels at sigma 2 and 9.5 levels
// below sigma 3.
func TestByteFit(t *testing.T) {
	var s filter.Scratch
	worst, where := 0.0, 0.0
	for sigma := BytesFrom; sigma < PyramidFrom; sigma += 0.01 {
		if levels := byteFit(sigma, &s); levels > worst {
			worst, where = levels, sigma
		}
	}
	usual := byteFit(2, &s)
	t.Logf("off by up to %.2f levels (sigma %.2f); %.2f levels at sigma 2", worst, where, usual)
	if worst > 5.7 || usual > 2 {
		t.Errorf("off by up to %.2f levels (sigma %.2f), want 5.7; %.2f levels at sigma 2, want 2", worst, where, usual)
	}
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
