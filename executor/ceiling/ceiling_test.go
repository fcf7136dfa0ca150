package ceiling

import (
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Every round has a ratio of each kind, whatever the machine gives.
func TestMeasure(t *testing.T) {
	r := Measure(Plan{Lanes: 3, Rounds: 2, Turn: 2 * time.Millisecond, Bytes: 5 << 20})
	for _, ratios := range [][]float64{r.Arithmetic, r.Memory} {
		if len(ratios) != 2 || slices.Min(ratios) <= 0 {
			t.Errorf("%v", r)
		}
	}
	if p := For(4, 1); time.Duration(4*p.Rounds)*p.Turn > 2*time.Second || p.Rounds < 3 {
		t.Errorf("%+v: it stands before a comparison that has 20 s", p)
	}
}

// A pair whose lone lane was disturbed is measured again, three times at most; what the
// clock's noise makes of two whole cores is two.
func TestRatios(t *testing.T) {
	for name, tt := range map[string]struct{ one, both, want []float64 }{
		"even":        {[]float64{10, 10, 10}, []float64{18, 20, 15}, []float64{1.8, 2, 1.5}},
		"noise":       {[]float64{10, 10, 10}, []float64{20.2, 19.8, 20}, []float64{2, 1.98, 2}},
		"one again":   {[]float64{10, 8, 10, 10}, []float64{18, 19.5, 19, 17}, []float64{1.8, 1.9, 1.7}},
		"always over": {[]float64{5, 5, 5, 5, 5, 5}, []float64{18, 18, 18, 18, 18, 18}, []float64{2, 2, 2}},
	} {
		asked := map[int]int{}
		got := Plan{Lanes: 2, Rounds: 3}.ratios(func(lanes int) float64 {
			asked[lanes]++
			if lanes == 1 {
				return tt.one[asked[1]-1]
			}
			return tt.both[asked[2]-1]
		})
		if !slices.EqualFunc(got, tt.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) || asked[1] != len(tt.one) || asked[2] != len(tt.both) {
			t.Errorf("%s: %v after %v turns, want %v", name, got, asked, tt.want)
		}
	}
}

// On a clock of its own: lanes that only wait do four times the work of one, those
// that hold one lock do not, and neither turn lasts longer than it should.
func TestTurn(t *testing.T) {
	const unit, lasts = 2 * time.Millisecond, 40 * time.Millisecond
	for name, want := range map[string]float64{"waits": 4, "lock": 1} {
		synctest.Test(t, func(t *testing.T) {
			lock := make(chan struct{}, 4)
			if name == "lock" {
				lock = make(chan struct{}, 1)
			}
			work := func(int, int) func() {
				return func() {
					lock <- struct{}{}
					time.Sleep(unit)
					<-lock
				}
			}
			one := turn(1, lasts, work)
			if math.Abs(one-500) > 1e-9 { // a second has 500 of 2 ms
				t.Errorf("%s: one lane does %g units a second", name, one)
			}
			if r := turn(4, lasts, work) / one; math.Abs(r-want) > 0.2 {
				t.Errorf("%s: four do %g times the work of one, want %g", name, r, want)
			}
		})
	}
}
