package form

import (
	"math"

	"carriles/filters"
)

// sliderSteps is the number of positions of a curved slider: fine enough for a
// finger, and few enough for the arrow keys.
const sliderSteps = 200

// Slider is how a parameter's range is laid out on a slider. A range that is
// much wider than its useful part (1 to 16384, default 800) is bent so that
// the default lies at a third of the way; the number beside it stays exact.
type Slider struct {
	p        filters.Param
	exponent float64 // 1: straight, with the parameter's own steps
}

// SliderOf lays out a parameter.
func SliderOf(p filters.Param) Slider {
	share := (p.Default - p.Min) / (p.Max - p.Min)
	if share > 0 && share < 0.15 {
		return Slider{p: p, exponent: math.Log(share) / math.Log(1.0/3)}
	}
	return Slider{p: p, exponent: 1}
}

// Last is the slider's last position; the first is 0.
func (s Slider) Last() int {
	if s.exponent != 1 || s.p.Step <= 0 {
		return sliderSteps
	}
	return int(math.Round((s.p.Max - s.p.Min) / s.p.Step))
}

// Value is the parameter at a position, on a whole step.
func (s Slider) Value(position int) float64 {
	t := math.Pow(float64(position)/float64(s.Last()), s.exponent)
	x := s.p.Min + t*(s.p.Max-s.p.Min)
	if step := s.p.Step; step > 0 {
		// On multiples of the step, not of Min + steps: a width from 1 to 16384
		// should stop at 800, not at 801. Rounding again drops 0.30000000000000004.
		x = math.Round(x/step) * step
		x = math.Round(x*1e6) / 1e6
	}
	return min(max(x, s.p.Min), s.p.Max)
}

// Position is where a value lies; values outside the range lie at its ends.
func (s Slider) Position(x float64) int {
	t := (x - s.p.Min) / (s.p.Max - s.p.Min)
	t = math.Pow(min(max(t, 0), 1), 1/s.exponent)
	return int(math.Round(t * float64(s.Last())))
}
