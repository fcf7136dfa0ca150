package filters

import (
	"image"
	"image/color"
	"math"
	"testing"

	"carriles/filters/blur"
)

// sample is what the tests know of a filter besides its declaration.
type sample struct {
	name string
	// slow is the slow reference: the filter written for the eye, pixel by pixel
	// with At and Set, in the plainest arithmetic that its definition allows.
	// Nothing of the kernels is used there.
	slow func(src *image.NRGBA, v Values) *image.NRGBA
	// params are those under which the kernels are compared with it, and peers
	// those of the comparison with other libraries.
	params []Values
	peers  Values
	digest string // see TestSameBytesEverywhere
}

// samples has all filters in their order.
func samples() []sample {
	return []sample{
		{
			name: "resize", slow: slowResize, params: []Values{
				{"width": 1, "height": 1}, {"width": 7, "height": 5}, {"width": 40, "height": 3},
				{"width": 3, "height": 37}, {"width": 33, "height": 31},
			},
			peers: Values{"width": 800, "height": 600}, digest: "cf0056871fbe6c10e158866146175b15",
		},
		{
			name: "blur", slow: slowBlur, params: []Values{
				{"radius": 0}, {"radius": 1e-9}, {"radius": 0.3}, {"radius": 1}, {"radius": 2.3},
				{"radius": blur.PyramidFrom - 0.1}, {"radius": blur.PyramidFrom}, {"radius": 9}, {"radius": 30}, {"radius": 100},
			},
			peers: Values{"radius": 2}, digest: "0a3e176efe733440d0f59827a7f7ef61",
		},
		{
			name: "brightness", slow: slowBrightness, params: []Values{
				{"factor": 0}, {"factor": 0.35}, {"factor": 1}, {"factor": 1.2}, {"factor": 10},
			},
			peers: Values{"factor": 1.2}, digest: "8327731c56d8c01b1a61dfd65da674ce",
		},
		{
			name: "sharpen", slow: slowSharpen, params: []Values{{"intensity": 1}, {"intensity": 2}, {"intensity": 5}},
			peers: Values{"intensity": 1}, digest: "b12a7dcac34b0ff331d6c2d629af2af0",
		},
		{
			name: "edges", slow: slowEdges, params: []Values{
				{"threshold1": 0, "threshold2": 0}, {"threshold1": 40.9, "threshold2": 120.2},
				{"threshold1": 300, "threshold2": 90}, {"threshold1": 1000, "threshold2": 1000},
			},
			peers: Values{"threshold1": 50, "threshold2": 150}, digest: "47647fcb9d2d7beb89598126ef79ca0f",
		},
	}
}

func sampleOf(t testing.TB, name string) sample {
	t.Helper()
	for _, c := range samples() {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("no sample of %s", name)
	return sample{}
}

// at returns a pixel counted from the top left corner, wherever that lies.
func at(m *image.NRGBA, x, y int) color.NRGBA {
	return m.NRGBAAt(m.Rect.Min.X+x, m.Rect.Min.Y+y)
}

func clampInt(v, lo, hi int) int { return max(lo, min(v, hi)) }

// mirror reflects step by step: walk from inside, turn at the ends.
func mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	if i >= n {
		i = period - i
	}
	return i
}

