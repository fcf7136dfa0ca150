package runs

import (
	"testing"

	"go.uber.org/goleak"

	"carriles/executor/batch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Every state meets every happening; what is not listed cannot happen and
// changes nothing.
func TestNext(t *testing.T) {
	type pair struct {
		state batch.State
		what  happening
	}
	possible := map[pair]batch.State{
		{batch.Queued, starts}:         batch.Running,
		{batch.Queued, isCancelled}:    batch.Cancelled,
		{batch.Queued, isInterrupted}:  batch.Interrupted,
		{batch.Running, succeeds}:      batch.Done,
		{batch.Running, fails}:         batch.Failed,
		{batch.Running, isCancelled}:   batch.Cancelled,
		{batch.Running, isInterrupted}: batch.Interrupted,
	}
	for _, s := range []batch.State{batch.Queued, batch.Running, batch.Done, batch.Failed, batch.Cancelled, batch.Interrupted} {
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
