package analysis

import (
	"math"
	"testing"

	"carriles/executor/batch/request"
	"carriles/executor/batch/result"
)

// By hand: a picture takes 0.044 s by the table, the look at the output 0.03 s.
func TestCountWithin(t *testing.T) {
	s := batchOf(request.Sequential)
	half := []result.RunView{ran(s, 0.5, 10)}
	for _, tt := range []struct {
		runs        []result.RunView
		within      float64
		most, count int
		total       float64
		from        string
	}{
		{nil, 2, 100, 44, 44*0.044 + 0.03, FromReckoning},
		{nil, 2, 10, 10, 10*0.044 + 0.03, FromReckoning},
		{nil, 0.01, 100, 1, 0.044 + 0.03, FromReckoning},
		{half, 2, 100, 90, (90*0.044 + 0.03) / 2, FromHistory},
	} {
		f := CountWithin(s, 2, tt.runs, tt.within, tt.most)
		if f.Count != tt.count || math.Abs(f.TotalS-tt.total) > 1e-9 || f.LeftS != f.TotalS || f.From != tt.from {
			t.Errorf("within %g s: %+v, want %d in %g s by %s", tt.within, f, tt.count, tt.total, tt.from)
		}
	}
}

func TestTrial(t *testing.T) {
	s := batchOf(request.Threading, request.Sequential)
	s.Count, s.Rounds, s.Pool, s.Chaos = 50, 5, request.Cold, &request.Chaos{KillAfter: 2}
	got := Trial(s)
	if len(got.Methods) != 1 || got.Methods[0] != request.Threading || got.Executions() != 4 || got.Pool != request.Warm || got.Chaos != nil {
		t.Errorf("%+v", got)
	}
	if s.Count != 50 || len(s.Methods) != 2 || s.Chaos == nil {
		t.Error("the batch itself is changed")
	}
}