// slowResize is Pillow's definition in its own fixed point: the intermediate
// image is one of 8 bits, and so is the premultiplied one.
func slowResize(src *image.NRGBA, v Values) *image.NRGBA {
	dw, dh := v.Int("width"), v.Int("height")
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	if sw == dw && sh == dh {
		return slowMap(src, func(c color.NRGBA) color.NRGBA { return c })
	}
	flat := true
	plane := make([][4]int, sw*sh)
	for y := range sh {
		for x := range sw {
			c := at(src, x, y)
			flat = flat && c.A == 255
			p := [4]int{int(c.R), int(c.G), int(c.B), int(c.A)}
			for i := range 3 {
				p[i] = int(math.Floor(float64(p[i]*p[3])/255 + 0.5))
			}
			plane[y*sw+x] = p
		}
	}
	sinc := func(x float64) float64 {
		if x == 0 {
			return 1
		}
		return math.Sin(x*math.Pi) / (x * math.Pi)
	}
	window := func(i, in, out int) (int, []int) {
		scale := float64(in) / float64(out)
		stretch := math.Max(scale, 1)
		centre := (float64(i) + 0.5) * scale
		lo := max(int(centre-3*stretch+0.5), 0)
		hi := min(int(centre+3*stretch+0.5), in)
		var w []float64
		sum := 0.0
		for k := lo; k < hi; k++ {
			x := (float64(k) - centre + 0.5) / stretch
			v := 0.0
			if x > -3 && x < 3 {
				v = sinc(x) * sinc(x/3)
			}
			w = append(w, v)
			sum += v
		}
		fixed := make([]int, len(w))
		for k := range w {
			fixed[k] = int(math.Round(w[k] / sum * (1 << 22)))
		}
		return lo, fixed
	}
	resample := func(in [][4]int, w, h, n int, across bool) [][4]int {
		ow, oh := n, h
		if !across {
			ow, oh = w, n
		}
		out := make([][4]int, ow*oh)
		for y := range oh {
			for x := range ow {
				i, length := x, w
				if !across {
					i, length = y, h
				}
				lo, weights := window(i, length, n)
				for c := range 4 {
					sum := 1 << 21
					for k, f := range weights {
						if across {
							sum += f * in[y*w+lo+k][c]
						} else {
							sum += f * in[(lo+k)*w+x][c]
						}
					}
					out[y*ow+x][c] = clampInt(sum>>22, 0, 255)
				}
			}
		}
		return out
	}
	if dw != sw {
		plane = resample(plane, sw, sh, dw, true)
	}
	if dh != sh {
		plane = resample(plane, dw, sh, dh, false)
	}
	dst := image.NewNRGBA(image.Rect(0, 0, dw, dh))
	for i, p := range plane {
		a := p[3]
		if !flat && a != 0 && a != 255 {
			for c := range 3 {
				p[c] = min(p[c]*255/a, 255)
			}
		}
		dst.SetNRGBA(i%dw, i/dw, color.NRGBA{uint8(p[0]), uint8(p[1]), uint8(p[2]), uint8(a)})
	}
	return dst
}

// slowBlur is the sum in float64, ten sigma to either side.
func slowBlur(src *image.NRGBA, v Values) *image.NRGBA {
	sigma := v["radius"]
	if sigma == 0 {
		return slowMap(src, func(c color.NRGBA) color.NRGBA { return c })
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	reach := int(math.Ceil(10 * sigma))
	weights := make([]float64, 2*reach+1)
	total := 0.0
	for i := range weights {
		d := float64(i-reach) / sigma
		weights[i] = math.Exp(-d * d / 2)
		total += weights[i]
	}
	plane := make([][4]float64, w*h)
	for i := range plane {
		c := at(src, i%w, i/w)
		a := float64(c.A)
		plane[i] = [4]float64{float64(c.R) * a / 255, float64(c.G) * a / 255, float64(c.B) * a / 255, a}
	}
	for _, across := range []bool{true, false} {
		next := make([][4]float64, w*h)
		for i := range next {
			for k, f := range weights {
				x, y := i%w, i/w
				if across {
					x = clampInt(x+k-reach, 0, w-1)
				} else {
					y = clampInt(y+k-reach, 0, h-1)
				}
				for c := range 4 {
					next[i][c] += f / total * plane[y*w+x][c]
				}
			}
		}
		plane = next
	}
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i, p := range plane {
		a := uint8(math.Floor(p[3] + 0.5))
		if a == 0 {
			continue
		}
		channel := func(c int) uint8 { return uint8(math.Min(math.Floor(p[c]*255/p[3]+0.5), 255)) }
		dst.SetNRGBA(i%w, i/w, color.NRGBA{channel(0), channel(1), channel(2), a})
	}
	return dst
}

func slowBrightness(src *image.NRGBA, v Values) *image.NRGBA {
	f := float32(v["factor"])
	channel := func(v uint8) uint8 {
		x := f * float32(v)
		if x >= 255 {
			return 255
		}
		return uint8(x)
	}
	return slowMap(src, func(c color.NRGBA) color.NRGBA {
		return color.NRGBA{channel(c.R), channel(c.G), channel(c.B), c.A}
	})
}

func slowMap(src *image.NRGBA, f func(color.NRGBA) color.NRGBA) *image.NRGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		dst.SetNRGBA(i%w, i/w, f(at(src, i%w, i/w)))
	}
	return dst
}

