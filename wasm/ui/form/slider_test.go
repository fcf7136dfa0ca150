package form

import (
	"testing"

	"carriles/filters"
)

var (
	width     = filters.Param{Name: "width", Kind: filters.Int, Min: 1, Max: 16384, Default: 800, Step: 1}
	intensity = filters.Param{Name: "intensity", Kind: filters.Int, Min: 1, Max: 10, Default: 3, Step: 1}
	factor    = filters.Param{Name: "factor", Kind: filters.Float, Min: 0, Max: 10, Default: 1.2, Step: 0.05}
)

func TestSliderStraight(t *testing.T) {
	s := SliderOf(intensity)
	if s.Last() != 9 {
		t.Fatalf("Last = %d, want 9: one position a value", s.Last())
	}
	for position, want := range map[int]float64{0: 1, 2: 3, 9: 10} {
		if got := s.Value(position); got != want {
			t.Errorf("Value(%d) = %v, want %v", position, got, want)
		}
		if got := s.Position(want); got != position {
			t.Errorf("Position(%v) = %d, want %d", want, got, position)
		}
	}
}

func TestSliderBentSoThatTheDefaultLiesAtAThird(t *testing.T) {
	for _, p := range []filters.Param{width, factor} {
		s := SliderOf(p)
		if s.Last() != 200 {
			t.Fatalf("%s: Last = %d, want 200", p.Name, s.Last())
		}
		if got := s.Position(p.Default); got != 67 { // 200/3
			t.Errorf("%s: the default lies at %d of 200, want 67", p.Name, got)
		}
		if s.Value(0) != p.Min || s.Value(200) != p.Max {
			t.Errorf("%s: from %v to %v, want the whole range", p.Name, s.Value(0), s.Value(200))
		}
		last := p.Min
		for i := range 201 {
			x := s.Value(i)
			if x < last || !p.Allows(x) {
				t.Fatalf("%s: Value(%d) = %v after %v: not rising, or not allowed", p.Name, i, x, last)
			}
			last = x
		}
	}
}

func TestSliderKeepsToSteps(t *testing.T) {
	// (67/200)^1.93 of 10 is 1.21: on the step it is 1.2, not 1.2000000000000002.
	if got := SliderOf(factor).Value(67); got != 1.2 {
		t.Errorf("Value = %v, want 1.2", got)
	}
}

func TestSliderHoldsValuesOutsideTheRange(t *testing.T) {
	s := SliderOf(width)
	if s.Position(-5) != 0 || s.Position(99999) != 200 {
		t.Errorf("positions %d and %d, want 0 and 200", s.Position(-5), s.Position(99999))
	}
}
