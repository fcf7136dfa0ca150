package runs

import (
	"testing"

	"go.uber.org/goleak"

	"carriles/executor/batch/result"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Every state meets every happening; what is not listed cannot happen and
// changes nothing.
func TestNext(t *testing.T) {
	type pair struct {
		state result.State
		what  happening
	}
	possible := map[pair]result.State{
		{result.Queued, starts}:         result.Running,
		{result.Queued, isCancelled}:    result.Cancelled,
		{result.Queued, isInterrupted}:  result.Interrupted,
		{result.Running, succeeds}:      result.Done,
		{result.Running, fails}:         result.Failed,
		{result.Running, isCancelled}:   result.Cancelled,
		{result.Running, isInterrupted}: result.Interrupted,
	}
	for _, s := range []result.State{result.Queued, result.Running, result.Done, result.Failed, result.Cancelled, result.Interrupted} {
		for h := starts; h <= isInterrupted; h++ {
			want, can := possible[pair{s, h}]
			if !can {
				want = s
			}
			if got, ok := next(s, h); got != want || ok != can {
				t.Errorf("%s, happening %d: %s, %v; want %s, %v", s, h, got, ok, want, can)
			}
		}
	}
}