func slowSharpen(src *image.NRGBA, v Values) *image.NRGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	for range v.Int("intensity") {
		dst := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				var sum [3]int
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						f := -1
						if dx == 0 && dy == 0 {
							f = 9
						}
						c := at(src, mirror(x+dx, w), mirror(y+dy, h))
						sum[0] += f * int(c.R)
						sum[1] += f * int(c.G)
						sum[2] += f * int(c.B)
					}
				}
				for i := range sum {
					sum[i] = clampInt(sum[i], 0, 255)
				}
				dst.SetNRGBA(x, y, color.NRGBA{uint8(sum[0]), uint8(sum[1]), uint8(sum[2]), at(src, x, y).A})
			}
		}
		src = dst
	}
	return src
}

func slowEdges(src *image.NRGBA, v Values) *image.NRGBA {
	threshold1, threshold2 := v["threshold1"], v["threshold2"]
	w, h := src.Rect.Dx(), src.Rect.Dy()
	low := int(math.Floor(math.Min(threshold1, threshold2)))
	high := int(math.Floor(math.Max(threshold1, threshold2)))
	grey := func(x, y int) int {
		c := at(src, x, y)
		return (9798*int(c.R) + 19235*int(c.G) + 3735*int(c.B) + 16384) / 32768
	}
	blurred := make([]int, w*h)
	weights := [5]int{1, 4, 6, 4, 1}
	for i := range blurred {
		sum := 0
		for k, f := range weights {
			for l, g := range weights {
				sum += f * g * grey(mirror(i%w+k-2, w), mirror(i/w+l-2, h))
			}
		}
		blurred[i] = (sum + 128) / 256
	}
	value := func(x, y int) int { return blurred[clampInt(y, 0, h-1)*w+clampInt(x, 0, w-1)] }
	gradient := func(x, y int) (int, int) {
		dx := value(x+1, y-1) + 2*value(x+1, y) + value(x+1, y+1) - value(x-1, y-1) - 2*value(x-1, y) - value(x-1, y+1)
		dy := value(x-1, y+1) + 2*value(x, y+1) + value(x+1, y+1) - value(x-1, y-1) - 2*value(x, y-1) - value(x+1, y-1)
		return dx, dy
	}
	abs := func(v int) int { return max(v, -v) }
	strength := func(x, y int) int {
		if x < 0 || y < 0 || x >= w || y >= h {
			return 0
		}
		dx, dy := gradient(x, y)
		return abs(dx) + abs(dy)
	}
	possible := make([]bool, w*h)
	found := make([]bool, w*h)
	for i := range possible {
		x, y := i%w, i/w
		dx, dy := gradient(x, y)
		m := strength(x, y)
		if m <= low {
			continue
		}
		// Compared as 32768 |dy| with |dx| times the two tangents.
		tan22 := abs(dx) * 13573
		tan67 := tan22 + abs(dx)*65536
		scaled := abs(dy) * 32768
		var maximum bool
		switch {
		case scaled < tan22: // the gradient points sideways
			maximum = m > strength(x-1, y) && m >= strength(x+1, y)
		case scaled > tan67: // it points up or down
			maximum = m > strength(x, y-1) && m >= strength(x, y+1)
		case (dx < 0) != (dy < 0):
			maximum = m > strength(x+1, y-1) && m > strength(x-1, y+1)
		default:
			maximum = m > strength(x-1, y-1) && m > strength(x+1, y+1)
		}
		possible[i] = maximum
		found[i] = maximum && m > high
	}
	for changed := true; changed; {
		changed = false
		for i := range found {
			if !possible[i] || found[i] {
				continue
			}
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					x, y := i%w+dx, i/w+dy
					if x >= 0 && y >= 0 && x < w && y < h && found[y*w+x] {
						found[i], changed = true, true
					}
				}
			}
		}
	}
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i, f := range found {
		v := uint8(0)
		if f {
			v = 255
		}
		dst.SetNRGBA(i%w, i/w, color.NRGBA{v, v, v, at(src, i%w, i/w).A})
	}
	return dst
}
