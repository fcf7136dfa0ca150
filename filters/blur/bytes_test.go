package blur

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"reflect"
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
	w := byteWeights(sigma, s)
	reach := int(math.Ceil(10*sigma)) + 1
	total, given := 0.0, 0.0
	for i := -reach; i <= reach; i++ {
		total += math.Exp(-float64(i*i) / 2 / sigma / sigma)
	}
	for _, v := range w.weights {
		given += 2 * float64(v)
	}
	off := 0.0
	for i := -reach; i <= reach; i++ {
		weight, distance := 0.0, max(i, -i)
		if distance < len(w.weights) {
			weight = float64(w.weights[distance]) / given
		}
		if distance == 0 {
			weight *= 2
		}
		off += math.Abs(weight - math.Exp(-float64(i*i)/2/sigma/sigma)/total)
	}
	return 255*off/2*2 + 0.5
}

// TestByteFit bounds what the blur in 8 bits differs from the Gaussian on the
// most adverse image. By the same measure OpenCV
// 4.6's GaussianBlur, the weights of which have 8 bits, is off by up to 4.1 levels
// at sigma 2 and 9.5 levels below sigma 3.
func TestByteFit(t *testing.T) {
	var s filter.Scratch
	for sigma := BytesFrom; sigma < BytesTo; sigma += 0.01 {
		most := enoughByteError(sigma) + 0.02
		if sigma >= 2.99 {
			most = 2.35 // what most levels reach
		}
		if levels := byteFit(sigma, &s); levels > most {
			t.Errorf("sigma %.2f: off by up to %.2f levels", sigma, levels)
		}
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

// checkBytePlans looks at the plans of all sigmas: the weights are all there, one
// has eight bits, and those of a level add up to no more than a sum has room for, and
// if levels are filled, to all of that but in the last one. A plan has each of them so
// often. longest has the most steps that there are in the levels, by how many levels
// there are.
func checkBytePlans(t *testing.T, plan func(byteWeighting) bytePlan, often, room uint32, filled bool, longest [maxByteLevels][]int) {
	t.Helper()
	var s filter.Scratch
	var most [maxByteLevels][]int
	for i := range most {
		most[i] = make([]int, i+1)
	}
	for sigma := BytesFrom; sigma < BytesTo; sigma += 0.003 {
		w := byteWeights(sigma, &s)
		p := plan(w)
		if 2*p.reach+1 >= quadBlock {
			t.Errorf("sigma %v: the reach is %d", sigma, p.reach)
		}
		total := uint32(0)
		for i := range p.levels {
			steps, sum := p.level(i), uint32(0)
			for _, step := range steps {
				sum += step.weight&0xff + step.weight>>8&0xff
				if step.weight>>16 != step.weight&0xffff || step.at > 2*p.reach {
					t.Errorf("sigma %v: step %+v", sigma, step)
				}
			}
			if sum > room || filled && sum < room && i > 0 || sum == 0 {
				t.Fatalf("sigma %v: level %d of %d has %d, with room for %d", sigma, i, p.levels, sum, room)
			}
			most[p.levels-1][i] = max(most[p.levels-1][i], len(steps))
			total += sum * uint32(w.unit(i))
		}
		if 2*total != often*uint32(w.total()) {
			t.Errorf("sigma %v: the levels add up to %d, the weights to %d", sigma, total, w.total())
		}
	}
	if !reflect.DeepEqual(most, longest) {
		t.Errorf("%d steps in the levels, want %d", most, longest)
	}
}

func TestPairPlans(t *testing.T) {
	checkBytePlans(t, pairPlan, 1, pairRoom, false, [maxByteLevels][]int{{6}, {5, 5}, {7, 6, 7}})
}

// TestPlace deals weights into levels of 128 units; the third has units of two, and the
// coarsest is filled first.
func TestPlace(t *testing.T) {
	for _, c := range []struct {
		what    string
		weights byteWeighting
		want    [maxByteLevels][]int32
	}{
		{"one level", byteWeighting{[]int32{48, 58, 13, 1}, 1}, [maxByteLevels][]int32{{48, 58, 13, 1}}},
		{"all whole: 45+79+4 fill a level", byteWeighting{[]int32{45, 79, 54, 29, 12, 4, 1}, 2},
			[maxByteLevels][]int32{{0, 0, 54, 29, 12, 0, 1}, {45, 79, 0, 0, 0, 4, 0}}},
		{"one has room in no level, so 13 of it in one", byteWeighting{[]int32{115, 117, 15, 1}, 2},
			[maxByteLevels][]int32{{0, 117, 2, 1}, {115, 0, 13, 0}}},
		{"what is odd is whole in a level of units of one", byteWeighting{[]int32{64, 120, 99, 72, 46, 26, 13, 6, 2, 1}, 3},
			[maxByteLevels][]int32{{0, 0, 0, 0, 46, 0, 13, 6, 0, 0}, {0, 0, 99, 0, 0, 26, 0, 0, 2, 1}, {32, 60, 0, 36, 0, 0, 0, 0, 0, 0}}},
	} {
		got := c.weights.place()
		for i, want := range c.want {
			if !slices.Equal(got[i][:len(want)], want) {
				t.Errorf("%s: level %d is %d, want %d", c.what, i, got[i][:len(want)], want)
			}
		}
	}
}

// TestByteWeights compares weights with those worked out by hand: of a sigma's
// Gaussian, times the total and half of the middle first, it has 96.0, 26.0 and 0.1
// in 244 for sigma 0.5; 47.9, 58.1, 13.0, 1.1 in 240 for 1; 44.7, 78.9, 54.2, 29.0,
// 12.1, 3.9, 1.0 in 448 for 2; and 64.0, 120.0, 99.1, 72.1, 46.1, 26.0, 12.9, 5.6,
// 2.2, 0.7 in 898 for 2.8, of which the first 252 have units of 2.
func TestByteWeights(t *testing.T) {
	for _, c := range []struct {
		sigma  float64
		levels int
		want   []int32
	}{
		{0.5, 1, []int32{96, 26}},
		{1, 1, []int32{48, 58, 13, 1}},
		{2, 2, []int32{45, 79, 54, 29, 12, 4, 1}},
		{2.8, 3, []int32{64, 120, 99, 72, 46, 26, 13, 6, 2, 1}},
	} {
		var s filter.Scratch
		if got := byteWeights(c.sigma, &s); got.levels != c.levels || !slices.Equal(got.weights, c.want) {
			t.Errorf("sigma %v: %v, want %v in %d levels", c.sigma, got, c.want, c.levels)
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
