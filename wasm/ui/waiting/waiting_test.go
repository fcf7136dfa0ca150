package waiting

import (
	"slices"
	"testing"

	"carriles/executor/batch/result"
)

func TestBars(t *testing.T) {
	figures := func(time, left float64) result.Waited {
		return result.Waited{WaitFigures: &result.WaitFigures{Time: time, LeftAfter: left}}
	}
	for _, tt := range []struct {
		rows []result.Waited
		want []float64
	}{
		{nil, nil},
		{[]result.Waited{{}}, []float64{0}},
		{[]result.Waited{figures(1, 4), figures(2, 0), {}, figures(1, 0)}, []float64{100, 50, 0, 25}},
	} {
		if got := Bars(tt.rows); !slices.Equal(got, tt.want) {
			t.Errorf("%v, want %v", got, tt.want)
		}
	}
}
