package evidence

import (
	"slices"
	"testing"
)

func TestAxis(t *testing.T) {
	for _, c := range []struct {
		lo, hi   float64
		n        int
		want     []float64
		decimals int
	}{
		{0, 1, 5, []float64{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}, 1},
		{0, 3.3, 5, []float64{0, 1, 2, 3}, 0},
		{0, 0.0437, 4, []float64{0, 0.02, 0.04}, 2},
		{2.4, 4.1, 4, []float64{2.5, 3, 3.5, 4}, 1},
		{0, 0, 4, []float64{0, 0.5, 1}, 1}, // nothing was measured
		{0, 960, 4, []float64{0, 500}, 0},
	} {
		a := newAxis(c.lo, c.hi, c.n)
		if !slices.Equal(a.Ticks, c.want) || a.decimals() != c.decimals {
			t.Errorf("%v to %v: ticks %v with %d decimals, want %v with %d", c.lo, c.hi, a.Ticks, a.decimals(), c.want, c.decimals)
		}
	}
}

func TestPlaces(t *testing.T) {
	a := newAxis(2, 6, 4)
	for x, want := range map[float64]string{2: "0%", 3: "25%", 6: "100%", 3.33333: "33.33%"} {
		if got := a.at(x).String(); got != want {
			t.Errorf("%v is at %s, want %s", x, got, want)
		}
	}
	if got := a.up(2, 100); got != 100 {
		t.Errorf("the ground is at %v, want 100", got)
	}
	if got := a.up(5, 100); got != 25 {
		t.Errorf("5 is at %v, want 25", got)
	}
	if got := shareOf(1, 0); got != 0 {
		t.Errorf("a share of nothing is %v", got)
	}
}

// TestStages holds the list of stages against the accounts' fields.
func TestStages(t *testing.T) {
	want := []string{"spawn", "receive", "read", "decode", "filter", "encode", "write", "send", "lost", "idle"}
	if got := stageOrder(); !slices.Equal(got, want) {
		t.Errorf("stages %v, want %v", got, want)
	}
}
